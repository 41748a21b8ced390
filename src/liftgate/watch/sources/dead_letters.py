"""What could not be taken, and was moved to the dead-letter queue: looked at, and sent to be taken again.

A queue has no way to look without receiving, so what is looked at is held for a moment, and then given back.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import msgspec

from liftgate.watch.event import Event
from liftgate.watch.sources.errors import NoSuchDeadLetter
from liftgate.watch.sources.ports import Message, Queue

MOST: Final = 1_000  # that are looked through; a queue with more has another trouble than single messages

_HOLD: Final = timedelta(minutes=1)
_WAIT: Final = timedelta(seconds=1)  # SQS asks all of its machines only when it may wait
_EXCERPT: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that was not taken."""

    id: str
    reason: str  # as far as the message itself tells; the log of the consumer says more under its id
    sent_at: datetime
    receives: int  # in both queues; looking counts too
    event_id: str | None  # of CloudTrail, where it can be read
    event_name: str | None
    excerpt: str = field(repr=False)  # how it begins; text of others


def dead_letters(queue: Queue, *, limit: int) -> Sequence[DeadLetter]:
    """What is in a dead-letter queue, the oldest first."""
    held: list[Message] = []
    try:
        for batch in _batches(queue, limit):
            held.extend(batch)
        return sorted((_told(one) for one in held), key=lambda one: (one.sent_at, one.id))
    finally:
        queue.hold(held, timedelta())


def replay(dead: Queue, to: Queue, *, ids: Collection[str] | None) -> Sequence[str]:
    """Send dead letters to be taken again, all or those of some ids; the answer is which were.

    Each is sent before it is deleted: whoever dies in between has sent it twice, and taking it twice comes to the same.
    Raises ``NoSuchDeadLetter`` for the first id that is not there, once those that are have been sent.
    """
    wanted = None if ids is None else set(ids)
    sent: list[str] = []
    held: list[Message] = []
    try:
        for batch in _batches(dead, MOST):
            held.extend(batch)
            for message in [one for one in batch if wanted is None or one.id in wanted]:
                to.send(message.body)
                dead.delete([message])
                held.remove(message)
                sent.append(message.id)
            if wanted is not None and wanted <= set(sent):
                break
    finally:
        dead.hold(held, timedelta())
    missing = sorted((wanted or set()) - set(sent))
    if missing:
        raise NoSuchDeadLetter(
            f"there is no dead letter `{missing[0]}`",
            advice="list them: liftgate dead-letters list; one that somebody looks at comes back within a minute",
            value=missing[0],
        )
    return sent


def _batches(queue: Queue, limit: int) -> Iterator[Sequence[Message]]:
    """Messages until there are no more, each once."""
    seen: set[str] = set()
    while len(seen) < limit:
        batch = queue.receive(wait=_WAIT, hold=_HOLD, limit=min(10, limit - len(seen)))
        fresh = [one for one in batch if one.id not in seen]
        if not fresh:
            return
        seen |= {one.id for one in fresh}
        yield fresh


class _Envelope(msgspec.Struct):
    detail: Event


def _told(message: Message) -> DeadLetter:
    event: Event | None = None
    try:
        event = msgspec.json.decode(message.body, type=_Envelope).detail
        reason = "it can be read, and taking it failed each time"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        reason = f"it is no event of CloudTrail in EventBridge's envelope: {_first_line(fault)}"
    return DeadLetter(
        id=message.id,
        reason=reason,
        sent_at=message.sent_at,
        receives=message.receives,
        event_id=event.event_id if event else None,
        event_name=event.event_name if event else None,
        excerpt=message.body[:_EXCERPT].decode("utf-8", "backslashreplace"),
    )


def _first_line(fault: Exception) -> str:
    if isinstance(fault, RecursionError):
        return "it is nested too deeply"
    return str(fault).partition("\n")[0][:200]
