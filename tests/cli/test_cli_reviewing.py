"""Emergencies, absences, and lists that are narrowed, as whole command lines: what is sent, what is shown, how it ends."""

from collections.abc import Callable

import pytest
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate, Json, catalogue, moment, problem

from liftgate.cli.exit_code import ExitCode

Run = Callable[..., Said]
REQUEST = "rq-0000000000000001"
ABSENCE = "aw-0000000000000001"
ASK = ("request", "s3://reports/2026/", "--write", "--for", "20m", "--reason", "fix the totals")
GRACE, LINUS = {"id": "grace", "name": "Grace"}, {"id": "linus", "name": "Linus"}


def absence(**changes: object) -> Json:
    return {
        "id": ABSENCE,
        "state": "away",
        "person": {"id": "ada", "name": "Ada"},
        "delegate": LINUS,
        "starts_at": "2026-11-24T09:00:00Z",
        "until": "2026-12-01T09:00:00Z",
        "ended_at": None,
        **changes,
    }


def emergency(**changes: object) -> Json:
    return {
        "look_by": moment(hours=4),
        "is_overdue": False,
        "lookers": [GRACE],
        "conclusion": None,
        **changes,
    }


def test_findings_of_a_state_are_asked_for_by_its_word(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_grant()
    for state in ("open", "over", "unexplained"):
        assert liftgate("findings", "--state", state).code == ExitCode.OK
        assert fake.calls("GET", "/api/v1/findings")[-1].query["state"] == state
    said = liftgate("findings", "--state", "shut")
    assert said.code == ExitCode.USAGE
    assert "`open`, `over`, `unexplained`" in said.err
    assert len(fake.calls("GET", "/api/v1/findings")) == 3


def test_entitlements_are_found_by_words(liftgate: Run, fake: FakeLiftgate) -> None:
    said = liftgate("catalogue", "show", "--find", "grace reports")
    assert "write objects under s3://reports/" in said.out
    assert fake.calls("GET", "/api/v1/catalogue")[-1].query == {"q": "grace reports"}
    fake.answers["GET /api/v1/catalogue"] = (200, {**catalogue(), "entitlements": []})
    nothing = liftgate("catalogue", "show", "--find", "payroll")
    assert (nothing.code, nothing.out) == (
        ExitCode.OK,
        "Nothing that you may ask for or review has these words.\n",
    )


def test_an_absence_is_said_listed_and_ended(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers["POST /api/v1/absences"] = (201, absence())
    fake.answers["GET /api/v1/absences"] = (200, {"items": [absence(state="planned")]})
    fake.answers[f"POST /api/v1/absences/{ABSENCE}/end"] = (200, absence(state="over"))
    until = ("--until", "2026-12-01T10:00+01:00")
    said = liftgate("away", *until, "--delegate", "linus", "--start", "2026-11-24T09:00Z")
    assert said.code == ExitCode.OK
    assert fake.seen[-1].body == {
        "delegate": "linus",
        "until": "2026-12-01T09:00:00Z",
        "starts_at": "2026-11-24T09:00:00Z",
    }
    assert all(word in said.out for word in (ABSENCE, "away", "Ada", "Linus", "2026-12-01"))
    liftgate("away", *until, "--delegate", "linus")
    assert "starts_at" not in (fake.seen[-1].body or {})
    assert "planned" in liftgate("away").out
    assert liftgate("away", "--output", "json").json["items"][0]["id"] == ABSENCE
    assert "over" in liftgate("away", "end", ABSENCE).out


@pytest.mark.parametrize(
    "words",
    [
        ("--until", "2026-12-01T09:00Z"),
        ("--delegate", "linus"),
        ("--start", "2026-12-01T09:00Z"),
        ("--until", "soon", "--delegate", "linus"),
        ("end", "gr-0000000000000001"),
    ],
    ids=str,
)
def test_half_an_absence_is_not_sent(liftgate: Run, fake: FakeLiftgate, words: tuple[str, ...]) -> None:
    said = liftgate("away", *words)
    assert said.code == ExitCode.USAGE
    assert "next: " in said.err
    assert fake.calls("POST", "/api/v1/absences.*") == []


def test_an_emergency_is_asked_for_as_one(liftgate: Run, fake: FakeLiftgate) -> None:
    request = fake.add_request(break_glass=emergency())
    fake.approve(request)
    fake.answers["POST /api/v1/requests"] = (201, request)
    said = liftgate(*ASK, "--break-glass")
    assert said.code == ExitCode.OK
    assert (fake.calls("POST", "/api/v1/requests")[-1].body or {})["break_glass"] is True
    assert "Grace" in said.out
    liftgate(*ASK)
    assert "break_glass" not in (fake.calls("POST", "/api/v1/requests")[-1].body or {})


def test_emergencies_that_wait_for_a_look_are_listed(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.approve(fake.add_request(break_glass=emergency()))
    said = liftgate("review")
    assert f"liftgate review conclude {REQUEST} --justified --comment …" in said.out
    told = liftgate("review", "--output", "json").json
    assert [one["id"] for one in told["to_conclude"]["items"]] == [REQUEST]
    assert told["items"] == []


def test_an_emergency_that_is_refused_ends_so(liftgate: Run, fake: FakeLiftgate) -> None:
    refusal = problem(
        403, "break_glass_overdue", "nobody has looked at `rq-1` yet", "ask Grace to look at it"
    )
    fake.answers["POST /api/v1/requests"] = refusal
    said = liftgate(*ASK, "--break-glass")
    assert said.code == ExitCode.REFUSED
    assert "ask Grace to look at it" in said.err


@pytest.mark.parametrize(("flag", "justified"), [("--justified", True), ("--not-justified", False)])
def test_an_emergency_is_concluded(liftgate: Run, fake: FakeLiftgate, flag: str, justified: bool) -> None:
    conclusion = {"by": GRACE, "justified": justified, "comment": "looked", "concluded_at": moment()}
    request = fake.add_request(break_glass=emergency(conclusion=conclusion))
    fake.approve(request)
    fake.answers[f"POST /api/v1/requests/{REQUEST}/conclusion"] = (201, request)
    said = liftgate("review", "conclude", REQUEST, flag, "--comment", "looked")
    assert said.code == ExitCode.OK
    assert fake.seen[-1].body == {"justified": justified, "comment": "looked"}
    assert REQUEST in said.out
    as_json = liftgate("review", "conclude", REQUEST, flag, "--comment", "looked", "--output", "json")
    assert as_json.json["break_glass"]["conclusion"]["justified"] is justified


@pytest.mark.parametrize(
    "words", [("--comment", "looked"), ("--justified",), ("--justified", "--comment", "x", "gr-1")], ids=str
)
def test_half_a_conclusion_is_not_sent(liftgate: Run, fake: FakeLiftgate, words: tuple[str, ...]) -> None:
    assert liftgate("review", "conclude", REQUEST, *words).code == ExitCode.USAGE
    assert fake.calls("POST", ".*/conclusion") == []


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        ("small", "1400 of 2048 characters\n"),
        ("fits", "1400 of 2048 characters; STS was asked, and takes it\n"),
        ("not_asked", "characters; STS was not asked whether it fits\n"),
    ],
)
def test_a_dry_run_says_whether_sts_was_asked(
    liftgate: Run, fake: FakeLiftgate, packed: str, said: str
) -> None:
    fake.answers["POST /api/v1/request-trials"] = (
        200,
        {
            "outcome": "approved",
            "because": [],
            "entitlement": "reports",
            "scope": None,
            "duration_seconds": 1200,
            "stages": [],
            "lapses_at": None,
            "look_by": None,
            "policy": {"text": "{}", "characters": 1400, "most": 2048, "packed": packed},
            "considered": [],
        },
    )
    told = liftgate(*ASK, "--dry-run")
    assert said in told.out
    assert (fake.seen[-1].body or {})["asks_sts"] is True
    assert fake.calls("POST", "/api/v1/requests") == []
