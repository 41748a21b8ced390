import shlex
import stat
from collections.abc import Callable
from pathlib import Path

import botocore.session
import pytest
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate

from liftgate.cli.exit_code import ExitCode
from liftgate.cli.own_process import is_own_process

Run = Callable[..., Said]
GRANT = "gr-0000000000000001"
BASELINE = "[profile baseline]\nregion = eu-central-1\nendpoint_url = http://127.0.0.1:4566\noutput = text\n"


@pytest.fixture
def config(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = home / "aws" / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    return path


def written(config: Path, name: str = "liftgate") -> dict[str, str]:
    settings: dict[str, str] = botocore.session.Session(profile=name).get_scoped_config()
    assert config.exists()
    return settings


def test_the_profile_borrows_by_the_identity_that_was_named(
    liftgate: Run, fake: FakeLiftgate, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIFTGATE_SIGN_IN")
    config.parent.mkdir()
    config.write_text(BASELINE, encoding="utf-8")
    said = liftgate("profile", "install", "--source-profile", "baseline", "--grant", GRANT)
    assert said.out == f"Wrote profile liftgate in {config}\n\nnext: aws --profile liftgate s3 ls\n"
    settings = written(config)
    words = shlex.split(settings.pop("credential_process"))
    assert words[1:] == ["credentials", "--server", fake.address, "--profile", "baseline", "--grant", GRANT]
    assert Path(words[0]).is_absolute()
    assert settings == {"region": "eu-central-1", "endpoint_url": "http://127.0.0.1:4566"}
    assert config.read_text(encoding="utf-8").startswith(BASELINE)


def test_installing_twice_changes_nothing_more(liftgate: Run, fake: FakeLiftgate, config: Path) -> None:
    assert fake.address
    assert liftgate("profile", "install").code == 0
    before = config.read_bytes()
    assert liftgate("profile", "install").out.startswith("Nothing to change: profile liftgate")
    assert config.read_bytes() == before
    assert liftgate("profile", "install", "--grant", GRANT).out.startswith("Wrote")
    assert GRANT in config.read_text(encoding="utf-8")


def test_a_local_sign_in_is_written_too(liftgate: Run, fake: FakeLiftgate, config: Path) -> None:
    assert fake.address
    liftgate("profile", "install", "--profile", "demo")
    assert "--as local:ada" in written(config, "demo")["credential_process"]


@pytest.mark.parametrize(
    ("environ", "proving"),
    [
        ({}, "default"),
        ({"AWS_PROFILE": "work"}, "work"),
        ({"LIFTGATE_PROFILE": "mine", "AWS_PROFILE": "work"}, "mine"),
        ({"AWS_ACCESS_KEY_ID": "AKIA1"}, None),
    ],
)
def test_who_proves_is_settled_when_the_profile_is_written(
    liftgate: Run,
    fake: FakeLiftgate,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    proving: str | None,
) -> None:
    assert fake.address
    monkeypatch.delenv("LIFTGATE_SIGN_IN")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    liftgate("profile", "install")
    words = shlex.split(config.read_text(encoding="utf-8").partition("credential_process = ")[2])
    assert (words[words.index("--profile") + 1] if "--profile" in words else None) == proving


def test_a_profile_cannot_prove_itself(
    liftgate: Run, fake: FakeLiftgate, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fake.address
    monkeypatch.setenv("AWS_PROFILE", "liftgate")
    monkeypatch.delenv("LIFTGATE_SIGN_IN")
    said = liftgate("profile", "install")
    assert said.code == ExitCode.NOT_SIGNED_IN
    assert "--source-profile NAME" in said.err
    assert not config.exists()


@pytest.mark.parametrize(
    "text", ["[profile liftgate]\nregion = x\n", "[profile liftgate]\ncredential_process = /bin/other\n"]
)
def test_a_profile_of_somebody_else_is_left_alone(
    liftgate: Run, fake: FakeLiftgate, config: Path, text: str
) -> None:
    assert fake.address
    config.parent.mkdir()
    config.write_text(text, encoding="utf-8")
    said = liftgate("profile", "install")
    assert said.code == ExitCode.CONFLICT
    assert "not from Liftgate" in said.err
    assert config.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "text",
    [
        "[default]\n[default]\n",
        "region = x\n",
        "[default]\n  [profile liftgate]\n  region = x\n",
    ],
)
def test_a_file_that_aws_could_not_read_is_left_alone(
    liftgate: Run, fake: FakeLiftgate, config: Path, text: str
) -> None:
    assert fake.address
    config.parent.mkdir()
    config.write_text(text, encoding="utf-8")
    said = liftgate("profile", "install")
    assert said.code == ExitCode.USAGE
    assert config.read_text(encoding="utf-8") == text
    assert [path.name for path in config.parent.iterdir()] == ["config"]


def test_mode_and_link_of_the_file_stay(liftgate: Run, fake: FakeLiftgate, config: Path, home: Path) -> None:
    assert fake.address
    target = home / "dotfiles"
    target.write_text("[default]\n", encoding="utf-8")
    target.chmod(0o640)
    config.parent.mkdir()
    config.symlink_to(target)
    assert liftgate("profile", "install").code == 0
    assert config.is_symlink()
    assert "profile liftgate" in target.read_text(encoding="utf-8")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_is_private(liftgate: Run, fake: FakeLiftgate, config: Path) -> None:
    assert fake.address
    liftgate("profile", "install")
    assert stat.S_IMODE(config.stat().st_mode) == 0o600


def test_bytes_that_are_no_text_stay(liftgate: Run, fake: FakeLiftgate, config: Path) -> None:
    assert fake.address
    config.parent.mkdir()
    config.write_bytes(b"[default]\n# \xff\xfe\n")
    assert liftgate("profile", "install").code == 0
    assert config.read_bytes().startswith(b"[default]\n# \xff\xfe\n")


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        ("/usr/bin/liftgate credentials --server https://x.example", True),
        ("'/home/a b/liftgate' credentials", True),
        ("liftgate exec -- x", False),
        ("/usr/bin/other credentials", False),
        ("it's broken", False),
        ("", False),
    ],
)
def test_our_own_process_is_recognised(line: str, ours: bool) -> None:
    assert is_own_process(line) is ours
