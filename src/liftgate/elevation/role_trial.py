"""Whether a role would be lent: it is assumed as for anybody, with a session policy that denies everything, and the session thrown away."""

from typing import Final

from liftgate.catalogue.model import Entitlement
from liftgate.clock import Clock
from liftgate.elevation.lend import SHORTEST, tags_of_trial, trial_name
from liftgate.elevation.person import source_identity
from liftgate.elevation.ports import ElevationStore, Lender, LendOrder
from liftgate.elevation.trial import lend_on_trial

NOTHING: Final = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'


def empty_order(entitlement: Entitlement, person_id: str) -> LendOrder:
    """The call that lends an entitlement's role to somebody, for nothing at all."""
    return LendOrder(
        role_arn=entitlement.role_arn,
        external_id=entitlement.external_id,
        session_name=trial_name(),
        source_identity=source_identity(person_id),
        session_policy=NOTHING,
        duration=SHORTEST,
        tags=tags_of_trial(person_id),
    )


def try_role(
    entitlement: Entitlement, person_id: str, *, store: ElevationStore, lender: Lender, clock: Clock
) -> None:
    """Have an entitlement's role lent for nothing, on record as tried by ``person_id``. Raises what the lender raises."""
    order = empty_order(entitlement, person_id)
    lend_on_trial(order, person_id, store=store, lender=lender, clock=clock)
