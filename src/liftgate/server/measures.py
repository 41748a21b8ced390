"""What Prometheus is told: of calls as they were answered, of everything else as it is when somebody asks.

Labels are bounded by the program: route templates, statuses, kinds of work, severities. Never a path, a key or a person.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from liftgate import VERSION
from liftgate.access.ports import EffectKind
from liftgate.errors import LiftgateError
from liftgate.server.meters import Seen
from liftgate.server.parts import Parts
from liftgate.store.vitals import STATES, Vitals
from liftgate.watch.finding import Severity

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def measures_of(parts: Parts) -> bytes:
    """Everything, in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(_Now(parts))
    return generate_latest(parts.meters.registry) + generate_latest(registry)


class _Now(Collector):
    """What is so when somebody asks."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def describe(self) -> Iterator[Metric]:
        """Nothing ahead: to register this asks nobody."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The measures."""
        parts, now = self._parts, self._parts.clock()
        yield _gauge("liftgate_build_info", "Which version this is.", {(VERSION,): 1}, ("version",))
        yield _gauge(
            "liftgate_role",
            "1 for each role of this process.",
            {(role,): 1 for role in parts.settings.runs},
            ("role",),
        )
        yield _gauge(
            "liftgate_loop_last_round_timestamp_seconds",
            "When a loop of this process last came round; 0: never yet.",
            {(beat.loop,): beat.last_at.timestamp() if beat.last_at else 0 for beat in parts.beats.all()},
            ("loop",),
        )
        yield _gauge(
            "liftgate_loop_late",
            "1 where a loop of this process should have come round by now.",
            {(beat.loop,): beat.is_late(now) for beat in parts.beats.all()},
            ("loop",),
        )
        yield _gauge(
            "liftgate_catalogue_faults",
            "Faults in the catalogue's files as they stand; while there are any, the last good ones serve.",
            {(): len(parts.catalogue.faults())},
        )
        seen = parts.looks.at(now, lambda: _look(parts, now))
        yield _gauge("liftgate_store_up", "Whether the database answered.", {(): seen.vitals is not None})
        if seen.vitals is not None:
            yield from _vitals(seen.vitals, now)
        if seen.events_last_came is not None:
            yield _gauge(
                "liftgate_watch_last_event_timestamp_seconds",
                "When any process last took events in, to the minute.",
                {(): seen.events_last_came.timestamp()},
            )
        if seen.queue_length is not None:
            yield _gauge(
                "liftgate_watch_queue_messages",
                "About how many messages wait on the queue.",
                {(): seen.queue_length},
            )
        if parts.sources.queue is not None:
            yield _gauge(
                "liftgate_watch_queue_up", "Whether the queue answered.", {(): seen.queue_length is not None}
            )


def _look(parts: Parts, now: datetime) -> Seen:
    vitals, last = _vitals_of(parts, now)
    return Seen(vitals=vitals, events_last_came=last, queue_length=_queue_length(parts))


def _vitals_of(parts: Parts, now: datetime) -> tuple[Vitals | None, datetime | None]:
    try:
        with parts.store.read() as view:
            return view.vitals(now), view.events_last_came()
    except LiftgateError:
        return None, None


def _queue_length(parts: Parts) -> int | None:
    try:
        return parts.sources.queue.length() if parts.sources.queue else None
    except LiftgateError:
        return None


def _vitals(seen: Vitals, now: datetime) -> Iterator[Metric]:
    yield _gauge("liftgate_requests_waiting", "Requests that wait for a review.", {(): seen.requests_waiting})
    yield _gauge("liftgate_grants_live", "Grants that are open now.", {(): seen.grants_live})
    yield _gauge(
        "liftgate_outbox_backlog",
        "Queued work that is due and not done, by kind.",
        {(kind,): seen.backlog.get(kind, 0) for kind in EffectKind},
        ("kind",),
    )
    yield _gauge(
        "liftgate_outbox_oldest_seconds",
        "For how long the oldest of it has been due.",
        {(): max(0.0, (now - seen.backlog_since).total_seconds()) if seen.backlog_since else 0},
    )
    yield _gauge(
        "liftgate_findings",
        "Findings about what is live, and those that nobody's grant explains.",
        {(one, state): seen.findings.get((one, state), 0) for one in Severity for state in STATES},
        ("severity", "state"),
    )


def _gauge(
    name: str, words: str, values: Mapping[tuple[str, ...], float], labels: tuple[str, ...] = ()
) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, words, labels=labels)
    for label_values, value in values.items():
        gauge.add_metric(label_values, float(value))
    return gauge
