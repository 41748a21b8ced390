"""The catalogue that is in force: read again when its files change, and kept while they are faulty.

Looking costs one ``stat`` a file. A change is taken up only once nothing has changed for a moment (``settle``), so
that a file is not read while it is being written: a policy cut short at the end of a line can still be good YAML, and
say less than was meant. Until then, and while the files hold faults, the last good catalogue serves.
"""

import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from liftgate.catalogue.errors import CatalogueFaulty
from liftgate.catalogue.fault import Fault
from liftgate.catalogue.files import list_files
from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.parse import load_catalogue
from liftgate.clock import Clock

SETTLE: Final = timedelta(seconds=1)

# A path, its times of change and of writing, its size, inode and device, or the error with which it cannot be seen:
# everything by which a file or folder shows a change. The time of change (ctime) also shows a copy that keeps its times.
_Sign: TypeAlias = tuple[str, int, int, int, int, int]
_Signature: TypeAlias = tuple[_Sign, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The catalogue in force, since when, and what is wrong with the files as they stand now."""

    catalogue: Catalogue
    loaded_at: datetime
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """The files as they were seen, and when they first looked so."""

    signature: _Signature
    since: datetime


class CatalogueSource:
    """Serves one catalogue to many threads."""

    def __init__(self, paths: Iterable[Path], clock: Clock, *, settle: timedelta = SETTLE) -> None:
        """Load the catalogue. Raises CatalogueFaulty with every fault: nothing is served that was never right.

        ``settle`` is how long files must rest before a change is taken up; zero takes it up at once.
        """
        self._paths = tuple(paths)
        self._clock = clock
        self._settle = settle
        self._lock = threading.Lock()
        self._seen = _Seen(_sign(self._paths), clock())
        self._read: _Signature | None = self._seen.signature if self._is_settled(self._seen) else None
        self._loaded = Loaded(catalogue=load_catalogue(self._paths), loaded_at=clock())

    def current(self) -> Loaded:
        """The catalogue in force now. While it is being read again, other threads wait for the answer."""
        with self._lock:
            signature = _sign(self._paths)
            if signature != self._read:
                self._look(signature)
            return self._loaded

    def _look(self, signature: _Signature) -> None:
        """Read the files, if they have rested since they changed."""
        if signature != self._seen.signature:
            self._seen = _Seen(signature, self._clock())
        if not self._is_settled(self._seen):
            return
        loaded = self._load()
        if _sign(self._paths) == signature:  # else they changed while they were read: look again
            self._read, self._loaded = signature, loaded

    def _is_settled(self, seen: _Seen) -> bool:
        """Whether the files have rested, by their own times or, where another machine's clock set those, by ours."""
        now = self._clock()
        changed = max((changed for _, changed, *_ in seen.signature), default=0) / 1e9
        return now.timestamp() - changed >= self._settle.total_seconds() or now - seen.since >= self._settle

    def _load(self) -> Loaded:
        try:
            catalogue = load_catalogue(self._paths)
        except CatalogueFaulty as error:
            return replace(self._loaded, faults=error.faults)
        if catalogue.version == self._loaded.catalogue.version:
            return replace(self._loaded, faults=())
        return Loaded(catalogue=catalogue, loaded_at=self._clock())


def _sign(paths: Iterable[Path]) -> _Signature:
    return tuple(sign for path in paths for sign in _sign_path(path))


def _sign_path(path: Path) -> Iterable[_Sign]:
    yield _sign_one(path)  # a folder's own time tells that a file was added, renamed or removed
    with suppress(OSError):
        for file in list_files(path):
            if file is not path:
                yield _sign_one(file)


def _sign_one(path: Path) -> _Sign:
    try:
        found = os.stat(path)  # noqa: PTH116 - Path.stat costs twice as much, and this runs on every request
    except OSError as error:
        return (str(path), 0, 0, 0, 0, -(error.errno or 1))
    return (
        str(path),
        found.st_ctime_ns,
        found.st_mtime_ns,
        found.st_size,
        found.st_ino,
        found.st_dev,
    )
