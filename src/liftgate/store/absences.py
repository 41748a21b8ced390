"""Spans in which reviewers are away, and who answers for them."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from liftgate.access.model import Absence
from liftgate.store.columns import Moment
from liftgate.store.review_rows import absence_of
from liftgate.store.review_tables import absences

_NOW: Final = bindparam("now", type_=Moment())
_ONE: Final = select(absences).where(absences.c.id == bindparam("of_id"))
_OPEN: Final = (absences.c.until > _NOW, or_(absences.c.ended_at.is_(None), absences.c.ended_at > _NOW))
_OF_PERSON: Final = select(absences).where(absences.c.person == bindparam("of_person"), *_OPEN)
_OF_DELEGATE: Final = select(absences).where(absences.c.delegate == bindparam("of_person"), *_OPEN)
_OF_PEOPLE: Final = select(absences).where(absences.c.person.in_(bindparam("people", expanding=True)), *_OPEN)
_ADD: Final = insert(absences)
_END: Final = update(absences).where(absences.c.id == bindparam("of_id")).values(ended_at=bindparam("at"))


class Absences:
    """The absences of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def one(self, absence_id: str) -> Absence | None:
        """An absence."""
        row = self._connection.execute(_ONE, {"of_id": absence_id}).mappings().one_or_none()
        return absence_of(row) if row else None

    def of(self, person_id: str, now: datetime) -> tuple[Absence, ...]:
        """Those that are not over, of somebody or with them as the delegate; the first to end first."""
        which = {"of_person": person_id, "now": now}
        found = [
            absence_of(row)
            for statement in (_OF_PERSON, _OF_DELEGATE)
            for row in self._connection.execute(statement, which).mappings()
        ]
        return tuple(sorted(found, key=lambda absence: (absence.until, absence.id)))

    def stands_for(self, person_id: str, now: datetime) -> frozenset[str]:
        """Who is away now and has named this delegate."""
        rows = self._connection.execute(_OF_DELEGATE, {"of_person": person_id, "now": now}).mappings()
        return frozenset(one.person for one in map(absence_of, rows) if one.holds(now))

    def delegates(self, people: frozenset[str], now: datetime) -> frozenset[str]:
        """Who may answer now in the place of any of these."""
        which = {"people": sorted(people), "now": now}
        rows = self._connection.execute(_OF_PEOPLE, which).mappings()
        return frozenset(one.delegate for one in map(absence_of, rows) if one.holds(now))

    def add(self, absence: Absence) -> None:
        """Keep one."""
        self._connection.execute(
            _ADD,
            {
                "id": absence.id,
                "person": absence.person,
                "delegate": absence.delegate,
                "starts_at": absence.starts_at,
                "until": absence.until,
                "said_at": absence.said_at,
                "ended_at": absence.ended_at,
            },
        )

    def end(self, absence_id: str, ended_at: datetime) -> None:
        """It ends before its time."""
        self._connection.execute(_END, {"of_id": absence_id, "at": ended_at})
