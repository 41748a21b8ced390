"""Moments and spans as people write and read them at a terminal."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from liftgate.cli.errors import BadValue
from liftgate.clock import rfc3339
from liftgate.span import in_words, parse_span

_MOMENT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?([Zz]|[+-]\d{2}:?\d{2})?", re.ASCII
)
_WITHOUT_UNIT: Final = re.compile(r"\d{1,7}", re.ASCII)


def read_span(text: str, *, where: str) -> timedelta:
    """A span such as ``20m``, longer than nothing. Raises ``Invalid``."""
    if _WITHOUT_UNIT.fullmatch(text):
        raise BadValue(
            f"`{text}` has no unit",
            advice=f"write {text}m for minutes, {text}s for seconds, {text}h for hours",
            value=text,
            where=where,
        )
    span = parse_span(text, where=where)
    if not span:
        raise BadValue(
            f"`{text}` is no time at all", advice="write it as 20m or 1h30m", value=text, where=where
        )
    return span


def read_moment(text: str, *, where: str) -> datetime:
    """A moment with its zone, such as ``2026-11-24T09:00Z``. Raises ``Invalid``; a time without a zone is two times."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise BadValue(
            f"`{text[:40]}` is not a moment in time",
            advice="write it as 2026-11-24T09:00Z",
            value=text[:40],
            where=where,
        )
    day, time, zone = match.groups()
    if zone is None:
        raise BadValue(
            f"`{text[:40]}` names no time zone",
            advice=f"write {day}T{time}Z for UTC, or end it with an offset such as +01:00",
            value=text[:40],
            where=where,
        )
    try:
        return datetime.fromisoformat(f"{day}T{time}{zone.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadValue(
            f"`{text[:40]}` is no day or no hour that exists",
            advice="write it as 2026-11-24T09:00Z",
            value=text[:40],
            where=where,
        ) from None


def until(moment: datetime, now: datetime) -> str:
    """How long until a moment, at most two units: ``19m58s``, ``3h58m``; ``now`` where it is past."""
    left = max(timedelta(), moment - now)
    seconds = int(left.total_seconds())
    coarse = seconds - seconds % 60 if seconds >= 3600 else seconds
    coarse = coarse - coarse % 3600 if seconds >= 86_400 else coarse
    return in_words(timedelta(seconds=coarse)) if coarse else "no time"


def shown(moment: datetime) -> str:
    """A moment in UTC, to the second, as the ledger and AWS show it."""
    return rfc3339(moment.replace(microsecond=0))
