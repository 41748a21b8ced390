"""Takes events from a queue. Any number of consumers may share one, in any number of threads and processes.

A message is deleted when it was taken, and not before: whoever dies in between leaves it to the next. What is taken twice comes to
the same. A message that fails each time goes to the dead-letter queue, by the queue's own redrive policy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Final, Protocol

from liftgate.errors import LiftgateError, Unavailable
from liftgate.watch.sources.ports import Every, Message, Pause, Queue, Take


class Log(Protocol):
    """Where a consumer says what went wrong. Never what stands in a message."""

    def info(self, event: str, **fields: object) -> object:
        """Something that is worth knowing."""

    def warning(self, event: str, **fields: object) -> object:
        """Something that somebody should look at."""

    def error(self, event: str, **fields: object) -> object:
        """A fault of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a consumer waits, and for what."""

    wait: timedelta = timedelta(seconds=5)  # for a first message; an order to stop waits as long at most
    hold: timedelta = timedelta(seconds=30)  # so long is a message its own; renewed each third of it
    longest_work: timedelta = timedelta(minutes=15)  # on one batch; then it is left to somebody else
    first_pause: timedelta = timedelta(seconds=1)  # after a failure; twice as long after each further one
    longest_pause: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """What one consumer works with."""

    queue: Queue
    take: Take
    every: Every
    pause: Pause
    chance: Callable[[], float]  # from 0 to 1, so that many do not come back in step
    log: Log
    patience: Patience = Patience()


def consume(
    consumer: Consumer, *, stopping: Callable[[], bool], came_round: Callable[[], None] = lambda: None
) -> None:
    """Take batch after batch until told to stop; a batch that was begun is finished first. ``came_round`` is called after each."""
    failures = 0
    while not stopping():
        try:
            take_batch(consumer)
        except LiftgateError as failure:
            consumer.log.warning("queue", code=failure.code, said=failure.sentence)
        except Exception as fault:  # noqa: BLE001 - a consumer that ends silently would leave all later events unseen
            consumer.log.error("queue", error=type(fault).__name__)  # noqa: TRY400 - its text may quote anything
        else:
            failures = 0
            came_round()
            continue
        failures += 1
        consumer.pause(_backoff(consumer, failures))


def take_batch(consumer: Consumer) -> int:
    """Receive one batch, take it, and delete what was taken; how many messages that was.

    Raises what receiving or deleting raises. What taking raises is told in the log: its messages stay on the queue.
    """
    batch = consumer.queue.receive(wait=consumer.patience.wait, hold=consumer.patience.hold)
    if not batch:
        return 0
    with consumer.every(consumer.patience.hold / 3, _Holder(consumer, batch).hold):
        taken = _take(consumer, batch)
    left = consumer.queue.delete(taken) if taken else ()
    if left:  # they are handed out again, and taking them again changes nothing
        consumer.log.info("messages not deleted", messages=[one.id for one in left])
    return len(taken)


class _Holder:
    """Renews the hold on a batch while it is worked on, but not for ever: work that hangs is left to somebody else."""

    def __init__(self, consumer: Consumer, batch: Sequence[Message]) -> None:
        self._consumer = consumer
        self._batch = batch
        self._left = consumer.patience.longest_work // max(
            consumer.patience.hold / 3, timedelta(milliseconds=1)
        )

    def hold(self) -> None:
        if self._left <= 0:
            return
        self._left -= 1
        try:
            self._consumer.queue.hold(self._batch, self._consumer.patience.hold)
        except LiftgateError as failure:  # the work goes on: at worst somebody does it too
            self._consumer.log.warning("messages not held", code=failure.code, said=failure.sentence)


def _take(consumer: Consumer, batch: Sequence[Message]) -> Sequence[Message]:
    """The messages that were taken."""
    try:
        return _taken(batch, _patiently(consumer, batch))
    except Unavailable as failure:
        consumer.log.warning("messages not taken", code=failure.code, messages=[one.id for one in batch])
        return ()
    except Exception as fault:  # noqa: BLE001 - which of them it was is found out by taking each alone
        if len(batch) == 1:
            _say_failed(consumer, batch[0], fault)
            return ()
    return [one for message in batch for one in _take(consumer, [message])]


def _patiently(consumer: Consumer, batch: Sequence[Message]) -> Sequence[bool]:
    """Where the store is away, the batch is kept and tried again: giving it back would count against its messages."""
    spent = timedelta()
    for failures in count(1):
        try:
            return consumer.take([one.body for one in batch])
        except Unavailable as failure:
            span = _backoff(consumer, failures)
            spent += span
            if spent > consumer.patience.longest_work:
                raise
            consumer.log.warning("taking is tried again", code=failure.code)
            if not consumer.pause(span):
                raise
    raise AssertionError  # the loop above does not end


def _taken(batch: Sequence[Message], was_taken: Sequence[bool]) -> Sequence[Message]:
    return [message for message, taken in zip(batch, was_taken, strict=True) if taken]


def _say_failed(consumer: Consumer, message: Message, fault: Exception) -> None:
    code = fault.code if isinstance(fault, LiftgateError) else type(fault).__name__
    consumer.log.error("message not taken", message=message.id, receives=message.receives, error=code)


_MOST_DOUBLINGS: Final = 16


def _backoff(consumer: Consumer, failures: int) -> timedelta:
    """From half of it to all of it, by chance."""
    patience = consumer.patience
    full = min(patience.longest_pause, patience.first_pause * (1 << min(failures - 1, _MOST_DOUBLINGS)))
    return full * (0.5 + consumer.chance() / 2)
