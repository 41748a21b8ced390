"""What the ledger says of each change to a request or grant: enough to rebuild it, nothing secret."""

from collections.abc import Sequence
from datetime import datetime

from liftgate.access.model import (
    Absence,
    Ask,
    Cancellation,
    Conclusion,
    Demand,
    Ending,
    EndingKind,
    Grant,
    InPlace,
    Request,
    RequestRecord,
    Review,
)
from liftgate.access.ticket import TicketSeen
from liftgate.clock import rfc3339
from liftgate.errors import LiftgateError
from liftgate.iam.scope import Location, Scope
from liftgate.identity.model import Caller
from liftgate.ledger.model import Draft, EventKind, Json


def requested(request: Request) -> Draft:
    """A request was made."""
    return Draft(
        at=request.asked_at,
        kind=EventKind.REQUESTED,
        actor=request.requester,
        request_id=request.id,
        body={
            "identity": request.identity,
            "entitlement": request.entitlement,
            "catalogue_version": request.catalogue_version,
            "account": request.account,
            "role_arn": request.role_arn,
            "scope": scope_json(request.scope),
            "duration_seconds": int(request.duration.total_seconds()),
            "starts_at": rfc3339(request.starts_at) if request.starts_at else None,
            "justification": request.justification,
            "ticket": request.ticket,
            **ticket_json(request.ticket_seen),
            "approvals_needed": request.approvals_needed,
            "lapses_at": rfc3339(request.lapses_at),
            **_in_place(request.in_place),
            **_rules(request),
        },
    )


def refused(ask: Ask, caller: Caller, because: Sequence[LiftgateError], now: datetime) -> Draft:
    """Something was asked for and the rules said no."""
    return Draft(
        at=now,
        kind=EventKind.REFUSED,
        actor=caller.person.id,
        body={
            "identity": str(caller.identity),
            "entitlement": ask.entitlement,
            "actions": sorted(ask.actions),
            "locations": sorted({str(location) for place in ask.places for location in place}),
            "duration_seconds": int(ask.duration.total_seconds()),
            "because": [{"code": reason.code, "sentence": reason.sentence} for reason in because],
        },
    )


def reviewed(review: Review, ticket: TicketSeen | None = None) -> Draft:
    """A reviewer answered; ``ticket`` is what its tracker said then."""
    return Draft(
        at=review.reviewed_at,
        kind=EventKind.REVIEWED,
        actor=review.reviewer,
        request_id=review.request_id,
        body={
            "identity": review.identity,
            "answer": review.answer.value,
            "comment": review.comment,
            "stage": review.stage,
            **ticket_json(ticket),
            **({} if review.in_place_of is None else {"in_place_of": review.in_place_of}),
            **({} if review.scope is None else {"scope": scope_json(review.scope)}),
            **({} if review.duration is None else {"duration_seconds": int(review.duration.total_seconds())}),
        },
    )


def move_refused(
    kind: EventKind,
    caller: Caller,
    refusal: LiftgateError,
    now: datetime,
    *,
    request_id: str | None = None,
    grant_id: str | None = None,
) -> Draft:
    """Somebody tried what they may not, on something that they may see."""
    return Draft(
        at=now,
        kind=kind,
        actor=caller.person.id,
        request_id=request_id,
        grant_id=grant_id,
        body={
            "identity": str(caller.identity),
            "because": [{"code": refusal.code, "sentence": refusal.sentence}],
        },
    )


def emergency(request: Request, grant: Grant) -> Draft:
    """A grant was taken without a review."""
    return Draft(
        at=request.asked_at,
        kind=EventKind.BREAK_GLASS_USED,
        actor=request.requester,
        request_id=request.id,
        grant_id=grant.id,
        body={
            "entitlement": request.entitlement,
            "justification": request.justification,
            "look_by": rfc3339(request.look_by) if request.look_by else None,
        },
    )


def concluded(conclusion: Conclusion, record: RequestRecord) -> Draft:
    """Somebody looked at an emergency."""
    return Draft(
        at=conclusion.concluded_at,
        kind=EventKind.BREAK_GLASS_CONCLUDED,
        actor=conclusion.by,
        request_id=conclusion.request_id,
        grant_id=record.grant.id if record.grant else None,
        body={
            "identity": conclusion.identity,
            "person": record.request.requester,
            "justified": conclusion.justified,
            "comment": conclusion.comment,
        },
    )


