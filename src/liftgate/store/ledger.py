"""The ledger's rows. Nothing here changes or deletes one; triggers in the database refuse both."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, or_, select, text

from liftgate.ledger.canonical import canonical, read_json
from liftgate.ledger.chain import Head, seal
from liftgate.ledger.errors import UnreadableEntry
from liftgate.ledger.fields import entry_fields, read_fields
from liftgate.ledger.model import Draft, Entry
from liftgate.store.rows import Row
from liftgate.store.tables import ledger

_BATCH: Final = 500
LAST: Final = 2**63 - 1  # the largest number that either database keeps
_NEWEST: Final = select(ledger).order_by(ledger.c.seq.desc()).limit(1)
_HEAD: Final = select(ledger.c.seq, ledger.c.hash).order_by(ledger.c.seq.desc()).limit(1)
_ADD: Final = insert(ledger)
# One writer at a time: on PostgreSQL by this lock, held to the end of the transaction; SQLite has one writer anyway.
_TAKE_TURNS: Final = text("SELECT pg_advisory_xact_lock(5496213871)")
_NEXT: Final = (
    select(ledger).where(ledger.c.seq > bindparam("after")).order_by(ledger.c.seq).limit(bindparam("at_most"))
)
_NEXT_ABOUT: Final = _NEXT.where(
    or_(ledger.c.request_id == bindparam("about"), ledger.c.grant_id == bindparam("about"))
)


class Ledger:
    """The ledger of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, drafts: Sequence[Draft]) -> None:
        """Seal drafts at the end of the chain. Call it last: from here on, every other writer waits."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(_TAKE_TURNS)
        newest = self._connection.execute(_HEAD).one_or_none()
        last: Entry | Head | None = Head(seq=newest.seq, hash=newest.hash) if newest else None
        rows = []
        for draft in drafts:
            last = seal(draft, last)
            rows.append(_row(last))
        self._connection.execute(_ADD, rows)

    def head(self) -> Entry | None:
        """The newest entry. Raises ``UnreadableEntry`` where it was damaged."""
        row = self._connection.execute(_NEWEST).mappings().one_or_none()
        return entry_of(row) if row else None

    def entries(self, *, after: int, limit: int | None, about: str | None) -> Iterator[Entry]:
        """Entries in order, read in batches. Raises ``UnreadableEntry`` at one that was damaged."""
        after, left = min(after, LAST), limit
        while left is None or left > 0:
            wanted = _BATCH if left is None else min(_BATCH, left)
            rows = self._batch(after, wanted, about)
            yield from map(entry_of, rows)
            if len(rows) < wanted:
                return
            after = rows[-1]["seq"]
            left = None if left is None else left - len(rows)

    def _batch(self, after: int, at_most: int, about: str | None) -> Sequence[Row]:
        which: dict[str, Any] = {"after": after, "at_most": at_most}
        if about is None:
            return self._connection.execute(_NEXT, which).mappings().all()
        return self._connection.execute(_NEXT_ABOUT, {**which, "about": about}).mappings().all()


def _row(entry: Entry) -> dict[str, Any]:
    fields = entry_fields(entry)
    body = fields.pop("body")
    return {**fields, "body": canonical(body)}


def entry_of(row: Row) -> Entry:
    """The entry of a row. Raises ``UnreadableEntry`` where it was damaged."""
    seq, written = row["seq"], row["body"]
    try:
        body = read_json(written)
        if isinstance(body, dict) and canonical(body) == written:
            return read_fields({**row, "body": body}, seq=seq)
    except (ValueError, RecursionError):
        pass
    raise UnreadableEntry(seq, "its `body` is not written as canonical JSON")
