import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate

from liftgate.cli.exit_code import ExitCode
from liftgate.cli.process_environment import process_environment
from liftgate.cli.shelf import Borrowed

GRANT = "gr-0000000000000001"
LIFTGATE = str(Path(sys.executable).with_name("liftgate"))
DOCUMENT = json.dumps(
    {
        "Version": 1,
        "AccessKeyId": "ASIA1",
        "SecretAccessKey": "secret",
        "SessionToken": "token",
        "Expiration": "2026-11-24T13:00:00Z",
    }
)
BORROWED = Borrowed(grant=GRANT, document=DOCUMENT)


def run(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([LIFTGATE, *words], input=stdin, capture_output=True, text=True, check=False)


def test_a_command_finds_the_credentials_and_nothing_of_anybody_else() -> None:
    environ = {
        "PATH": "/bin",
        "AWS_PROFILE": "baseline",
        "AWS_DEFAULT_PROFILE": "baseline",
        "AWS_SECURITY_TOKEN": "old",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/x",
        "AWS_ROLE_ARN": "arn",
        "AWS_SESSION_TOKEN": "old",
        "AWS_CONFIG_FILE": "/demo/config",
    }
    assert process_environment(environ, BORROWED, {}) == {
        "PATH": "/bin",
        "AWS_CONFIG_FILE": "/demo/config",
        "AWS_ACCESS_KEY_ID": "ASIA1",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "AWS_CREDENTIAL_EXPIRATION": "2026-11-24T13:00:00Z",
        "LIFTGATE_EXEC_GRANT": GRANT,
    }


@pytest.mark.parametrize(
    ("environ", "region"),
    [
        ({}, "eu-central-1"),
        ({"AWS_REGION": "us-west-2"}, "us-west-2"),
        ({"AWS_DEFAULT_REGION": "us-west-1"}, "us-west-1"),
    ],
)
def test_region_and_endpoint_of_the_profile_go_on_to_hold(environ: dict[str, str], region: str) -> None:
    profile = {"region": "eu-central-1", "endpoint_url": "http://127.0.0.1:4566"}
    made = process_environment(environ, BORROWED, profile)
    assert made["AWS_REGION"] == region
    assert made["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert process_environment({"AWS_ENDPOINT_URL": "x"}, BORROWED, profile)["AWS_ENDPOINT_URL"] == "x"


@pytest.mark.slow
def test_the_command_runs_with_its_own_arguments_input_and_exit_code(fake: FakeLiftgate) -> None:
    fake.add_grant()
    done = run(
        "exec",
        "--",
        "sh",
        "-c",
        'cat; echo "$AWS_ACCESS_KEY_ID $1 $2"; exit 43',
        "sh",
        "--grant",
        "-x",
        stdin="in ",
    )
    assert (done.returncode, done.stdout, done.stderr) == (43, "in ASIA0000000000000001 --grant -x\n", "")


@pytest.mark.slow
def test_a_signal_ends_the_command_itself(fake: FakeLiftgate) -> None:
    fake.add_grant()
    assert run("exec", "--grant", GRANT, "--", "sh", "-c", "kill -TERM $$").returncode == -15


@pytest.mark.slow
def test_inside_exec_nobody_is_signed_in_by_lent_credentials(fake: FakeLiftgate) -> None:
    fake.add_grant()
    done = run("exec", "--", "env", "-u", "LIFTGATE_SIGN_IN", LIFTGATE, "status")
    assert done.returncode == ExitCode.NOT_SIGNED_IN
    assert f"holds the credentials of grant `{GRANT}`" in done.stderr


def test_a_command_that_is_not_there_or_cannot_run_is_told_apart(
    liftgate: Callable[..., Said], fake: FakeLiftgate, home: Path
) -> None:
    fake.add_grant()
    assert liftgate("exec", "--", "no-such-command").code == ExitCode.NO_SUCH_PROGRAM
    (home / "plain").write_text("x", encoding="utf-8")
    said = liftgate("exec", "--", str(home / "plain"))
    assert said.code == ExitCode.CANNOT_RUN
    assert said.err.startswith(f"liftgate: `{home}/plain` cannot be run")


def test_without_a_grant_nothing_runs(liftgate: Callable[..., Said], fake: FakeLiftgate, home: Path) -> None:
    assert fake.address
    assert liftgate("exec", "--", "touch", str(home / "ran")).code == ExitCode.NOT_FOUND
    assert not (home / "ran").exists()
    assert liftgate("exec").code == ExitCode.USAGE
    assert os.environ.get("AWS_ACCESS_KEY_ID") is None
