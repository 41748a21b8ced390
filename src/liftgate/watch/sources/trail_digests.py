"""A trail's bucket as a place in which digests are verified.

Source: "CloudTrail digest file structure", AWS CloudTrail User Guide: a digest's signature stands in its object's metadata.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from liftgate.watch.digest import Stored
from liftgate.watch.log_kinds import DIGESTS
from liftgate.watch.sources.trail_bucket import TrailBucket


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailDigests:
    """Fulfils ``liftgate.watch.digest.Store`` for a span of time."""

    trail: TrailBucket
    since: datetime
    until: datetime

    def digests(self) -> Iterator[Stored]:
        """The digests of the span, with the signatures from their metadata."""
        for key in self.trail.keys(DIGESTS, self.since, self.until):
            data, metadata = self.trail.stored(key)
            yield Stored(
                where=f"s3://{self.trail.bucket}/{key}",
                name=key.rpartition("/")[2],
                data=data,
                signature=metadata.get("signature"),
            )

    def log_file(self, bucket: str, key: str) -> bytes | None:
        """A log file that a digest names; None where it is gone."""
        return self.trail.data_if_there(key, bucket=bucket)
