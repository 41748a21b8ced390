"""Where the time of one call goes: the store and the lender, wrapped so that they note how long they took.

The use cases take both as parameters, so nothing in Liftgate knows that it is being timed.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, event

from bench.measure import Action, timed
from liftgate.elevation.ports import Lender, LendOrder, Lent
from liftgate.store.sql import SqlStore


class Share(StrEnum):
    """What is told apart."""

    STATEMENTS = "store: statements of the three writing transactions"
    SEALING = "ledger: sealing four entries"
    COMMITS = "three commits, each waiting for the disk"
    AWS = "AWS: one AssumeRole, boto3 included"


class Stopwatch:
    """Sums up the seconds of each share, lap by lap. For one thread; made by ``running_stopwatch``."""

    def __init__(self) -> None:
        self._lap: defaultdict[Share, float] = defaultdict(float)
        self._laps: list[defaultdict[Share, float]] = []
        self._commit_began = 0.0

    def lap(self, call: Callable[[], object]) -> Action:
        """An action of which all counts, and of which the shares are kept."""
        action = timed(call)

        def lap() -> float:
            self._lap = defaultdict(float)
            seconds = action()
            self._laps.append(self._lap)
            return seconds

        return lap

    def medians(self, *, last: int) -> dict[Share, float]:
        """The median of each share over the last laps, in seconds."""
        laps = self._laps[-last:]
        return {share: statistics.median(lap[share] for lap in laps) for share in Share}

    @contextmanager
    def of(self, share: Share) -> Iterator[None]:
        """Count the block as a share."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._lap[share] += time.perf_counter() - start

    @contextmanager
    def writing(self, store: SqlStore) -> Iterator[Any]:
        """A writing transaction of the store, told apart into statements, sealing and commit."""
        start = time.perf_counter()
        with store.write() as transaction:
            self._lap[Share.STATEMENTS] += time.perf_counter() - start
            yield _TimedCalls(transaction, self)
            start = time.perf_counter()
        self._lap[Share.SEALING] += self._commit_began - start
        self._lap[Share.COMMITS] += time.perf_counter() - self._commit_began

    def on_commit(self, _connection: Connection) -> None:
        """SQLAlchemy is about to commit."""
        self._commit_began = time.perf_counter()


@contextmanager
def running_stopwatch() -> Iterator[Stopwatch]:
    """A stopwatch that hears of every commit in this process until the block ends."""
    watch = Stopwatch()
    event.listen(Engine, "commit", watch.on_commit)
    try:
        yield watch
    finally:
        event.remove(Engine, "commit", watch.on_commit)


class TimedStore:
    """A store whose writing transactions are timed."""

    def __init__(self, store: SqlStore, watch: Stopwatch) -> None:
        self._store = store
        self._watch = watch

    def read(self) -> Any:
        """The store's own: who asks is timed as a whole."""
        return self._store.read()

    def write(self) -> Any:
        """A timed one."""
        return self._watch.writing(self._store)


class TimedLender:
    """A lender whose calls are timed."""

    def __init__(self, lender: Lender, watch: Stopwatch) -> None:
        self._lender = lender
        self._watch = watch

    def lend(self, order: LendOrder) -> Lent:
        """One call."""
        with self._watch.of(Share.AWS):
            return self._lender.lend(order)


class _TimedCalls:
    """A transaction of which every call counts as statements."""

    def __init__(self, transaction: object, watch: Stopwatch) -> None:
        self._transaction = transaction
        self._watch = watch

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._transaction, name)

        def timed_call(*arguments: Any, **named: Any) -> Any:
            with self._watch.of(Share.STATEMENTS):
                return call(*arguments, **named)

        return timed_call
