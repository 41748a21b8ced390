"""Commands of the pages that cannot be run on this machine: what can be checked of them all the same."""

import json
import os
import re
import subprocess
import sys

import pytest
from tests.docs.not_played import CANNOT_BE_RUN
from tests.docs.page_commands import ROOT, Command, commands_of, pages

AWS_ALONE = """\
import contextlib, io, json, os, sys
from awscli.clidriver import create_clidriver
aws = create_clidriver()
for folder, words in json.load(sys.stdin):
    os.chdir(folder)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            code = aws.main(words)
        except SystemExit as error:
            code = error.code
    print(json.dumps([code, said.getvalue()]))
"""
NOBODY_LISTENS = "http://127.0.0.1:1"
CONTAINER = ROOT / "deploy" / "container" / "Containerfile"


def left_to(test: str) -> list[Command]:
    """The commands that the table leaves to a test of this file."""
    own = [one for one in CANNOT_BE_RUN if one.by.endswith(f"test_docs_not_here.py::{test}")]
    found = [one for page in pages() for one in commands_of(page) if any(entry.holds(one) for entry in own)]
    assert found
    return found


@pytest.mark.parametrize("line", sorted({one.text for one in left_to("test_make_knows_each_target")}))
def test_make_knows_each_target(line: str) -> None:
    words = line.split("#", maxsplit=1)[0].split()
    said = subprocess.run([*words, "-n"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert said.stdout


@pytest.mark.slow
def test_aws_takes_the_command_as_it_stands() -> None:
    """As far as aws gets where nobody answers: it knows the command and the options, and has read the files."""
    commands = left_to("test_aws_takes_the_command_as_it_stands")
    asked = [(str((ROOT / one.page).parent), _words(one.text)) for one in commands]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": NOBODY_LISTENS,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_RETRY_MODE": "standard",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    told = subprocess.run(
        [sys.executable, "-c", AWS_ALONE],
        input=json.dumps(asked),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in told.stdout.splitlines()]
    for one, (code, said) in zip(commands, answers, strict=True):
        if one.typed or one.text.startswith("aws iam "):
            assert f'Could not connect to the endpoint URL: "{NOBODY_LISTENS}/"' in said, f"{one}\n{said}"
            assert code == 255, one
        else:  # named, with nothing of what it wants
            assert "the following arguments are required" in said, f"{one}\n{said}"


def _words(text: str) -> list[str]:
    return re.sub(r'"\$\w+"', "lg-5f0c1d6be2a94c73", text.partition(" >")[0]).split()[1:]
