"""``liftgate replay --verify``: what digest files prove of the log files beside them."""

from collections.abc import Iterator, Sequence
from typing import Any

from liftgate.watch.digest import Verified, verify
from liftgate.watch.digest_keys import Keys
from liftgate.watch.log_files import LogFile
from liftgate.watch.log_folder import LogFolder
from liftgate.watch.look import Hit
from liftgate.watch.replay import Summary


class Proof:
    """The digests among some files, held against the rest."""

    def __init__(self, files: Sequence[LogFile], keys: Keys) -> None:
        """Nothing is read before it is asked for."""
        self._folder = LogFolder(files)
        self._keys = keys
        self._found = Verified()

    def hits(self, summary: Summary) -> Iterator[Hit]:
        """What is wrong with files; counted in the summary."""
        self._found = verify(self._folder, self._keys)
        for finding in self._found.findings:
            summary.severities[finding.severity] += 1
            yield Hit(finding=finding, event=None)

    def sentence(self) -> str:
        """What was proved, and what was not, in one line."""
        found = self._found
        told = f"Verified: {found.digests:,} digests and {found.log_files:,} log files are as CloudTrail wrote them"
        if found.unproved:
            told += f"; not proved, being the newest of a chain: {len(found.unproved):,}"
        unlisted = self._folder.unlisted()
        return told + (f"; log files in no digest: {unlisted:,}." if unlisted else ".")

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "digests": self._found.digests,
            "log_files": self._found.log_files,
            "unproved": self._found.unproved,
            "unlisted": self._folder.unlisted(),
        }
