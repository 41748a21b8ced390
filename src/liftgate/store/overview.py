"""Counts for the overview: one statement each, over the grants of the span alone, by the indexes that lists have."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from liftgate.overview.rows import (
    WAITS,
    FindingRow,
    LentRow,
    OutcomeRow,
    ReviewerRow,
    Span,
    UseRow,
    WaitRow,
)
from liftgate.store.answer_tables import grant_uses
from liftgate.store.columns import BigNumber, Moment
from liftgate.store.finding_states import findings_in
from liftgate.store.pages import sorted_later
from liftgate.store.tables import endings, findings, grants, requests, reviews
from liftgate.watch.finding_state import FindingState

_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY


class epoch(FunctionElement[int]):  # noqa: N801 - named as SQL functions are
    """A moment as whole seconds since 1970, the fraction left off."""

    type = BigNumber
    inherit_cache = True


@compiles(epoch, "sqlite")
def _on_sqlite(element: epoch, compiler: SQLCompiler, **options: Any) -> str:
    return f"unixepoch({compiler.process(element.clauses, **options)})"


@compiles(epoch, "postgresql")
def _on_postgresql(element: epoch, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **options)})) AS bigint)"


def _moment(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=Moment())


def _seconds(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigNumber)


def _least(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one < other, one), else_=other)


def _most(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one > other, one), else_=other)


_MADE: Final = and_(grants.c.granted_at >= _moment("since"), grants.c.granted_at <= _moment("until"))
_OUTCOME: Final = case(
    (endings.c.kind.is_not(None), endings.c.kind),
    (grants.c.ends_at <= _moment("until"), literal("ended")),
    else_=literal("live"),
).label("outcome")
_ON_DAY: Final = ((epoch(grants.c.granted_at) - _seconds("first")) // _DAY).label("day")
_OUTCOMES: Final = (
    select(_ON_DAY, _OUTCOME, func.count().label("grants"))
    .select_from(grants.outerjoin(endings))
    .where(_MADE)
    .group_by("day", "outcome")
)

_WAITED: Final = (epoch(grants.c.granted_at) - epoch(requests.c.asked_at)).label("waited")
_REVIEWED: Final = (
    select(((epoch(grants.c.granted_at) - _seconds("first")) // _seconds("size")).label("week"), _WAITED)
    .select_from(grants.join(requests))
    .where(_MADE, exists().where(reviews.c.request_id == grants.c.request_id))
)


def _ranked() -> Select[Any]:
    each = _REVIEWED.subquery()
    of = func.count().over(partition_by=each.c.week)
    place = func.row_number().over(partition_by=each.c.week, order_by=each.c.waited)
    ranked = select(each, of.label("of"), place.label("place")).subquery()

    def at(rank: ColumnElement[int], name: str) -> ColumnElement[int]:
        return func.max(case((ranked.c.place == rank, ranked.c.waited))).label(name)

    # The nearest rank: the ⌈n·p⌉-th of n.
    return select(
        ranked.c.week,
        func.count().label("grants"),
        at((ranked.c.of + 1) // 2, "median"),
        at((ranked.c.of * 9 + 9) // 10, "ninetieth"),
    ).group_by(ranked.c.week)


def _spread() -> Select[Any]:
    each = _REVIEWED.subquery()
    bar = case(*((each.c.waited <= most, place) for place, most in enumerate(WAITS)), else_=len(WAITS))
    return select(bar.label("bar"), func.count().label("grants")).group_by("bar")


_RANKED: Final = _ranked()
_SPREAD: Final = _spread()
_USES: Final = (
    select(
        grant_uses.c.use,
        func.count().label("grants"),
        func.coalesce(func.sum(grant_uses.c.actions_granted), 0).cast(Integer).label("actions_granted"),
        func.coalesce(func.sum(grant_uses.c.actions_used), 0).cast(Integer).label("actions_used"),
    )
    .select_from(grants.outerjoin(endings).outerjoin(grant_uses, grant_uses.c.grant_id == grants.c.id))
    .where(_MADE, or_(endings.c.grant_id.is_not(None), grants.c.ends_at <= _moment("until")))
    .group_by(grant_uses.c.use)
)
_ENDED: Final = func.coalesce(epoch(endings.c.ended_at), epoch(grants.c.ends_at))
_OPEN_FROM: Final = _most(epoch(grants.c.starts_at), _seconds("first"))
_OPEN_TO: Final = _least(_least(epoch(grants.c.ends_at), _ENDED), _seconds("last"))
_OPEN: Final = _OPEN_TO - _OPEN_FROM
_LENT: Final = (
    select(
        grants.c.entitlement,
        func.count().label("grants"),
        func.sum(_OPEN).cast(BigNumber).label("seconds"),
    )
    .select_from(grants.outerjoin(endings))
    .where(grants.c.ends_at > _moment("since"), grants.c.starts_at < _moment("until"), _OPEN > 0)
    # By the end of a window, though another index would spare sorting these few.
    .group_by(sorted_later(grants.c.entitlement))
)
_REVIEWERS: Final = (
    select(
        reviews.c.reviewer.label("person"),
        func.sum(case((reviews.c.answer == "approve", 1), else_=0)).cast(Integer).label("approved"),
        func.sum(case((reviews.c.answer == "deny", 1), else_=0)).cast(Integer).label("denied"),
    )
    .select_from(requests.join(reviews))
    .where(requests.c.asked_at >= _moment("since"), requests.c.asked_at <= _moment("until"))
    .group_by(reviews.c.reviewer)
)


class OverviewCounts:
    """Fulfils ``overview.rows.OverviewReader``, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def outcomes(self, span: Span) -> Sequence[OutcomeRow]:
        """Grants that were made in the span, by day."""
        return [OutcomeRow(**row) for row in self._rows(_OUTCOMES, span, first=_epoch(span.since))]

    def waits(self, span: Span) -> Sequence[WaitRow]:
        """Reviewed grants that were made in the span, by week."""
        rows = self._rows(_RANKED, span, first=_epoch(span.first_week), size=_WEEK)
        return [WaitRow(**row) for row in rows]

    def wait_of_all(self, span: Span) -> WaitRow | None:
        """The same as one; None: there are none."""
        found = self._rows(_RANKED, span, first=_epoch(span.first_week), size=2**40)
        return WaitRow(**found[0]) if found else None

    def wait_counts(self, span: Span) -> Sequence[int]:
        """How many waited as long as each of ``WAITS``, and longer."""
        rows = self._rows(_SPREAD, span, first=_epoch(span.first_week), size=_WEEK)
        counted = {row["bar"]: row["grants"] for row in rows}
        return [counted.get(bar, 0) for bar in range(len(WAITS) + 1)]

    def uses(self, span: Span) -> Sequence[UseRow]:
        """Grants that were made in the span and are over."""
        return [UseRow(**row) for row in self._rows(_USES, span)]

    def lent(self, span: Span) -> Sequence[LentRow]:
        """Grants that were open in the span, as far as they were."""
        rows = self._rows(_LENT, span, first=_epoch(span.since), last=_epoch(span.until))
        return [LentRow(**row) for row in rows]

    def findings(self, span: Span) -> Sequence[FindingRow]:
        """Findings of calls in the span, by the state that they are in now."""
        states = (FindingState.OPEN, FindingState.UNEXPLAINED)
        state = case(
            *((findings_in(one, span.until), literal(one.value)) for one in states),
            else_=literal(FindingState.OVER.value),
        ).label("state")
        statement = (
            select(findings.c.severity, state, func.count().label("findings"))
            .where(findings.c.at >= _moment("since"), findings.c.at <= _moment("until"))
            .group_by(findings.c.severity, "state")
        )
        return [FindingRow(**row) for row in self._rows(statement, span)]

    def reviewers(self, span: Span) -> Sequence[ReviewerRow]:
        """Who answered requests that were made in the span."""
        return [ReviewerRow(**row) for row in self._rows(_REVIEWERS, span)]

    def _rows(self, statement: Select[Any], span: Span, **more: int) -> list[dict[str, Any]]:
        given = {"since": span.since, "until": span.until, **more}
        return [dict(row) for row in self._connection.execute(statement, given).mappings()]


def _epoch(moment: Any) -> int:
    return int(moment.timestamp())
