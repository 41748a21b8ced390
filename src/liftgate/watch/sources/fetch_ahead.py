"""Fetches what is asked for next while the last is worked on, so that nobody waits for the network."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_THREADS: Final = 8
_AHEAD: Final = 16  # no more are held in memory


class Ahead(Generic[T]):
    """Things that are asked for about in the order in which they were named, each perhaps again."""

    def __init__(self, fetch: Callable[[str], T], names: Sequence[str], pool: ThreadPoolExecutor) -> None:
        self._fetch = fetch
        self._names = names
        self._places = {name: place for place, name in enumerate(names)}
        self._pool = pool
        self._coming: dict[str, Future[T]] = {}

    def get(self, name: str) -> T:
        """One of them, or something else; raises what fetching it raises."""
        coming = self._coming.pop(name, None)
        self._begin_after(self._places.get(name))
        return self._fetch(name) if coming is None else coming.result()

    def _begin_after(self, place: int | None) -> None:
        if place is None:
            return
        for name in self._names[place + 1 : place + 1 + _AHEAD]:
            if name not in self._coming:
                self._coming[name] = self._pool.submit(self._fetch, name)
        while len(self._coming) > _AHEAD:  # the oldest was passed over
            self._coming.pop(next(iter(self._coming))).cancel()


@contextmanager
def fetching_ahead(fetch: Callable[[str], T], names: Sequence[str]) -> Iterator[Ahead[T]]:
    """Fetch things by their names in a few threads, some ahead of whoever asks; ``fetch`` is called by several at once."""
    pool = ThreadPoolExecutor(min(_THREADS, max(1, len(names))), thread_name_prefix="liftgate-fetch")
    try:
        yield Ahead(fetch, names, pool)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
