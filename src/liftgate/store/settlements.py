"""The accounts of grants."""

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from liftgate.clock import rfc3339
from liftgate.store.answer_tables import grant_uses, settlements
from liftgate.store.columns import Moment, read_scope, scope_text
from liftgate.store.streams import rows_of
from liftgate.store.tables import activities, findings
from liftgate.store.watch_rows import call_of
from liftgate.watch.settlement import Call, Line, Settled, Settlement, use_of

_LATEST: Final = (
    select(settlements)
    .where(settlements.c.grant_id == bindparam("of_grant"))
    .order_by(settlements.c.number.desc())
    .limit(1)
)
_ALL: Final = (
    select(settlements).where(settlements.c.grant_id == bindparam("of_grant")).order_by(settlements.c.number)
)
_ADD: Final = insert(settlements)
_ADD_USE: Final = insert(grant_uses)
_FORGET_USE: Final = delete(grant_uses).where(grant_uses.c.grant_id == bindparam("of_grant"))
_STANDING: Final = (
    select(settlements.c.grant_id)
    .where(settlements.c.grant_id.in_(bindparam("grant_ids", expanding=True)))
    .group_by(settlements.c.grant_id)
    .having(func.count() == func.count(settlements.c.reopened_at) + 1)
)
_REOPEN: Final = (
    update(settlements)
    .where(settlements.c.grant_id == bindparam("of_grant"), settlements.c.reopened_at.is_(None))
    .values(reopened_at=bindparam("at", type_=Moment()))
)
# Those of one place together, as ``settle`` wants them. Which place comes first does not matter, so any collation will do.
_CALLS: Final = (
    select(*(activities.c[one.name] for one in fields(Call)))
    .where(activities.c.grant_id == bindparam("of_grant"))
    .order_by(activities.c.service, activities.c.operation, activities.c.folder, activities.c.event_id)
)
_EVENT_IDS: Final = select(activities.c.event_id).where(activities.c.grant_id == bindparam("of_grant"))
_COUNT_CALLS: Final = (
    select(func.count()).select_from(activities).where(activities.c.grant_id == bindparam("of_grant"))
)
_FINDINGS: Final = (
    select(findings.c.id).where(findings.c.grant_id == bindparam("of_grant")).order_by(findings.c.id)
)
_COUNT_FINDINGS: Final = (
    select(func.count()).select_from(findings).where(findings.c.grant_id == bindparam("of_grant"))
)
_MOMENTS: Final = ("first_at", "last_at")
_SCOPES: Final = ("granted", "sufficed")


class Settlements:
    """Accounts, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def latest(self, grant_id: str) -> Settled | None:
        """A grant's newest account."""
        row = self._connection.execute(_LATEST, {"of_grant": grant_id}).mappings().one_or_none()
        return _settled(dict(row)) if row else None

    def all(self, grant_id: str) -> tuple[Settled, ...]:
        """All of a grant's, the first first."""
        return tuple(
            _settled(dict(row)) for row in self._connection.execute(_ALL, {"of_grant": grant_id}).mappings()
        )

    def add(self, made: Settled) -> None:
        """Keep an account; the one before it stands no longer."""
        self._connection.execute(
            _ADD,
            {
                "grant_id": made.settlement.grant_id,
                "number": made.number,
                "report": _report(made.settlement),
                "events": made.events,
                "settled_at": made.settled_at,
            },
        )
        self._connection.execute(_FORGET_USE, {"of_grant": made.settlement.grant_id})
        sufficed = made.settlement.sufficed
        self._connection.execute(
            _ADD_USE,
            {
                "grant_id": made.settlement.grant_id,
                "use": use_of(made.settlement).value,
                "actions_granted": len(made.settlement.granted.actions) if sufficed else None,
                "actions_used": len(sufficed.actions) if sufficed else None,
            },
        )

    def standing(self, grant_ids: Collection[str]) -> tuple[str, ...]:
        """Those of the grants whose account counts all that was known."""
        rows = self._connection.execute(_STANDING, {"grant_ids": sorted(grant_ids)})
        return tuple(sorted(rows.scalars()))

    def reopen(self, grant_id: str, at: datetime) -> None:
        """The account counts all no longer."""
        self._connection.execute(_REOPEN, {"of_grant": grant_id, "at": at})
        self._connection.execute(_FORGET_USE, {"of_grant": grant_id})

    def calls(self, grant_id: str) -> Iterator[Call]:
        """All of a grant's calls, as they count, those of one place together."""
        for row in rows_of(self._connection, _CALLS, {"of_grant": grant_id}):
            yield call_of(row)

    def event_ids(self, grant_id: str) -> Iterator[str]:
        """The ids of all of a grant's calls, sorted as Python sorts them."""
        as_bytes = "C" if self._connection.dialect.name == "postgresql" else "BINARY"
        in_order = _EVENT_IDS.order_by(activities.c.event_id.collate(as_bytes))
        for row in rows_of(self._connection, in_order, {"of_grant": grant_id}):
            yield row["event_id"]

    def finding_ids(self, grant_id: str) -> tuple[str, ...]:
        """All that was found of a grant."""
        return tuple(self._connection.execute(_FINDINGS, {"of_grant": grant_id}).scalars())

    def counts(self, grant_id: str) -> tuple[int, int]:
        """How many calls and findings of a grant there are."""
        which = {"of_grant": grant_id}
        calls: int = self._connection.execute(_COUNT_CALLS, which).scalar_one()
        found: int = self._connection.execute(_COUNT_FINDINGS, which).scalar_one()
        return calls, found


def _report(found: Settlement) -> str:
    plain: dict[str, Any] = {field.name: getattr(found, field.name) for field in fields(found)}
    for name in _SCOPES:
        plain[name] = scope_text(plain[name]) if plain[name] else None
    for name in _MOMENTS:
        plain[name] = rfc3339(plain[name]) if plain[name] else None
    plain["lines"] = [asdict(line) for line in found.lines]
    return json.dumps(plain)


def _settled(row: dict[str, Any]) -> Settled:
    plain: dict[str, Any] = json.loads(row["report"])
    for name in _SCOPES:
        plain[name] = read_scope(plain[name]) if plain[name] else None
    for name in _MOMENTS:
        plain[name] = datetime.fromisoformat(plain[name]) if plain[name] else None
    plain["lines"] = tuple(Line(**line) for line in plain["lines"])
    plain["findings"] = tuple(plain["findings"])
    plain["beside"] = tuple(plain.get("beside", ()))  # accounts were kept before there was such a thing
    return Settled(
        number=row["number"],
        settlement=Settlement(**plain),
        events=row["events"],
        settled_at=row["settled_at"],
        reopened_at=row["reopened_at"],
    )
