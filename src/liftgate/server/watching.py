"""Takes in what CloudTrail tells, with the catalogue in force and the broker as they are now."""

from collections.abc import Iterable

from liftgate.access.ports import EffectKind
from liftgate.errors import LiftgateError
from liftgate.server.parts import Parts
from liftgate.server.worker import drain_once
from liftgate.watch.lookup import Standing, standing_of
from liftgate.watch.ports import Records, Rulebook
from liftgate.watch.service import Taken, take


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
    if made.findings:
        answer_now(parts)
    return made


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
