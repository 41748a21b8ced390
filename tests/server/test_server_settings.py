"""The server's settings: where they come from, and how a wrong one is told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from liftgate.errors import LiftgateError
from liftgate.server.addresses import origin_of
from liftgate.server.errors import BadSettings, LocalSignInExposed, SettingsFileUnreadable
from liftgate.server.settings import default_database_url, load_settings
from liftgate.server.slack.desk import slack_desk

EVERYWHERE = "0.0.0.0"  # noqa: S104 - to be refused, not bound


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "server.toml"
        path.write_text(text)
        return path

    return write


def faults(*args: Any, **more: Any) -> list[tuple[str | None, str, str]]:
    with pytest.raises(LiftgateError) as caught:
        load_settings(*args, **more)
    return [(fault.where, fault.sentence, fault.advice) for fault in (caught.value, *caught.value.also)]


def test_options_go_before_variables_and_variables_before_the_file(
    file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file('catalogue = ["a"]\nport = 1\nhost = "127.0.0.2"\naws_region = "eu-central-1"\n')
    monkeypatch.setenv("LIFTGATE_PORT", "2")
    monkeypatch.setenv("LIFTGATE_HOST", "127.0.0.3")
    settings = load_settings(path, {"port": 3})
    assert (settings.port, settings.host, settings.aws_region) == (3, "127.0.0.3", "eu-central-1")


def test_the_catalogue_may_be_several_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFTGATE_CATALOGUE", "/etc/one:/etc/two.yaml")
    assert load_settings().catalogue == (Path("/etc/one"), Path("/etc/two.yaml"))


def test_the_database_is_a_file_in_the_folder_for_data() -> None:
    assert default_database_url({"XDG_DATA_HOME": "/data"}) == "sqlite:////data/liftgate/liftgate.db"
    assert (
        default_database_url({"HOME": "/home/ada"}) == "sqlite:////home/ada/.local/share/liftgate/liftgate.db"
    )


def test_a_catalogue_is_needed() -> None:
    assert faults() == [("catalogue", "`catalogue` is missing", "add it")]


def test_every_fault_is_told_with_the_nearest_name(file: Callable[[str], Path]) -> None:
    path = file('catalogue = ["a"]\nprot = 1\nport = 70000\nworker = "perhaps"\naws_region = "moon"\n')
    told = {where: (sentence, advice) for where, sentence, advice in faults(path)}
    assert told[f"{path}:2"] == ("`prot` is not a field of the settings", "did you mean `port`?")
    assert told[f"{path}:3"] == ("`port` is too large", "give 65535 or less")
    assert told[f"{path}:4"] == ("`worker` is neither true nor false", "write true or false")
    assert told[f"{path}:5"][0].startswith("`aws_region` does not have the form")


def test_a_variable_that_is_no_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFTGATE_LOCAL_SIGNIN", "1")
    assert faults() == [
        (
            "LIFTGATE_LOCAL_SIGNIN",
            "`LIFTGATE_LOCAL_SIGNIN` is no setting of the server",
            "did you mean `LIFTGATE_LOCAL_SIGN_IN`?",
        )
    ]


def test_variables_of_the_command_line_are_not_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFTGATE_SERVER", "https://liftgate.example.com")
    monkeypatch.setenv("LIFTGATE_CATALOGUE", "a")
    assert load_settings().public_url is None


@pytest.mark.parametrize("text", ["port = 1 = 2", "port", "\x00"])
def test_a_file_that_is_not_toml(file: Callable[[str], Path], text: str) -> None:
    with pytest.raises(SettingsFileUnreadable):
        load_settings(file(text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsFileUnreadable, match="no such file"):
        load_settings(tmp_path / "none.toml")


def test_a_password_is_never_shown() -> None:
    settings = load_settings(given={"catalogue": ["a"], "database_url": "postgresql://u:hunter2@h/d"})
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()
    told = faults(given={"catalogue": ["a"], "database_url": ["postgresql://u:hunter2@h/d"], "port": "x"})
    assert "hunter2" not in repr(told)


HUNTER = "hunter2hunter2"


@pytest.mark.parametrize(
    "given",
    [
        {"session_key": HUNTER},
        {"slack": {"bot_token": HUNTER, "app_token": f"xapp-{HUNTER}"}},
        {"slack": {"bot_token": f"xoxb-{HUNTER}", "app_token": HUNTER}},
        {"oidc": {"issuer": f"http://u:{HUNTER}@id.example.com", "client_id": "x", "client_secret": HUNTER}},
        {"webhooks": [{"url": "https://hooks.example.com/in", "secret": HUNTER}]},
        {"webhooks": [{"url": f"https://u:{HUNTER}@hooks.example.com/in", "secret": HUNTER}]},
        {"notices": [{"name": "mail", "url": HUNTER}]},
        {"notices": [{"name": "mail", "url": f"mailto://u:{HUNTER}@h"}]},
        {
            "trackers": [
                {
                    "name": "jira",
                    "kind": "jira",
                    "url": f"https://u:{HUNTER}@jira.example.com",
                    "token": HUNTER,
                }
            ]
        },
        {"public_url": f"https://u:{HUNTER}@liftgate.example.com"},
        *(
            {name: HUNTER}
            for name in ("slack", "notices", "trackers", "webhooks", "issuers", "oidc", "accounts")
        ),
    ],
    ids=str,
)
def test_no_fault_tells_what_could_be_a_secret(given: dict[str, object]) -> None:
    with pytest.raises(LiftgateError) as caught:
        load_settings(given={"catalogue": ["a"], **given})
    for fault in (caught.value, *caught.value.also):
        assert "hunter" not in f"{fault} {fault.advice} {fault.value}"


@pytest.mark.parametrize(
    "given",
    [
        {"host": EVERYWHERE, "public_url": "https://liftgate.example.com"},
        {"host": "10.0.0.7", "public_url": "http://127.0.0.1"},
        {"host": "::", "public_url": "http://localhost"},
        {"host": "liftgate.internal", "public_url": "https://liftgate.internal"},
        {"host": "127.0.0.1", "public_url": "https://liftgate.example.com"},  # a proxy stands before it
        {"host": "localhost.attacker.example", "public_url": "http://localhost"},
    ],
    ids=str,
)
def test_local_sign_in_is_refused_wherever_others_could_reach_it(given: dict[str, str]) -> None:
    with pytest.raises(LocalSignInExposed):
        load_settings(given={"catalogue": ["a"], "local_sign_in": True, **given})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_local_sign_in_is_allowed_on_loopback(host: str) -> None:
    assert load_settings(given={"catalogue": ["a"], "local_sign_in": True, "host": host}).local_sign_in


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"host": EVERYWHERE}, "public_url"),
        ({"host": EVERYWHERE, "public_url": "http://liftgate.example.com"}, "public_url"),
        ({"public_url": "http://liftgate.example.com"}, "public_url"),
        ({"public_url": "https://liftgate.example.com/path"}, "public_url"),
        ({"public_url": "https://user@liftgate.example.com"}, "public_url"),
        ({"public_url": "liftgate.example.com"}, "public_url"),
        ({"aws_sts_endpoint": "http://sts.attacker.example"}, "aws_sts_endpoint"),
        ({"aws_iam_endpoint": "http://10.0.0.7:4566"}, "aws_iam_endpoint"),
        ({"aws_s3_endpoint": "http://10.0.0.7:4566"}, "aws_s3_endpoint"),
        ({"host": ""}, "host"),
    ],
    ids=str,
)
def test_addresses_over_which_secrets_could_be_read_are_refused(given: dict[str, str], where: str) -> None:
    with pytest.raises(BadSettings) as caught:
        load_settings(given={"catalogue": ["a"], **given})
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://Liftgate.Example.com/", "https://liftgate.example.com"),
        ("https://liftgate.example.com:443", "https://liftgate.example.com"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8484", "http://[::1]:8484"),
    ],
)
def test_an_origin_has_one_spelling(address: str, origin: str) -> None:
    assert origin_of(address) == origin


ACCOUNT = {
    "id": "444455556666",
    "revoker_role": "arn:aws:iam::444455556666:role/liftgate/Revoker",
    "external_id": "lg-kept-out-of-sight",
}


def test_accounts_are_declared_in_the_file_or_as_json_in_the_variable(
    file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "\n".join(f'{name} = "{text}"' for name, text in ACCOUNT.items())
    from_file = load_settings(file(f'catalogue = ["a"]\n[[accounts]]\n{lines}\n')).accounts
    monkeypatch.setenv("LIFTGATE_CATALOGUE", "a")
    monkeypatch.setenv("LIFTGATE_ACCOUNTS", json.dumps([ACCOUNT]))
    settings = load_settings()
    assert [one.model_dump() for one in settings.accounts] == [ACCOUNT]
    assert settings.accounts == from_file
    assert ACCOUNT["external_id"] not in repr(settings)


@pytest.mark.parametrize(
    ("accounts", "where", "says"),
    [
        ([{**ACCOUNT, "id": "4444"}], "accounts[0].id", "does not have the form"),
        ([{**ACCOUNT, "id": "555566667777"}], "accounts[0]", "revoker role of another account"),
        ([{**ACCOUNT, "revoker_role": "Revoker"}], "accounts[0].revoker_role", "does not have the form"),
        ([{**ACCOUNT, "external_id": "lg kept"}], "accounts[0].external_id", "does not have the form"),
        ([{**ACCOUNT, "external_ids": "lg-kept"}], "accounts[0].external_ids", "is not a field"),
        ([{name: ACCOUNT[name] for name in ("id", "revoker_role")}], "accounts[0].external_id", "is missing"),
        ([ACCOUNT, ACCOUNT], "accounts", "names account 444455556666 twice"),
        ("[{lg-kept", "accounts", "is not JSON"),
        ("{}", "accounts", "is not a list"),
    ],
)
def test_an_account_that_is_declared_wrongly_is_refused_and_no_external_id_is_told(
    accounts: object, where: str, says: str
) -> None:
    given = {"catalogue": ["a"], "accounts": accounts}
    with pytest.raises(BadSettings) as caught:
        load_settings(given=given)
    told = [(fault.where, fault.sentence) for fault in (caught.value, *caught.value.also)]
    assert any(place == where and says in sentence for place, sentence in told), told
    for fault in (caught.value, *caught.value.also):
        assert "lg" not in f"{fault} {fault.advice} {fault.value}".replace("lg-…", "")


SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"


def test_findings_are_only_observed_until_somebody_says_otherwise(file: Callable[[str], Path]) -> None:
    assert load_settings(file('catalogue = ["a"]\n')).response == "observe"
    text = f"""
