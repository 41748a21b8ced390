"""The totals of a grant while its calls are read: the same as ``totals_of`` says of them, without keeping each."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from liftgate.watch.event import is_refusal
from liftgate.watch.rules.counted import (
    address_in,
    bytes_of,
    family_of,
    network_of,
    reads,
    service_named,
    session_name_of,
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
    bucket: str  # empty where the record names none
    versioned: bool


Source: TypeAlias = tuple[str, str | None, str | None]
"""A session's name, and address and user agent as they stand in the record."""


def kind_of(judged: Judged) -> Kind:
    """What of a call is counted."""
    event, told = judged.event, judged.event.request_parameters or _NONE
    bucket = told.get("bucketName")
    return Kind(
        service=event.event_source,
        operation=event.event_name,
        read_only=event.read_only,
        error_code=event.error_code,
        verdict=judged.verdict,
        bucket=bucket if isinstance(bucket, str) else "",
        versioned=bool(told.get("versionId")),
    )


class Adding:
    """Calls of one grant, added up one by one; each must be added once."""

    __slots__ = ("bytes_in", "bytes_out", "first", "kinds", "last", "sources", "sum")

    def __init__(self) -> None:
        """No calls."""
        self.kinds: dict[Kind, int] = {}
        self.sources: set[Source] = set()
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.bytes_in = self.bytes_out = 0
        self.sum = NO_CALLS

    def add(self, judged: Judged) -> None:
        """Count a call."""
        event, (bytes_in, bytes_out) = judged.event, bytes_of(judged.event)
        self.add_kind(kind_of(judged), 1)
        self.add_rest(
            {(session_name_of(judged), event.source_ip_address, event.user_agent)},
            first=event.event_time,
            last=event.event_time,
            bytes_in=bytes_in,
            bytes_out=bytes_out,
        )

    def add_kind(self, kind: Kind, calls: int) -> None:
        """Count calls of one kind; ``add_rest`` takes what else they have."""
        self.kinds[kind] = self.kinds.get(kind, 0) + calls

    def add_rest(
        self, sources: AbstractSet[Source], *, first: datetime, last: datetime, bytes_in: int, bytes_out: int
    ) -> None:
        """Add what calls have that were counted by their kinds: from where, the first and the last moment, and the bytes of all."""
        self.sources |= sources
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)
        self.bytes_in += bytes_in
        self.bytes_out += bytes_out
        if len(self.sources) + len(self.kinds) > _MANY:
            self._settle()

    def merge(self, other: "Adding") -> None:
        """Take in other calls of the same grant."""
        for kind, number in other.kinds.items():
            self.add_kind(kind, number)
        if other.first is not None and other.last is not None:
            self.add_rest(
                other.sources,
                first=other.first,
                last=other.last,
                bytes_in=other.bytes_in,
                bytes_out=other.bytes_out,
            )
        if other.sum is not NO_CALLS:
            self.sum += other.sum

    def __reduce__(self) -> tuple[object, ...]:
        """Short: another process sends thousands of these."""
        told = (
            list(self.kinds.items()),
            self.sources,
            self.first,
            self.last,
            self.bytes_in,
            self.bytes_out,
        )
        return _restored, (_PACK.encode(told), None if self.sum is NO_CALLS else self.sum)

    def totals(self) -> Totals:
        """What all calls so far come to."""
        self._settle()
        return self.sum

    def _settle(self) -> None:
        """Put what was told of calls into the sum."""
        kinds = self.kinds.items()
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
            buckets=first_kept({kind.bucket for kind, _ in kinds} - {""}),
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


def _restored(packed: bytes, told: Totals | None) -> Adding:
    adding = Adding()
    kinds, adding.sources, adding.first, adding.last, adding.bytes_in, adding.bytes_out = _UNPACK.decode(
        packed
    )
    adding.kinds = dict(kinds)
    if told is not None:
        adding.sum = told
    return adding


_PACK = msgspec.msgpack.Encoder()
_UNPACK = msgspec.msgpack.Decoder(
    tuple[list[tuple[Kind, int]], set[Source], datetime | None, datetime | None, int, int]
)
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
