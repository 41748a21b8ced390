"""Calls of a grant, counted with those that are like them: all that a rule on a whole grant may be about."""

from dataclasses import dataclass
from datetime import datetime

from liftgate.watch.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Calls under a grant that have all this in common. Which calls there are decides it, and nothing else."""

    service: str  # "s3"
    operation: str  # "DeleteObject"
    verdict: Verdict
    refused: bool  # by AWS, for want of permission
    failed: bool  # for that or any other reason
    read_only: bool | None  # None: not told
    versioned: bool  # each names a version of its object
    session_name: str | None
    bucket: str | None
    source_address: str | None
    user_agent: str | None
    calls: int
    bytes_in: int  # as far as records told
    bytes_out: int
    first_at: datetime
    last_at: datetime
