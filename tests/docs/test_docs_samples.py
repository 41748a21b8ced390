"""The README beside each sample's CloudFormation: its lines, typed in its order, by the aws command line at an embedded AWS."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.docs.page_commands import ROOT, Command, commands_of
from tools.generate_deploy_docs import FOLDER, SAMPLES

from liftgate.demo.deployed_account import adapted
from liftgate.demo.embedded_aws import EmbeddedAws, running_embedded_aws

# One process for all lines of all samples: to start aws takes a second.
AWS_AS_EACH: Final = """\
import contextlib, io, json, os, sys
from awscli.clidriver import create_clidriver
for line in sys.stdin:
    variables, words = json.loads(line)
    os.environ.update(variables)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = create_clidriver().main(words)
    print(json.dumps([code, said.getvalue()]), flush=True)
"""
UNKNOWN: Final = {"AWS::CloudTrail::Trail", "AWS::Events::EventBusPolicy"}  # to the embedded AWS
STACK_SET: Final = (
    "AWS::CloudFormation::StackSet"  # too; what CloudFormation does with one, a test does in its place
)
NOTHING: Final = "AWS::CloudFormation::WaitConditionHandle"
UNITS: Final = "ou-a1b2-c3d4e5f6"
EXTERNAL_ID: Final = "lg-5f0c1d6be2a94c73"
GIVEN: Final = {"ExternalId": EXTERNAL_ID}


def lines_of(sample: str) -> list[Command]:
    page = str((FOLDER / sample / "cloudformation" / "README.md").relative_to(ROOT))
    return [one for one in commands_of(page) if one.text.startswith("aws cloudformation deploy ")]


def words_of(line: Command, folder: Path) -> tuple[list[str], dict[str, Any]]:
    """The line as it is typed there, and its template with what the embedded AWS knows of it."""
    words = line.text.replace('"$EXTERNAL_ID"', EXTERNAL_ID).replace('"$OU_IDS"', UNITS).split()[1:]
    at = words.index("--template-file") + 1
    template = adapted(yaml.safe_load(((ROOT / line.page).parent / words[at]).read_text("utf-8")))
    kept = {
        name: {"Type": NOTHING} if one["Type"] == STACK_SET else one
        for name, one in template["Resources"].items()
        if one["Type"] not in UNKNOWN
    }
    typed = folder / words[at].replace("/", "-")
    typed.write_text(json.dumps({**template, "Resources": kept}))
    words[at] = str(typed)
    return words, kept


@pytest.fixture(scope="module")
def aws_command() -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", AWS_AS_EACH],
        env={"PATH": os.environ["PATH"], "HOME": os.devnull, "AWS_EC2_METADATA_DISABLED": "true"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


def typed_at(
    aws: EmbeddedAws, account: str, words: Sequence[str], command: "subprocess.Popen[str]"
) -> tuple[int, str]:
    """What aws ends with, and says."""
    assert command.stdin
    assert command.stdout
    keys = aws.root_of(account)
    variables = {
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_ENDPOINT_URL": aws.endpoint_url,
    }
    print(json.dumps([variables, words]), file=command.stdin, flush=True)
    code, said = json.loads(command.stdout.readline())
    return code, said


@pytest.mark.slow
@pytest.mark.xdist_group("docs-samples")
@pytest.mark.parametrize("sample", SAMPLES)
def test_each_line_of_a_samples_readme_makes_its_stack(
    sample: str, tmp_path: Path, aws_command: "subprocess.Popen[str]"
) -> None:
    lines = lines_of(sample)
    assert len(lines) > 3
    with running_embedded_aws() as aws:
        for line in lines:
            account = account_of(line, aws)
            words, resources = words_of(line, tmp_path)
            code, said = typed_at(aws, account, words, aws_command)
            assert code == 0, f"{line}\n{said}"
            assert "Successfully created/updated stack" in said
            named = words[words.index("--stack-name") : words.index("--capabilities")]  # its region too
            look = ["cloudformation", "describe-stack-resources", *named, "--output", "json"]
            _, told = typed_at(aws, account, look, aws_command)
            there = {one["LogicalResourceId"] for one in json.loads(told)["StackResources"]}
            assert there == set(resources)
            if "stack-set-" in line.text:
                hand_out(aws, line, tmp_path, aws_command)


def account_of(line: Command, aws: EmbeddedAws) -> str:
    """Whose template it is: of the account whose folder it lies in, or for StackSets the broker's."""
    folder = line.text.split()[-1].rpartition("/")[0]
    return folder.removeprefix("account-") or aws.account


def hand_out(aws: EmbeddedAws, line: Command, folder: Path, command: "subprocess.Popen[str]") -> None:
    """What CloudFormation does with each StackSet of the line's template: a stack of its body in its account."""
    template = yaml.safe_load(((ROOT / line.page).parent / line.text.split()[-1]).read_text("utf-8"))
    sets = [one["Properties"] for one in template["Resources"].values() if one["Type"] == STACK_SET]
    assert sets
    for one in sets:
        [group] = one["StackInstancesGroup"]
        [account] = group["DeploymentTargets"]["Accounts"]
        assert group["DeploymentTargets"]["OrganizationalUnitIds"] == {"Ref": "OrganizationalUnitIds"}
        body = adapted(yaml.safe_load(one["TemplateBody"]))
        body["Resources"] = {key: it for key, it in body["Resources"].items() if it["Type"] not in UNKNOWN}
        typed = folder / f"{one['StackSetName']}.json"
        typed.write_text(json.dumps(body))
        given = [
            f"{each['ParameterKey']}={GIVEN[each['ParameterValue']['Ref']]}"
            for each in one.get("Parameters", [])
        ]
        for region in group["Regions"]:
            words = ["cloudformation", "deploy", "--stack-name", one["StackSetName"], "--region", region]
            words += ["--capabilities", *one["Capabilities"], "--template-file", str(typed)]
            words += ["--parameter-overrides", *given] if given else []
            code, said = typed_at(aws, account, words, command)
            assert code == 0, f"{one['StackSetName']}\n{said}"
