"""What was done about findings, and holds on people with their releases."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, Select, bindparam, delete, insert, select, text, update

from liftgate.access.hold import Hold, Release
from liftgate.response.damage import DELETING, WRITING
from liftgate.response.model import Mode, Response, Step
from liftgate.store.answer_tables import holds, holds_by_hand, releases, responses
from liftgate.store.columns import Moment
from liftgate.store.link_tables import link_codes
from liftgate.store.tables import activities
from liftgate.store.upsert import insert_into
from liftgate.store.watch_rows import activity_of
from liftgate.watch.activity import Activity

_OF_FINDINGS: Final = select(responses).where(
    responses.c.finding_id.in_(bindparam("finding_ids", expanding=True))
)
_IN_TURN: Final = {step: place for place, step in enumerate(Step)}
_HOLDS_EVER: Final = (
    select(holds.c.person, holds.c.finding_id, holds.c.because, holds.c.placed_at, holds_by_hand.c.placed_by)
    .outerjoin_from(holds, holds_by_hand)
    .order_by(holds.c.placed_at, holds.c.person, holds.c.finding_id)
)
_HOLD_OF: Final = _HOLDS_EVER.where(
    holds.c.person == bindparam("of_person"), holds.c.finding_id == bindparam("of_finding")
)
_HOLDS: Final = _HOLDS_EVER.where(holds.c.over_at.is_(None))
_HOLDS_ON: Final = _HOLDS.where(holds.c.person == bindparam("of_person"))
_LAST_BY_HAND: Final = (
    select(holds.c.placed_at)
    .join_from(holds, holds_by_hand)
    .where(holds.c.person == bindparam("of_person"))
    .order_by(holds.c.placed_at.desc())
    .limit(1)
)
_SHUT_OUT: Final = _HOLDS_ON.where(holds_by_hand.c.placed_by.is_not(None)).limit(1)
_RELEASES: Final = (
    select(releases)
    .where(releases.c.person.in_(bindparam("people", expanding=True)))
    .order_by(releases.c.released_at, releases.c.by)
)
_OVER: Final = (
    update(holds)
    .where(holds.c.person == bindparam("of_person"), holds.c.finding_id == bindparam("of_finding"))
    .values(over_at=bindparam("at", type_=Moment()))
)
_NO_CODES: Final = delete(link_codes).where(link_codes.c.person_id == bindparam("of_person"))
_DESTRUCTIVE: Final = (
    select(activities)
    .where(
        activities.c.grant_id == bindparam("of_grant"),
        activities.c.service == "s3",
        activities.c.error_code.is_(None),
        activities.c.operation.in_(sorted(WRITING | DELETING)),
    )
    .order_by(activities.c.at, activities.c.event_id)
    .limit(bindparam("at_most"))
)
# Shared by all who ask, and waited for by whoever places a hold: nobody is granted anything beside it.
_ASK: Final = text("SELECT pg_advisory_xact_lock_shared(:key)")
_PLACE: Final = text("SELECT pg_advisory_xact_lock(:key)")


class Responses:
    """What was done, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_postgresql = connection.dialect.name == "postgresql"

    def of(self, finding_ids: Sequence[str]) -> tuple[Response, ...]:
        """What was done about findings, in the order in which it was."""
        rows = self._connection.execute(_OF_FINDINGS, {"finding_ids": sorted(finding_ids)}).mappings()
        found = [Response(**{**row, "step": Step(row["step"]), "mode": Mode(row["mode"])}) for row in rows]
        return tuple(sorted(found, key=lambda one: (one.done_at, one.finding_id, _IN_TURN[one.step])))

    def add(self, response: Response) -> bool:
        """Keep a step; False where it was kept before."""
        row = {
            "finding_id": response.finding_id,
            "step": response.step.value,
            "mode": response.mode.value,
            "outcome": response.outcome,
            "done_at": response.done_at,
        }
        add = insert_into(self._connection, responses).on_conflict_do_nothing().returning(responses.c.step)
        return self._connection.execute(add, row).first() is not None

    def destructive(self, grant_id: str, limit: int) -> tuple[Activity, ...]:
        """Calls of a grant that wrote or deleted objects, the first first."""
        which = {"of_grant": grant_id, "at_most": limit}
        return tuple(map(activity_of, self._connection.execute(_DESTRUCTIVE, which).mappings()))

    def hold_on(self, person_id: str) -> Hold | None:
        """A person's oldest hold that stands; whoever would place one waits until this transaction ends."""
        if self._is_postgresql:
            self._connection.execute(_ASK, {"key": _lock_key(person_id)})
        found = self._read(_HOLDS_ON.limit(1), {"of_person": person_id})
        return found[0] if found else None

    def is_shut_out(self, person_id: str) -> bool:
        """Whether a hold that was placed by hand stands; whoever would place one waits until this transaction ends."""
        if self._is_postgresql:
            self._connection.execute(_ASK, {"key": _lock_key(person_id)})
        return self._connection.execute(_SHUT_OUT, {"of_person": person_id}).first() is not None

    def last_shut_out(self, person_id: str) -> datetime | None:
        """When a hold was last placed on somebody by hand, over or not."""
        found: datetime | None = self._connection.execute(_LAST_BY_HAND, {"of_person": person_id}).scalar()
        return found

    def hold_of(self, person_id: str, finding_id: str) -> Hold | None:
        """The hold that a finding placed on somebody, over or not."""
        found = self._read(_HOLD_OF, {"of_person": person_id, "of_finding": finding_id})
        return found[0] if found else None

    def open_holds(self, person_id: str | None) -> tuple[Hold, ...]:
        """Holds that stand, the oldest first."""
        if person_id is None:
            return self._read(_HOLDS, {})
        return self._read(_HOLDS_ON, {"of_person": person_id})

    def lock_holds(self, person_id: str) -> tuple[Hold, ...]:
        """The same, of one person; nobody else releases them until this transaction ends."""
        if self._is_postgresql:  # first: what is read after it is what the one before left
            self._connection.execute(_HOLDS_ON.with_for_update(of=holds), {"of_person": person_id})
        return self._read(_HOLDS_ON, {"of_person": person_id})

    def place(self, hold: Hold) -> bool:
        """Keep a hold, and forget the codes by which its person could link identities; False where the same finding placed it before."""
        if self._is_postgresql:
            self._connection.execute(_PLACE, {"key": _lock_key(hold.person)})
        row = {
            "person": hold.person,
            "finding_id": hold.key,
            "because": hold.because,
            "placed_at": hold.placed_at,
        }
        add = insert_into(self._connection, holds).on_conflict_do_nothing().returning(holds.c.person)
        is_new = self._connection.execute(add, row).first() is not None
        if is_new and hold.placed_by is not None:
            by_hand = {"person": hold.person, "finding_id": hold.key, "placed_by": hold.placed_by}
            self._connection.execute(insert(holds_by_hand), by_hand)
        if is_new:  # also where the hold is released before the codes are over
            self._connection.execute(_NO_CODES, {"of_person": hold.person})
        return is_new

    def release(self, hold: Hold, release: Release, *, is_over: bool) -> None:
        """Keep a release, in place of an earlier one by the same guard; ``is_over``: the hold stands no longer."""
        row = {
            "person": hold.person,
            "finding_id": hold.key,
            "by": release.by,
            "reason": release.reason,
            "released_at": release.released_at,
        }
        add = insert_into(self._connection, releases).values(row)
        anew = {"reason": add.excluded.reason, "released_at": add.excluded.released_at}
        keys = [releases.c.person, releases.c.finding_id, releases.c.by]
        self._connection.execute(add.on_conflict_do_update(index_elements=keys, set_=anew))
        if is_over:
            where = {"of_person": hold.person, "of_finding": hold.key, "at": release.released_at}
            self._connection.execute(_OVER, where)

    def _read(self, statement: Select[tuple[object, ...]], where: dict[str, str]) -> tuple[Hold, ...]:
        rows = self._connection.execute(statement, where).mappings().all()
        released: dict[tuple[str, str], list[Release]] = defaultdict(list)
        if rows:
            people = sorted({row["person"] for row in rows})
            for row in self._connection.execute(_RELEASES, {"people": people}).mappings():
                released[row["person"], row["finding_id"]].append(
                    Release(by=row["by"], reason=row["reason"], released_at=row["released_at"])
                )
        return tuple(_hold_of(row, released[row["person"], row["finding_id"]]) for row in rows)


def _hold_of(row: RowMapping, released: Sequence[Release]) -> Hold:
    return Hold(
        person=row["person"],
        because=row["because"],
        placed_at=row["placed_at"],
        finding_id=None if row["placed_by"] else row["finding_id"],
        placed_by=row["placed_by"],
        releases=tuple(released),
    )


def _lock_key(person_id: str) -> int:
    """PostgreSQL's advisory locks have numbers. Two people who share one only wait for each other."""
    return int.from_bytes(hashlib.sha256(f"hold:{person_id}".encode()).digest()[:8], "big", signed=True)
