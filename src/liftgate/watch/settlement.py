"""What became of a grant: what was granted against what was used, and the narrower scope that would have sufficed.

A settlement is a function of the set of a grant's calls: their order and copies change nothing, and a late one makes a new
settlement. What AWS refused was not used.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from heapq import nsmallest
from itertools import groupby
from typing import Final

from liftgate.errors import LiftgateError
from liftgate.iam.compilation.grants import scope_policy
from liftgate.iam.contain import contains
from liftgate.iam.narrow import beside, many_times, narrowest
from liftgate.iam.request import Request
from liftgate.iam.scope import Location, Scope
from liftgate.watch.verdict import Verdict

MOST_LINES: Final = 1_000  # of an account: the most used
_MOST_BESIDE: Final = 3
_MOST_REMEMBERED: Final = 10_000  # requests, so that copies of them are told apart from new ones


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
    lines: tuple[Line, ...]  # the most used first, of many the first ``MOST_LINES``
    calls: int
    refused: int
    bytes_in: int | None  # None: no record told
    bytes_out: int | None
    first_at: datetime | None
    last_at: datetime | None
    sufficed: (
        Scope | None
    )  # the smallest scope that would have; None: nothing was used, or see ``open_because``
    beside: tuple[
        str, ...
    ] = ()  # calls that were allowed and would not be in ``sufficed``, in words: lists of more than it holds
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


class Use(StrEnum):
    """What a grant was used for, against what it allowed."""

    NEVER = "never"
    LESS = "less"  # a narrower scope would have sufficed
    WHOLE = "whole"
    UNTOLD = "untold"  # no narrower scope could be proved


def use_of(found: Settlement) -> Use:
    """An account in one word."""
    if not found.was_used:
        return Use.NEVER
    if found.sufficed is None:
        return Use.UNTOLD
    return Use.LESS if found.could_be_narrower else Use.WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An account as it is kept."""

    number: int  # 1, 2, … of its grant
    settlement: Settlement
    events: str  # SHA-256, in hex, of the sorted ids of its calls, one a line
    settled_at: datetime
    reopened_at: datetime | None = None  # when a call came to light that it does not count


def settle(grant_id: str, granted: Scope, calls: Iterable[Call], findings: Iterable[str] = ()) -> Settlement:
    """The account of a grant of this scope, from its calls, each of which counts once.

    ``calls`` may be very many: they are gone through several times, each time in the same order, in which those of one place stand
    together, and copies of one beside each other (``in_order``). Nothing that is held grows with their number.
    """
    calls = many_times(calls)
    count = _Count()
    for place, of_place in groupby(_each_once(calls), key=_place):
        count.add(place, of_place)
    sufficed, open_because = _sufficed(granted, calls, count)
    return Settlement(
        grant_id=grant_id,
        granted=granted,
        lines=count.most_used(),
        calls=count.calls,
        refused=count.refused,
        bytes_in=count.bytes_in,
        bytes_out=count.bytes_out,
        first_at=count.first_at,
        last_at=count.last_at,
        sufficed=sufficed,
        beside=_beside(calls, sufficed, granted) if sufficed is not None else (),
        open_because=open_because,
        findings=tuple(sorted(findings)),
    )


def in_order(calls: Iterable[Call]) -> list[Call]:
    """Calls as ``settle`` goes through them."""
    return sorted(calls, key=lambda call: (*_place(call), call.event_id))


@dataclass(slots=True)
class _Count:
    """What calls come to, as they are gone through."""

    calls: int = 0
    refused: int = 0
    untold: int = 0  # of which CloudTrail does not tell the keys
    bytes_in: int | None = None
    bytes_out: int | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    lines: list[Line] = field(default_factory=list)

    def add(self, place: tuple[str, str, str], calls: Iterable[Call]) -> None:
        """Count all calls of one place."""
        all_before, refused_before = self.calls, self.refused
        for call in calls:
            self._add(call)
        service, operation, folder = place
        self.lines.append(
            Line(
                service=service,
                operation=operation,
                folder=folder,
                calls=self.calls - all_before,
                refused=self.refused - refused_before,
            )
        )
        if len(self.lines) > 2 * MOST_LINES:
            self.lines = list(self.most_used())

    def most_used(self) -> tuple[Line, ...]:
        """The lines that are kept, the most used first."""
        return tuple(nsmallest(MOST_LINES, self.lines, key=lambda line: (-line.calls, line)))

    def _add(self, call: Call) -> None:
        self.calls += 1
        if call.refused:
            self.refused += 1
            return
        self.untold += call.verdict is Verdict.UNCLEAR or _is_untold(call)
        self.bytes_in, self.bytes_out = (
            _sum(self.bytes_in, call.bytes_in),
            _sum(self.bytes_out, call.bytes_out),
        )
        self.first_at = call.at if self.first_at is None else min(self.first_at, call.at)
        self.last_at = call.at if self.last_at is None else max(self.last_at, call.at)


def _sufficed(granted: Scope, calls: Iterable[Call], count: _Count) -> tuple[Scope | None, str | None]:
    if count.untold:
        what = "1 call" if count.untold == 1 else f"{count.untold} calls"
        return None, f"CloudTrail does not tell the keys of {what}"
    try:
        return narrowest(_Used(calls), granted), None
    except LiftgateError as fault:
        return None, str(fault)


def _beside(calls: Iterable[Call], sufficed: Scope, granted: Scope) -> tuple[str, ...]:
    """In words, the first of many by name."""
    found = set[str]()
    for one in beside(_Used(calls), sufficed, granted):
        found.add(f"{one.action} on {one.resource}{_prefixed(one)}")
        if len(found) > 2 * _MOST_BESIDE:
            found = set(sorted(found)[:_MOST_BESIDE])
    return tuple(sorted(found)[:_MOST_BESIDE])


def _prefixed(asked: Request) -> str:
    prefix = asked.carried.get("s3:prefix", ("",))[0]
    return f" with the prefix {prefix[:100]!r}" if prefix else ""


@dataclass(frozen=True, slots=True)
class _Used:
    """What was asked of IAM by calls that it did not refuse, told as often as it is asked for; most copies are left out."""

    calls: Iterable[Call]

    def __iter__(self) -> Iterator[Request]:
        told = set[tuple[str, str, tuple[str, ...] | None]]()
        for call in self.calls:
            for request in () if call.refused else call.requests:
                what = (request.name, request.resource, request.carried.get("s3:prefix"))
                if what not in told:
                    yield request
                    if len(told) >= _MOST_REMEMBERED:
                        told.clear()
                    told.add(what)


def _is_untold(call: Call) -> bool:
    """Whether it did something that the record does not tell: the keys of a DeleteObjects."""
    return call.service == "s3" and not call.requests


def _each_once(calls: Iterable[Call]) -> Iterator[Call]:
    before = None
    for call in calls:
        if call.event_id != before:
            yield call
        before = call.event_id


def _place(call: Call) -> tuple[str, str, str]:
    return call.service, call.operation, folder_of(call.bucket, call.key) if call.service == "s3" else ""


def folder_of(bucket: str | None, key: str | None) -> str:
    """The folder of a key, as people write it."""
    if bucket is None:
        return ""
    head, slash, _ = (key or "").rpartition("/")
    return str(Location(bucket, f"{head}{slash}*"))


def _sum(so_far: int | None, told: int | None) -> int | None:
    return so_far if told is None else (so_far or 0) + told
