"""``liftgate replay --verify``: what digest files prove of log files."""

from collections.abc import Iterator
from typing import Any

from liftgate.cli.replay_logs import Logs
from liftgate.watch.digest import Verified, verify
from liftgate.watch.digest_keys import Keys
from liftgate.watch.look import Hit
from liftgate.watch.replay import Summary


class Proof:
    """The digests of some log files, held against those."""

    def __init__(self, logs: Logs, keys: Keys) -> None:
        """Nothing is read before it is asked for."""
        self._logs = logs
        self._keys = keys
        self._found = Verified()

    def hits(self, summary: Summary) -> Iterator[Hit]:
        """What is wrong with files; counted in the summary."""
        with self._logs.fetching():
            for place in self._logs.places:
                self._add(verify(place, self._keys))
        for finding in self._found.findings:
            summary.severities[finding.severity] += 1
            yield Hit(finding=finding, event=None)

    def sentence(self) -> str:
        """What was proved, and what was not, in one line."""
        found = self._found
        told = f"Verified: {found.digests:,} digests and {found.log_files:,} log files are as CloudTrail wrote them"
        if found.unproved:
            told += f"; not proved, being the newest of a chain: {len(found.unproved):,}"
        unlisted = self._unlisted()
        return told + (f"; log files in no digest: {unlisted:,}." if unlisted else ".")

    def _add(self, one: Verified) -> None:
        self._found.digests += one.digests
        self._found.log_files += one.log_files
        self._found.unproved += one.unproved
        self._found.findings += one.findings

    def _unlisted(self) -> int:
        return sum(place.unlisted() for place in self._logs.places)

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "digests": self._found.digests,
            "log_files": self._found.log_files,
            "unproved": self._found.unproved,
            "unlisted": self._unlisted(),
        }
