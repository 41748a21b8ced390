"""Spans of time as people write them: ``90s``, ``20m``, ``1h30m``."""

import re
from datetime import timedelta
from typing import Final

from liftgate.errors import Invalid

_SPAN: Final = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?", re.ASCII)


class SpanUnreadable(Invalid):
    """A span of time that is not of the form ``1h30m``."""

    code = "span_unreadable"


def parse_span(text: str, *, where: str = "duration") -> timedelta:
    """A span from text such as ``20m``. Raises ``SpanUnreadable`` for anything else, and for nothing at all."""
    match = _SPAN.fullmatch(text)
    if match is None or not any(match.groups()):
        raise SpanUnreadable(
            f"`{text[:40]}` is not a span of time",
            advice="write it as 90s, 20m, 1h30m or 2d",
            value=text[:40],
            where=where,
        )
    days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def in_words(span: timedelta) -> str:
    """A span as people write it; the largest units first, none that is zero."""
    left = int(span.total_seconds())
    parts = []
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
