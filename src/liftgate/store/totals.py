"""What the calls of each grant come to: one row a grant, added to in the transaction that keeps the calls."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from liftgate.clock import rfc3339
from liftgate.store.answer_tables import grant_totals
from liftgate.store.streams import rows_of
from liftgate.store.tables import activities
from liftgate.store.upsert import insert_into
from liftgate.store.watch_rows import activity_of
from liftgate.watch.activity import Activity
from liftgate.watch.kept_totals import MEANING, totals_of_calls
from liftgate.watch.rules.totals import Totals

_KEPT: Final = select(grant_totals.c.totals).where(grant_totals.c.grant_id == bindparam("of_grant"))
_LEFT_OUT: Final = {"requests": "[]", "record": None}  # what is long, and does not count
_CALLS: Final = select(*(column for column in activities.c if column.name not in _LEFT_OUT)).where(
    activities.c.grant_id == bindparam("of_grant")
)
_FIELDS: Final = frozenset(one.name for one in fields(Totals))
_MOMENTS: Final = frozenset({"first_at", "last_at"})


class GrantTotals:
    """Totals, in one transaction. Whoever adds to them has made sure of counting alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, grant_id: str) -> Totals:
        """What a grant's calls come to."""
        kept = self._kept(grant_id)
        return self._made_anew(grant_id) if kept is None else kept

    def add(self, new: Sequence[Activity]) -> None:
        """Take in calls that this transaction has just kept, and that were not kept before."""
        once = {one.event_id: one for one in new}.values()
        for grant_id in sorted({one.grant_id for one in once if one.grant_id is not None}):
            kept = self._kept(grant_id)
            if kept is None:
                found = self._made_anew(grant_id)
            else:
                found = kept + totals_of_calls(one for one in once if one.grant_id == grant_id)
            self._put(grant_id, found)

    def _kept(self, grant_id: str) -> Totals | None:
        """None where nothing was added up so far, or by a version to which totals meant something else."""
        text = self._connection.execute(_KEPT, {"of_grant": grant_id}).scalar_one_or_none()
        return None if text is None else read_totals(text)

    def _made_anew(self, grant_id: str) -> Totals:
        return totals_of_calls(self._calls(grant_id))

    def _calls(self, grant_id: str) -> Iterator[Activity]:
        for row in rows_of(self._connection, _CALLS, {"of_grant": grant_id}):
            yield activity_of({**row, **_LEFT_OUT})

    def _put(self, grant_id: str, found: Totals) -> None:
        row = {"grant_id": grant_id, "totals": totals_text(found)}
        add = insert_into(self._connection, grant_totals).values(row)
        self._connection.execute(
            add.on_conflict_do_update(index_elements=["grant_id"], set_={"totals": add.excluded.totals})
        )


def totals_text(totals: Totals) -> str:
    """Totals as JSON: equal ones have equal text."""
    plain: dict[str, Any] = {name: getattr(totals, name) for name in _FIELDS}
    for name, value in plain.items():
        if isinstance(value, frozenset):
            plain[name] = sorted(value)
        elif isinstance(value, datetime):
            plain[name] = rfc3339(value)
    return json.dumps({"meaning": MEANING, **plain}, sort_keys=True)


def read_totals(text: str) -> Totals | None:
    """What ``totals_text`` wrote; None where it was written when totals meant something else."""
    plain: dict[str, Any] = json.loads(text)
    if plain.pop("meaning") != MEANING or plain.keys() != _FIELDS:
        return None
    for name, value in plain.items():
        if isinstance(value, list):
            plain[name] = frozenset(tuple(one) if isinstance(one, list) else one for one in value)
        elif name in _MOMENTS and value is not None:
            plain[name] = datetime.fromisoformat(value)
    return Totals(**plain)
