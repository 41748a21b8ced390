"""Two writers of one role, the second let in at every moment of the first: what is on record is never more than the role carries.

Whoever dies leaves the record and the role as they are at that moment, so it must hold at each. The same play without the lease
ends in a false record, for denies as for statements in place: that is what the lease is for, and how this test shows that it can fail.
"""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from tests.elevation.elevation_examples import ScriptedPolicies
from tests.elevation.in_place_examples import ROLE as HELD
from tests.elevation.in_place_examples import ScriptedRoles, end, opening, put
from tests.store.store_examples import ROLE, TestClock, add_ending, add_grant

from liftgate.elevation.deny import refused_by
from liftgate.elevation.errors import DenyNotInPlace, RoleBusy
from liftgate.elevation.in_place.errors import StatementsNotInPlace
from liftgate.elevation.in_place.reconcile import bring_in_place
from liftgate.elevation.in_place.statements import carries
from liftgate.elevation.revocation import bring_denies_in_place
from liftgate.store.sql import SqlStore, open_store
from liftgate.store.transaction import SqlTransaction

Step = Callable[[str], None]
PENDING = (RoleBusy, DenyNotInPlace, StatementsNotInPlace)  # told to the caller, and the worker tries again


class Play(Protocol):
    """One role and what is wanted on it, which changes when the second writer comes."""

    store: SqlStore
    clock: TestClock

    def begin(self) -> None:
        """What the first writer is to put on the role."""

    def change(self) -> None:
        """What the second is to put there too, or to take away."""

    def bring(self, holder: str, step: Step) -> bool:
        """Bring the role in line, with a call of ``step`` before each transaction and each call of AWS; whether it is settled."""

    def lies(self) -> set[str]:
        """Grants of which the record says what the role does not bear out."""


@dataclass
class Stepped:
    """A store that says when it is about to write."""

    store: SqlStore
    step: Step

    def read(self) -> AbstractContextManager[Any]:
        return self.store.read()

    def write(self) -> AbstractContextManager[Any]:
        self.step("transaction")
        return self.store.write()


@dataclass
class Denies:
    """Grants that are revoked on an elevated role."""

    store: SqlStore
    clock: TestClock
    carried: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        with self.store.write() as transaction:
            add_ending(transaction, add_grant(transaction))

    change = begin

    def bring(self, holder: str, step: Step) -> bool:
        return bring_denies_in_place(
            ROLE,
            store=Stepped(self.store, step),
            policies=ScriptedPolicies(carried=self.carried, before=step),
            clock=self.clock,
            holder=holder,
            pause=_never_waits,
        ).is_settled

    def lies(self) -> set[str]:
        with self.store.read() as view:
            return set(view.denies_in_place(ROLE)) - refused_by(self.carried.get(ROLE))


@dataclass
class InPlace:
    """Grants on a role that people hold; the change ends one of them and adds another."""

    store: SqlStore
    clock: TestClock
    roles: ScriptedRoles = field(default_factory=ScriptedRoles)

    def begin(self) -> None:
        self.stays, self.ends, self.comes = opening(1), opening(2, name="grace"), opening(3, name="linus")
        put(self.store, self.stays, self.ends)

    def change(self) -> None:
        end(self.store, self.ends)
        put(self.store, self.comes)

    def bring(self, holder: str, step: Step) -> bool:
        self.roles.before, before = step, self.roles.before
        try:
            return bring_in_place(
                HELD,
                store=Stepped(self.store, step),
                roles=self.roles,
                clock=self.clock,
                holder=holder,
                pause=_never_waits,
            ).is_settled
        finally:
            self.roles.before = before

    def lies(self) -> set[str]:
        """Said to be there, and gone; or not said, and there: a revocation was called done."""
        there = carries(self.roles.ours, (self.stays, self.ends, self.comes))
        with self.store.read() as view:
            known = view.on_role_in_place(HELD)
        said = {one.grant_id for one in known if one.read_back}
        return (said - there) | (there - {one.grant_id for one in known})


def _never_waits() -> None:
    raise RoleBusy("the lease is somebody else's", advice="nothing")


def lies_told(play: Play, moment: int) -> tuple[set[str], int]:
    """What was falsely on record at any moment, where a second writer is let in at one of the first's; how many it has."""
    lies, reached = set[str](), 0

    def look(_: str) -> None:
        lies.update(play.lies())

    def let_in(name: str) -> None:
        nonlocal reached
        look(name)
        reached += 1
        if reached == moment:
            play.change()
            with suppress(*PENDING):
                assert play.bring("second", look)
            look(name)

    play.begin()
    with suppress(*PENDING):
        assert play.bring("first", let_in)
    assert play.bring("later", look)
    look("end")
    return lies, reached


@pytest.mark.parametrize("kind", [Denies, InPlace])
@pytest.mark.parametrize("leased", [True, False], ids=["leased", "unleased"])
def test_two_writers_leave_no_false_record_thanks_to_the_lease(
    kind: Callable[[SqlStore, TestClock], Play],
    leased: bool,
    store: SqlStore,
    database: Path,
    clock: TestClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store.close()
    if not leased:
        monkeypatch.setattr(SqlTransaction, "try_lease", lambda *_, **__: True)

    def told(moment: int) -> tuple[set[str], int]:
        copy = shutil.copy(database, database.with_name(f"{moment}.db"))
        with closing(open_store(f"sqlite:///{copy}", clock=clock)) as fresh:
            return lies_told(kind(fresh, clock), moment)

    none, moments = told(0)
    assert not none
    assert moments >= 7  # lease, read, intent, write, read back, record, release
    lied = [moment for moment in range(1, moments + 1) if told(moment)[0]]
    assert (lied == []) is leased, lied
