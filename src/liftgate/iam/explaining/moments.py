"""Says when: the span of time that a statement's conditions leave open.

>>> span, rest = span_of((Condition("DateLessThan", "aws:CurrentTime", ("2026-11-24T12:20:00Z",)),))
>>> str(span), rest
('until before 24 Nov 2026 12:20 UTC', ())
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from liftgate.iam.language.condition import read_date
from liftgate.iam.policy import Condition

_KEYS = frozenset({"aws:currenttime", "aws:epochtime"})
_LOWER = {"DateGreaterThanEquals": True, "DateGreaterThan": False}
_UPPER = {"DateLessThanEquals": True, "DateLessThan": False}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A span of time; None: open on that side."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    with_start: bool = True
    with_end: bool = False

    def __str__(self) -> str:
        start, end = self.starts_at, self.ends_at
        said = []
        if start is not None:
            said.append(f"{'from' if self.with_start else 'after'} {moment(start)}")
        if end is not None:
            same_day = start is not None and start.date() == end.date()
            until = "until and including" if self.with_end else "until before"
            said.append(f"{until} {_clock(end) if same_day else moment(end)}")
        never = start is not None and end is not None and _closed(self, start, end)
        return " ".join(said) + (" (NEVER: it ends before it begins)" if never else "")


def span_of(conditions: Sequence[Condition]) -> tuple[Span | None, tuple[Condition, ...]]:
    """The span that the conditions on the time of the call leave open, and the other conditions."""
    span, rest = Span(), []
    for one in conditions:
        narrowed = _narrowed(span, one)
        if narrowed is None:
            rest.append(one)
        else:
            span = narrowed
    return (None if span == Span() else span), tuple(rest)


def moment(when: datetime) -> str:
    """``24 Nov 2026 12:00 UTC``, whatever the language of the machine."""
    utc = when.astimezone(UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year:04} {_clock(utc)}"


def _narrowed(span: Span, one: Condition) -> Span | None:
    if one.key.lower() not in _KEYS or one.qualifier or one.if_exists or len(one.values) != 1:
        return None
    when = read_date(one.values[0])
    if when is None:
        return None
    if one.operator in _LOWER and span.starts_at is None:
        return replace(span, starts_at=when, with_start=_LOWER[one.operator])
    if one.operator in _UPPER and span.ends_at is None:
        return replace(span, ends_at=when, with_end=_UPPER[one.operator])
    return None


def _closed(span: Span, start: datetime, end: datetime) -> bool:
    return start > end or (start == end and not (span.with_start and span.with_end))


def _clock(when: datetime) -> str:
    seconds = f":{when.second:02}" if when.second or when.microsecond else ""
    fraction = f".{when.microsecond:06}" if when.microsecond else ""
    return f"{when.hour:02}:{when.minute:02}{seconds}{fraction} UTC"
