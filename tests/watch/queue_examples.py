"""What consumers are tested with: a take that keeps what it was given, and time that passes only when a test says so."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from liftgate.errors import Unavailable
from liftgate.watch.sources.errors import TrailUnreachable
from liftgate.watch.sources.ports import Delivered, Queue, Take
from liftgate.watch.sources.queue import Consumer, Patience

AT_ONCE = Patience(wait=timedelta(), hold=timedelta())  # what is not deleted is handed out again at once


class StoreAway(Unavailable):
    code = "store_away"


@dataclass
class Kept:
    """Keeps each body once, as a store with event ids would; counts how often it was asked to."""

    bodies: set[bytes] = field(default_factory=set)
    calls: list[list[bytes]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def __call__(self, bodies: Sequence[bytes]) -> Sequence[bool]:
        with self.lock:
            self.calls.append(list(bodies))
            self.bodies |= set(bodies)
        return [True] * len(bodies)


def breaks(bodies: Sequence[bytes]) -> Sequence[bool]:
    """A fault of ours."""
    raise ZeroDivisionError(len(bodies))


def is_away(bodies: Sequence[bytes]) -> Sequence[bool]:
    """A store that does not answer."""
    raise StoreAway(f"the store is away for {len(bodies)}", advice="wait")


@dataclass
class Bucket:
    """A trail's bucket in memory: what was delivered when, by key."""

    objects: dict[str, tuple[datetime, bytes]] = field(default_factory=dict)
    place: str = "s3://trail"
    gone: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    fetched: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def deliver(self, name: str, at: datetime) -> str:
        key = f"{name}.json.gz"
        self.objects[key] = (at, name.encode())
        return key

    def files(self, since: datetime, until: datetime) -> Iterator[tuple[str, bytes]]:
        for one in self.delivered(since, until):
            yield one.key, self.objects[one.key][1]

    def delivered(self, since: datetime, until: datetime) -> Iterator[Delivered]:
        for key, (at, _) in sorted(self.objects.items()):
            if since <= at <= until:
                yield Delivered(key=key, at=at)

    def data_if_there(self, key: str) -> bytes | None:
        with self.lock:
            self.fetched.append(key)
        if key in self.refused:
            raise TrailUnreachable(f"`{key}` cannot be read", advice="allow it")
        return None if key in self.gone else self.objects[key][1]


@dataclass
class HandTimer:
    """An ``every`` that does something only when told to."""

    span: timedelta | None = None
    do: Callable[[], None] | None = None

    @contextmanager
    def every(self, span: timedelta, do: Callable[[], None]) -> Iterator[None]:
        self.span, self.do = span, do
        yield
        self.do = None

    def ring(self) -> None:
        assert self.do is not None, "nothing is being worked on"
        self.do()


@dataclass
class Pauses:
    """Pauses that take no time; after ``most`` of them there is an order to stop."""

    most: int = 1_000
    taken: list[timedelta] = field(default_factory=list)

    def __call__(self, span: timedelta) -> bool:
        self.taken.append(span)
        return len(self.taken) <= self.most


@dataclass
class Said:
    """A log."""

    lines: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def info(self, event: str, **fields: object) -> None:
        self.lines.append(("info", event, fields))

    def warning(self, event: str, **fields: object) -> None:
        self.lines.append(("warning", event, fields))

    def error(self, event: str, **fields: object) -> None:
        self.lines.append(("error", event, fields))


def consumer(queue: Queue, take: Take, **changed: Any) -> Consumer:
    fields: dict[str, Any] = {
        "queue": queue,
        "take": take,
        "every": HandTimer().every,
        "pause": Pauses(),
        "chance": lambda: 1.0,
        "log": Said(),
        "patience": Patience(wait=timedelta()),
    }
    return Consumer(**{**fields, **changed})
