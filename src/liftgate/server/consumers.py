"""Takes CloudTrail's events for this server: from the queue in threads of this process, and from log files when told to."""

from collections.abc import Callable
from datetime import datetime
from threading import Event
from typing import Final

from liftgate.server.errors import NothingToWatch
from liftgate.server.parts import Parts
from liftgate.server.taking import rulebook_of, taking
from liftgate.watch.sources.backfill import Backfilled, backfill
from liftgate.watch.sources.ports import Take
from liftgate.watch.sources.queue import Consumer
from liftgate.watch.sources.threads import every, pause_until, start_consumers

_ALL: Final = 256  # values of a byte


def start_watch(parts: Parts, *, at_least: int = 0) -> Callable[[], None]:
    """Start the consumers that the settings call for; the answer stops them, once they have finished their batches."""
    number = max(parts.settings.watch_consumers, at_least)
    if parts.sources.queue is None or not number:
        return lambda: None
    stopping = Event()
    consumer = Consumer(
        queue=parts.sources.queue,
        take=_take(parts),
        every=every,
        pause=pause_until(stopping),
        chance=lambda: parts.random(1)[0] / _ALL,
        log=parts.log,
    )
    return start_consumers(consumer, stopping, threads=number)


def backfill_since(parts: Parts, since: datetime, *, stopping: Callable[[], bool]) -> Backfilled:
    """Take what the trail's log files hold from a moment on.

    Raises ``NothingToWatch`` where no bucket is set, and what ``backfill`` raises.
    """
    if parts.sources.log_files is None:
        raise NothingToWatch(
            "the settings name no bucket with CloudTrail's log files", advice="set `watch_trail_bucket`"
        )
    return backfill(
        parts.sources.log_files,
        _take(parts),
        since=since,
        until=parts.clock(),
        log=parts.log,
        stopping=stopping,
    )


def _take(parts: Parts) -> Take:
    return parts.take or taking(parts, rulebook_of(parts))