def away(absence: Absence, caller: Caller) -> Draft:
    """A reviewer is away, and named who answers for them."""
    return Draft(
        at=absence.said_at,
        kind=EventKind.AWAY,
        actor=absence.person,
        body={
            "identity": str(caller.identity),
            "absence": absence.id,
            "delegate": absence.delegate,
            "starts_at": rfc3339(absence.starts_at),
            "until": rfc3339(absence.until),
        },
    )


def back(absence: Absence, caller: Caller, now: datetime) -> Draft:
    """They came back before."""
    return Draft(
        at=now,
        kind=EventKind.BACK,
        actor=absence.person,
        body={
            "identity": str(caller.identity),
            "absence": absence.id,
            "delegate": absence.delegate,
        },
    )


def cancelled(cancellation: Cancellation) -> Draft:
    """The requester withdrew."""
    return Draft(
        at=cancellation.cancelled_at,
        kind=EventKind.CANCELLED,
        actor=cancellation.by,
        request_id=cancellation.request_id,
    )


def granted(grant: Grant, request: Request, *, by: str) -> Draft:
    """A request became a grant, by its last reviewer or by the entitlement's own rule (``liftgate``)."""
    return Draft(
        at=grant.granted_at,
        kind=EventKind.GRANTED,
        actor=by,
        request_id=grant.request_id,
        grant_id=grant.id,
        body={
            "requester": grant.requester,
            "entitlement": grant.entitlement,
            "catalogue_version": grant.catalogue_version,
            "role_arn": grant.role_arn,
            "scope": scope_json(grant.scope),
            "starts_at": rfc3339(grant.window.starts_at),
            "ends_at": rfc3339(grant.window.ends_at),
            **_in_place(grant.in_place),
            **({"extends": request.extends.grant_id} if request.extends else {}),
            **({"break_glass": True} if request.look_by else {}),
        },
    )


def revoked_many(which: str, caller: Caller, reason: str, now: datetime) -> Draft:
    """Somebody ordered that all grants of a kind be ended; each of them has an entry of its own too."""
    return Draft(
        at=now,
        kind=EventKind.REVOKED_MANY,
        actor=caller.person.id,
        body={"which": which, "reason": reason, "identity": str(caller.identity)},
    )


def ended(ending: Ending, grant: Grant) -> Draft:
    """A grant was revoked or returned."""
    revoked = ending.kind is EndingKind.REVOKED
    return Draft(
        at=ending.ended_at,
        kind=EventKind.REVOKED if revoked else EventKind.RETURNED,
        actor=ending.by,
        request_id=grant.request_id,
        grant_id=grant.id,
        body={"reason": ending.reason},
    )


def ticket_json(seen: TicketSeen | None) -> dict[str, Json]:
    """What a tracker said of a ticket: its state, and nothing that stands in it."""
    return {} if seen is None else {"ticket_seen": {"tracker": seen.tracker, "state": seen.state}}


def scope_json(scope: Scope) -> Json:
    """A scope as the ledger and the store write it: sorted, so that equal scopes have equal text."""
    return {
        "actions": sorted(scope.actions),
        "locations": [_location_json(location) for location in sorted(scope.locations)],
        "kms_keys": sorted(scope.kms_keys),
    }


def _rules(request: Request) -> dict[str, Json]:
    """What was wanted of it: of what no rule said anything nothing is written."""
    extends, look_by = request.extends, request.look_by
    return {
        "stages": [stages_json(stage) for stage in request.stages],
        **({"conditions_not_held": sorted(request.spared)} if request.spared else {}),
        **({"own_team": sorted(request.own_team)} if request.own_team else {}),
        **(
            {
                "extends": extends.grant_id,
                "before_seconds": int(extends.in_all.total_seconds()),
            }
            if extends
            else {}
        ),
        **({"break_glass": True, "look_by": rfc3339(look_by)} if look_by else {}),
    }


def stages_json(stage: Demand) -> Json:
    """One stage that is wanted of a request."""
    return {"name": stage.name, "approvals": stage.approvals, "other_team": stage.other_team}


def _in_place(in_place: InPlace | None) -> dict[str, Json]:
    return {} if in_place is None else {"in_place": {"user_id": in_place.user_id, "policy": in_place.policy}}


def _location_json(location: Location) -> Json:
    return {"partition": location.partition, "bucket": location.bucket, "key": location.key}
