"""A folder of log files and digests, as a place in which digests are verified."""

from collections.abc import Iterator, Sequence

from liftgate.watch.digest import Stored
from liftgate.watch.errors import NoSuchLogs
from liftgate.watch.log_files import LocalFile
from liftgate.watch.log_kinds import DIGESTS


class LogFolder:
    """Finds log files by their names: CloudTrail gives no two the same."""

    def __init__(self, files: Sequence[LocalFile]) -> None:
        """Of files that were found."""
        self._digests = [file for file in files if DIGESTS in file.path.name]
        self._logs: dict[str, list[LocalFile]] = {}
        for file in files:
            if DIGESTS not in file.path.name:
                self._logs.setdefault(file.path.name, []).append(file)
        self._named: set[str] = set()

    def digests(self) -> Iterator[Stored]:
        """All whose names say so. What cannot be read is empty, and so no digest."""
        for file in self._digests:
            yield Stored(where=file.name, name=file.path.name, data=_data(file) or b"")

    def log_file(self, bucket: str, key: str) -> bytes | None:  # noqa: ARG002 - a copy does not tell its bucket
        """A log file, by its name; of several copies that differ, nothing that CloudTrail delivered, since a replay reads them all."""
        name = key.rpartition("/")[2]
        self._named.add(name)
        copies = [_data(file) for file in self._logs.get(name, ())]
        if any(copy != copies[0] for copy in copies):
            return b""
        return copies[0] if copies else None

    def unlisted(self) -> int:
        """How many log files no digest named so far."""
        return len(self._logs.keys() - self._named)


def _data(file: LocalFile) -> bytes | None:
    try:
        return file.data()
    except NoSuchLogs:
        return None
