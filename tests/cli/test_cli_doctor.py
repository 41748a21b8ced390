import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate, moment, problem
from tests.cli.test_cli_watch_checks import WELL

from liftgate.cli.exit_code import ExitCode

Run = Callable[..., Said]


def states(said: Said) -> dict[str, str]:
    lines = [line for line in said.out.splitlines() if line[:6].strip() in {"ok", "note", "?", "fail"}]
    return {line[6:20].strip(): line[:6].strip() for line in lines}


def test_all_is_well(liftgate: Run, fake: FakeLiftgate) -> None:
    assert fake.address
    liftgate("profile", "install")
    said = liftgate("doctor")
    assert said.code == 0
    assert said.out.endswith("All is well.\n")
    assert states(said) == dict.fromkeys(
        ["settings", "server", "clock", "aws identity", "sign-in", "catalogue", "aws profile", "cache"], "ok"
    )
    assert "the proof was accepted: you are Ada (ada), local:ada" in said.out
    assert "signed in before" in liftgate("doctor").out


def test_without_a_server_the_rest_is_still_looked_at(liftgate: Run) -> None:
    said = liftgate("doctor")
    assert said.code == ExitCode.USAGE
    assert states(said) == {"settings": "fail", "the rest": "?", "aws profile": "note", "cache": "ok"}
    assert "server, clock, aws identity, sign-in, catalogue, whatever needs the server" in said.out
    assert said.out.endswith(
        "\n\nNot working:  settings\nWorth a look: aws profile\nNot known:    the rest\nWell:         cache\n"
    )
    assert "LIFTGATE_SERVER" in said.out


def test_a_server_that_is_away(liftgate: Run) -> None:
    said = liftgate("doctor", "--server", "http://127.0.0.1:9", "--as", "local:ada")
    assert said.code == ExitCode.UNAVAILABLE
    assert list(states(said)) == ["settings", "server", "the rest", "aws profile", "cache"]
    assert "mend `server` first, then ask again" in said.out


