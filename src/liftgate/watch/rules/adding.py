"""The totals of a grant while its calls are read: the same as ``totals_of`` says of them, without keeping each."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from liftgate.watch.event import is_refusal
from liftgate.watch.rules.counted import (
    address_in,
    family_of,
    network_of,
    number_of,
    reads,
    service_named,
    session_name_of,
    text_of,
)
from liftgate.watch.rules.totals import NO_CALLS, Totals, first_kept
from liftgate.watch.verdict import Judged, Verdict

_NONE: Final[Mapping[str, Any]] = {}
_MANY: Final = (
    10_000  # kinds and sources that are kept as they stand in records, before they are put into the sum
)


class Kind(NamedTuple):
    """What of a call is counted together with others like it."""

    service: str  # as in the record
    operation: str
    read_only: bool | None
    error_code: str | None
    verdict: Verdict
    bucket: object  # as in the record
    versioned: bool


class Adding:
    """Calls of one grant, added up one by one; each must be added once."""

    __slots__ = ("bytes_in", "bytes_out", "first", "kinds", "last", "sources", "sum")

    def __init__(self) -> None:
        """No calls."""
        self.kinds: dict[
            tuple[Any, ...], int
        ] = {}  # plain tuples of what a ``Kind`` has: they are made for each call
        self.sources: set[tuple[str, str | None, str | None]] = set()
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.bytes_in = self.bytes_out = 0
        self.sum = NO_CALLS

    def add(self, judged: Judged) -> None:
        """Count a call."""
        event = judged.event
        told, extra, at = event.request_parameters or _NONE, event.additional_event_data, event.event_time
        bucket, versioned = told.get("bucketName"), "versionId" in told and bool(told["versionId"])
        kind = (event.event_source, event.event_name, event.read_only, event.error_code, judged.verdict,
                bucket if type(bucket) is str else "", versioned)  # fmt: skip
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self.sources.add((session_name_of(judged), event.source_ip_address, event.user_agent))
        if extra:
            self.bytes_in += number_of(extra.get("bytesTransferredIn"))
            self.bytes_out += number_of(extra.get("bytesTransferredOut"))
        if self.first is None or self.last is None:
            self.first = self.last = at
        elif at > self.last:
            self.last = at
        elif at < self.first:
            self.first = at
        if len(self.sources) + len(self.kinds) > _MANY:
            self._settle()

    def merge(self, other: "Adding") -> None:
        """Take in other calls of the same grant."""
        for kind, number in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + number
        self.sources |= other.sources
        self.bytes_in += other.bytes_in
        self.bytes_out += other.bytes_out
        if other.first is not None and other.last is not None:
            self.first = other.first if self.first is None else min(self.first, other.first)
            self.last = other.last if self.last is None else max(self.last, other.last)
        if other.sum is not NO_CALLS:
            self.sum += other.sum
        if len(self.sources) + len(self.kinds) > _MANY:
            self._settle()

    def __reduce__(self) -> tuple[object, ...]:
        """Short: another process sends thousands of these."""
        told = (self.kinds, self.sources, self.first, self.last, self.bytes_in, self.bytes_out, self.sum)
        return _restored, told

    def totals(self) -> Totals:
        """What all calls so far come to."""
        self._settle()
        return self.sum

    def _settle(self) -> None:
        """Put what was told of calls into the sum."""
        kinds = [(Kind(*kind), number) for kind, number in self.kinds.items()]
        count = dict.fromkeys(_COUNTS, 0)
        for kind, number in kinds:
            for name in _counts_as(kind):
                count[name] += number
        told = [
            (session, address_in(address), family_of(program)) for session, address, program in self.sources
        ]
        self.sum += Totals(
            **count,
            bytes_in=self.bytes_in,
            bytes_out=self.bytes_out,
            first_at=self.first,
            last_at=self.last,
            addresses=first_kept({address for _, address, _ in told if address}),
            networks=first_kept({(session, network_of(address)) for session, address, _ in told if address}),
            user_agents=first_kept({(session, program) for session, _, program in told if program}),
            buckets=first_kept({text_of(kind.bucket) for kind, _ in kinds} - {""}),
            services=first_kept({service_named(kind.service) for kind, _ in kinds}),
        )
        self.kinds, self.sources, self.first, self.last = {}, set(), None, None
        self.bytes_in = self.bytes_out = 0


def _counts_as(kind: Kind) -> Iterator[str]:
    """The numbers in which such a call counts."""
    yield "calls"
    if is_refusal(kind.error_code):
        yield "refused"
    is_read = reads(kind.read_only, kind.operation)
    if is_read:
        yield "reads"
    if kind.verdict in _OF_VERDICT:
        yield _OF_VERDICT[kind.verdict]
    if kind.operation in _DELETES and service_named(kind.service) == "s3":
        if kind.error_code is None:
            yield from _deleted(kind)
    elif not is_read:
        yield "writes"


def _deleted(kind: Kind) -> Iterator[str]:
    yield "deletes"
    if kind.operation == "DeleteObject":
        yield "objects_deleted"
        if kind.versioned:
            yield "versions_deleted"
    else:
        yield "bulk_deletes"


def _restored(*told: Any) -> Adding:
    adding = Adding()
    (
        adding.kinds,
        adding.sources,
        adding.first,
        adding.last,
        adding.bytes_in,
        adding.bytes_out,
        adding.sum,
    ) = told
    return adding


_COUNTS = (
    "calls", "refused", "reads", "writes", "deletes", "objects_deleted", "versions_deleted", "bulk_deletes",
    "outside_scope", "outside_window", "unclear",
)  # fmt: skip
_DELETES = frozenset({"DeleteObject", "DeleteObjects"})
_OF_VERDICT = {
    Verdict.OUTSIDE_SCOPE: "outside_scope",
    Verdict.TAMPERING: "outside_scope",
    Verdict.OUTSIDE_WINDOW: "outside_window",
    Verdict.UNCLEAR: "unclear",
}
