"""How moments, spans and states are said on pages: the filters of the templates."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from markupsafe import Markup, escape

from liftgate.clock import rfc3339
from liftgate.plain_text import plain
from liftgate.span import in_words

_STATES: Final = {
    "active": "good",
    "approved": "good",
    "scheduled": "soon",
    "pending": "soon",
    "denied": "bad",
    "revoked": "bad",
    "open": "bad",
    "unexplained": "soon",
    "critical": "worst",
    "high": "bad",
    "medium": "soon",
    "intact": "good",
    "broken": "bad",
}


def shown(moment: datetime, now: datetime | None = None) -> str:
    """``24 Nov 2026, 09:20 UTC``; of the day of ``now``, the time alone."""
    at = moment.astimezone(UTC)
    time = f"{at:%H:%M} UTC"
    if now is not None and at.date() == now.astimezone(UTC).date():
        return time
    return f"{at.day} {at:%b %Y}, {time}"


def left(until: datetime, now: datetime) -> str:
    """``18m`` or ``2h10m``: how long until a moment, the smaller unit left out where it says little."""
    return rough(max(until - now, timedelta(0)))


def rough(span: timedelta) -> str:
    """A span in its two largest units."""
    seconds = int(span.total_seconds())
    for unit in (86_400, 3_600, 60):
        if seconds >= unit * 10:
            return in_words(timedelta(seconds=seconds - seconds % unit))
    if seconds >= 3_600:
        seconds -= seconds % 60
    return in_words(timedelta(seconds=seconds))


def span(value: timedelta | int) -> str:
    """A span, also one in seconds."""
    return in_words(timedelta(seconds=value) if isinstance(value, int) else value)


def ago(moment: datetime, now: datetime) -> str:
    """``3m ago``."""
    span = now - moment
    return "just now" if span < timedelta(minutes=1) else f"{rough(span)} ago"


def tone(state: str) -> str:
    """Of a state, whether it is good news, bad, or still to come: the colour of its badge."""
    return _STATES.get(state, "over")


def sentence(text: str) -> Markup:
    """A sentence of an error: with a capital, and what stands in backquotes as code. Everything in it is escaped."""
    parts = plain(text).split("`")
    if len(parts) % 2 == 0:  # a backquote of somebody else's
        return escape(plain(text))
    shown = [
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    ]
    first = parts[0]
    if first[:1].islower() and not first.startswith("liftgate "):
        shown[0] = escape(first[0].upper() + first[1:])
    return Markup("").join(shown)


def seconds_rough(seconds: float) -> str:
    """Seconds, as ``rough`` says a span."""
    return rough(timedelta(seconds=seconds))


def hours(seconds: float) -> str:
    """Hours, with a fraction where there are few."""
    found = seconds / 3_600
    return f"{found:,.0f} h" if found >= 100 or found == int(found) else f"{found:,.1f} h"


def share(part: float, whole: float) -> str:
    """A part in per cent; what is less than a tenth of one is not said to be nothing."""
    percent = 100 * part / whole if whole else 0
    if percent == 0:
        return "0 %"
    if 0 < percent < 0.1:
        return "under 0.1 %"
    return f"{percent:.1f} %" if percent < 10 else f"{percent:.0f} %"


FILTERS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "shown": shown,
        "left": left,
        "ago": ago,
        "span": span,
        "tone": tone,
        "plain": plain,
        "sentence": sentence,
        "rough": seconds_rough,
        "hours": hours,
        "share": share,
        "rfc3339": rfc3339,
    }
)
