"""Borrowing, with a clock that the test sets and a server that it scripts."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cli.fake_liftgate import FakeLiftgate, Json

from liftgate.cli.borrow import Borrower
from liftgate.cli.cache import CHECK_AGAIN_AFTER
from liftgate.cli.errors import (
    AnswerUnreadable,
    GrantNotActive,
    NoActiveGrant,
    NoAwsIdentity,
    ServerUnreachable,
    SessionEnded,
    SeveralGrants,
)
from liftgate.cli.fields import JsonObject
from liftgate.cli.problem import ServerSaysConflict, problem_error
from liftgate.cli.settings import read_settings
from liftgate.cli.shelf import Shelf
from liftgate.clock import rfc3339
from liftgate.errors import LiftgateError, NotFound, Refused

GRANT = "gr-0000000000000001"
OTHER = "gr-0000000000000002"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@dataclass
class Script:
    """A server that answers from memory, counts, and fails when it is told to."""

    now: datetime = NOON
    life: timedelta = timedelta(hours=1)
    server_ahead: timedelta = timedelta()
    memory: FakeLiftgate = field(default_factory=FakeLiftgate)
    fault: LiftgateError | None = None
    lost: list[LiftgateError] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    lent: int = 0
    changes: Json = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def add_grant(self, number: int = 1, *, length: timedelta = timedelta(hours=8), **changes: Any) -> Json:
        starts, ends = self.now + self.server_ahead, self.now + self.server_ahead + length
        return self.memory.add_grant(number, starts_at=rfc3339(starts), ends_at=rfc3339(ends), **changes)

    def get(self, path: str, **query: str | int | None) -> JsonObject:
        self._ask(f"GET {path}")
        if path == "/grants":
            found = [one for one in self.memory.grants.values() if one["state"] == query["state"]]
            return {"items": found, "next_cursor": None}
        if path == "/requests":
            return {"items": list(self.memory.requests.values()), "next_cursor": None}
        return self.memory.grants[path.removeprefix("/grants/")]

    def post(self, path: str, body: JsonObject | None = None) -> JsonObject:
        del body
        self._ask(f"POST {path}")
        if self.lost:
            raise self.lost.pop()
        self.lent += 1
        return {
            "access_key_id": f"ASIA{self.lent}",
            "secret_access_key": "secret",
            "session_token": "token",
            "expires_at": rfc3339(self.now + self.server_ahead + self.life),
            "session_name": "x",
            "grant_id": "x",
            **self.changes,
        }

    def _ask(self, call: str) -> None:
        self.asked.append(call)
        if self.fault:
            raise self.fault

    def borrow(self, wanted: str | None = None) -> Json:
        document: Json = json.loads(self.borrower().borrow(wanted).document)
        return document

    def borrower(self) -> Borrower:
        settings = read_settings({"server": "https://x.example", "sign_in": "local:ada"}, os.environ)
        shelf = Shelf(settings, self.warnings.append)
        return Borrower(shelf=shelf, connect=lambda: self, clock=self.clock, warn=self.warnings.append)


@pytest.fixture
def script() -> Script:
    return Script()


def test_a_session_is_borrowed_once_and_printed_as_sdks_expect_it(script: Script) -> None:
    script.add_grant()
    first = script.borrow()
    assert first == {
        "Version": 1,
        "AccessKeyId": "ASIA1",
        "SecretAccessKey": "secret",
        "SessionToken": "token",
        "Expiration": "2026-11-24T13:00:00Z",
    }
    assert script.borrow() == script.borrow(GRANT) == first
    assert script.asked == ["GET /grants", f"POST /grants/{GRANT}/sessions"]


def test_after_a_minute_the_server_is_asked_whether_the_grant_still_stands(script: Script) -> None:
    script.add_grant()
    first = script.borrow(GRANT)
    script.now += timedelta(seconds=CHECK_AGAIN_AFTER)
    assert script.borrow(GRANT) == first
    assert script.borrow(GRANT) == first
    assert script.asked.count(f"GET /grants/{GRANT}") == 2
    assert script.lent == 1


@pytest.mark.parametrize(
    ("life", "renewed_after"),
    [
        (timedelta(hours=1), timedelta(minutes=48)),  # a fifth of it is left
        (timedelta(minutes=15), timedelta(minutes=10)),  # five minutes are left
        (timedelta(minutes=4), timedelta(minutes=2)),  # half of a very short one
    ],
)
def test_a_session_is_renewed_before_its_end_while_the_window_goes_on(
    script: Script, life: timedelta, renewed_after: timedelta
) -> None:
    script.life = life
    script.add_grant()
    script.borrow()
    script.now = NOON + renewed_after - timedelta(seconds=1)
    assert script.borrow()["AccessKeyId"] == "ASIA1"
    script.now = NOON + renewed_after
    assert script.borrow()["AccessKeyId"] == "ASIA2"


def test_the_windows_last_session_is_used_to_its_end_and_no_longer(script: Script) -> None:
    script.add_grant(length=timedelta(minutes=20))
    script.life = timedelta(minutes=20)
    script.borrow(GRANT)
    script.now = NOON + timedelta(minutes=20, seconds=-1)
    assert script.borrow(GRANT)["AccessKeyId"] == "ASIA1"
    script.now = NOON + timedelta(minutes=20)
    script.memory.grants[GRANT]["state"] = "ended"
    with pytest.raises(GrantNotActive, match="ended at 2026-11-24T12:20:00Z"):
        script.borrow(GRANT)
    assert script.lent == 1


def test_the_end_that_is_told_is_never_later_than_the_windows(script: Script) -> None:
    script.add_grant(length=timedelta(minutes=5))
    assert script.borrow()["Expiration"] == "2026-11-24T12:05:00Z"


def test_a_session_that_is_over_when_it_arrives_is_not_printed(script: Script) -> None:
    script.add_grant()
    script.life = timedelta(seconds=0)
    with pytest.raises(SessionEnded):
        script.borrow()


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_wrong_clock_does_not_make_an_ended_session_look_alive(script: Script, ahead: timedelta) -> None:
    script.server_ahead = ahead
    script.add_grant(length=timedelta(minutes=20))
    script.life = timedelta(minutes=20)
    first = script.borrow(GRANT)
    assert first["Expiration"] == rfc3339(NOON + ahead + timedelta(minutes=20))
    script.now = NOON + timedelta(minutes=19)
    assert script.borrow(GRANT) == first
    script.now = NOON + timedelta(minutes=20)
    script.fault = ServerUnreachable("no answer", advice="wait")
    with pytest.raises(ServerUnreachable):
        script.borrow(GRANT)


def test_a_clock_that_jumped_back_makes_us_ask_again(script: Script) -> None:
    script.add_grant()
    script.borrow(GRANT)
    script.now = NOON - timedelta(hours=3)
    script.borrow(GRANT)
    assert script.lent == 2


@pytest.mark.parametrize(
    "fault",
    [
        ServerUnreachable("no answer", advice="wait"),
        problem_error(503, {}),
        NoAwsIdentity("no login", advice="log in"),
    ],
)
def test_a_living_session_outlives_a_server_that_cannot_be_asked(
    script: Script, fault: LiftgateError
) -> None:
    script.add_grant()
    first = script.borrow()
    script.fault = fault
    script.now = NOON + timedelta(minutes=59)
    assert script.borrow() == script.borrow(GRANT) == first
    assert "going on with the session at hand" in script.warnings[0]
    script.now = NOON + timedelta(minutes=60)
    with pytest.raises(type(fault)):
        script.borrow()


def test_a_server_that_cannot_be_asked_is_left_alone_for_a_minute(script: Script) -> None:
    script.add_grant()
    first = script.borrow()
    script.fault = ServerUnreachable("no answer", advice="wait")
    script.now = NOON + timedelta(minutes=50)  # due for renewal
    asked = len(script.asked)
    for _ in range(5):
        assert script.borrow() == script.borrow(GRANT) == first
    assert len(script.asked) == asked + 1
    script.fault = None
    script.now += timedelta(seconds=CHECK_AGAIN_AFTER)
    assert script.borrow()["AccessKeyId"] == "ASIA2"


@pytest.mark.parametrize("status", [403, 404, 409])
def test_a_server_that_says_no_takes_the_session_from_the_shelf(script: Script, status: int) -> None:
    script.add_grant()
    script.borrow(GRANT)
    script.fault = problem_error(status, {"detail": "no"})
    script.now += timedelta(seconds=CHECK_AGAIN_AFTER)
    for _ in range(2):
        with pytest.raises(LiftgateError, match="no"):
            script.borrow(GRANT)
    script.fault = ServerUnreachable("no answer", advice="wait")
    with pytest.raises(ServerUnreachable):
        script.borrow(GRANT)


def test_a_session_whose_secret_was_lost_on_the_way_is_lent_anew(script: Script) -> None:
    script.add_grant()
    lost = problem_error(409, {"code": "secret_handed_over", "detail": "handed over once"})
    script.lost = [lost]
    assert script.borrow()["AccessKeyId"] == "ASIA1"
    assert script.asked.count(f"POST /grants/{GRANT}/sessions") == 2
    script.now += timedelta(hours=2)
    script.lost = [lost, lost]
    with pytest.raises(ServerSaysConflict):
        script.borrow()


def test_a_revoked_grant_says_by_whom_and_why(script: Script) -> None:
    grant = script.add_grant()
    script.borrow(GRANT)
    ending = {
        "kind": "revoked",
        "by": "grace",
        "reason": "wrong bucket",
        "ended_at": rfc3339(NOON),
        "deny": "in_place",
    }
    grant |= {"state": "revoked", "ending": ending}
    script.now += timedelta(seconds=CHECK_AGAIN_AFTER)
    with pytest.raises(GrantNotActive, match="was revoked by grace: wrong bucket"):
        script.borrow(GRANT)


def test_a_grant_that_has_not_begun_says_when_it_will(script: Script) -> None:
    script.add_grant(state="scheduled")
    script.now -= timedelta(minutes=30)
    with pytest.raises(GrantNotActive, match=r"begins at 2026-11-24T12:00:00Z, in 30m"):
        script.borrow(GRANT)


def test_without_an_active_grant_it_says_what_is_coming(script: Script) -> None:
    with pytest.raises(NoActiveGrant) as caught:
        script.borrow()
    assert "liftgate request" in caught.value.advice
    script.memory.add_request(5)
    with pytest.raises(NoActiveGrant) as caught:
        script.borrow()
    assert "rq-0000000000000005` waits for 1 approval of Grace or Linus" in caught.value.advice
    script.add_grant(6, state="scheduled")
    with pytest.raises(NoActiveGrant) as caught:
        script.borrow()
    assert "gr-0000000000000006` begins at" in caught.value.advice


def test_between_two_active_grants_nobody_guesses(script: Script) -> None:
    script.add_grant(1)
    script.borrow()
    script.add_grant(2)
    script.now += timedelta(seconds=CHECK_AGAIN_AFTER)
    with pytest.raises(SeveralGrants) as caught:
        script.borrow()
    assert f"--grant {GRANT}" in caught.value.advice
    assert f"--grant {OTHER}" in caught.value.advice
    assert script.borrow(OTHER)["AccessKeyId"] == "ASIA2"
    assert script.borrow(GRANT)["AccessKeyId"] == "ASIA1"


def test_another_grants_session_is_never_given(script: Script) -> None:
    script.add_grant(1)
    script.borrow()
    del script.memory.grants[GRANT]
    script.add_grant(2)
    script.now += timedelta(seconds=CHECK_AGAIN_AFTER)
    assert script.borrow()["AccessKeyId"] == "ASIA2"
    assert script.borrow()["AccessKeyId"] == "ASIA2"


@pytest.mark.parametrize("field_name", ["access_key_id", "secret_access_key", "session_token"])
@pytest.mark.parametrize("value", ["", "a\nb", "\x00", "é", None, 7])
def test_credentials_that_no_sdk_could_use_are_refused(
    script: Script, field_name: str, value: object
) -> None:
    script.add_grant()
    script.changes = {field_name: value}
    with pytest.raises(AnswerUnreadable) as caught:
        script.borrow()
    assert "secret" not in str(caught.value).replace("secret_access_key", "")


def test_what_is_borrowed_has_no_secret_in_its_repr(script: Script) -> None:
    script.add_grant()
    assert "secret" not in repr(script.borrower().borrow(None))


def test_sessions_that_are_over_are_cleared_away(script: Script, home: Path) -> None:
    script.add_grant(1)
    script.borrow(GRANT)
    script.add_grant(2)
    script.now += timedelta(hours=2)
    script.borrow(OTHER)
    assert [path.name.split(".")[1] for path in (home / ".cache/liftgate").glob("*.session")] == [OTHER]


@pytest.fixture
def no_cache(home: Path) -> Callable[[], None]:
    def block() -> None:
        (home / ".cache").write_text("in the way", encoding="utf-8")

    return block


def test_without_a_usable_cache_borrowing_still_works(script: Script, no_cache: Callable[[], None]) -> None:
    no_cache()
    script.add_grant()
    assert script.borrow()["AccessKeyId"] == "ASIA1"
    assert script.borrow()["AccessKeyId"] == "ASIA2"
    assert "cache cannot be used" in script.warnings[0]


def test_errors_of_the_server_are_ours_too() -> None:
    assert isinstance(problem_error(403, {}), Refused)
    assert isinstance(problem_error(404, {}), NotFound)
