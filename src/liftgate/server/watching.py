"""Takes in what CloudTrail tells, with the catalogue in force and the broker as they are now."""

from collections.abc import Iterable

from liftgate.server.parts import Parts
from liftgate.watch.lookup import Standing, standing_of
from liftgate.watch.ports import Records, Rulebook
from liftgate.watch.service import Taken, take


def take_in(batch: Iterable[Records], parts: Parts, rulebook: Rulebook) -> Taken:
    """Keep what a batch tells, and wake whoever answers what was found.

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
        parts.wake_worker.set()
    return made


def standing(parts: Parts) -> Standing:
    """What is known whatever the calls are."""
    return standing_of(parts.catalogue.current().catalogue, [parts.broker_arn()])
