"""The totals of a grant while its calls are read: the same as ``totals_of`` says of them, without keeping each."""

from datetime import datetime
from typing import Any

from liftgate.watch.event import Event
from liftgate.watch.rules.counted import (
    address_in,
    family_of,
    is_read,
    network_of,
    number_of,
    service_of,
    session_name_of,
    text_of,
)
from liftgate.watch.rules.totals import NO_CALLS, Totals, first_kept
from liftgate.watch.verdict import Judged, Verdict

_MANY = 10_000  # sources that are kept as they stand in records, before the first of them are chosen


class Adding:
    """Calls of one grant, added up one by one; each must be added once."""

    __slots__ = ("buckets", "count", "first", "last", "services", "sources", "sum")

    def __init__(self) -> None:
        """No calls."""
        self.count = dict.fromkeys(_COUNTS, 0)
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.sources: set[tuple[str, str | None, str | None]] = set()
        self.buckets: set[str] = set()
        self.services: set[str] = set()
        self.sum = NO_CALLS

    def add(self, judged: Judged) -> None:
        """Count a call."""
        event, count = judged.event, self.count
        count["calls"] += 1
        self._span(event.event_time)
        parameters = event.request_parameters
        if parameters:
            bucket = text_of(parameters.get("bucketName"))
            if bucket:
                self.buckets.add(bucket)
        self.services.add(service_of(event))
        self.sources.add((session_name_of(judged), event.source_ip_address, event.user_agent))
        if len(self.sources) > _MANY:
            self._settle()
        extra = event.additional_event_data
        if extra:
            count["bytes_in"] += number_of(extra.get("bytesTransferredIn"))
            count["bytes_out"] += number_of(extra.get("bytesTransferredOut"))
        if event.error_code is not None and event.was_refused:
            count["refused"] += 1
        self._kind(event)
        field = _OF_VERDICT.get(judged.verdict)
        if field is not None:
            count[field] += 1

    def _kind(self, event: Event) -> None:
        count = self.count
        if is_read(event):
            count["reads"] += 1
        deletes = event.event_name in _DELETES and service_of(event) == "s3"
        if not deletes:
            if not is_read(event):
                count["writes"] += 1
            return
        if event.error_code is not None:
            return
        count["deletes"] += 1
        if event.event_name == "DeleteObject":
            count["objects_deleted"] += 1
            count["versions_deleted"] += bool((event.request_parameters or {}).get("versionId"))
        else:
            count["bulk_deletes"] += 1

    def merge(self, other: "Adding") -> None:
        """Take in other calls of the same grant."""
        for name, number in other.count.items():
            self.count[name] += number
        for at in (other.first, other.last):
            self._span(at)
        self.sources |= other.sources
        self.buckets |= other.buckets
        self.services |= other.services
        if other.sum is not NO_CALLS:
            self.sum += other.sum

    def _span(self, at: datetime | None) -> None:
        if at is None:
            return
        if self.first is None or at < self.first:
            self.first = at
        if self.last is None or at > self.last:
            self.last = at

    def __reduce__(self) -> tuple[object, ...]:
        """Short: another process sends thousands of these."""
        told = (self.first, self.last, self.sources, self.buckets, self.services, self.sum)
        return _restored, (tuple(self.count.values()), *told)

    def totals(self) -> Totals:
        """What all calls so far come to."""
        self._settle()
        return self.sum

    def _settle(self) -> None:
        told = [
            (session, address_in(address), family_of(program)) for session, address, program in self.sources
        ]
        self.sum += Totals(
            **self.count,
            first_at=self.first,
            last_at=self.last,
            addresses=first_kept({address for _, address, _ in told if address}),
            networks=first_kept({(session, network_of(address)) for session, address, _ in told if address}),
            user_agents=first_kept({(session, program) for session, _, program in told if program}),
            buckets=first_kept(self.buckets),
            services=first_kept(self.services),
        )
        self.count = dict.fromkeys(_COUNTS, 0)
        self.first = self.last = None
        self.sources, self.buckets, self.services = set(), set(), set()


def _restored(counts: tuple[int, ...], *told: Any) -> Adding:
    adding = Adding()
    adding.count = dict(zip(_COUNTS, counts, strict=True))
    adding.first, adding.last, adding.sources, adding.buckets, adding.services, adding.sum = told
    return adding


_COUNTS = (
    "calls", "refused", "reads", "writes", "deletes", "objects_deleted", "versions_deleted", "bulk_deletes",
    "outside_scope", "outside_window", "unclear", "bytes_in", "bytes_out",
)  # fmt: skip
_DELETES = frozenset({"DeleteObject", "DeleteObjects"})
_OF_VERDICT = {
    Verdict.OUTSIDE_SCOPE: "outside_scope",
    Verdict.TAMPERING: "outside_scope",
    Verdict.OUTSIDE_WINDOW: "outside_window",
    Verdict.UNCLEAR: "unclear",
}
