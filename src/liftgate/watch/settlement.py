"""What became of a grant: what was granted against what was used, and the narrower scope that would have sufficed.

A settlement is a function of the set of a grant's calls: their order and copies change nothing, and a late one makes a new
settlement. What AWS refused was not used.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from liftgate.errors import LiftgateError
from liftgate.iam.compilation.grants import scope_policy
from liftgate.iam.contain import contains
from liftgate.iam.narrow import narrow
from liftgate.iam.request import Request
from liftgate.iam.scope import Location, Scope
from liftgate.watch.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call under a grant, as far as it counts for what was used."""

    event_id: str
    at: datetime
    service: str  # "s3"
    operation: str  # "PutObject"
    bucket: str | None  # None: the record does not tell, or it is no call of S3
    key: str | None
    requests: tuple[Request, ...]  # what it asked of IAM
    verdict: Verdict
    refused: bool
    bytes_in: int | None = None  # sent to AWS; None: not told
    bytes_out: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Line:
    """Calls of one operation in one folder."""

    service: str
    operation: str
    folder: str  # "s3://reports/2026/"; empty where the record does not tell
    calls: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A grant's account."""

    grant_id: str
    granted: Scope
    lines: tuple[Line, ...]  # the most used first
    calls: int
    refused: int
    bytes_in: int | None  # None: no record told
    bytes_out: int | None
    first_at: datetime | None
    last_at: datetime | None
    sufficed: (
        Scope | None
    )  # the smallest scope that would have; None: nothing was used, or see ``open_because``
    open_because: str | None = None  # why no narrower scope could be proved
    findings: tuple[str, ...] = ()  # ids

    @property
    def was_used(self) -> bool:
        """Whether AWS answered any call with more than a refusal."""
        return self.calls > self.refused

    @property
    def could_be_narrower(self) -> bool:
        """Whether less would have sufficed."""
        if self.sufficed is None:
            return False
        return not contains(scope_policy(self.granted), scope_policy(self.sufficed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An account as it is kept."""

    number: int  # 1, 2, … of its grant
    settlement: Settlement
    events: str  # SHA-256, in hex, of the sorted ids of its calls, one a line
    settled_at: datetime
    reopened_at: datetime | None = None  # when a call came to light that it does not count


def settle(grant_id: str, granted: Scope, calls: Iterable[Call], findings: Iterable[str] = ()) -> Settlement:
    """The account of a grant of this scope, from its calls, each of which counts once."""
    once = sorted({call.event_id: call for call in calls}.values(), key=lambda call: (call.at, call.event_id))
    used = [call for call in once if not call.refused]
    sufficed, open_because = _sufficed(granted, used)
    return Settlement(
        grant_id=grant_id,
        granted=granted,
        lines=_lines(once),
        calls=len(once),
        refused=len(once) - len(used),
        bytes_in=_sum(call.bytes_in for call in used),
        bytes_out=_sum(call.bytes_out for call in used),
        first_at=used[0].at if used else None,
        last_at=used[-1].at if used else None,
        sufficed=sufficed,
        open_because=open_because,
        findings=tuple(sorted(findings)),
    )


def _sufficed(granted: Scope, used: Sequence[Call]) -> tuple[Scope | None, str | None]:
    untold = sum(call.verdict is Verdict.UNCLEAR or _is_untold(call) for call in used)
    if untold:
        return None, f"CloudTrail does not tell the keys of {untold} {'call' if untold == 1 else 'calls'}"
    try:
        found = narrow((request for call in used for request in call.requests), granted)
    except LiftgateError as fault:
        return None, str(fault)
    return found.scope, None


def _is_untold(call: Call) -> bool:
    """Whether it did something that the record does not tell: the keys of a DeleteObjects."""
    return call.service == "s3" and not call.requests


def _lines(calls: Sequence[Call]) -> tuple[Line, ...]:
    placed = [((call.service, call.operation, folder_of(call.bucket, call.key)), call) for call in calls]
    all_of = Counter(place for place, _ in placed)
    refused = Counter(place for place, call in placed if call.refused)
    lines = [
        Line(service=place[0], operation=place[1], folder=place[2], calls=count, refused=refused[place])
        for place, count in all_of.items()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.calls, line)))


def folder_of(bucket: str | None, key: str | None) -> str:
    """The folder of a key, as people write it."""
    if bucket is None:
        return ""
    head, slash, _ = (key or "").rpartition("/")
    return str(Location(bucket, f"{head}{slash}*"))


def _sum(numbers: Iterable[int | None]) -> int | None:
    told = [number for number in numbers if number is not None]
    return sum(told) if told else None
