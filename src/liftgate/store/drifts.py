"""Which findings of a check of deployed accounts still stand."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from liftgate.store.drift_tables import drifts
from liftgate.store.upsert import insert_into

_STANDING: Final = select(drifts.c.what, drifts.c.finding_id).where(drifts.c.over_at.is_(None))
_OF: Final = select(drifts.c.finding_id, drifts.c.over_at).where(
    drifts.c.finding_id.in_(bindparam("ids", expanding=True))
)
_CLOSE: Final = (
    update(drifts)
    .where(drifts.c.finding_id == bindparam("of_id"), drifts.c.over_at.is_(None))
    .values(over_at=bindparam("at"))
    .execution_options(preserve_rowcount=True)
)


class Drifts:
    """Fulfils ``liftgate.drift.ports.Drifts`` in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def standing(self) -> Mapping[str, str]:
        """See the port."""
        rows = self._connection.execute(_STANDING).mappings()
        return {row["what"]: row["finding_id"] for row in rows}

    def open(self, what: str, finding_id: str) -> bool:
        """See the port."""
        row = {"what": what, "finding_id": finding_id, "over_at": None}
        add = insert_into(self._connection, drifts).on_conflict_do_nothing().returning(drifts.c.what)
        return self._connection.execute(add.values(row)).first() is not None

    def close(self, finding_id: str, at: datetime) -> bool:
        """See the port."""
        return self._connection.execute(_CLOSE, {"of_id": finding_id, "at": at}).rowcount == 1

    def are_standing(self, finding_ids: Collection[str]) -> Mapping[str, bool]:
        """See the port."""
        rows = self._connection.execute(_OF, {"ids": sorted(finding_ids)})
        return {finding_id: over_at is None for finding_id, over_at in rows}
