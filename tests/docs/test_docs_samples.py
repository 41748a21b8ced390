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

# One process for all lines: to start aws takes a second.
AWS_AS_EACH: Final = """\
import contextlib, io, json, os, sys
from awscli.clidriver import create_clidriver
for keys, words in json.load(sys.stdin):
    os.environ.update(keys)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = create_clidriver().main(words)
    print(json.dumps([code, said.getvalue()]))
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


def typed_at(aws: EmbeddedAws, lines: Sequence[tuple[str, list[str]]]) -> Iterator[tuple[int, str]]:
    """What aws ends with, and says, of each: an account, and the words."""
    asked = [
        (
            {"AWS_ACCESS_KEY_ID": keys.access_key_id, "AWS_SECRET_ACCESS_KEY": keys.secret_access_key},
            words,
        )
        for account, words in lines
        for keys in [aws.root_of(account)]
    ]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    told = subprocess.run(
        [sys.executable, "-c", AWS_AS_EACH],
        input=json.dumps(asked),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    for line in told.stdout.splitlines():
        code, said = json.loads(line)
        yield code, said


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES)
def test_each_line_of_a_samples_readme_makes_its_stack(sample: str, tmp_path: Path) -> None:
    lines = [line for line in lines_of(sample) if "stack-set-" not in line.text]
    assert len(lines) > 3
    asked: list[tuple[str, list[str]]] = []
    for line in lines:
        account = line.text.split()[-1].partition("/")[0].removeprefix("account-")
        words, _ = words_of(line, tmp_path)
        named = words[words.index("--stack-name") : words.index("--capabilities")]  # its region too
        look = ["cloudformation", "describe-stack-resources", *named, "--output", "json"]
        asked += [(account, words), (account, look)]
    with running_embedded_aws() as aws:
        answers = list(typed_at(aws, asked))
    for line, deployed, looked in zip(lines, answers[::2], answers[1::2], strict=True):
        assert deployed[0] == 0, f"{line}\n{deployed[1]}"
        assert "Successfully created/updated stack" in deployed[1]
        there = {one["LogicalResourceId"] for one in json.loads(looked[1])["StackResources"]}
        assert there == set(words_of(line, tmp_path)[1])
