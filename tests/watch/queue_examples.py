"""What consumers are tested with: a take that keeps what it was given, and time that passes only when a test says so."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Any

from liftgate.errors import Unavailable
from liftgate.watch.sources.ports import Queue, Take
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
