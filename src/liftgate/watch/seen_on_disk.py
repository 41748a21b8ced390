"""Remembers any number of events in little memory: most of them in a file of its own, which is gone when this is."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Final

from liftgate.watch.errors import NoRoomForEvents
from liftgate.watch.event_keys import EventKey
from liftgate.watch.seen_events import SeenInMemory

_IN_MEMORY: Final = 100_000  # events, of about 11 MB
_NO_UUID: Final = b"not a UUID, but: "  # longer than a UUID, so that no other key is the same


@contextmanager
def seen_on_disk(in_memory: int = _IN_MEMORY) -> Iterator["SeenOnDisk"]:
    """Events that were there before; up to ``in_memory`` of them are held there, the others in a temporary file."""
    with closing(
        sqlite3.connect("")
    ) as file:  # an unnamed file, which SQLite takes away: https://sqlite.org/inmemorydb.html
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("CREATE TABLE seen (key BLOB PRIMARY KEY) WITHOUT ROWID")
        yield SeenOnDisk(file, in_memory)


class SeenOnDisk:
    """Keys of events, the latest in memory and the others in a file."""

    def __init__(self, file: sqlite3.Connection, in_memory: int) -> None:
        self._file = file
        self._in_memory = in_memory
        self._latest = SeenInMemory()
        self._is_file_used = False

    def among(self, keys: Iterable[EventKey]) -> set[EventKey]:
        """Those of ``keys`` that were added before. Raises ``NoRoomForEvents``."""
        keys = list(keys)
        found = self._latest.among(keys)
        if self._is_file_used:
            with _translated():
                found.update(key for key in keys if self._is_in_file(key))
        return found

    def add(self, keys: Iterable[EventKey]) -> None:
        """Remember them. Raises ``NoRoomForEvents``."""
        self._latest.add(keys)
        if len(self._latest) > self._in_memory:
            rows = ((_blob(key),) for key in self._latest.taken())
            with _translated():
                self._file.executemany("INSERT OR IGNORE INTO seen VALUES (?)", rows)
                self._file.commit()
            self._is_file_used = True

    def _is_in_file(self, key: EventKey) -> bool:
        return self._file.execute("SELECT 1 FROM seen WHERE key = ?", (_blob(key),)).fetchone() is not None


def _blob(key: EventKey) -> bytes:
    return key if isinstance(key, bytes) else _NO_UUID + key.encode("utf-8", "surrogatepass")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise NoRoomForEvents(
            f"which events were read cannot be written down: {error}",
            advice="set SQLITE_TMPDIR to a folder with room: about 40 bytes for each event",
        ) from error
