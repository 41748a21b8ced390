"""A session that nobody gets: whether AWS would lend it, with what was tried and what came of it on record."""

from liftgate.clock import Clock
from liftgate.elevation import drafts
from liftgate.elevation.ports import ElevationStore, Lender, LendOrder
from liftgate.errors import LiftgateError


def lend_on_trial(
    order: LendOrder, person_id: str, *, store: ElevationStore, lender: Lender, clock: Clock
) -> None:
    """Have a session lent and thrown away, on record as tried by ``person_id``. Raises what the lender raises."""
    with store.write() as transaction:
        transaction.record(drafts.trial_intended(person_id, order, clock()))
    failure: LiftgateError | None = None
    packed = None
    try:
        packed = lender.lend(order).packed_percent
    except LiftgateError as refusal:
        failure = refusal
    with store.write() as transaction:
        transaction.record(drafts.trial_ended(person_id, packed, failure, clock()))
    if failure is not None:
        raise failure
