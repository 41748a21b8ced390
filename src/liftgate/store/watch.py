"""What was seen in CloudTrail: calls, findings, and what could not be read; and who made the calls."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, func, literal, or_, select, text, update

from liftgate.access.ports import Page
from liftgate.store.answer_tables import watch_marks
from liftgate.store.columns import Moment
from liftgate.store.finding_states import findings_in
from liftgate.store.pages import Place, newest_first, page
from liftgate.store.tables import activities, findings, set_aside
from liftgate.store.totals import GrantTotals
from liftgate.store.upsert import insert_into
from liftgate.store.watch_rows import (
    activity_of,
    activity_row,
    finding_of,
    finding_row,
    group_of,
    set_aside_row,
)
from liftgate.watch.activity import Activity
from liftgate.watch.finding_state import FindingState
from liftgate.watch.ports import CallGroup, FindingFilter, FindingRecord, SetAside
from liftgate.watch.rules.totals import Totals

_ACTIVITY: Final = select(activities).where(activities.c.event_id == bindparam("event_id"))
_FINDING: Final = select(findings).where(findings.c.id == bindparam("finding_id"))
_OF_GRANT: Final = activities.c.grant_id == bindparam("of_grant")
_COUNTED: Final = (
    func.count().label("calls"),
    func.min(activities.c.at, type_=Moment()).label("first_at"),
    func.max(activities.c.at, type_=Moment()).label("last_at"),
)
_ALIKE: Final = (
    activities.c.service,
    activities.c.operation,
    activities.c.verdict,
    activities.c.refused,
)
_GROUPS: Final = (
    select(*_ALIKE, activities.c.folder, *_COUNTED)
    .where(_OF_GRANT)
    .group_by(*_ALIKE, activities.c.folder)
    .order_by(text("first_at"), *_ALIKE, activities.c.folder)
    .limit(bindparam("at_most"))
)
# Of a whole grant: how much of it there is goes on growing after it was found.
_GROW: Final = (
    update(findings)
    .where(
        findings.c.id == bindparam("of_id"),
        or_(findings.c.because != bindparam("now_because"), findings.c.at != bindparam("now_at")),
    )
    .values(because=bindparam("now_because"), at=bindparam("now_at"))
)
_LAST_CAME: Final = select(watch_marks.c.at).where(watch_marks.c.name == "events")
_COUNT_ALONE: Final = text("SELECT pg_advisory_xact_lock(:key)")


class Watched:
    """What was seen, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._totals = GrantTotals(connection)

    def count_alone(self, grant_ids: Collection[str]) -> None:
        """Nobody else keeps calls of these grants until the transaction ends, on SQLite since it has one writer anyway.

        Locks of their own: whoever lends under a grant, or ends it, waits for none of this.
        """
        if self._connection.dialect.name == "postgresql":
            for key in sorted({_lock_key(grant_id) for grant_id in grant_ids}):  # in one order: no deadlock
                self._connection.execute(_COUNT_ALONE, {"key": key})

    def keep_activities(self, seen: Sequence[Activity]) -> frozenset[str]:
        """Keep calls, and add the new ones to the totals of their grants; the ids of those that are new."""
        new = self._keep(activities, "event_id", [activity_row(one) for one in seen])
        self._totals.add([one for one in seen if one.event_id in new])
        return new

    def keep_findings(self, found: Sequence[FindingRecord]) -> frozenset[str]:
        """Keep findings; the ids of those that are new."""
        new = self._keep(findings, "id", [finding_row(one) for one in found])
        for record in found:
            finding = record.finding
            if finding.id not in new and not finding.event_ids:
                self._connection.execute(
                    _GROW, {"of_id": finding.id, "now_because": finding.because, "now_at": finding.at}
                )
        return new

    def keep_set_aside(self, found: Sequence[SetAside]) -> frozenset[str]:
        """Keep what could not be read; the ids of what is new."""
        return self._keep(set_aside, "id", [set_aside_row(one) for one in found])

    def activity(self, event_id: str) -> Activity | None:
        """One call."""
        row = self._connection.execute(_ACTIVITY, {"event_id": event_id}).mappings().one_or_none()
        return activity_of(row) if row else None

    def activities(self, grant_id: str, *, cursor: str | None, limit: int) -> Page[Activity]:
        """A page of a grant's calls, the latest first."""
        statement = newest_first(
            select(activities), activities.c.at, activities.c.event_id, cursor=cursor, limit=limit
        ).where(activities.c.grant_id == grant_id)
        found = [activity_of(row) for row in self._connection.execute(statement).mappings()]
        return page(found, [Place(one.at, one.event_id) for one in found], limit)

    def groups(self, grant_id: str, *, limit: int) -> tuple[CallGroup, ...]:
        """A grant's calls in groups, by the first of each."""
        rows = self._connection.execute(_GROUPS, {"of_grant": grant_id, "at_most": limit}).mappings()
        return tuple(map(group_of, rows))

    def totals(self, grant_id: str) -> Totals:
        """What all of a grant's calls come to."""
        return self._totals.of(grant_id)

    def finding(self, finding_id: str) -> FindingRecord | None:
        """One finding."""
        row = self._connection.execute(_FINDING, {"finding_id": finding_id}).mappings().one_or_none()
        return finding_of(row) if row else None

    def findings(self, which: FindingFilter, *, cursor: str | None, limit: int) -> Page[FindingRecord]:
        """A page of findings, the latest first."""
        few = which.state is FindingState.OPEN
        statement = newest_first(
            select(findings), findings.c.at, findings.c.id, cursor=cursor, limit=limit, few=few
        )
        if which.state is not None and which.now is not None:
            statement = statement.where(findings_in(which.state, which.now))
        if which.severities is not None:
            statement = statement.where(findings.c.severity.in_(sorted(which.severities)))
        if which.rule is not None:
            statement = statement.where(findings.c.rule == which.rule)
        if which.grant_id is not None:
            statement = statement.where(findings.c.grant_id == which.grant_id)
        if which.since is not None:
            statement = statement.where(findings.c.at >= literal(which.since, Moment()))
        if which.entitlements is not None:
            statement = statement.where(findings.c.entitlement.in_(sorted(which.entitlements)))
        if which.not_of is not None:
            statement = statement.where(or_(findings.c.person.is_(None), findings.c.person != which.not_of))
        found = [finding_of(row) for row in self._connection.execute(statement).mappings()]
        return page(found, [Place(one.finding.at, one.finding.id) for one in found], limit)

    def events_last_came(self) -> datetime | None:
        """When events were last taken in, as far as that was marked."""
        last: datetime | None = self._connection.execute(_LAST_CAME).scalar_one_or_none()
        return last

    def mark_events(self, at: datetime) -> None:
        """Events were taken in then."""
        add = insert_into(self._connection, watch_marks).values(name="events", at=at)
        self._connection.execute(
            add.on_conflict_do_update(
                index_elements=["name"],
                set_={"at": add.excluded.at},
                where=watch_marks.c.at < add.excluded.at,
            )
        )

    def unread(self, *, cursor: str | None, limit: int) -> Page[SetAside]:
        """A page of what could not be read, the latest first."""
        statement = newest_first(
            select(set_aside), set_aside.c.at, set_aside.c.id, cursor=cursor, limit=limit
        )
        found = [SetAside(**row) for row in self._connection.execute(statement).mappings()]
        return page(found, [Place(one.at, one.id) for one in found], limit)

    def _keep(self, table: Table, key: str, rows: Iterable[dict[str, Any]]) -> frozenset[str]:
        """Insert what is new, always in one order, so that two who keep the same do not wait for each other; the keys of that."""
        once = {row[key]: row for row in rows}
        if not once:
            return frozenset()
        statement = (
            insert_into(self._connection, table)
            .on_conflict_do_nothing(index_elements=[key])
            .returning(table.c[key])
        )
        return frozenset(self._connection.execute(statement, [once[one] for one in sorted(once)]).scalars())


def _lock_key(grant_id: str) -> int:
    """PostgreSQL's advisory locks have numbers. Two grants that share one only wait for each other."""
    return int.from_bytes(hashlib.sha256(f"count:{grant_id}".encode()).digest()[:8], "big", signed=True)
