"""Takes in what CloudTrail tells, with the catalogue in force and the broker as they are now."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from liftgate.access.ports import EffectKind
from liftgate.errors import LiftgateError
from liftgate.server.parts import Parts
from liftgate.server.worker import drain_once
from liftgate.watch.lookup import Standing, standing_of
from liftgate.watch.ports import Records, Rulebook
from liftgate.watch.service import Taken, take

_MARK_EVERY: Final = timedelta(minutes=1)


def take_in(batch: Iterable[Records], parts: Parts, rulebook: Rulebook) -> Taken:
    """Keep what a batch tells, and answer at once what was found: not when the next worker wakes, perhaps in another process.

    Raises where nothing of it was kept: the database is away, or STS does not say who the broker is, without which a loan of its own
    would be taken for a theft.
    """
    made = take(
        batch,
        store=parts.store,
        rulebook=rulebook,
        standing=standing(parts),
        clock=parts.clock,
    )
    if made.events or made.set_aside:
        _mark(parts)
    if made.findings:
        answer_now(parts)
    return made


def _mark(parts: Parts) -> None:
    """Say once a minute that events come in, also where none of them is Liftgate's business."""
    now = parts.clock()
    try:
        with parts.store.read() as view:
            last = view.events_last_came()
        if last is None or now - last >= _MARK_EVERY:
            with parts.store.write() as transaction:
                transaction.mark_events(now)
    except LiftgateError as failure:  # the batch is kept: the next one is marked
        parts.log.warning("events not marked", code=failure.code)


def answer_now(parts: Parts) -> None:
    """Answer what was found. What fails stays queued, and is the worker's."""
    try:
        while drain_once(parts, worker=parts.new_name("watch"), kinds=(EffectKind.RESPONSE,)):
            pass
    except LiftgateError as failure:  # the batch is kept, and may not come again for this
        parts.log.warning("responses pending", code=failure.code)
    parts.wake_worker.set()


def standing(parts: Parts) -> Standing:
    """What is known whatever the calls are."""
    return standing_of(parts.catalogue.current().catalogue, [parts.broker_arn()])
