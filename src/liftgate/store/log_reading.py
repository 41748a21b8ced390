"""How far CloudTrail's log files have been read."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, literal, select

from liftgate.store.columns import Flag
from liftgate.store.reading_tables import log_files, log_reading
from liftgate.store.upsert import insert_into
from liftgate.watch.sources.ports import Delivered

_UNTIL: Final = select(log_reading.c.until).where(log_reading.c.trail == bindparam("of_trail"))
_KNOWN: Final = select(log_files.c.key).where(
    log_files.c.trail == bindparam("of_trail"), log_files.c.key.in_(bindparam("keys", expanding=True))
)
_LEFT: Final = (
    select(log_files.c.key, log_files.c.delivered_at)
    .where(log_files.c.trail == bindparam("of_trail"), log_files.c.taken == literal(False, Flag()))
    .order_by(log_files.c.delivered_at, log_files.c.key)
    .limit(bindparam("at_most"))
)
_FORGET: Final = delete(log_files).where(
    log_files.c.trail == bindparam("of_trail"),
    log_files.c.taken == literal(True, Flag()),
    log_files.c.delivered_at < bindparam("before"),
)


class LogReading:
    """Fulfils ``liftgate.watch.sources.ports.LogReading`` in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def until(self, trail: str) -> datetime | None:
        """See the port."""
        found: datetime | None = self._connection.execute(_UNTIL, {"of_trail": trail}).scalar()
        return found

    def new(self, trail: str, files: Sequence[Delivered]) -> Sequence[Delivered]:
        """See the port."""
        if not files:
            return ()
        wanted = {"of_trail": trail, "keys": [one.key for one in files]}
        known = frozenset(self._connection.execute(_KNOWN, wanted).scalars())
        return [one for one in files if one.key not in known]

    def left(self, trail: str, *, limit: int) -> Sequence[Delivered]:
        """See the port."""
        rows = self._connection.execute(_LEFT, {"of_trail": trail, "at_most": limit})
        return [Delivered(key=row.key, at=row.delivered_at) for row in rows]

    def note(self, trail: str, files: Collection[Delivered], *, taken: bool) -> None:
        """See the port."""
        rows = [
            {"trail": trail, "key": one.key, "delivered_at": one.at, "taken": taken}
            for one in sorted(files, key=lambda one: one.key)  # in one order: no deadlock
        ]
        if not rows:
            return
        statement = insert_into(self._connection, log_files)
        once_taken = statement.on_conflict_do_update(
            index_elements=["trail", "key"], set_={"taken": statement.excluded.taken}
        )
        # What somebody else took meanwhile is not left.
        self._connection.execute(once_taken if taken else statement.on_conflict_do_nothing(), rows)

    def read_until(self, trail: str, until: datetime, *, forget_before: datetime) -> None:
        """See the port."""
        statement = insert_into(self._connection, log_reading)
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["trail"],
                set_={"until": statement.excluded.until},
                where=log_reading.c.until < statement.excluded.until,
            ),
            {"trail": trail, "until": until},
        )
        self._connection.execute(_FORGET, {"of_trail": trail, "before": forget_before})
