"""Calling again and again over the edge of a window, and what the server's own clock said each time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Event
from typing import Any

from tests.enforcement.stage import ALLOWED, attempt

from liftgate.clock import system_clock
from liftgate.iam.scope import Window

_PAUSE_SECONDS = 0.02
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Call:
    """One call: when it began and ended by our clock, and the second in which the server dated its answer."""

    began: datetime
    ended: datetime
    dated: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Seen:
    """All calls in order."""

    calls: tuple[Call, ...]

    @property
    def allowed(self) -> list[Call]:
        return [call for call in self.calls if call.outcome == ALLOWED]

    def outside(self, window: Window) -> list[Call]:
        """Allowed though the server's clock stood outside: it dates its answer after it decided, in whole seconds.

        A call that it dates before the start was decided before it; one that began after the end, too late.
        """
        return [
            call
            for call in self.allowed
            if call.dated < window.starts_at - _SECOND
            or call.ended < window.starts_at
            or call.began >= window.ends_at
        ]

    def refused_before(self, moment: datetime) -> list[Call]:
        return [call for call in self.calls if call.outcome != ALLOWED and call.ended < moment]

    def refused_after(self, moment: datetime) -> list[Call]:
        return [call for call in self.calls if call.outcome != ALLOWED and call.began >= moment]

    def in_words(self, window: Window) -> str:
        """For the page: how near to the edges."""
        if not self.allowed:
            return "never allowed"
        late = [call for call in self.calls if call.began > self.allowed[-1].began]
        first, last = self.allowed[0].ended - window.starts_at, window.ends_at - self.allowed[-1].began
        closed = (
            f", first refused {_seconds(late[0].ended - window.ends_at)} after it"
            if late
            else ", never refused"
        )
        return (
            f"first allowed {_seconds(first)} after the start, last {_seconds(last)} before the end{closed}"
        )


def follow(client: Any, call: Callable[[], Any], *, until: datetime) -> Seen:
    """Call until a moment of our clock, which the server on this machine shares."""
    dates: list[datetime] = []

    def note(http_response: Any, **_: Any) -> None:
        dates.append(parsedate_to_datetime(http_response.headers["Date"]))

    client.meta.events.register("after-call.s3", note)
    client.meta.events.register("after-call-error.s3", note)
    calls: list[Call] = []
    while (began := system_clock()) < until:
        outcome = attempt(call)
        calls.append(Call(began, system_clock(), dates[-1], outcome))
        Event().wait(_PAUSE_SECONDS)
    return Seen(tuple(calls))


def wait_for(moment: datetime) -> None:
    """Until our clock has passed a moment: what is tried next is tried of time itself."""
    while system_clock() < moment:
        Event().wait(_PAUSE_SECONDS)


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.2f} s"