catalogue = ["a"]
response = "act"
settle_after = "2h"
[[webhooks]]
url = "https://hooks.example.com/in"
secret = "{SECRET}"
"""
    settings = load_settings(file(text))
    assert (settings.response, settings.settle_after.total_seconds()) == ("act", 7200)
    assert settings.webhooks[0].url == "https://hooks.example.com/in"
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("url", "secret", "where"),
    [
        ("http://hooks.example.com/in", SECRET, "webhooks[0].url"),
        ("https://user:hunter2@hooks.example.com/", SECRET, "webhooks[0].url"),
        ("file:///etc/passwd", SECRET, "webhooks[0].url"),
        ("https://", SECRET, "webhooks[0].url"),
        ("https://hooks.example.com/in", "hunter2", "webhooks[0].secret"),
        ("https://hooks.example.com/in", "whsec_aHVudGVyMg==", "webhooks[0].secret"),
    ],
)
def test_a_webhook_is_safe_or_refused(file: Callable[[str], Path], url: str, secret: str, where: str) -> None:
    path = file(f'catalogue = ["a"]\n[[webhooks]]\nurl = "{url}"\nsecret = "{secret}"\n')
    [(place, sentence, advice)] = faults(path)
    assert (place, f"`{where}`" in sentence) == (f"{path}:2", True)
    assert "hunter2" not in f"{sentence} {advice}"


def test_a_variable_names_webhooks_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFTGATE_CATALOGUE", "/etc/one")
    monkeypatch.setenv("LIFTGATE_SETTLE_AFTER", "45m")
    monkeypatch.setenv("LIFTGATE_WEBHOOKS", f'[{{"url": "http://127.0.0.1:9000/", "secret": "{SECRET}"}}]')
    settings = load_settings()
    assert settings.webhooks[0].url == "http://127.0.0.1:9000/"
    assert settings.settle_after.total_seconds() == 2700


def test_a_span_that_is_none_is_told(file: Callable[[str], Path]) -> None:
    path = file('catalogue = ["a"]\nsettle_after = "soon"\n')
    assert faults(path) == [(f"{path}:2", "`settle_after` is not a span of time", "write it as 30m or 2h")]


TRACKER = {
    "name": "jira",
    "kind": "jira",
    "url": "https://example.atlassian.net",
    "user": "bot",
    "token": "hunter2",
}


def test_trackers_are_set_up_without_showing_their_tokens(file: Callable[[str], Path]) -> None:
    lines = "\n".join(f'{name} = "{value}"' for name, value in TRACKER.items())
    settings = load_settings(file(f'catalogue = ["a"]\n[[trackers]]\n{lines}\n'))
    assert "hunter2" not in repr(settings)
    known = settings.trackers[0].tracker()
    assert known.state == "/fields/status/statusCategory/key"
    assert known.open == {"new", "indeterminate"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"url": "http://jira.example.com"}, "https://"),
        ({"url": "https://user:hunter2@jira.example.com"}, "starts with"),
        ({"url": "file:///etc/passwd"}, "https://"),
        ({"url": "https://example.atlassian.net/?x"}, "site alone"),
        ({"kind": "http"}, "`{ticket}`"),
        ({"kind": "http", "url": "https://{ticket}.example.com/"}, "choose the server"),
        ({"kind": "http", "url": "https://board.example.com/{ticket}"}, "when a ticket is open"),
        ({"state": "/fields/status/name"}, "which are `open`"),
        ({"state": "fields.status"}, "does not have the form"),
        ({"time_limit": "31s"}, "too large"),
        ({"token": None}, "without a token"),
    ],
)
def test_a_tracker_that_could_be_led_elsewhere_is_refused(changes: dict[str, object], says: str) -> None:
    given = {"catalogue": ["a"], "trackers": [{**TRACKER, **changes}]}
    with pytest.raises(BadSettings) as refusal:
        load_settings(given=given)
    assert says in str(refusal.value)
    assert "hunter2" not in f"{refusal.value!r}{refusal.value.advice}"


SLACK = {"bot_token": "xoxb-hunter2-hunter2", "app_token": "xapp-hunter2-hunter2", "channel": "C0123ABCD"}
NOTICE = {
    "name": "mail",
    "url": "mailtos://bot:hunter2@smtp.example.com?to={to}",
    "to": {"ada": "ada@example.com"},
}


def test_slack_and_notices_are_set_up_without_showing_their_secrets() -> None:
    settings = load_settings(given={"catalogue": ["a"], "slack": SLACK, "notices": [NOTICE]})
    assert settings.slack is not None
    shown = f"{settings!r}{settings.notices[0].notice()!r}{slack_desk(settings.slack)!r}"
    assert "hunter2" not in shown
    assert "smtp.example.com" not in shown


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("slack", {**SLACK, "bot_token": "hunter2-hunter2-hunter2"}, "is not one that Slack makes"),
        ("slack", {**SLACK, "app_token": None}, "nobody could answer"),
        ("slack", {**SLACK, "channel": "#requests"}, "does not have the form"),
        ("slack", {**SLACK, "api_url": "http://slack.example.com/api/"}, "starts with https://"),
        ("slack", {**SLACK, "api_url": "http://127.0.0.1.example.com:80/api/"}, "starts with https://"),
        ("notices", [{**NOTICE, "url": "nonsense://hunter2?to={to}"}], "apprise can read"),
        ("notices", [{**NOTICE, "to": {}}], "or neither"),
        ("notices", [{**NOTICE, "url": "mailtos://bot:hunter2@smtp.example.com"}], "or neither"),
        ("notices", [{**NOTICE, "tells": ["review.dew"]}], "a kind that there is not"),
        ("notices", [NOTICE, NOTICE], "names mail twice"),
    ],
)
def test_what_could_tell_nobody_or_the_wrong_ones_is_refused(
    name: str, given: object, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadSettings) as refusal:
        load_settings(given={"catalogue": ["a"], name: given})
    assert says in str(refusal.value)
    said = capfd.readouterr()
    assert "hunter2" not in f"{refusal.value!r}{refusal.value.advice}{said.out}{said.err}"
