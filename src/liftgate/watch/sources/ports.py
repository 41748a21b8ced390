"""What the sources of events hand on, and to whom."""

from collections.abc import Callable, Iterator, Sequence
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

LogFiles: TypeAlias = Callable[[datetime, datetime], Iterator[tuple[str, bytes]]]
"""The names and the contents of all log files that may hold events of a span, one at a time."""
