"""Commands of the pages that cannot be run on this machine: what can be checked of them all the same."""

import json
import os
import re
import subprocess
import sys

import pytest
from tests.docs.not_played import CANNOT_BE_RUN
from tests.docs.page_commands import ROOT, Command, commands_of, pages

from liftgate.cli.main import main

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


def test_what_uvx_would_run_runs(capsys: pytest.CaptureFixture[str]) -> None:
    for one in left_to("test_what_uvx_would_run_runs"):
        words = re.sub(r"--from '\S+' |#.*", "", one.text).split()
        assert words[:2] == ["uvx", "liftgate"], one
        assert main(words[2:]) == 0, one
        assert capsys.readouterr().out.startswith("Usage: liftgate"), one


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


def test_the_container_is_built_from_files_that_are_there_and_run_with_options_that_fit() -> None:
    name = "test_the_container_is_built_from_files_that_are_there_and_run_with_options_that_fit"
    [wheel, build, run] = [one.text.split() for one in left_to(name)]
    text = CONTAINER.read_text(encoding="utf-8")
    assert f"COPY {wheel[wheel.index('--wheel-dir') + 1]}/liftgate-*.whl " in text
    assert (wheel[-1], build[-1]) == (".", ".")
    assert ROOT / build[build.index("-f") + 1] == CONTAINER
    assert run[-1] == build[build.index("-t") + 1]
    volumes = [run[at + 1].split(":") for at, word in enumerate(run) if word == "-v"]
    [settings, data] = [one[1] for one in volumes]
    assert f'CMD ["serve", "--settings", "{settings}/server.toml"]' in text
    assert f'VOLUME ["{data}"]' in text
    assert f"EXPOSE {run[run.index('-p') + 1].split(':')[1]}\n" in text
    assert (ROOT / "deploy" / "systemd" / run[run.index("--env-file") + 1]).exists()
    assert {"--read-only", "--cap-drop", "no-new-privileges"} <= set(run)
