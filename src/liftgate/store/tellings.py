"""What people are told, kept until somebody delivers it, and after."""

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from liftgate.access.told import TellKind, Told
from liftgate.store.review_tables import tellings
from liftgate.store.upsert import insert_into

_ONE: Final = select(tellings).where(tellings.c.id == bindparam("of_id"))


class Tellings:
    """The tellings of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def one(self, told_id: str) -> Told | None:
        """A telling."""
        row = self._connection.execute(_ONE, {"of_id": told_id}).mappings().one_or_none()
        if row is None:
            return None
        kept = {name: value for name, value in row.items() if name not in {"id", "kind", "recipients"}}
        return Told(kind=TellKind(row["kind"]), recipients=frozenset(json.loads(row["recipients"])), **kept)

    def add(self, told: Sequence[Told]) -> tuple[Told, ...]:
        """Keep tellings; the answer is those that were not kept before."""
        add = insert_into(self._connection, tellings).on_conflict_do_nothing().returning(tellings.c.id)
        return tuple(one for one in told if self._connection.execute(add, _row(one)).first() is not None)


def _row(told: Told) -> dict[str, Any]:
    return {
        "id": told.id,
        "kind": told.kind.value,
        "recipients": json.dumps(sorted(told.recipients)),
        "due_at": told.due_at,
        "request_id": told.request_id,
        "grant_id": told.grant_id,
        "absence_id": told.absence_id,
        "stage": told.stage,
        "by": told.by,
    }
