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
        self._begun = 0  # so many of the names, from the first, were asked for
        self._coming: dict[str, Future[T]] = {}

    def get(self, name: str) -> T:
        """One of them, or something else; raises what fetching it raises."""
        place = self._places.get(name, -1)
        coming = self._coming.pop(name, None)
        self._begin_up_to(place + _AHEAD)
        if coming is None:
            coming = self._coming.pop(name, None)
        return self._fetch(name) if coming is None else coming.result()

    def _begin_up_to(self, place: int) -> None:
        for name in self._names[self._begun : place]:
            self._coming[name] = self._pool.submit(self._fetch, name)
        self._begun = max(self._begun, min(place, len(self._names)))
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
