"""What is set, where it stands, and what is wrong with it: for the command line and for a server."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Said

from liftgate.cli.exit_code import ExitCode

Run = Callable[..., Said]
CATALOGUE = Path(__file__).parents[2] / "examples" / "catalogue"
SECRETS = (
    "hunter2",
    "xoxb-0123456789abcdef",
    "xapp-0123456789abcdef",
    "c2Vzc2lvbi1rZXktb2YtMzItYnl0ZXMtYW5kLW1vcmU=",
)
SERVER = f"""\
# what a server is told
catalogue = ["{CATALOGUE}"]
port = 8585

database_url = "postgresql://liftgate:{SECRETS[0]}@db.internal:5432/liftgate?password={SECRETS[0]}"
session_key = "{SECRETS[3]}"

[slack]
bot_token = "{SECRETS[1]}"
app_token = "{SECRETS[2]}"
[[accounts]]
id = "444455556666"
revoker_role = "arn:aws:iam::444455556666:role/LiftgateRevoker"
external_id = "lg-{SECRETS[0]}"
"""


@pytest.fixture
def server_file(home: Path) -> Path:
    path = home / ".config" / "liftgate" / "server.toml"
    path.parent.mkdir(parents=True)
    path.write_text(SERVER)
    path.chmod(0o600)
    return path


def rows(said: Said, part: str) -> dict[str, tuple[str | None, str]]:
    assert said.code == 0, said.err
    return {one["name"]: (one["value"], one["from"]) for one in said.json[part]}


def test_each_setting_of_a_server_is_shown_with_its_place_and_no_secret(
    liftgate: Run, server_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIFTGATE_SESSION_IDLE", "30m")
    shown = rows(liftgate("config", "show", "--output", "json"), "server")
    assert shown["port"] == ("8585", f"{server_file}:3")
    assert shown["session_idle"] == ("30m", "LIFTGATE_SESSION_IDLE")
    assert shown["host"] == ("127.0.0.1", "default")
    assert shown["public_url"] == (None, "default")
    assert shown["database_url"] == ("postgresql://db.internal:5432/liftgate", f"{server_file}:5")
    assert shown["session_key"] == ("set, not shown", f"{server_file}:6")
    assert shown["slack.bot_token"] == ("set, not shown", f"{server_file}:8")
    assert shown["slack.signing_secret"] == (None, f"{server_file}:8")
    assert shown["accounts[0].id"] == ("444455556666", f"{server_file}:11")
    assert shown["accounts[0].external_id"] == ("set, not shown", f"{server_file}:11")
    for form in ("json", "table"):
        said = liftgate("config", "show", "--output", form)
        assert not [secret for secret in SECRETS if secret in said.out + said.err]


def test_no_secret_of_a_variable_is_shown(liftgate: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFTGATE_CATALOGUE", str(CATALOGUE))
    monkeypatch.setenv("LIFTGATE_DATABASE_URL", "postgresql://u:hunter2@[::1/db")
    monkeypatch.setenv(
        "LIFTGATE_WEBHOOKS", json.dumps([{"url": "https://h.example/in", "secret": "hunter2"}])
    )
    for command in ("show", "check"):
        said = liftgate("config", command)
        assert "hunter2" not in said.out + said.err
    monkeypatch.delenv("LIFTGATE_WEBHOOKS")
    shown = rows(liftgate("config", "show", "--output", "json"), "server")
    assert shown["database_url"] == ("set, not shown", "LIFTGATE_DATABASE_URL")


def test_the_command_lines_own_are_shown_with_their_places(
    liftgate: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / ".config" / "liftgate" / "client.toml"
    file.parent.mkdir(parents=True)
    file.write_text('server = "https://liftgate.example.com"\nprofile = "filed"\n')
    monkeypatch.setenv("LIFTGATE_PROFILE", "everyday")
    said = liftgate("config", "show", "--as", "local:ada", "--output", "json")
    assert rows(said, "client") == {
        "server": ("https://liftgate.example.com", str(file)),
        "profile": ("everyday", "LIFTGATE_PROFILE"),
        "sign_in": ("local:ada", "an option"),
    }
    assert said.json["server"] == []
    monkeypatch.setenv("LIFTGATE_TOKEN_FILE", "/run/token")
    shown = rows(liftgate("config", "show", "--output", "json"), "client")
    assert shown["sign_in"] == ("token:/run/token", "LIFTGATE_TOKEN_FILE")


def test_where_a_settings_file_is_looked_for(
    liftgate: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"relative:{home}/shared")
    shared = home / "shared" / "liftgate" / "server.toml"
    shared.parent.mkdir(parents=True)
    shared.write_text(f'catalogue = ["{CATALOGUE}"]\nport = 1\n')
    assert rows(liftgate("config", "show", "--output", "json"), "server")["port"] == ("1", f"{shared}:2")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "own"))
    own = home / "own" / "liftgate" / "server.toml"
    own.parent.mkdir(parents=True)
    own.write_text(f'catalogue = ["{CATALOGUE}"]\nport = 2\n')
    assert rows(liftgate("config", "show", "--output", "json"), "server")["port"] == ("2", f"{own}:2")
    monkeypatch.setenv("LIFTGATE_SETTINGS", os.devnull)
    said = liftgate("config", "check")
    assert (said.code, "`catalogue` is missing" in said.err) == (ExitCode.USAGE, True)
    named = home / "named.toml"
    named.write_text(f'catalogue = ["{CATALOGUE}"]\nport = 3\n')
    said = liftgate("config", "show", "--settings", str(named), "--output", "json")
    assert rows(said, "server")["port"] == ("3", f"{named}:2")


def test_settings_without_a_fault_are_said_to_have_none(
    liftgate: Run, server_file: Path, tmp_path: Path
) -> None:
    with_guards(server_file, tmp_path, "[grace, sec, ada]")
    said = liftgate("config", "check")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("No faults.\n")
    assert str(server_file) in said.out
    assert liftgate("config", "check", "--output", "json").json == {"faults": [], "warnings": []}


def test_every_fault_has_its_place_and_the_nearest_name(
    liftgate: Run, server_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server_file.write_text(SERVER.replace("port = 8585", "prot = 8585").replace("bot_token", "bot_tokens"))
    said = liftgate("config", "check", "--output", "json")
    assert said.code == ExitCode.USAGE
    told = {(one["where"], one["suggestion"]) for one in said.json["faults"]}
    assert (f"{server_file}:3", "did you mean `port`?") in told
    assert (f"{server_file}:8", "did you mean `bot_token`?") in told
    said = liftgate("config", "check")
    assert f"{server_file}:3: `prot` is not a field of the settings\nnext: did you mean `port`?" in said.err
    assert "No faults." not in said.out
    server_file.write_text(SERVER)
    monkeypatch.setenv("LIFTGATE_PROT", "1")
    assert "did you mean `LIFTGATE_PORT`?" in liftgate("config", "check").err


def test_faults_of_the_catalogue_and_of_the_client_file_are_told_too(
    liftgate: Run, server_file: Path, home: Path
) -> None:
    faulty = CATALOGUE.with_name("catalogue-faulty")
    server_file.write_text(SERVER.replace(str(CATALOGUE), str(faulty)))
    (home / ".config" / "liftgate" / "client.toml").write_text('sever = "https://liftgate.example.com"\n')
    said = liftgate("config", "check")
    assert said.code == ExitCode.USAGE
    assert "did you mean `server`?" in said.err
    assert "catalogue.yaml:" in said.out
    kinds = {one["code"] for one in liftgate("config", "check", "--output", "json").json["faults"]}
    assert "client_file_unreadable" in kinds
    assert len(kinds) > 3


def test_a_variable_that_is_nearly_one_of_ours_is_a_fault(
    liftgate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIFTGATE_SERVR", "https://liftgate.example.com")
    said = liftgate("config", "check")
    assert said.code == ExitCode.USAGE
    assert "did you mean `LIFTGATE_SERVER`?" in said.err


def test_secrets_that_others_may_read_are_warned_of(liftgate: Run, server_file: Path) -> None:
    server_file.chmod(0o640)
    said = liftgate("config", "check")
    assert said.code == 0
    assert f"chmod 600 {server_file}" in said.err
    server_file.write_text(f'catalogue = ["{CATALOGUE}"]\n')
    assert stat.S_IMODE(server_file.stat().st_mode) == 0o640
    assert "chmod" not in liftgate("config", "check").err


def test_a_check_of_the_deployment_that_could_never_be_made_is_a_fault(
    liftgate: Run, server_file: Path
) -> None:
    checked = '[deploy_check]\nbroker = "{}"\n'
    server_file.write_text(SERVER + checked.format("liftgate"))
    said = liftgate("config", "check")
    assert said.code == ExitCode.USAGE
    assert "`liftgate` is not the ARN of a user or role" in said.err
    server_file.write_text(SERVER + checked.format("arn:aws:iam::111122223333:user/liftgate"))
    assert liftgate("config", "check").code == 0
    at_home = '[deploy_check]\naccount = "777788889999"\nbaseline = "ReadOnly"\n'
    users = 'baseline_users = ["arn:aws:iam::777788889999:user/ada"]\n'
    server_file.write_text(SERVER + at_home + users)  # no bucket of the catalogue is there
    said = liftgate("config", "check")
    assert said.code == ExitCode.USAGE
    assert "`ReadOnly` would read nothing" in said.err


@pytest.mark.parametrize(("guards", "says"), [("[grace, sec]", "one of them"), ("[grace]", "anybody")])
def test_guards_too_few_to_release_a_hold_are_warned_of(
    liftgate: Run, server_file: Path, tmp_path: Path, guards: str, says: str
) -> None:
    with_guards(server_file, tmp_path, guards)
    said = liftgate("config", "check")
    assert said.code == 0
    assert f"nobody could release a hold on {says}" in said.err
    with_guards(server_file, tmp_path, "[grace, sec, ada]")
    assert liftgate("config", "check").err == ""


def with_guards(server_file: Path, folder: Path, guards: str) -> None:
    """A catalogue with such guards, and nothing else to say of it."""
    arn = "arn:aws:iam::111122223333"
    people = "".join(
        f'  {name}: {{name: {name}, identities: ["{arn}:user/{name}"]}}\n' for name in ("ada", "grace", "sec")
    )
    asked = (
        f'  - {{name: reports, description: Reports, account: "111122223333", role: "{arn}:role/Reports", longest: 1h,\n'
        "     ceiling: {actions: [write], locations: [s3://reports/2026/]}, requesters: [ada],\n"
        "     review: {reviewers: [grace], approvals: 1, lapses_after: 8h}, justification: {at_least: 10}}\n"
    )
    file = folder / "guards.yaml"
    file.write_text(f"version: 1\npeople:\n{people}guards: {guards}\nentitlements:\n{asked}")
    server_file.write_text(SERVER.replace(str(CATALOGUE), str(file)))
