"""Which AWS credentials prove who asks; never our own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate

from liftgate.cli.aws_identity import find_aws_identity
from liftgate.cli.errors import NoAwsIdentity, OwnCredentials
from liftgate.cli.exit_code import ExitCode

LIFTGATE = str(Path(sys.executable).with_name("liftgate"))
KEYS = "aws_access_key_id = AKIABASELINE\naws_secret_access_key = base-secret\n"


@pytest.fixture
def config(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = home / "aws-config"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(home / "none"))
        return path

    return write


def test_a_named_profile_goes_before_credentials_in_the_environment(
    config: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    config(f"[profile baseline]\nregion = eu-central-1\n{KEYS}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOTHER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    found = find_aws_identity("baseline")
    assert (found.credentials.access_key, found.region) == ("AKIABASELINE", "eu-central-1")
    assert find_aws_identity(None).credentials.access_key == "AKIAOTHER"
    assert "base-secret" not in repr(found)


def test_without_a_profile_the_environment_decides(
    config: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    config(f"[profile baseline]\n{KEYS}")
    monkeypatch.setenv("AWS_PROFILE", "baseline")
    found = find_aws_identity(None)
    assert (found.credentials.access_key, found.region) == ("AKIABASELINE", "us-east-1")


def test_no_credentials_say_which_profiles_there_are(config: Callable[[str], Path]) -> None:
    config(f"[profile baseline]\n{KEYS}")
    with pytest.raises(NoAwsIdentity) as caught:
        find_aws_identity(None)
    assert "baseline" in caught.value.advice
    with pytest.raises(NoAwsIdentity, match="no profile `basline`"):
        find_aws_identity("basline")


def test_a_process_that_fails_is_told_with_what_to_do(config: Callable[[str], Path]) -> None:
    config("[profile sso]\ncredential_process = sh -c 'echo token expired >&2; exit 1'\n")
    with pytest.raises(NoAwsIdentity, match="token expired") as caught:
        find_aws_identity("sso")
    assert "aws sso login --profile sso" in caught.value.advice


OURS = "credential_process = /usr/bin/liftgate credentials --server https://x.example\n"
DIRECT = f"[profile liftgate]\n{OURS}"
THROUGH_A_ROLE = f"[profile liftgate]\nrole_arn = arn\nsource_profile = other\n[profile other]\n{OURS}"
IN_A_CIRCLE = (
    f"[profile liftgate]\nsource_profile = other\n[profile other]\nsource_profile = liftgate\n{OURS}"
)


@pytest.mark.parametrize("text", [DIRECT, THROUGH_A_ROLE, IN_A_CIRCLE])
def test_a_profile_that_liftgate_fills_proves_nobody(
    config: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    config(text)
    with pytest.raises(OwnCredentials, match="is filled by liftgate itself") as caught:
        find_aws_identity("liftgate")
    assert "--profile NAME" in caught.value.advice
    monkeypatch.setenv("AWS_PROFILE", "liftgate")
    with pytest.raises(OwnCredentials):
        find_aws_identity(None)


def test_lent_credentials_prove_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "lent")
    monkeypatch.setenv("LIFTGATE_EXEC_GRANT", "gr-0000000000000001")
    with pytest.raises(OwnCredentials, match="gr-0000000000000001"):
        find_aws_identity(None)


@pytest.mark.slow
def test_a_loop_through_a_script_ends_at_once_even_with_a_session_at_hand(
    liftgate: Callable[..., Said], fake: FakeLiftgate, config: Callable[[str], Path], home: Path
) -> None:
    """What the config file cannot show, the mark in the environment does."""
    script = home / "indirect"
    script.write_text(
        f'#!/bin/sh\necho started >> "{home}/starts"\nexec {LIFTGATE} credentials --profile loop\n',
        encoding="utf-8",
    )
    script.chmod(0o700)
    config(f"[profile loop]\ncredential_process = {script}\n")
    fake.add_grant()
    assert liftgate("credentials").code == 0
    done = subprocess.run(
        ["env", "-u", "LIFTGATE_SIGN_IN", LIFTGATE, "credentials", "--profile", "loop"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == ExitCode.NOT_SIGNED_IN
    assert done.stdout == ""
    assert "runs liftgate itself" in done.stderr
    assert (home / "starts").read_text(encoding="utf-8").count("started") == 1
