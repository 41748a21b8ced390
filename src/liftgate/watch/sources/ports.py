"""What the sources of events hand on, and to whom."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias


class Take(Protocol):
    """Takes in what messages or log files tell."""

    def __call__(self, bodies: Sequence[bytes], /) -> Sequence[bool]:
        """Which of them were taken; what cannot be read is set aside, which is taking it.

        Taking the same twice comes to the same. What it raises means that none was taken, or that nobody knows: a
        ``liftgate.errors.Unavailable`` may pass by itself, anything else may be the fault of one of them.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a queue, as it was received this time."""

    id: str  # the same at every receipt
    receipt: str = field(repr=False)  # this time's; with it the message is deleted, or held longer
    body: bytes = field(repr=False)
    receives: int  # how often it was received, this time included
    sent_at: datetime
    first_received_at: datetime | None = None


class Queue(Protocol):
    """A queue that hands out messages at least once. All raise the errors of ``liftgate.watch.sources.errors``."""

    def receive(self, *, wait: timedelta, hold: timedelta, limit: int = 10) -> Sequence[Message]:
        """Up to ten messages, which nobody else gets for as long as they are held; waits for the first."""
        ...

    def hold(self, messages: Sequence[Message], span: timedelta) -> None:
        """Hold messages for a span from now on; none at all gives them back. Of those that are gone nothing is said."""
        ...

    def delete(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Delete messages; the answer is those that could not be, and will be handed out again."""
        ...

    def send(self, body: bytes) -> None:
        """Put a message on the queue."""
        ...

    def length(self) -> int:
        """About how many messages wait. Of a queue that is missing or forbidden it says so."""
        ...


Every: TypeAlias = Callable[[timedelta, Callable[[], None]], AbstractContextManager[None]]
"""Does something again and again while a block runs: each time that a span has passed."""

Pause: TypeAlias = Callable[[timedelta], bool]
"""Waits; False where there was an order to stop meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A log file in a trail's bucket."""

    key: str
    at: datetime  # when CloudTrail delivered it, by its name


class LogBucket(Protocol):
    """A trail's bucket. All raise ``TrailUnreachable``."""

    @property
    def place(self) -> str:
        """How people, and the store, know it."""
        ...

    def files(self, since: datetime, until: datetime) -> Iterator[tuple[str, bytes]]:
        """The names and the contents of all log files that may hold events of a span, one at a time."""
        ...

    def delivered(self, since: datetime, until: datetime) -> Iterator[Delivered]:
        """All log files that were delivered in a span, in folder after folder by their names; those before are not looked at."""
        ...

    def data_if_there(self, key: str) -> bytes | None:
        """What is in a log file; None where it is gone."""
        ...


class LogReading(Protocol):
    """What the store knows of how far a trail's log files have been read."""

    def until(self, trail: str) -> datetime | None:
        """Everything that was delivered up to then was read; None where nothing ever was."""
        ...

    def new(self, trail: str, files: Sequence[Delivered]) -> Sequence[Delivered]:
        """Those of which nothing is known yet."""
        ...

    def left(self, trail: str, *, limit: int) -> Sequence[Delivered]:
        """Those that could not be taken, the first first."""
        ...

    def note(self, trail: str, files: Collection[Delivered], *, taken: bool) -> None:
        """Files that were taken, or could not be."""
        ...

    def read_until(self, trail: str, until: datetime, *, forget_before: datetime) -> None:
        """Everything up to a moment was read; it never goes back. Files that were taken and delivered earlier are forgotten."""
        ...


class ReadingWriter(Protocol):
    """One transaction."""

    @property
    def log_reading(self) -> LogReading:
        """How far the log files have been read."""
        ...

    def try_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or extend the named lease; False while somebody else holds it."""
        ...

    def release_lease(self, name: str, holder: str) -> None:
        """Give the lease up; nothing happens where somebody else holds it."""
        ...


class ReadingStore(Protocol):
    """Where it is kept."""

    def write(self) -> AbstractContextManager[ReadingWriter]:
        """A writing transaction."""
        ...
