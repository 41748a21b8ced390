"""Whether the catalogue as it is now still allows what was asked for: an approval never gives what it has taken away."""

from datetime import datetime

from liftgate.access.decision import Decision, Refused, decide_by
from liftgate.access.errors import EntitlementChanged
from liftgate.access.facts import HistoryOf, facts_of, of_request
from liftgate.access.judging import judge
from liftgate.access.model import Ask, Request, Review
from liftgate.access.stages import Step, gone, steps_of
from liftgate.catalogue.model import Catalogue, Entitlement, Mechanism, Stage
from liftgate.errors import LiftgateError


def entitlement_now(request: Request, catalogue: Catalogue) -> Entitlement:
    """The entitlement of a request. Raises ``EntitlementChanged`` where it is gone."""
    entitlement = catalogue.entitlements.get(request.entitlement)
    if entitlement is None:
        raise EntitlementChanged(
            f"the catalogue no longer has `{request.entitlement}`",
            advice="ask its requester to cancel and to ask anew",
            value=request.entitlement,
        )
    return entitlement


def steps_now(
    request: Request,
    reviews: tuple[Review, ...],
    catalogue: Catalogue,
    now: datetime,
    history_of: HistoryOf,
) -> tuple[Step, ...]:
    """How far a review is. Conditions that spared the request are asked again: by now they may want more, never less."""
    facts = facts_of(of_request(request), request.requester, catalogue, history_of)

    def applies(stage: Stage) -> bool:
        return stage.when is None or judge(stage.name, stage.when, facts).may_hold

    return steps_of(request, reviews, catalogue, now, applies)


def refuse_what_changed(request: Request, catalogue: Catalogue, history_of: HistoryOf) -> None:
    """Raise ``EntitlementChanged`` where the catalogue no longer allows what was asked for."""
    entitlement = entitlement_now(request, catalogue)
    same_role = (entitlement.role_arn, entitlement.external_id) == (request.role_arn, request.external_id)
    same_way = (entitlement.mechanism is Mechanism.IN_PLACE) == (request.in_place is not None)
    decision = _decided_now(request, entitlement, catalogue, history_of)
    because: tuple[LiftgateError, ...] = decision.because if isinstance(decision, Refused) else ()
    if (
        request.requester in entitlement.requesters
        and same_role
        and same_way
        and not because
        and not gone(request, entitlement.review)
    ):
        return
    raise EntitlementChanged(
        f"`{entitlement.name}` changed since `{request.id}` was made, and no longer allows it",
        advice="deny it, and let its requester ask anew",
        value=request.id,
        also=because,
    )


def _decided_now(
    request: Request, entitlement: Entitlement, catalogue: Catalogue, history_of: HistoryOf
) -> Decision:
    as_asked = Ask(
        actions=request.scope.actions,
        places=tuple(frozenset({location}) for location in request.scope.locations),
        kms_keys=request.scope.kms_keys,
        duration=request.duration,
        justification=request.justification,
        ticket=request.ticket,
        starts_at=request.starts_at,
        entitlement=entitlement.name,
        extends=request.extends,
    )
    return decide_by(
        as_asked, entitlement, request.requester, catalogue, request.asked_at, history_of=history_of
    )
