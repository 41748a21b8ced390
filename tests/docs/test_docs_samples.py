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
EXTERNAL_ID: Final = "lg-5f0c1d6be2a94c73"


def lines_of(sample: str) -> list[Command]:
    page = str((FOLDER / sample / "cloudformation" / "README.md").relative_to(ROOT))
    return [one for one in commands_of(page) if one.text.startswith("aws cloudformation deploy ")]


def words_of(line: Command, folder: Path) -> tuple[list[str], dict[str, Any]]:
    """The line as it is typed there, and its template with what the embedded AWS knows of it."""
    words = line.text.replace('"$EXTERNAL_ID"', EXTERNAL_ID).split()[1:]
    at = words.index("--template-file") + 1
    template = adapted(yaml.safe_load(((ROOT / line.page).parent / words[at]).read_text("utf-8")))
    kept = {name: one for name, one in template["Resources"].items() if one["Type"] not in UNKNOWN}
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
    lines = [line for line in lines_of(sample) if "stack-set-" not in line.text]
    assert len(lines) > 3
    with running_embedded_aws() as aws:
        for line in lines:
            account = line.text.split()[-1].partition("/")[0].removeprefix("account-")
            words, resources = words_of(line, tmp_path)
            code, said = typed_at(aws, account, words, aws_command)
            assert code == 0, f"{line}\n{said}"
            assert "Successfully created/updated stack" in said
            named = words[words.index("--stack-name") : words.index("--capabilities")]  # its region too
            look = ["cloudformation", "describe-stack-resources", *named, "--output", "json"]
            _, told = typed_at(aws, account, look, aws_command)
            there = {one["LogicalResourceId"] for one in json.loads(told)["StackResources"]}
            assert there == set(resources)
