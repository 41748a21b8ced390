"""Spans of time as people write them: ``90s``, ``20m``, ``1h30m``, ``2d``."""

import re
from datetime import timedelta
from typing import Final

from liftgate.errors import Invalid

SPAN_FORM: Final = (
    "(?=.)([0-9]{1,5}d)?([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,7}s)?"  # also in the catalogue's JSON Schema
)
_FORM: Final = re.compile(SPAN_FORM, re.ASCII)
_NEARLY: Final = re.compile(r"([0-9]{1,5}) *(s|m|h|d)[a-z]{0,6}", re.ASCII | re.IGNORECASE)


class SpanUnreadable(Invalid):
    """A span of time that is not of the form ``1h30m``."""

    code = "span_unreadable"


def parse_span(text: str, *, where: str | None = None) -> timedelta:
    """The span that a text such as ``1h30m`` names: units from large to small, each at most once.

    Raises ``SpanUnreadable`` for anything else, with the form that was probably meant.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise SpanUnreadable(
            f"`{text[:40]}` is not a span of time", advice=_advice(text), value=text[:40], where=where
        )
    days, hours, minutes, seconds = (int(part[:-1]) if part else 0 for part in match.groups())
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


def _advice(text: str) -> str:
    text = text.strip()[:40]
    if re.fullmatch("[0-9]{1,5}", text):
        return f"say the unit: `{text}m` for minutes, `{text}h` for hours"
    nearly = _NEARLY.fullmatch(text)
    if nearly:
        return f"did you mean `{nearly[1]}{nearly[2].lower()}`?"
    return "write it as `90s`, `20m`, `1h30m` or `2d`"
