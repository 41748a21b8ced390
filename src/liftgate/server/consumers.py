"""Takes CloudTrail's events for this server: from the queue and from log files, in threads of this process."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Final

from liftgate.server.errors import NothingToWatch
from liftgate.server.parts import Parts
from liftgate.server.taking import rulebook_of, taking
from liftgate.watch.sources.backfill import Backfilled, backfill
from liftgate.watch.sources.catch_up import CaughtUp, Reader, keep_caught_up
from liftgate.watch.sources.ports import Take
from liftgate.watch.sources.queue import Consumer
from liftgate.watch.sources.threads import every, pause_until, start_consumers, start_thread

_ALL: Final = 256  # values of a byte
_ROUND_OF_QUEUE: Final = timedelta(
    minutes=5
)  # an empty receipt takes seconds; a batch that waits for the database, minutes
_ROUNDS_OF_FILES: Final = 3  # of looks; reading what a look finds may take one's time


def start_watch(
    parts: Parts, *, at_least: int = 0, told: Callable[[CaughtUp], None] = lambda _: None
) -> Callable[[], None]:
    """Start what the settings call for: consumers of the queue, and a reader of the trail's log files, of which ``told`` hears.

    The answer stops them, once they have finished their batches.
    """
    number = max(parts.settings.watch_consumers, at_least)
    if not number:
        return lambda: None
    stopping = Event()
    stops = [_start_reader(parts, stopping, told), _start_consumers(parts, stopping, number)]

    def stop() -> None:
        for one in stops:
            one()

    return stop


def _start_consumers(parts: Parts, stopping: Event, number: int) -> Callable[[], None]:
    if parts.sources.queue is None:
        return lambda: None
    consumer = Consumer(
        queue=parts.sources.queue,
        take=_take(parts),
        every=every,
        pause=pause_until(stopping),
        chance=lambda: parts.random(1)[0] / _ALL,
        log=parts.log,
    )
    return start_consumers(
        consumer, stopping, threads=number, came_round=_expected(parts, "watch", _ROUND_OF_QUEUE)
    )


def _start_reader(parts: Parts, stopping: Event, told: Callable[[CaughtUp], None]) -> Callable[[], None]:
    if parts.sources.trail is None:
        return lambda: None

    def said(done: CaughtUp) -> None:
        _log(parts, done)
        told(done)

    reader = Reader(
        bucket=parts.sources.trail,
        take=_take(parts),
        store=parts.store,
        clock=parts.clock,
        holder=parts.new_name("reader"),
        every=every,
        log=parts.log,
        stopping=stopping.is_set,
    )
    every_so_often = parts.settings.watch_trail_every
    came_round = _expected(parts, "log-files", every_so_often * _ROUNDS_OF_FILES)
    return start_thread(
        lambda: keep_caught_up(
            reader, every=every_so_often, pause=pause_until(stopping), told=said, came_round=came_round
        ),
        stopping,
        name="liftgate-log-files",
    )


def _expected(parts: Parts, loop: str, within: timedelta) -> Callable[[], None]:
    """Expect a loop to come round; the answer says that it did."""
    parts.beats.expect(loop, within=within, now=parts.clock())
    return lambda: parts.beats.came_round(loop, parts.clock())


def _log(parts: Parts, done: CaughtUp) -> None:
    parts.log.info(
        "log files read",
        files=done.files,
        left=len(done.left),
        since=done.since.isoformat(),
        until=done.until.isoformat(),
    )


def backfill_since(parts: Parts, since: datetime, *, stopping: Callable[[], bool]) -> Backfilled:
    """Take what the trail's log files hold from a moment on.

    Raises ``NothingToWatch`` where no bucket is set, and what ``backfill`` raises.
    """
    if parts.sources.trail is None:
        raise NothingToWatch(
            "the settings name no bucket with CloudTrail's log files", advice="set `watch_trail_bucket`"
        )
    return backfill(
        parts.sources.trail,
        _take(parts),
        since=since,
        until=parts.clock(),
        log=parts.log,
        stopping=stopping,
    )


def _take(parts: Parts) -> Take:
    return parts.take or taking(parts, rulebook_of(parts))
