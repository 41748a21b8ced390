"""The figures of the overview, from counted rows: how much was granted, how fast, what of it was used, and how little stood open.

>>> span_of(30, datetime(2026, 11, 24, 9, 0, tzinfo=UTC)).since.isoformat()
'2026-10-26T00:00:00+00:00'
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from liftgate.overview.rows import (
    FindingRow,
    LentRow,
    OutcomeRow,
    OverviewReader,
    ReviewerRow,
    Span,
    UseRow,
    WaitRow,
)

OUTCOMES: Final = ("ended", "returned", "revoked", "live")
SEVERITIES: Final = ("critical", "high", "medium", "low", "informational")
STATES: Final = ("open", "unexplained", "over")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Grants that were made on one day, by how they ended."""

    day: date
    ended: int  # their window was over
    returned: int
    revoked: int
    live: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long it took from a request to its approval, where somebody reviewed it, in seconds."""

    week: date  # its Monday
    grants: int
    median: int | None  # None: there were none
    ninetieth: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What became of grants that are over."""

    never: int
    less: int  # a narrower scope would have sufficed
    whole: int
    untold: int  # CloudTrail does not tell enough
    unsettled: int  # their account is still to be made
    actions_granted: int  # of those that were used, and of which it is known what would have sufficed
    actions_used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """One entitlement: how long it was lent, and how long it would have stood."""

    entitlement: str
    grants: int
    lent_seconds: int
    people: int | None  # who may ask by today's catalogue; None: it is in there no longer
    standing_seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Findings of one severity, by state."""

    severity: str
    open: int
    unexplained: int
    over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All figures of a span."""

    since: datetime
    until: datetime
    days: tuple[Day, ...]
    weeks: tuple[Wait, ...]
    wait: WaitRow | None  # of all together
    wait_counts: tuple[int, ...]
    use: Use
    lent: tuple[Lent, ...]
    findings: tuple[Found, ...]
    reviewers: tuple[ReviewerRow, ...]


def span_of(days: int, now: datetime) -> Span:
    """The last days in UTC, today among them."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    since = midnight - timedelta(days=days - 1)
    return Span(since=since, until=now, days=days, first_week=since - timedelta(days=since.weekday()))


def overview(view: OverviewReader, span: Span, people: Mapping[str, int]) -> Overview:
    """All figures. ``people``: by entitlement of today's catalogue, how many may ask for it."""
    return Overview(
        since=span.since,
        until=span.until,
        days=days_of(view.outcomes(span), span),
        weeks=weeks_of(view.waits(span), span),
        wait=view.wait_of_all(span),
        wait_counts=tuple(view.wait_counts(span)),
        use=use_of(view.uses(span)),
        lent=lent_of(view.lent(span), span, people),
        findings=findings_of(view.findings(span)),
        reviewers=tuple(
            sorted(view.reviewers(span), key=lambda one: (-one.approved - one.denied, one.person))
        ),
    )


def days_of(rows: Iterable[OutcomeRow], span: Span) -> tuple[Day, ...]:
    """Each day of the span, also those without a grant."""
    counted = {(row.day, row.outcome): row.grants for row in rows}
    first = span.since.date()
    return tuple(
        Day(
            day=first + timedelta(days=place),
            ended=counted.get((place, "ended"), 0),
            returned=counted.get((place, "returned"), 0),
            revoked=counted.get((place, "revoked"), 0),
            live=counted.get((place, "live"), 0),
        )
        for place in range(span.days)
    )


def weeks_of(rows: Iterable[WaitRow], span: Span) -> tuple[Wait, ...]:
    """Each week of the span, from Monday, also those without a review."""
    counted = {row.week: row for row in rows}
    weeks = (span.until - span.first_week) // timedelta(weeks=1) + 1
    return tuple(
        _wait(counted.get(week), span.first_week.date() + timedelta(weeks=week)) for week in range(weeks)
    )


def use_of(rows: Iterable[UseRow]) -> Use:
    """What was used of grants that are over."""
    by_use = {row.use: row for row in rows}
    known = [row for use, row in by_use.items() if use in {"less", "whole"}]
    grants = {use: row.grants for use, row in by_use.items()}
    return Use(
        never=grants.get("never", 0),
        less=grants.get("less", 0),
        whole=grants.get("whole", 0),
        untold=grants.get("untold", 0),
        unsettled=grants.get(None, 0),
        actions_granted=sum(row.actions_granted for row in known),
        actions_used=sum(row.actions_used for row in known),
    )


def lent_of(rows: Iterable[LentRow], span: Span, people: Mapping[str, int]) -> tuple[Lent, ...]:
    """Every entitlement, the longest lent first. Had it stood: all who may ask, all the time."""
    counted = {row.entitlement: row for row in rows}
    seconds = int((span.until - span.since).total_seconds())
    made = (
        _lent(name, counted.get(name), people.get(name), seconds) for name in counted.keys() | people.keys()
    )
    return tuple(sorted(made, key=lambda one: (-one.lent_seconds, one.entitlement)))


def findings_of(rows: Iterable[FindingRow]) -> tuple[Found, ...]:
    """Each severity, the gravest first."""
    counted = {(row.severity, row.state): row.findings for row in rows}
    return tuple(
        Found(severity=severity, **{state: counted.get((severity, state), 0) for state in STATES})
        for severity in SEVERITIES
    )


def totals(lent: Iterable[Lent]) -> tuple[int, int]:
    """Seconds lent, and seconds had it stood, of the entitlements that are in the catalogue."""
    known = [one for one in lent if one.standing_seconds is not None]
    return sum(one.lent_seconds for one in known), sum(_standing(known))


def _standing(known: Iterable[Lent]) -> Iterator[int]:
    return (one.standing_seconds or 0 for one in known)


def _wait(row: WaitRow | None, week: date) -> Wait:
    if row is None:
        return Wait(week=week, grants=0, median=None, ninetieth=None)
    return Wait(week=week, grants=row.grants, median=row.median, ninetieth=row.ninetieth)


def _lent(name: str, row: LentRow | None, people: int | None, seconds: int) -> Lent:
    return Lent(
        entitlement=name,
        grants=row.grants if row else 0,
        lent_seconds=row.seconds if row else 0,
        people=people,
        standing_seconds=None if people is None else people * seconds,
    )
