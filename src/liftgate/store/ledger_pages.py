"""Pages of the ledger, narrowed by what an entry says."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Index, Select, func, or_, select

from liftgate.clock import rfc3339
from liftgate.ledger.model import Entry
from liftgate.ledger.ports import LedgerFilter
from liftgate.store.ledger import LAST, entry_of
from liftgate.store.tables import ledger

# All of one kind, and all of one person, however rare they are.
Index(None, ledger.c.kind, ledger.c.seq)
Index(None, ledger.c.actor, ledger.c.seq)

# Entries stand in the order in which they were committed; their moments are of the clocks of several servers, and a little before that.
_OUT_OF_STEP: Final = timedelta(minutes=15)


class LedgerPages:
    """Pages, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def oldest_first(self, which: LedgerFilter, *, after: int, limit: int) -> tuple[Entry, ...]:
        """The first entries after ``after``. Raises ``UnreadableEntry`` at one that was damaged."""
        after = min(after, LAST)
        return self._read(
            which, self._statement(which).where(ledger.c.seq > after).order_by(ledger.c.seq), limit
        )

    def newest_first(self, which: LedgerFilter, *, before: int | None, limit: int) -> tuple[Entry, ...]:
        """The last entries before ``before``, backwards."""
        statement = self._statement(which).order_by(ledger.c.seq.desc())
        if before is not None:
            statement = statement.where(ledger.c.seq < min(before, LAST))
        return self._read(which, statement, limit)

    def _read(self, which: LedgerFilter, statement: Select[Any], limit: int) -> tuple[Entry, ...]:
        if which.since is not None:
            statement = statement.where(ledger.c.seq >= self._first_at(which.since - _OUT_OF_STEP))
        if which.until is not None:
            statement = statement.where(ledger.c.seq < self._first_at(which.until + _OUT_OF_STEP))
        rows = self._connection.execute(statement.limit(limit)).mappings()
        return tuple(map(entry_of, rows))

    def _statement(self, which: LedgerFilter) -> Select[Any]:
        statement = select(ledger)
        if which.about is not None:
            statement = statement.where(
                or_(ledger.c.request_id == which.about, ledger.c.grant_id == which.about)
            )
        if which.kind is not None:
            statement = statement.where(ledger.c.kind == which.kind.value)
        if which.actor is not None:
            statement = statement.where(ledger.c.actor == which.actor)
        if which.since is not None:
            statement = statement.where(self._at() >= _second(which.since))
        if which.until is not None:
            statement = statement.where(self._at() < _second(which.until))
        return statement

    def _at(self) -> ColumnElement[str]:
        """Compared byte by byte: a moment without its ``Z`` and fraction sorts just before all moments of its second."""
        return ledger.c.at.collate("C" if self._connection.dialect.name == "postgresql" else "BINARY")

    def _first_at(self, moment: datetime) -> int:
        """About the first entry of that moment or later: found by halves, so that no other is read."""
        low, high = 1, (self._connection.execute(select(func.max(ledger.c.seq))).scalar_one() or 0) + 1
        wanted = _second(moment)
        while low < high:
            middle = (low + high) // 2
            at = self._connection.execute(
                select(ledger.c.at).where(ledger.c.seq == middle)
            ).scalar_one_or_none()
            low, high = (middle + 1, high) if at is not None and at < wanted else (low, middle)
        return low


def _second(moment: datetime) -> str:
    return rfc3339(moment.replace(microsecond=0)).removesuffix("Z")
