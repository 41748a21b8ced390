"""Log files on this machine: those that were named, and those in folders, in the order of their names.

CloudTrail's names begin alike and go on with the moment of delivery, so this is about the order of time.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from liftgate.watch.errors import NoSuchLogs
from liftgate.watch.log_kinds import ENDINGS
from liftgate.watch.unpacking import LARGEST, is_packed

_LOOK: Final = 64  # bytes by which a file without such a name is known


class LogFile(Protocol):
    """One file, wherever it lies, not read yet."""

    @property
    def name(self) -> str:
        """How people are told of it; CloudTrail's own name follows the last slash."""
        ...

    @property
    def size(self) -> int:
        """Bytes, as it lies there."""
        ...

    def data(self) -> bytes:
        """What is in it. Raises ``NoSuchLogs``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """A file on this machine."""

    path: Path
    size: int  # as it lies there

    @property
    def name(self) -> str:
        """How people are told of it."""
        return str(self.path)

    def data(self) -> bytes:
        """What is in it. Raises ``NoSuchLogs``."""
        refuse_too_large(self)
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise _unreadable(self.path, error) from None


def refuse_too_large(file: LogFile) -> None:
    """Raise ``NoSuchLogs`` for a file that is larger than what is read at once."""
    if file.size > LARGEST:
        raise NoSuchLogs(
            f"`{file.name}` has more than {LARGEST // 1024**2} MB",
            advice="split it: each line of JSON Lines stands alone",
            where=file.name,
        )


def log_files(paths: Iterable[Path]) -> list[LocalFile]:
    """All files that were named, and of folders what looks like logs, each once.

    Raises ``NoSuchLogs`` for what is not there; a file that cannot be read is told of when its turn comes.
    """
    found: dict[Path, LocalFile] = {}
    for path in paths:
        for file in _under(path):
            found.setdefault(file.path.resolve(), file)
    return list(found.values())


def _under(path: Path) -> Iterator[LocalFile]:
    try:
        if not path.is_dir():
            yield LocalFile(path=path, size=path.stat().st_size)
            return
    except OSError as error:
        raise _unreadable(path, error) from None
    for folder, folders, names in os.walk(path):
        folders.sort()  # os.walk goes on with what is left in it
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_file() and not name.startswith(".") and _looks_like_logs(file):
                yield LocalFile(path=file, size=file.stat().st_size)


def _looks_like_logs(path: Path) -> bool:
    if path.name.endswith(ENDINGS):
        return True
    try:
        with path.open("rb") as file:
            start = file.read(_LOOK).lstrip()
    except OSError:
        return False
    return is_packed(start) or start[:1] in {b"{", b"["}


def _unreadable(path: Path, error: OSError) -> NoSuchLogs:
    return NoSuchLogs(
        f"`{path}` cannot be read: {(error.strerror or type(error).__name__).lower()}",
        advice="name a CloudTrail log file, or a folder of them",
        where=str(path),
    )
