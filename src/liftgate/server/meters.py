"""What a process counts for Prometheus as it goes: calls, and what it saw of the database and the queue a moment ago."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from liftgate.store.vitals import Vitals

NO_ROUTE: Final = "none"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_KEPT: Final = timedelta(seconds=5)  # however many ask, the database and SQS are asked no more often
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Meters:
    """Calls of one process. Labels are bounded by the program: never a path, a key or a person."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answered = Counter(
            "liftgate_http_requests",
            "Calls that were answered, by route template.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._took = Histogram(
            "liftgate_http_request_duration_seconds",
            "How long calls took to their end, by route template.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self.registry,
        )

        self.in_progress = Gauge(
            "liftgate_http_requests_in_progress",
            "Calls that have begun and are not answered to their end, this one among them.",
            registry=self.registry,
        )

    def answered(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """A call was answered; ``route`` is its template, None where it matched none."""
        method, route = method if method in _METHODS else "other", route or NO_ROUTE
        self._answered.labels(method, route, str(status)).inc()
        self._took.labels(method, route).observe(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the database and the queue said; None where they did not answer, or there is none."""

    vitals: Vitals | None = None
    events_last_came: datetime | None = None
    queue_length: int | None = None


class Looks:
    """Remembers for a moment what was seen. One thread at a time looks; the others wait for what it sees."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: tuple[datetime, Seen] | None = None

    def at(self, now: datetime, look: Callable[[], Seen]) -> Seen:
        """What is so at ``now``, or was a moment before."""
        with self._lock:
            if self._seen is None or not timedelta() <= now - self._seen[0] < _KEPT:
                self._seen = now, look()
            return self._seen[1]
