"""What is counted for those who watch the server itself: what waits, what is open, and what is behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Select, bindparam, func, select

from liftgate.store.columns import Moment
from liftgate.store.finding_states import findings_in
from liftgate.store.states import grants_in, requests_in
from liftgate.store.tables import endings, findings, grants, outbox, requests
from liftgate.watch.finding_state import FindingState

_WAITING: Final = select(func.count()).select_from(requests).where(requests_in({"pending"}))
_LIVE: Final = select(func.count()).select_from(grants.outerjoin(endings)).where(grants_in({"active"}))
_BACKLOG: Final = (
    select(
        outbox.c.kind, func.count().label("number"), func.min(outbox.c.due_at, type_=Moment()).label("since")
    )
    .where(outbox.c.due_at <= bindparam("now", type_=Moment()))
    .group_by(outbox.c.kind)
)
STATES: Final = (FindingState.OPEN, FindingState.UNEXPLAINED)
"""Of findings that somebody may have to do something about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """Counts at a moment."""

    requests_waiting: int
    grants_live: int
    backlog: Mapping[str, int]  # effects that are due and not done, by kind
    backlog_since: datetime | None  # when the oldest of them was due
    findings: Mapping[tuple[str, str], int]  # by severity and state


def read_vitals(connection: Connection, now: datetime) -> Vitals:
    """All of them, as they are at ``now``."""
    due = connection.execute(_BACKLOG, {"now": now}).all()
    return Vitals(
        requests_waiting=connection.execute(_WAITING, {"now": now}).scalar_one(),
        grants_live=connection.execute(_LIVE, {"now": now}).scalar_one(),
        backlog={row.kind: row.number for row in due},
        backlog_since=min((row.since for row in due), default=None),
        findings={
            (row.severity, state.value): row.number
            for state in STATES
            for row in connection.execute(_found(state, now))
        },
    )


def _found(state: FindingState, now: datetime) -> Select[tuple[str, int]]:
    return (
        select(findings.c.severity, func.count().label("number"))
        .where(findings_in(state, now))
        .group_by(findings.c.severity)
    )
