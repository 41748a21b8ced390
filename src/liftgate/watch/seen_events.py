"""Which events were there before, by their keys: what a replay must remember of files that it has read."""

from collections.abc import Iterable
from typing import Protocol

from liftgate.watch.event_keys import EventKey


class SeenEvents(Protocol):
    """Keys of events, never forgotten."""

    def among(self, keys: Iterable[EventKey]) -> set[EventKey]:
        """Those of ``keys`` that were added before."""
        ...

    def add(self, keys: Iterable[EventKey]) -> None:
        """Remember them."""
        ...


class SeenInMemory:
    """About 110 bytes of memory for each event."""

    def __init__(self) -> None:
        self._keys = set[EventKey]()

    def __len__(self) -> int:
        return len(self._keys)

    def among(self, keys: Iterable[EventKey]) -> set[EventKey]:
        """Those of ``keys`` that were added before."""
        return self._keys.intersection(keys)

    def add(self, keys: Iterable[EventKey]) -> None:
        """Remember them."""
        self._keys.update(keys)

    def taken(self) -> list[EventKey]:
        """All of them, in order of their bytes; none is left here."""
        keys, self._keys = self._keys, set()
        return sorted(
            keys, key=lambda key: key if isinstance(key, bytes) else key.encode("utf-8", "surrogatepass")
        )
