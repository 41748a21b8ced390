"""What CloudTrail delivers to a bucket, by the words that stand in the names of the files and of the folders that hold them.

Source: "Finding your CloudTrail log files", AWS CloudTrail User Guide.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

LOGS: Final = "CloudTrail"
DIGESTS: Final = "CloudTrail-Digest"
ENDINGS: Final = (".json", ".json.gz", ".gz", ".jsonl", ".ndjson")
"""How names of files end that hold either, CloudTrail's own or copies that somebody unpacked or joined."""

_AT: Final = re.compile(r"_([0-9]{8}T[0-9]{4})([0-9]{2})?Z(?:_|\.)")


def delivered_at(name: str) -> datetime | None:
    """When a log file was delivered, or when the span of a digest ends, by its name, to the minute; None where it does not say."""
    found = _AT.search(name.rpartition("/")[2])
    try:
        return found and datetime.strptime(found[1], "%Y%m%dT%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Of what was delivered in it; None: without that end."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, name: str) -> bool:
        """Whether a file was delivered in it; one whose name does not say is never left out."""
        at = delivered_at(name)
        return at is None or ((self.since or at) <= at <= (self.until or at))