def test_something_else_at_the_address(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers["GET /health"] = (200, b"<html>welcome</html>")
    said = liftgate("doctor")
    assert said.code == ExitCode.UNAVAILABLE
    assert "is this the address of Liftgate?" in " ".join(said.out.split())


def test_another_version_is_a_note(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers["GET /health"] = (200, {"status": "ok", "version": "9.9.9"})
    said = liftgate("doctor")
    assert (said.code, states(said)["server"]) == (0, "note")
    assert "version 9.9.9; this command is version" in said.out


@pytest.mark.parametrize(("ahead", "side"), [(timedelta(minutes=7), "7m"), (timedelta(minutes=-7), "7m")])
def test_a_clock_that_is_off_is_told(liftgate: Run, fake: FakeLiftgate, ahead: timedelta, side: str) -> None:
    fake.clock_ahead = ahead
    said = liftgate("doctor")
    assert states(said)["clock"] == "note"
    assert "behind" in said.out if ahead > timedelta() else "ahead of" in said.out
    assert side in said.out or "6m59s" in said.out


def test_nobody_to_prove(liftgate: Run, fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fake.address
    monkeypatch.delenv("LIFTGATE_SIGN_IN")
    said = liftgate("doctor")
    assert said.code == ExitCode.NOT_SIGNED_IN
    assert states(said)["aws identity"] == "fail"
    assert "sign-in" not in states(said)


def test_a_proof_that_is_refused(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers["POST /api/v1/sign-ins"] = problem(
        401, "nobody", "nobody in the catalogue is this", "ask for a place"
    )
    said = liftgate("doctor")
    assert said.code == ExitCode.NOT_SIGNED_IN
    assert "nobody in the catalogue is this" in said.out
    assert "ask for a place" in said.out


def test_catalogue_faults_are_a_note(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers["GET /api/v1/catalogue"] = (200, {"faults": [{}, {}], "entitlements": []})
    said = liftgate("doctor")
    assert (said.code, states(said)["catalogue"]) == (0, "note")
    assert "2 fault(s)" in said.out


@pytest.mark.parametrize("name", ["", "x.token"])
def test_a_cache_that_others_can_read(liftgate: Run, fake: FakeLiftgate, home: Path, name: str) -> None:
    assert fake.address
    liftgate("status")
    path = home / ".cache/liftgate" / name
    if name:
        path.write_text("x", encoding="utf-8")
    path.chmod(0o755 if not name else 0o644)
    said = liftgate("doctor")
    assert states(said)["cache"] == "fail"
    assert said.code == ExitCode.UNAVAILABLE
    assert stat.S_IMODE(path.stat().st_mode) & 0o077


def test_programs_get_every_check(liftgate: Run, fake: FakeLiftgate) -> None:
    assert fake.address
    checks = liftgate("doctor", "--output", "json").json["checks"]
    assert checks[0] == {
        "title": "settings",
        "state": "ok",
        "found": f"server {fake.address}, local sign-in as ada",
        "advice": None,
        "exit_code": 0,
    }
    assert len(checks) == 8


DRILL = {
    "entitlement": "reports",
    "role_arn": "arn:aws:iam::111122223333:role/ReportsWriter",
    "grant_id": "gr-0000000000000001",
    "call": "s3:AbortMultipartUpload at s3://reports/x",
    "in_place_after_ms": 140,
    "refused_after_ms": 190,
}


def test_a_drill_says_how_soon_aws_refused(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers["POST /api/v1/drills"] = (201, DRILL)
    said = liftgate("doctor", "--revocation")
    assert (said.code, states(said)) == (0, {"revocation": "ok"})
    assert "was refused 190 ms after the order to revoke" in " ".join(said.out.split())
    [call] = fake.calls("POST", "/api/v1/drills")
    assert call.body == {"entitlement": "reports"}


def test_a_deny_that_does_not_bite_is_a_failure(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers["POST /api/v1/drills"] = (201, {**DRILL, "refused_after_ms": None})
    said = liftgate("doctor", "--revocation", "--entitlement", "reports")
    assert said.code == ExitCode.UNAVAILABLE
    assert "AWS STILL LETS a revoked session" in said.out
    assert "All is well" not in said.out


def test_where_nothing_can_be_tried_it_is_a_note(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers["POST /api/v1/drills"] = problem(
        409, "nothing_to_drill", "it holds no action that can be tried"
    )
    said = liftgate("doctor", "--revocation")
    assert (said.code, states(said)) == (0, {"revocation": "note"})
    assert liftgate("doctor", "--entitlement", "reports").code == ExitCode.USAGE


def test_reconciling_says_what_was_repaired_and_what_was_not(liftgate: Run, fake: FakeLiftgate) -> None:
    path, whole = "POST /api/v1/reconciliations", {"roles": 3, "entries": 42, "repairs": []}
    fake.answers[path] = (201, whole)
    said = liftgate("doctor", "--reconcile")
    assert said.code == 0
    assert "nothing to repair; looked at: roles 3, ledger entries 42" in said.out
    mended = {
        "what": "the denies on r",
        "found": "were written again",
        "repaired": True,
        "failure": None,
        "advice": None,
    }
    left = {**mended, "repaired": False, "failure": "IAM did not answer", "advice": "try again"}
    fake.answers[path] = (201, {**whole, "repairs": [mended, left]})
    said = liftgate("doctor", "--reconcile")
    assert said.code == ExitCode.UNAVAILABLE
    assert states(said) == {"reconcile": "note", "repaired": "note", "not repaired": "fail"}
    assert "IAM did not answer" in said.out


LOOKS = [
    {"title": "sts", "state": "ok", "found": "answers, for eu-central-1", "advice": None},
    {
        "title": "aws clock",
        "state": "note",
        "found": "the server's is 1m behind it",
        "advice": "set the clock",
    },
    {
        "title": "role",
        "state": "fail",
        "found": "reports: STS refuses",
        "advice": "check the role's trust policy",
    },
]


def test_roles_are_tried_by_the_server(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers["POST /api/v1/diagnoses"] = (201, {"looks": LOOKS})
    said = liftgate("doctor", "--roles")
    assert said.code == ExitCode.UNAVAILABLE
    assert states(said) == {"sts": "ok", "aws clock": "note", "role": "fail"}
    assert "check the role's trust policy" in said.out
    fake.answers["POST /api/v1/diagnoses"] = (201, {"looks": LOOKS[:2]})
    noted = liftgate("doctor", "--roles")
    assert (noted.code, "All is well" in noted.out) == (0, False)
    assert noted.out.endswith("\n\nWorth a look: aws clock\nWell:         sts\n")


def test_what_nobody_can_tell_is_not_well(liftgate: Run, fake: FakeLiftgate) -> None:
    look = {"title": "trail", "found": "nothing came for an hour", "advice": "look"}
    for state in ("unknown", "of a newer server"):
        fake.answers["POST /api/v1/diagnoses"] = (201, {"looks": [{**look, "state": state}]})
        said = liftgate("doctor", "--roles")
        assert (said.code, states(said)) == (0, {"trail": "?"})
        assert said.out.endswith("\n\nNot known:    trail\n")
        [check] = liftgate("doctor", "--roles", "--output", "json").json["checks"]
        assert check["state"] == "unknown"


def test_a_guard_is_told_what_was_not_asked(
    liftgate: Run, fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fake.address
    monkeypatch.setenv("LIFTGATE_SIGN_IN", "local:linus")
    said = liftgate("doctor")
    assert (said.code, states(said)["server side"]) == (0, "?")
    assert "each role, and whether a revocation bites" in " ".join(said.out.split())
    assert "liftgate doctor --all" in said.out
    assert "All is well" not in said.out


def test_everything_is_looked_at_in_order(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers["POST /api/v1/diagnoses"] = (201, {"looks": LOOKS[:2]})
    fake.answers["POST /api/v1/drills"] = (201, DRILL)
    said = liftgate("doctor", "--all")
    assert said.code == 0
    ours = ["settings", "server", "clock", "aws identity", "sign-in", "catalogue"]
    assert list(states(said)) == [
        *ours,
        "sts",
        "aws clock",
        "data events",
        "revocation",
        "aws profile",
        "cache",
    ]


@pytest.mark.parametrize(
    ("minutes", "service", "state", "found", "advice"),
    [
        (40, "s3", "ok", "reports: the S3 call of the drill 40m", None),
        (40, "sts", "note", "never came", "log data events"),
        (5, None, "unknown", "has not come yet", "ask again"),
        (None, None, "unknown", "no earlier drill", "ask again in 15 minutes"),
    ],
    ids=["came", "never came", "not yet", "no drill"],
)
def test_only_the_call_of_an_earlier_drill_proves_that_data_events_come(
    liftgate: Run,
    fake: FakeLiftgate,
    minutes: int | None,
    service: str | None,
    state: str,
    found: str,
    advice: str | None,
) -> None:
    fake.answers["POST /api/v1/diagnoses"] = (201, {"looks": LOOKS[:1]})
    fake.answers["POST /api/v1/drills"] = (201, DRILL)
    fake.answers["GET /api/v1/watch/state"] = (200, {**WELL, "now": moment()})

    def revoked(number: int, reason: str, ago: int) -> dict[str, Any]:
        ending = {"kind": "revoked", "by": "x", "reason": reason, "ended_at": moment(), "deny": "in_place"}
        return fake.add_grant(number, state="revoked", ending=ending, granted_at=moment(minutes=-ago))

    grants = [revoked(3, "the wrong quarter", 1)]
    if minutes is not None:
        grants += [revoked(2, "revocation drill", minutes), revoked(1, "revocation drill", 90)]
    calls = [{"service": service}] if service else []
    fake.answers["GET /api/v1/grants"] = (200, {"items": grants, "next_cursor": None})
    fake.answers["GET /api/v1/grants/gr-0000000000000002/activities"] = (200, {"items": calls})
    told = liftgate("doctor", "--all", "--output", "json")
    assert told.code == 0, told.out
    [check] = [one for one in told.json["checks"] if one["title"] == "data events"]
    assert check["state"] == state
    assert found in check["found"]
    assert (advice or "") in (check["advice"] or "")


def test_who_is_no_guard_is_told_and_the_rest_is_looked_at(liftgate: Run, fake: FakeLiftgate) -> None:
    refusal = problem(403, "may_not_diagnose", "`ada` is no guard", "ask one of the guards")
    fake.answers["POST /api/v1/diagnoses"] = fake.answers["POST /api/v1/drills"] = refusal
    said = liftgate("doctor", "--all")
    assert said.code == ExitCode.REFUSED
    assert states(said)["server side"] == states(said)["revocation"] == "fail"
    assert "ask one of the guards" in said.out
    assert states(said)["cache"] == "ok"
