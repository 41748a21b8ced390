"""Reads a trail's log files as they are delivered, from where that was left off: they hold what the queue never brought.

The store keeps how far they were read. A little of what was read is looked at again, since files appear out of order; each
file is taken once, and one that could not be taken is tried again each time. Any number of processes may do this: one at a
time does, and who dies in between leaves the rest to the next.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from liftgate.clock import Clock
from liftgate.errors import LiftgateError, Unavailable
from liftgate.watch.sources.backfill import took
from liftgate.watch.sources.errors import TrailUnreachable
from liftgate.watch.sources.fetch_ahead import fetching_ahead
from liftgate.watch.sources.ports import Delivered, Every, LogBucket, Pause, ReadingStore, Take
from liftgate.watch.sources.queue import Log

OVERLAP: Final = timedelta(hours=2)
"""Files that were delivered so long before what was read are looked for again."""

_LEASE: Final = timedelta(minutes=2)  # longer than a piece takes; one that takes longer is taken twice
_LISTED: Final = 500  # keys that the store is asked about at once
_PIECE: Final = 20  # files after which it is noted that they were taken
_MOST_LEFT: Final = 1_000  # that are tried again each time
_TOO_MANY: Final = 3  # files in a row that cannot be fetched: it is the bucket
_LOOK: Final = timedelta(minutes=1)  # whether it is time, and nobody else does it
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What is read, and for whom."""

    bucket: LogBucket
    take: Take
    store: ReadingStore
    clock: Clock
    holder: str  # names this reader, and no other
    every: Every
    log: Log
    stopping: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """What came of it."""

    files: int  # that were taken
    left: tuple[str, ...]  # names of those that could not be, of now or before
    since: datetime  # delivered from then on
    until: datetime


def catch_up(reader: Reader, *, not_since: datetime | None = None) -> CaughtUp | None:
    """Take every log file that was delivered since they were last read, or in the last hours where they never were.

    None, and nothing was done, where somebody else does it, or where they were read after ``not_since``. Raises
    ``TrailUnreachable`` for the bucket and ``Unavailable`` for the store: what was taken so far stays noted.
    """
    now = reader.clock()
    with reader.store.write() as transaction:
        until = transaction.log_reading.until(reader.bucket.place)
        if until is not None and not_since is not None and until > not_since:
            return None
        if not _leased(reader, transaction.try_lease):
            return None
    since = (until or now) - OVERLAP
    turn = _Turn(reader)
    try:
        for first, last in _days(since, now):
            if not turn.read(first, last):
                break
        else:
            turn.try_left_again()
    finally:
        with suppress(Unavailable), reader.store.write() as transaction:
            transaction.release_lease(_lease_of(reader), reader.holder)
    return CaughtUp(files=turn.taken, left=tuple(turn.left), since=since, until=now)


def keep_caught_up(
    reader: Reader,
    *,
    every: timedelta,
    pause: Pause,
    told: Callable[[CaughtUp], None],
    came_round: Callable[[], None] = lambda: None,
) -> None:
    """Catch up at once, and again whenever nobody did for a span, until told to stop. ``told`` hears what came of it, and
    ``came_round`` is called after each look that did not fail, though it be another process's turn.
    """
    at_start = True
    while not reader.stopping():
        try:
            done = catch_up(reader, not_since=None if at_start else reader.clock() - every)
            if done is not None:
                at_start = False
                told(done)
            came_round()
        except LiftgateError as failure:
            reader.log.warning("log files not read", code=failure.code, said=failure.sentence)
        except Exception as fault:  # noqa: BLE001 - a reader that ends silently would leave what was missed unseen
            reader.log.error("log files not read", error=type(fault).__name__)  # noqa: TRY400 - its text may quote anything
        pause(min(every, _LOOK))


