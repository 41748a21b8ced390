"""Whole command lines against a server: what is sent, what is shown, how it ends."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate, hold, moment, problem, settlement

from liftgate.cli.exit_code import ExitCode

Run = Callable[..., Said]
REQUEST = "rq-0000000000000001"
GRANT = "gr-0000000000000001"
ASK = ("request", "s3://reports/2026/", "--write", "--for", "20m", "--reason", "fix the totals")


def test_a_request_is_sent_as_the_contract_says(liftgate: Run, fake: FakeLiftgate) -> None:
    said = liftgate(
        *("request", "s3://reports/2026/", "s3://reports/2025/a.csv", "--write", "--delete"),
        *("--action", "s3:PutObjectTagging", "--for", "1h30m", "--reason", "fix", "--ticket", "OPS-1"),
        *("--entitlement", "reports", "--start", "2026-11-24T10:00+01:00"),
    )
    assert said.code == 0
    [call] = fake.calls("POST", "/api/v1/requests")
    assert call.body == {
        "actions": ["write", "delete", "s3:PutObjectTagging"],
        "locations": ["s3://reports/2026/", "s3://reports/2025/a.csv"],
        "duration_seconds": 5400,
        "justification": "fix",
        "ticket": "OPS-1",
        "entitlement": "reports",
        "starts_at": "2026-11-24T09:00:00Z",
    }
    assert call.headers["idempotency-key"]


def test_what_is_not_said_is_not_sent(liftgate: Run, fake: FakeLiftgate) -> None:
    liftgate(*ASK)
    [call] = fake.calls("POST", "/api/v1/requests")
    assert set(call.body or {}) == {"actions", "locations", "duration_seconds", "justification"}


def test_a_request_is_told_in_plain_words_with_the_next_command(liftgate: Run, fake: FakeLiftgate) -> None:
    out = re.sub(r"lapses in \w+", "lapses in 4h", liftgate(*ASK).out)
    assert out == (
        "rq-0000000000000001  pending\n"
        "  what       write objects under s3://reports/2026/\n"
        "  for        20m, from its approval\n"
        "  reason     fix the totals\n"
        "  by         Ada, through reports in account 111122223333\n"
        "  waits for  1 approval of Grace or Linus; lapses in 4h\n"
        "\n"
        "next: liftgate show rq-0000000000000001 --wait\n"
    )
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("request", "s3://b/", "--for", "20m", "--reason", "x"), "nothing is asked for"),
        (("request", "b/c", "--write", "--for", "20m", "--reason", "x"), "did you mean s3://b/c ?"),
        (("request", "s3://b/", "--write", "--for", "20", "--reason", "x"), "20m for minutes"),
        ((*ASK, "--start", "2026-11-24T09:00"), "names no time zone"),
        (("request", "--write", "--for", "20m", "--reason", "x"), "next: liftgate request --help"),
        (("request", "s3://b/", "--write", "--for", "20m"), "missing option `--reason`"),
    ],
)
def test_a_request_that_cannot_be_read_is_never_sent(
    liftgate: Run, fake: FakeLiftgate, words: tuple[str, ...], said: str
) -> None:
    done = liftgate(*words)
    assert done.code == ExitCode.USAGE
    assert said in done.err
    assert fake.seen == []


def test_an_approved_request_says_how_to_use_the_grant(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.approve(fake.add_request(), comment="go ahead")
    out = liftgate("show", REQUEST).out
    assert "  review     approved by Grace: go ahead\n" in out
    assert f"  grant      {GRANT}, ends in " in out
    assert f"next: liftgate exec --grant {GRANT} -- aws s3 cp FILE s3://reports/2026/\n" in out


def test_a_location_in_a_command_to_copy_is_quoted_for_the_shell(liftgate: Run, fake: FakeLiftgate) -> None:
    scope = {
        "actions": ["s3:GetObject"],
        "locations": ["s3://b/$(rm -rf ~)/"],
        "kms_keys": [],
        "in_words": "read",
    }
    fake.add_grant(scope=scope)
    assert "-- aws s3 ls 's3://b/$(rm -rf ~)/'\n" in liftgate("show", GRANT).out


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("approved", 0),
        ("denied", ExitCode.REFUSED),
        ("lapsed", ExitCode.NOT_APPROVED),
        ("cancelled", ExitCode.NOT_APPROVED),
    ],
)
def test_waiting_ends_with_what_became_of_the_request(
    liftgate: Run, fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch, state: str, code: int
) -> None:
    monkeypatch.setattr("liftgate.cli.asking.time.sleep", lambda _: None)

    def answer() -> None:
        request = fake.requests[REQUEST]
        if state == "approved":
            fake.approve(request)
        else:
            request |= {"state": state, "waiting_for": None}

    fake.before[f"GET /api/v1/requests/{REQUEST}"] = answer
    said = liftgate(*ASK, "--wait")
    assert said.code == code
    assert f"{REQUEST} waits for 1 approval of Grace or Linus\n" in said.err
    assert f"\n{REQUEST}  {state}\n" in said.out


def test_an_interrupted_wait_says_how_to_go_on(
    liftgate: Run, fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("liftgate.cli.asking.time.sleep", interrupt)
    said = liftgate(*ASK, "--wait")
    assert said.code == ExitCode.INTERRUPTED
    assert said.err.endswith(f"\nnext: liftgate show {REQUEST} --wait\n")
    assert fake.requests[REQUEST]["state"] == "pending"


def test_show_waits_too_and_does_not_wait_for_what_is_answered(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_request(state="denied", waiting_for=None)
    assert liftgate("show", REQUEST, "--wait").code == ExitCode.REFUSED
    assert liftgate("show", REQUEST).code == 0
    assert len(fake.calls("GET", f"/api/v1/requests/{REQUEST}")) == 2


def test_status_shows_what_is_mine_and_not_over(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_grant(1)
    fake.add_grant(2, state="scheduled", starts_at=moment(hours=2.5), ends_at=moment(hours=3))
    fake.add_grant(3, state="ended")
    fake.add_request(4)
    fake.add_request(5, person="grace")
    out = liftgate("status").out
    assert GRANT in out
    assert "left" in out
    assert "starts in 2h" in out
    assert "1 approval of Grace or Linus" in out
    assert "gr-0000000000000003" not in out
    assert "rq-0000000000000005" not in out
    assert out.endswith(f"      liftgate return {GRANT}\n")


def test_an_empty_status_says_how_to_ask(liftgate: Run, fake: FakeLiftgate) -> None:
    out = liftgate("status").out
    assert out.startswith("No open requests, no live grants.\n\nnext: liftgate request")
    assert fake.tokens


def test_status_of_an_id_is_show(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_request()
    assert liftgate("status", REQUEST).out == liftgate("show", REQUEST).out


def test_reviewing(liftgate: Run, fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        fake.add_request(number)
    monkeypatch.setenv("LIFTGATE_SIGN_IN", "local:grace")
    out = liftgate("review").out
    assert "fix the totals" in out
    assert f"next: liftgate review approve {REQUEST}\n" in out
    assert f"      liftgate review deny {REQUEST} --comment …\n" in liftgate("review", "show", REQUEST).out
    approved = liftgate("review", "approve", REQUEST, "rq-0000000000000002", "--comment", "fine")
    assert approved.code == 0
    assert approved.out.count("approved by Grace: fine") == 2
    assert GRANT in approved.out
    denied = liftgate("review", "deny", "rq-0000000000000003", "--comment", "ask for less")
    assert "denied by Grace: ask for less" in denied.out
    assert liftgate("review").out == "Nothing waits for your answer.\n"


def test_of_several_answers_one_that_fails_does_not_stop_the_others(
    liftgate: Run, fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.add_request(1, person="grace")
    fake.add_request(2)
    monkeypatch.setenv("LIFTGATE_SIGN_IN", "local:grace")
    said = liftgate("review", "approve", REQUEST, "rq-0000000000000002", "rq-0000000000000009")
    assert said.code == ExitCode.REFUSED
    assert "this is your own request" in said.err
    assert fake.requests["rq-0000000000000002"]["state"] == "approved"


def test_one_of_two_approvals_says_what_is_still_waited_for(liftgate: Run, fake: FakeLiftgate) -> None:
    request = fake.add_request(waiting_for="1 approval of Linus")
    fake.answers[f"POST /api/v1/requests/{REQUEST}/reviews"] = (201, request)
    said = liftgate("review", "approve", REQUEST, "--as", "local:grace")
    assert f"{REQUEST}  pending\n  waits for  1 approval of Linus; lapses in " in said.out


def test_a_wrong_id_among_several_stops_all(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_request(1, person="grace")
    assert liftgate("review", "approve", REQUEST, GRANT).code == ExitCode.USAGE
    assert fake.seen == []


def test_a_denial_needs_a_comment(liftgate: Run, fake: FakeLiftgate) -> None:
    said = liftgate("review", "deny", REQUEST)
    assert (said.code, "missing option `--comment`" in said.err) == (ExitCode.USAGE, True)
    assert fake.seen == []


def test_cancelling(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_request()
    assert liftgate("cancel", REQUEST).out == f"{REQUEST}  cancelled\n"
    again = liftgate("cancel", REQUEST)
    assert again.code == ExitCode.CONFLICT
    assert "the request is cancelled already" in again.err


def test_returning_forgets_the_session(liftgate: Run, fake: FakeLiftgate, home: Path) -> None:
    fake.add_grant()
    liftgate("credentials")
    assert list((home / ".cache/liftgate").glob("*.session"))
    said = liftgate("return", GRANT, "--reason", "done")
    assert f"{GRANT}  returned\n" in said.out
    assert "returned by ada" in said.out
    assert not list((home / ".cache/liftgate").glob("*.session"))
    assert liftgate("credentials").code == ExitCode.NOT_FOUND


def test_revoking_says_what_holds_in_aws(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_grant(person="grace")
    said = liftgate("revoke", GRANT, "--reason", "wrong bucket")
    [call] = fake.calls("POST", f"/api/v1/grants/{GRANT}/revocation")
    assert call.body == {"reason": "wrong bucket"}
    assert "revoked by ada" in said.out
    assert "new sessions are refused; AWS is being told to refuse running ones" in said.out
    assert said.out.endswith(f"next: liftgate show {GRANT}\n")


def test_one_session_is_revoked_by_its_number(liftgate: Run, fake: FakeLiftgate) -> None:
    ending = {"by": "grace", "reason": "in a log", "ended_at": moment(), "deny": "pending"}
    session = {
        "number": 2,
        "name": f"{GRANT}-2",
        "access_key_id": "ASIA2",
        "lent_at": moment(),
        "ending": ending,
    }
    grant = fake.add_grant(sessions=[session | {"expires_at": moment(), "failure": None}])
    fake.answers[f"POST /api/v1/grants/{GRANT}/sessions/2/revocation"] = (201, grant)
    said = liftgate("revoke", GRANT, "--session", "2", "--reason", "in a log")
    assert (said.code, said.err) == (0, "")
    assert "1 lent, newest ASIA2; revoked: 2 by grace, in a log (AWS is being told)" in " ".join(
        said.out.split()
    )
    assert said.out.endswith(f"next: liftgate show {GRANT}\n")
    assert liftgate("revoke", "--all", "--session", "2", "--reason", "x").code == ExitCode.USAGE


def test_the_red_button_says_how_many_and_how_far_aws_is(liftgate: Run, fake: FakeLiftgate) -> None:
    for number in range(1, 31):
        fake.add_grant(number, person="grace" if number % 2 else "ada")
    said = liftgate("revoke", "--person", "grace", "--reason", "laptop stolen")
    [call] = fake.calls("POST", "/api/v1/revocations")
    assert call.body == {"person": "grace", "reason": "laptop stolen"}
    assert said.out.startswith("15 revoked; AWS refuses all that ran under them.\n  gr-")
    fake.pending = 15
    said = liftgate("revoke", "--all", "--reason", "laptop stolen")
    assert said.out.startswith("15 revoked; AWS is still being told of 15.\n")
    assert said.out.endswith("next: liftgate doctor\n")
    said = liftgate("revoke", "--all", "--reason", "again")
    assert said.out == "Nothing to revoke: no such grant is live.\n"


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_somebody_at_a_terminal_is_asked_before_many_are_revoked(
    liftgate: Run, fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    terminal = io.StringIO(answer)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    fake.add_grant()
    said = liftgate("revoke", "--all", "--reason", "x")
    assert (said.code, said.out) == (1, "")
    assert "Revoke ALL live grants, now? [y/N]" in said.err
    assert not fake.calls("POST", "/api/v1/revocations")
    assert liftgate("revoke", "--all", "--reason", "x", "--yes").code == ExitCode.OK


@pytest.mark.parametrize(
    "words", [(), ("--all", "--person", "ada"), (GRANT, "--all"), ("--person", "a", "--entitlement", "b")]
)
def test_what_to_revoke_is_named_once(liftgate: Run, fake: FakeLiftgate, words: tuple[str, ...]) -> None:
    said = liftgate("revoke", *words, "--reason", "x")
    assert said.code == ExitCode.USAGE
    assert "give one of --person, --entitlement and --all" in said.err
    assert not fake.calls("POST", ".*")


def test_grants_are_listed_as_asked(liftgate: Run, fake: FakeLiftgate) -> None:
    for number in (1, 2):
        fake.add_grant(number)
    fake.add_grant(3, person="grace", state="revoked")
    assert "liftgate grants --limit 2" in liftgate("grants", "--limit", "1").out
    out = liftgate("grants", "--all", "--state", "revoked").out
    assert "Grace" in out
    assert GRANT not in out
    assert liftgate("grants", "--state", "scheduled").out == "No grants.\n"
    assert liftgate("grants", "--limit", "201").code == ExitCode.USAGE


def test_who_i_am(liftgate: Run, fake: FakeLiftgate) -> None:
    out = liftgate("whoami", "--as", "local:linus").out
    assert "Linus (linus)" in out
    assert "guard" in out
    assert fake.address in out


def test_the_catalogue(liftgate: Run, fake: FakeLiftgate) -> None:
    assert "write objects under s3://reports/" in liftgate("catalogue").out
    assert liftgate("catalogue", "show").out == liftgate("catalogue").out
    status, answer = 200, {"version": "c", "loaded_at": moment(), "faults": [{}], "entitlements": []}
    fake.answers["GET /api/v1/catalogue"] = (status, answer)
    said = liftgate("catalogue")
    assert said.out == "There is nothing that you may ask for or review.\n"
    assert "catalogue files are faulty" in said.err


def test_one_entitlement_in_full(liftgate: Run, fake: FakeLiftgate) -> None:
    assert fake.address
    assert liftgate("catalogue", "show", "reports").out == (
        "reports\n"
        "  about      Write the reports of a year\n"
        "  what       write objects under s3://reports/\n"
        "  actions    s3:PutObject\n"
        "  where      s3://reports/\n"
        "  longest    2h\n"
        "  review     1 of Grace, Linus\n"
        "  at once    up to 2m without a review: s3:PutObject\n"
        "  reason     at least 10 characters\n"
        "  ticket     needed, like OPS-[0-9]+\n"
        "  you        may ask\n"
        "  role       arn:aws:iam::111122223333:role/ReportsWriter\n"
    )
    assert liftgate("catalogue", "show", "reports", "--output", "json").json["name"] == "reports"
    missing = liftgate("catalogue", "show", "report")
    assert (missing.code, "did you mean `reports`?" in missing.err) == (ExitCode.NOT_FOUND, True)


def test_the_ledger(liftgate: Run, fake: FakeLiftgate, home: Path) -> None:
    assert "2026-11-24T03:00:00Z  request.made" in liftgate("ledger", "show", "--about", REQUEST).out
    assert fake.calls("GET", "/api/v1/ledger/entries")[0].query == {
        "after": "0",
        "limit": "50",
        "about": REQUEST,
    }
    assert liftgate("ledger", "show", "--after", "1").out == "No entries.\n"
    narrowed = (
        "--by",
        "ada",
        "--kind",
        "grant.made",
        "--since",
        "2026-11-24T09:00Z",
        "--newest",
        "--before",
        "9",
    )
    liftgate("ledger", "show", *narrowed)
    assert fake.calls("GET", "/api/v1/ledger/entries")[-1].query == {
        "actor": "ada",
        "kind": "grant.made",
        "since": "2026-11-24T09:00:00Z",
        "order": "newest",
        "before": "9",
        "limit": "50",
    }
    assert liftgate("ledger", "show", "--before", "9").code == ExitCode.USAGE
    assert liftgate("ledger", "verify").out.startswith("intact: 2 entries")
    assert liftgate("ledger", "export").out == '{"seq":1}\n{"seq":2}\n'
    target = home / "ledger.jsonl"
    assert liftgate("ledger", "export", "--to", str(target)).code == 0
    assert target.read_text(encoding="utf-8") == '{"seq":1}\n{"seq":2}\n'
    again = liftgate("ledger", "export", "--to", str(target))
    assert (again.code, "file exists" in again.err) == (ExitCode.USAGE, True)


def test_a_broken_ledger_names_the_entry(liftgate: Run, fake: FakeLiftgate) -> None:
    broken = {"intact": False, "count": 1, "head": None, "broken_at": 2, "because": "altered"}
    fake.answers["GET /api/v1/ledger/verification"] = (200, broken)
    said = liftgate("ledger", "verify")
    assert said.code == ExitCode.CORRUPT
    assert said.out.startswith("broken at entry 2: altered\n")


def test_signing_in_and_out(liftgate: Run, fake: FakeLiftgate, home: Path) -> None:
    fake.add_grant()
    assert liftgate("sign-in").out == "Signed in as Ada (ada), by local:ada.\n"
    liftgate("credentials")
    assert liftgate("sign-out").out == "Signed out.\n"
    assert fake.tokens == {}
    assert [
        path.suffix
        for path in (home / ".cache/liftgate").iterdir()
        if path.suffix in {".token", ".session", ".pick"}
    ] == []
    assert liftgate("sign-out").out == "Nobody was signed in.\n"


def test_signing_out_of_a_server_that_forgot_us(liftgate: Run, fake: FakeLiftgate) -> None:
    liftgate("sign-in")
    fake.tokens.clear()
    assert liftgate("sign-out").out == "Nobody was signed in.\n"


def test_all_commands_of_one_person_share_a_sign_in_and_renew_it_when_it_is_refused(
    liftgate: Run, fake: FakeLiftgate
) -> None:
    for _ in range(3):
        assert liftgate("status").code == 0
    assert len(fake.calls("POST", "/api/v1/sign-ins")) == 1
    fake.tokens.clear()
    assert liftgate("status").code == 0
    assert len(fake.calls("POST", "/api/v1/sign-ins")) == 2


def test_a_token_with_which_no_header_can_be_made_is_refused(liftgate: Run, fake: FakeLiftgate) -> None:
    answer = {"token": "a\r\nx-evil: 1", "expires_at": moment(hours=1)}
    fake.answers["POST /api/v1/sign-ins"] = (201, answer)
    said = liftgate("status")
    assert said.code == ExitCode.UNAVAILABLE
    assert "token cannot be used" in said.err


def test_a_problem_is_printed_in_one_form(liftgate: Run, fake: FakeLiftgate) -> None:
    status, answer = problem(
        403, "outside_ceiling", "`s3://x/` is outside the ceiling", "ask for less", where="locations[0]"
    )
    fake.answers["POST /api/v1/requests"] = (status, answer)
    said = liftgate(*ASK)
    assert said.code == ExitCode.REFUSED
    assert said.out == ""
    assert said.err == (
        "liftgate: locations[0]: `s3://x/` is outside the ceiling\nnext: ask for less\nrequest id: req-7f3a\n"
    )
    named = problem(403, "too_long", "`reports` lends no longer than 1h", "ask for less", where="reports")
    fake.answers["POST /api/v1/requests"] = named
    assert liftgate(*ASK).err.startswith("liftgate: `reports` lends no longer than 1h\n")


def test_a_grant_is_shown_with_its_story(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_grant()
    out = liftgate("show", GRANT).out
    assert (
        "\n"
        "  2026-11-24T09:00:00Z  Ada asked to write: fix the totals\n"
        "  2026-11-24T09:00:01Z  37 s3:PutObject under s3://reports/2026/"
    ) in out
    assert "  2026-11-24T09:00:02Z  high: Outside: s3:GetObject [fi-0000000000000001]\n" in out


def test_findings_are_listed_and_shown(liftgate: Run, fake: FakeLiftgate) -> None:
    assert liftgate("findings").out == "No findings that you may see.\n"
    fake.add_grant()
    words = (
        "--severity",
        "high",
        "--grant",
        GRANT,
        "--since",
        "2026-11-24T10:00+01:00",
        "--rule",
        "outside-scope",
    )
    out = liftgate("findings", *words).out
    assert fake.calls("GET", "/api/v1/findings")[-1].query == {
        "severity": "high",
        "grant": GRANT,
        "since": "2026-11-24T09:00:00Z",
        "rule": "outside-scope",
        "limit": "50",
    }
    assert "fi-0000000000000001  high" in out
    assert out.endswith("next: liftgate show fi-0000000000000001\n")
    assert liftgate("findings", "--output", "json").json["items"][0]["rule"] == "outside-scope"
    shown = liftgate("show", "fi-0000000000000001").out
    assert "  call       s3:PutObject on s3://payroll/1 (AWS refused)\n" in shown
    assert shown.endswith(f"      liftgate revoke {GRANT} --reason …\n")
    fake.grants[GRANT]["state"] = "revoked"
    assert liftgate("show", "fi-0000000000000001").out.endswith(f"next: liftgate show {GRANT}\n")


def test_a_finding_says_what_was_done_and_what_brings_objects_back(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_grant()
    out = liftgate("show", "fi-0000000000000001").out
    assert "  done       revoke: gr-0000000000000001 was taken back (2026-11-24T09:04:00Z)\n" in out
    assert (
        "  deleted s3://reports/2026/a b.csv\n"
        "    brings it back: aws s3api delete-object --bucket reports --key '2026/a b.csv' --version-id v2\n"
        "  … and more"
    ) in out


def test_somebody_is_shut_out(liftgate: Run, fake: FakeLiftgate) -> None:
    by_hand = {
        **hold(),
        "finding_id": None,
        "placed_by": {"id": "grace", "name": "Grace"},
        "because": "stolen",
    }
    done = {"hold": by_hand, "is_new": True, "sign_ins": 3, "revoked": 2, "pending": 1, "can_release": 2}
    fake.answers["POST /api/v1/holds/ada"] = (201, done)
    said = liftgate("hold", "ada", "--reason", "her laptop was stolen")
    assert fake.seen[-1].body == {"reason": "her laptop was stolen"}
    assert said.out.splitlines() == [
        "ada is on hold, and cannot sign in.",
        "  3 signed out: browsers and terminals",
        "  2 grant(s) taken back; AWS is still being told of 1",
        "",
        "next: liftgate doctor",
        "      two guards: liftgate release ada --reason …",
    ]
    fake.answers["POST /api/v1/holds/ada"] = (201, {**done, "is_new": False, "revoked": 0, "pending": 0})
    again = liftgate("hold", "ada", "--reason", "again").out
    assert "ada is on hold already, and cannot sign in.\n" in again
    assert "  since 2026-11-24T09:00:00Z, by Grace: stolen\n" in again
    assert "  0 grant(s) taken back\n" in again
    assert liftgate("hold", "ada", "--reason", "x", "--output", "json").json["sign_ins"] == 3
    fake.answers["POST /api/v1/holds/ada"] = (201, {**done, "pending": 0, "can_release": 1})
    stuck = liftgate("hold", "ada", "--reason", "x").out
    assert "  Nobody can release it: it takes two guards, and 1 could\n" in stuck
    assert stuck.endswith(
        "next: name another guard in the catalogue; then two guards: liftgate release ada --reason …\n"
    )
    fake.answers["GET /api/v1/holds"] = (200, {"items": [by_hand]})
    listed = liftgate("holds").out
    assert re.search(r"ada +2026-11-24T09:00:00Z +by Grace", listed)
    assert listed.endswith("next: liftgate release ada --reason …\n")


def test_holds_are_listed_and_released(liftgate: Run, fake: FakeLiftgate) -> None:
    assert liftgate("holds").out == "Nobody is on hold.\n"
    assert liftgate("release", "ada", "--reason", "a drill").out == "ada is on hold no longer.\n"
    fake.add_grant()
    out = liftgate("holds").out
    assert re.search(r"ada +2026-11-24T09:00:00Z +fi-0000000000000001 +Linus +1 more", out)
    assert out.endswith("      liftgate release ada --reason …\n")
    assert "1 more" in liftgate("release", "ada", "--reason", "a drill").out
    liftgate("release", "a/../b", "--reason", "a drill")
    assert fake.seen[-1].path == "/api/v1/holds/a%2F..%2Fb/releases"
    assert fake.seen[-1].body == {"reason": "a drill"}
    assert liftgate("holds", "--output", "json").json["items"][0]["because"] == "Permissions were changed"


def test_a_slack_user_is_linked_by_a_code_and_unlinked(liftgate: Run, fake: FakeLiftgate) -> None:
    code = {"code": "3xv7-m0q4-c2h5-k8rs", "kind": "slack", "expires_at": moment(minutes=10)}
    mine = {"items": [identity(), identity("slack:T1/U1", "li-1", "link")], "may_link": ["aws", "slack"]}
    fake.answers["POST /api/v1/me/identities/codes"] = (201, code)
    fake.answers["GET /api/v1/me/identities"] = (200, mine)
    fake.answers["DELETE /api/v1/identities/li-1"] = (204, None)
    for words in (("slack", "link"), ("identities", "link", "--slack")):
        said = liftgate(*words).out
        assert re.match(r"Say this in Slack within \d+m", said)
        assert said.endswith("  /liftgate link 3xv7-m0q4-c2h5-k8rs\n")
        assert fake.seen[-1].body == {"kind": "slack"}
    assert liftgate("slack", "link", "--output", "json").json["code"] == code["code"]
    assert "by a code any more" in liftgate("slack", "unlink").out
    assert (fake.seen[-1].method, fake.seen[-1].path) == ("DELETE", "/api/v1/identities/li-1")


def identity(name: str = "local:ada", link: str | None = None, named_by: str = "catalogue") -> Any:
    return {
        "identity": name,
        "kind": name.partition(":")[0],
        "named_by": named_by,
        "is_present": link is None,
        "link_id": link,
        "linked_to": None,
        "linked_at": moment() if link else None,
        "is_good": link != "li-2",
    }


def test_identities_are_listed_linked_and_unlinked(liftgate: Run, fake: FakeLiftgate) -> None:
    old = identity("oidc:https://id.example#\x1b[31mada", "li-2", "link")
    fake.answers["GET /api/v1/me/identities"] = (
        200,
        {"items": [identity(), old], "may_link": ["aws", "slack"]},
    )
    said = liftgate("identities").out
    assert re.search(r"local:ada +catalogue", said)
    assert "counts no more" in said
    assert "\x1b[31m" not in said
    assert said.endswith("liftgate identities link --aws PROFILE\n")
    assert liftgate("identities", "list", "--output", "json").json["may_link"] == ["aws", "slack"]
    person = {"id": "ada", "name": "Ada"}
    one = {"id": "li-1", "identity": "slack:T1/U1", "person": person, "linked_to": None}
    made = {**one, "linked_at": moment(), "is_good": True}
    fake.answers["GET /api/v1/identities"] = (200, {"items": [made]})
    assert re.search(r"slack:T1/U1 +Ada \(ada\) +li-1", liftgate("identities", "--all").out)
    fake.answers["DELETE /api/v1/identities/li-1"] = (204, None)
    assert liftgate("identities", "unlink", "li-1").out == "li-1 is unlinked.\n"
    assert liftgate("identities", "unlink", "../requests").code == ExitCode.USAGE
    for wrong in ((), ("--slack", "--browser"), ("--slack", "--with-code")):
        assert "say one identity" in liftgate("identities", "link", *wrong).err
    code = {"code": "3xv7-m0q4-c2h5-k8rs", "kind": "oidc", "expires_at": moment(minutes=10)}
    fake.answers["POST /api/v1/me/identities/codes"] = (201, code)
    shown = liftgate("identities", "link", "--browser").out
    assert f"{fake.address}/identities/link in a browser" in shown
    assert "3xv7-m0q4-c2h5-k8rs" in shown


def test_an_aws_identity_signs_for_the_server_and_the_code(
    liftgate: Run, fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "credentials"
    config.write_text("[other]\naws_access_key_id = AKIAEXAMPLEEXAMPLE00\naws_secret_access_key = x\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(config))
    code = {"code": "3xv7-m0q4-c2h5-k8rs", "kind": "aws", "expires_at": moment(minutes=10)}
    fake.answers["POST /api/v1/me/identities/codes"] = (201, code)
    person = {"id": "ada", "name": "Ada"}
    one = {"id": "li-1", "identity": "aws:arn:x", "person": person, "linked_to": "local:ada"}
    fake.answers["POST /api/v1/identities"] = (201, {**one, "linked_at": moment(), "is_good": True})
    said = liftgate("identities", "link", "--aws", "other").out
    assert said == "From now on aws:arn:x is Ada (ada).\n"
    sent = fake.seen[-1].body or {}
    assert sent["code"] == code["code"]
    assert sent["proof"]["access_key_id"] == "AKIAEXAMPLEEXAMPLE00"
    monkeypatch.setattr("sys.stdin", io.StringIO("cccc-m0q4-c2h5-k8rs\n"))
    liftgate("identities", "link", "--aws", "other", "--with-code")
    assert (fake.seen[-1].body or {})["code"] == "cccc-m0q4-c2h5-k8rs"
    assert liftgate("identities", "link", "--aws", "nobody").code == ExitCode.NOT_SIGNED_IN


def test_a_ticket_that_was_not_checked_is_shown_so(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_request(ticket="PAY-12", ticket_checked=False)
    assert "PAY-12 (not checked: its tracker did not answer)" in liftgate("show", REQUEST).out


def test_a_settlement_ends_with_what_to_paste(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_grant()
    out = liftgate("settlement", GRANT).out
    assert "  Used: 37 calls.\n" in out
    assert re.search(r"s3:PutObject +37 +0 +s3://reports/2026/", out)
    assert "  ceiling:\n    actions: [PutObject]\n" in out
    assert out.endswith(
        "next: liftgate request s3://reports/2026/ --action s3:PutObject --for SPAN --reason …\n"
    )
    assert liftgate("settlement", GRANT, "--output", "json").json["account"]["number"] == 1
    assert liftgate("settlement", "fi-0000000000000001").code == ExitCode.USAGE


def test_a_grant_that_is_not_settled_says_when(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_grant()
    path = f"GET /api/v1/grants/{GRANT}/settlement"
    open_one = {"grant_id": GRANT, "state": "open", "due_at": "2099-11-24T10:00:00Z", "account": None}
    fake.answers[path] = (200, open_one)
    out = liftgate("settlement", GRANT).out
    assert (
        "It is settled when it is over and its calls have come in, not before 2099-11-24T10:00:00Z.\n" in out
    )
    assert out.endswith(f"next: liftgate settlement {GRANT}  # again, from then on\n")
    again = {**settlement(GRANT), "state": "reopened", "due_at": "2099-11-24T11:00:00Z"}
    fake.answers[path] = (200, again)
    out = liftgate("settlement", GRANT).out
    assert "Calls came to light since: it is settled anew, not before 2099-11-24T11:00:00Z.\n" in out
    assert "Used: 37 calls." in out


def test_a_settlement_that_is_due_comes_any_moment(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_grant()
    due = {"grant_id": GRANT, "state": "open", "due_at": "2026-11-24T08:00:00Z", "account": None}
    fake.answers[f"GET /api/v1/grants/{GRANT}/settlement"] = (200, due)
    said = " ".join(liftgate("settlement", GRANT).out.split())
    assert "its calls have come in, due since 2026-11-24T08:00:00Z: any moment now. next:" in said


def test_a_finding_is_no_grant(liftgate: Run, fake: FakeLiftgate) -> None:
    assert fake.address
    said = liftgate("findings", "--grant", "fi-0000000000000001")
    assert (said.code, said.err.splitlines()[0]) == (
        2,
        "liftgate: `fi-0000000000000001` is a finding, not a grant",
    )
