"""Sixty-four threads and four servers ask for, refresh, give back and revoke on four roles, by both ways to lend.

Afterwards each role carries exactly the denies and the statements that the store calls for, computed here from its tables alone, and
nothing of a foreign policy changed by a byte.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from tests.chaos.chaos_world import SlidingClock, in_words
from tests.chaos.fleet import Fleet, running_fleet, settings_of
from tests.chaos.lakeside import (
    Lakeside,
    entitlement_of,
    make_lakeside,
    wanted_denies,
    wanted_open,
    watch_names,
)
from tests.enforcement.record import tried
from tests.servers.postgresql import PostgresqlServer, postgresql_server

from liftgate.clock import system_clock
from liftgate.demo.sample_account import SampleAccount
from liftgate.ledger.chain import Intact, verify
from liftgate.server import parts as parts_module
from liftgate.server.parts import Parts, running_parts
from liftgate.server.reconcile import reconcile
from liftgate.server.settings import load_settings
from liftgate.server.worker import drain_once
from liftgate.store.sql import open_store

pytestmark = pytest.mark.slow

SERVERS = 4
THREADS = 64
ROUNDS = 2
PEOPLE = tuple(f"worker{number}" for number in range(8))
# Longer than goes without a review, and as long as the longest that goes without.
REVIEWED, UNREVIEWED = 2400, 1800
EXPECTED = {
    "201",
    "409 grant_closed",  # somebody was faster
    "409 grant_not_active",
    "409 grant_ended_meanwhile",
    "409 session_ended_already",
    "409 no_room_in_place",
}


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgresqlServer]:
    with postgresql_server() as server:
        yield server


@tried(
    "Many at once",
    f"{THREADS} threads and {SERVERS} servers on one PostgreSQL request, refresh, return and revoke on four roles, both ways",
    "Liftgate",
    must="denies and statements exactly as the store calls for, foreign policies unchanged",
)
def test_many_at_once_leave_exactly_what_the_store_calls_for(
    embedded_account: SampleAccount,
    postgresql: PostgresqlServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    lakeside, url = prepared(embedded_account, postgresql)
    foreign = lakeside.foreign()
    with running_fleet(lakeside, tmp_path, url, servers=SERVERS, requesters=PEOPLE) as fleet:
        fleet.sign_in(*PEOPLE)
        together = Barrier(THREADS)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda number: Actor(fleet, number).play(together), range(THREADS)))
    assert set(fleet.answers) <= EXPECTED, fleet.answers
    assert fleet.answers["201"] > THREADS * ROUNDS * 2
    for name, value in settings_of(lakeside, tmp_path / "catalogue.yaml", url).items():
        monkeypatch.setenv(name, value)
    clock = SlidingClock()
    monkeypatch.setattr(parts_module, "system_clock", clock)
    with running_parts(load_settings(), audience="http://127.0.0.1:8484") as parts:
        drained = drain(parts, clock)
        sums = compare(lakeside, parts, url)
        assert lakeside.foreign() == foreign
        found = reconcile(parts)
        assert found.repairs == (), found
        assert reconcile(parts).repairs == ()
    record_property(
        "happened",
        f"{sum(fleet.answers.values())} calls, {sums['denies']} denies and {sums['open']} statements as called for, "
        f"{len(foreign) * 2 + len(lakeside.held)} foreign policies unchanged; {in_words([])}",
    )
    print(fleet.answers, sums, f"drained afterwards: {drained}")  # noqa: T201 - shown where the test fails


def prepared(account: SampleAccount, postgresql: PostgresqlServer) -> tuple[Lakeside, str]:
    lakeside = make_lakeside(account, elevated=2, held=2, people=PEOPLE)
    url = postgresql.new_database()
    store = open_store(url, clock=system_clock)
    store.migrate()
    watch_names(store, lakeside)
    store.close()
    return lakeside, url


class Actor:
    """One thread: somebody with a chance of their own, at a role of their own choice."""

    def __init__(self, fleet: Fleet, number: int) -> None:
        self._fleet = fleet
        self._chance = random.Random(number)  # noqa: S311 - a test's
        self._number = number
        self._person = PEOPLE[number % len(PEOPLE)]
        lakeside = fleet.lakeside
        in_place = number % 2 == 1
        roles = lakeside.held if in_place else lakeside.elevated
        self._role = roles[number // 2 % len(roles)]
        self._in_place = in_place
        self._who = (self._person, self._role if in_place else "")

    def play(self, together: Barrier) -> None:
        together.wait()
        for _ in range(ROUNDS):
            grant_id = self._granted()
            if grant_id is None:
                continue
            lent = 0 if self._in_place else 2  # and refreshed as an SDK does
            sessions = [self._post(self._who, f"/grants/{grant_id}/sessions") for _ in range(lent)]
            self._end(grant_id, was_lent=any(sessions))

    def _granted(self) -> str | None:
        seconds = self._chance.choice([REVIEWED, UNREVIEWED])
        answer = self._fleet.ask(self._chance, self._person, self._role, seconds)
        if answer.status_code != 201:
            return None
        made = answer.json()
        if made["grant"] is None:
            approval = {"answer": "approve", "comment": "go ahead"}
            made = self._post(("grace", ""), f"/requests/{made['id']}/reviews", approval)
        return str(made["grant"]["id"])

    def _end(self, grant_id: str, *, was_lent: bool) -> None:
        end = self._chance.choice(["leave", "return", "revoke", "revoke", "session", "many"])
        grace, why = ("grace", ""), {"reason": "a drill"}
        if end == "return":
            self._see_closed(grant_id, self._post(self._who, f"/grants/{grant_id}/return"))
        elif end == "revoke":
            self._see_closed(grant_id, self._post(grace, f"/grants/{grant_id}/revocation", why))
        elif end == "session" and was_lent:  # or somebody took all of a person back before the first
            self._post(grace, f"/grants/{grant_id}/sessions/1/revocation", why)
        elif end == "many" and self._chance.random() < 0.2:
            first = self._role in {self._fleet.lakeside.elevated[0], self._fleet.lakeside.held[0]}
            which = {"entitlement": entitlement_of(self._role)} if first else {"person": self._person}
            self._post(grace, "/revocations", {**which, **why})

    def _post(self, who: tuple[str, str], path: str, body: object = None) -> Any:
        answer = self._fleet.post(self._chance, who, path, body)
        return answer.json() if answer.status_code == 201 else None

    def _see_closed(self, grant_id: str, ended: Any) -> None:
        """What is said to be in AWS is there at once, whoever else is at work."""
        if ended is None or ended["ending"]["deny"] != "in_place":
            return
        lakeside = self._fleet.lakeside
        if self._in_place:
            (location,) = ended["scope"]["locations"]
            resource = location.replace("s3://", "arn:aws:s3:::") + "*"
            assert resource not in {one.resource for one in lakeside.opened(self._role)}
        else:
            assert f"*:{grant_id}-*" in lakeside.denied(self._role)


def drain(parts: Parts, clock: SlidingClock) -> int:
    """What the servers left: what is due now, and what was put off."""
    done = 0
    for _ in range(2):
        while took := drain_once(parts, worker="last"):
            done += took
        clock.ahead += timedelta(minutes=2)
    return done


def compare(lakeside: Lakeside, parts: Parts, url: str) -> Counter[str]:
    """Each role with what the store calls for."""
    sums, now = Counter[str](), datetime.now(UTC)
    for role in lakeside.roles:
        denies, opened = wanted_denies(url, role, now), wanted_open(url, role, now)
        assert lakeside.denied(role) == denies
        assert lakeside.opened(role) == opened
        sums += Counter({"denies": len(denies), "open": len(opened)})
    assert min(sums["denies"], sums["open"]) > 4, "nothing was put to the test"
    with parts.store.read() as view:
        assert isinstance(verify(view.entries()), Intact)
    return sums