@dataclass(slots=True)
class _Turn:
    """One time of catching up, under the lease."""

    reader: Reader
    taken: int = 0
    left: dict[str, None] = field(default_factory=dict)  # in order
    _unfetched: int = 0  # in a row

    def read(self, first: datetime, last: datetime) -> bool:
        """Take what was delivered in a span; False where it did not come to its end, since others do it or it is to stop."""
        reader, files = self.reader, self.reader.bucket.delivered(first, last)
        while listed := self._list(files):
            with reader.store.write() as transaction:
                if not _leased(reader, transaction.try_lease):
                    return False
                new = transaction.log_reading.new(reader.bucket.place, listed)
            if not self._take(new):
                return False
        with reader.store.write() as transaction:
            transaction.log_reading.read_until(reader.bucket.place, last, forget_before=last - OVERLAP)
        return True

    def _list(self, files: Iterator[Delivered]) -> Sequence[Delivered]:
        """The next of them. A trail of many accounts has many folders to look into: the lease is held meanwhile."""
        with self.reader.every(_LEASE / 4, self._hold):
            return list(islice(files, _LISTED))

    def _hold(self) -> None:
        with suppress(Unavailable), self.reader.store.write() as transaction:
            _leased(self.reader, transaction.try_lease)

    def try_left_again(self) -> None:
        """Take what could not be taken before, now or at other times."""
        with self.reader.store.write() as transaction:
            left = transaction.log_reading.left(self.reader.bucket.place, limit=_MOST_LEFT)
        again = [one for one in left if one.key not in self.left]
        self.left |= dict.fromkeys(one.key for one in again)
        self._take(again)

    def _take(self, files: Sequence[Delivered]) -> bool:
        if not files:
            return True
        fetch, keys = self.reader.bucket.data_if_there, [one.key for one in files]
        with fetching_ahead(fetch, keys) as ahead:
            return all(
                self._take_piece(files[start : start + _PIECE], ahead.get)
                for start in range(0, len(files), _PIECE)
            )

    def _take_piece(self, files: Sequence[Delivered], fetch: Callable[[str], bytes | None]) -> bool:
        done: list[Delivered] = []
        failed: list[Delivered] = []
        try:
            for one in files:
                if self.reader.stopping():
                    return False
                (done if self._took(one.key, fetch) else failed).append(one)
        finally:  # what was taken is noted whatever became of the rest
            is_ours = self._note(done, failed)
        return is_ours

    def _note(self, done: Sequence[Delivered], failed: Sequence[Delivered]) -> bool:
        """Keep what became of files, and the lease; False where somebody else has it by now."""
        self.left |= dict.fromkeys(one.key for one in failed)
        for one in done:
            self.left.pop(one.key, None)
        with self.reader.store.write() as transaction:
            place = self.reader.bucket.place
            transaction.log_reading.note(place, done, taken=True)
            transaction.log_reading.note(place, failed, taken=False)
            return _leased(self.reader, transaction.try_lease)

    def _took(self, key: str, fetch: Callable[[str], bytes | None]) -> bool:
        reader = self.reader
        try:
            data = fetch(key)
        except TrailUnreachable as failure:
            self._unfetched += 1
            if self._unfetched >= _TOO_MANY:
                raise
            reader.log.warning("log file not fetched", file=key, said=failure.sentence)
            return False
        self._unfetched = 0
        if data is None:
            reader.log.warning("log file is gone", file=key)
            return True
        was_taken = took(key, data, reader.take, reader.log)
        self.taken += was_taken
        return was_taken


def _leased(reader: Reader, try_lease: Callable[..., bool]) -> bool:
    now = reader.clock()
    return try_lease(_lease_of(reader), reader.holder, now=now, until=now + _LEASE)


def _lease_of(reader: Reader) -> str:
    return f"log files of {reader.bucket.place}"


def _days(first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    """A span in days, so that what is noted of each file need not be kept for longer."""
    while first < last:
        midnight = first.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
        yield first, min(midnight, last)
        first = midnight
