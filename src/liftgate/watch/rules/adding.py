"""The totals of a grant while its calls are read: the same as ``totals_of`` says of them, without keeping each."""

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
from liftgate.watch.rules.totals import Totals, first_kept
from liftgate.watch.verdict import Judged, Verdict

_MANY = 10_000  # sources that are kept as they stand in records, before the first of them are chosen


class Adding:
    """Calls of one grant, added up one by one; each must be added once."""

    __slots__ = ("_buckets", "_count", "_first", "_last", "_services", "_sources", "_sum")

    def __init__(self) -> None:
        """No calls."""
        self._count = dict.fromkeys(_COUNTS, 0)
        self._first: Any = None
        self._last: Any = None
        self._sources: set[tuple[str, str | None, str | None]] = set()
        self._buckets: set[str] = set()
        self._services: set[str] = set()
        self._sum = Totals()

    def add(self, judged: Judged) -> None:
        """Count a call."""
        event, count = judged.event, self._count
        count["calls"] += 1
        at = event.event_time
        if self._first is None or at < self._first:
            self._first = at
        if self._last is None or at > self._last:
            self._last = at
        parameters = event.request_parameters
        if parameters:
            bucket = text_of(parameters.get("bucketName"))
            if bucket:
                self._buckets.add(bucket)
        self._services.add(service_of(event))
        self._sources.add((session_name_of(judged), event.source_ip_address, event.user_agent))
        if len(self._sources) > _MANY:
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
        count = self._count
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

    def totals(self) -> Totals:
        """What all calls so far come to."""
        self._settle()
        return self._sum

    def _settle(self) -> None:
        told = [
            (session, address_in(address), family_of(program)) for session, address, program in self._sources
        ]
        self._sum += Totals(
            **self._count,
            first_at=self._first,
            last_at=self._last,
            addresses=first_kept({address for _, address, _ in told if address}),
            networks=first_kept({(session, network_of(address)) for session, address, _ in told if address}),
            user_agents=first_kept({(session, program) for session, _, program in told if program}),
            buckets=first_kept(self._buckets),
            services=first_kept(self._services),
        )
        self._count = dict.fromkeys(_COUNTS, 0)
        self._first = self._last = None
        self._sources, self._buckets, self._services = set(), set(), set()


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
