"""The use cases of asking, reviewing and ending: one function each, one transaction each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import NoReturn

from liftgate import errors
from liftgate.access import drafts, ending, review
from liftgate.access.decision import Allowed, Refused, decide, decide_by
from liftgate.access.effects import effects_of_ending, effects_of_grant
from liftgate.access.errors import (
    EntitlementChanged,
    GrantClosed,
    NoSuchGrant,
    NoSuchRequest,
    OtherMechanism,
    PersonHeld,
    RequestClosed,
)
from liftgate.access.hold import refuse_held
from liftgate.access.ids import RandomBytes, new_grant_id, new_request_id
from liftgate.access.model import Answer, Ask, Ending, GrantRecord, InPlace, Request, RequestRecord
from liftgate.access.ports import AccessStore, AccessWriter, Once
from liftgate.access.sight import may_see
from liftgate.access.state import (
    Active,
    Live,
    Pending,
    Scheduled,
    grant_state,
    request_state,
    state_name,
)
from liftgate.access.text import clean_text
from liftgate.catalogue.model import Catalogue, Entitlement, Mechanism
from liftgate.clock import Clock
from liftgate.errors import LiftgateError
from liftgate.identity.model import Caller
from liftgate.ledger.model import EventKind

ScopeTrial = Callable[[Request], None]  # raises where AWS would not lend the scope: too large, packed
# What is put on the role that the caller holds, or why it is not offered there.
Opener = Callable[[Request, Caller], InPlace | LiftgateError]


def make_request(
    ask: Ask,
    caller: Caller,
    *,
    catalogue: Catalogue,
    store: AccessStore,
    clock: Clock,
    random: RandomBytes,
    trial: ScopeTrial,
    opener: Opener | None = None,
    once: Once | None = None,
) -> RequestRecord:
    """Ask: the rules decide, and where the entitlement says so the grant is made at once.

    Raises ``PersonHeld``, what the rules say (all reasons in ``also``), and ``ScopeTooLarge`` where AWS could not lend the scope.
    Without an ``opener`` nothing is given in place. A refusal is on the ledger too.
    """
    now = clock()
    decision = decide(ask, caller.person, catalogue, now)
    if isinstance(decision, Refused):
        _refuse(ask, caller, decision, store, now)
    request = _request(ask, caller, decision, catalogue=catalogue, now=now, random=random)
    if decision.by.mechanism is Mechanism.IN_PLACE:
        in_place = opener(request, caller) if opener else _not_in_place_here()
        if isinstance(in_place, LiftgateError):
            _refuse(ask, caller, Refused((in_place,)), store, now)
        request = replace(request, in_place=in_place)
    try:
        trial(request)
    except (errors.Refused, errors.Invalid) as refusal:  # not where AWS is away: then nothing was decided
        _refuse(ask, caller, Refused((refusal,)), store, now)
    try:
        return _add(request, store=store, now=now, random=random, once=once)
    except PersonHeld as refusal:
        _refuse(ask, caller, Refused((refusal,)), store, now)


def review_request(
    request_id: str,
    caller: Caller,
    answer: Answer,
    comment: str,
    *,
    catalogue: Catalogue,
    store: AccessStore,
    clock: Clock,
    random: RandomBytes,
    once: Once | None = None,
) -> RequestRecord:
    """Answer a request; the last approval needed makes the grant, in the same transaction.

    The catalogue as it stands now must still allow what was asked: an approval never gives what has been taken out of it.
    """
    comment = clean_text(comment, "comment")
    with (
        _refusal_on_record(EventKind.REVIEW_REFUSED, caller, store, clock, request_id=request_id),
        store.write() as transaction,
    ):
        now = clock()
        record = _seen(transaction.lock_request(request_id), request_id, caller, catalogue)
        if transaction.repeated(once, now=now) is not None:
            return record
        pending = _pending(record, now)
        entitlement = _still_allowed(pending.request, catalogue, approving=answer is Answer.APPROVE)
        said = review.answer_request(pending, caller, answer, comment, rule=entitlement.review, now=now)
        if (
            answer is Answer.APPROVE
        ):  # a hold on either: what they may no longer get, and what they may no longer give
            for person in sorted({pending.request.requester, caller.person.id}):
                refuse_held(person, transaction.hold_on)
        transaction.add_review(said, drafts.reviewed(said))
        if review.is_enough(pending, said, entitlement.review):
            _grant(transaction, pending.request, by=caller.person.id, now=now, random=random)
        transaction.remember(once, request_id, now=now)
        return _found(transaction.request(request_id), request_id)


def cancel_request(
    request_id: str,
    caller: Caller,
    *,
    catalogue: Catalogue,
    store: AccessStore,
    clock: Clock,
    once: Once | None = None,
) -> RequestRecord:
    """Withdraw a request that was not answered yet."""
    with store.write() as transaction:
        now = clock()
        record = _seen(transaction.lock_request(request_id), request_id, caller, catalogue)
        if transaction.repeated(once, now=now) is not None:
            return record
        cancellation = review.cancel(_pending(record, now), caller, now=now)
        transaction.add_cancellation(cancellation, drafts.cancelled(cancellation))
        transaction.remember(once, request_id, now=now)
        return _found(transaction.request(request_id), request_id)


def revoke_grant(
    grant_id: str,
    caller: Caller,
    reason: str,
    *,
    catalogue: Catalogue,
    store: AccessStore,
    clock: Clock,
    once: Once | None = None,
) -> GrantRecord:
    """Take a grant back. The deny in AWS is queued in the same transaction; whoever calls this drains it at once."""
    reason = clean_text(reason, "reason")
    return _end(
        grant_id,
        caller,
        lambda live, now: ending.revoke(live, caller, reason, catalogue=catalogue, now=now),
        catalogue=catalogue,
        store=store,
        clock=clock,
        once=once,
    )


def return_grant(
    grant_id: str,
    caller: Caller,
    reason: str,
    *,
    catalogue: Catalogue,
    store: AccessStore,
    clock: Clock,
    once: Once | None = None,
) -> GrantRecord:
    """Give a grant back before its window ends. Its running sessions are refused like those of a revoked one."""
    reason = clean_text(reason, "reason")
    return _end(
        grant_id,
        caller,
        lambda live, now: ending.give_back(live, caller, reason, now=now),
        catalogue=catalogue,
        store=store,
        clock=clock,
        once=once,
    )


def _request(
    ask: Ask, caller: Caller, allowed: Allowed, *, catalogue: Catalogue, now: datetime, random: RandomBytes
) -> Request:
    entitlement = allowed.by
    return Request(
        id=new_request_id(now, random),
        requester=caller.person.id,
        identity=str(caller.identity),
        entitlement=entitlement.name,
        catalogue_version=catalogue.version,
        account=entitlement.account,
        role_arn=entitlement.role_arn,
        external_id=entitlement.external_id,
        max_session=entitlement.max_session,
        scope=allowed.scope,
        duration=ask.duration,
        starts_at=ask.starts_at,
        justification=ask.justification,
        ticket=ask.ticket,
        approvals_needed=allowed.approvals_needed,
        asked_at=now,
        lapses_at=now + entitlement.review.lapses_after,
    )


def _add(
    request: Request, *, store: AccessStore, now: datetime, random: RandomBytes, once: Once | None
) -> RequestRecord:
    with store.write() as transaction:
        if (earlier := transaction.repeated(once, now=now)) is not None:
            return _found(transaction.request(earlier), earlier)
        refuse_held(request.requester, transaction.hold_on)
        transaction.add_request(request, drafts.requested(request))
        if request.approvals_needed == 0:
            _grant(transaction, request, by="liftgate", now=now, random=random)
        transaction.remember(once, request.id, now=now)
        return _found(transaction.request(request.id), request.id)


def _refuse(ask: Ask, caller: Caller, refused: Refused, store: AccessStore, now: datetime) -> NoReturn:
    with store.write() as transaction:
        transaction.record(drafts.refused(ask, caller, refused.because, now))
    first, *others = refused.because
    first.also = tuple(others)
    raise first


@contextmanager
def _refusal_on_record(
    kind: EventKind,
    caller: Caller,
    store: AccessStore,
    clock: Clock,
    *,
    request_id: str | None = None,
    grant_id: str | None = None,
) -> Iterator[None]:
    """Who tries what they may not is on record, though the transaction in which they tried is gone."""
    try:
        yield
    except errors.Refused as refusal:
        draft = drafts.move_refused(kind, caller, refusal, clock(), request_id=request_id, grant_id=grant_id)
        with store.write() as transaction:
            transaction.record(draft)
        raise


def _not_in_place_here() -> LiftgateError:
    return OtherMechanism(
        "nothing is given in place here", advice="ask for a session: leave --in-place out", where="mechanism"
    )


def _grant(
    transaction: AccessWriter, request: Request, *, by: str, now: datetime, random: RandomBytes
) -> None:
    grant = review.grant_for(request, grant_id=new_grant_id(now, random), now=now)
    transaction.add_grant(grant, drafts.granted(grant, by=by), effects_of_grant(grant, now))


def _still_allowed(request: Request, catalogue: Catalogue, *, approving: bool) -> Entitlement:
    entitlement = catalogue.entitlements.get(request.entitlement)
    if entitlement is None:
        raise EntitlementChanged(
            f"the catalogue no longer has `{request.entitlement}`",
            advice="ask its requester to cancel and to ask anew",
            value=request.entitlement,
        )
    if approving:
        _refuse_what_changed(request, entitlement)
    return entitlement


def _refuse_what_changed(request: Request, entitlement: Entitlement) -> None:
    same_role = (entitlement.role_arn, entitlement.external_id) == (request.role_arn, request.external_id)
    same_way = (entitlement.mechanism is Mechanism.IN_PLACE) == (request.in_place is not None)
    as_asked = Ask(
        actions=request.scope.actions,
        places=tuple(frozenset({location}) for location in request.scope.locations),
        kms_keys=request.scope.kms_keys,
        duration=request.duration,
        justification=request.justification,
        ticket=request.ticket,
        entitlement=entitlement.name,
    )
    decision = decide_by(as_asked, entitlement, request.asked_at)
    if (
        request.requester in entitlement.requesters
        and same_role
        and same_way
        and isinstance(decision, Allowed)
    ):
        return
    because: tuple[LiftgateError, ...] = decision.because if isinstance(decision, Refused) else ()
    raise EntitlementChanged(
        f"`{entitlement.name}` changed since `{request.id}` was made, and no longer allows it",
        advice="deny it, and let its requester ask anew",
        value=request.id,
        also=because,
    )


def _end(
    grant_id: str,
    caller: Caller,
    move: Callable[[Live, datetime], Ending],
    *,
    catalogue: Catalogue,
    store: AccessStore,
    clock: Clock,
    once: Once | None,
) -> GrantRecord:
    with (
        _refusal_on_record(EventKind.ENDING_REFUSED, caller, store, clock, grant_id=grant_id),
        store.write() as transaction,
    ):
        now = clock()
        record = transaction.lock_grant(grant_id)
        if record is None or not may_see(
            caller.person.id,
            requester=record.grant.requester,
            entitlement=record.grant.entitlement,
            catalogue=catalogue,
        ):
            raise _no_such_grant(grant_id)
        if transaction.repeated(once, now=now) is not None:
            return record
        early_end = move(_live(record, now), now)
        transaction.add_ending(
            early_end, drafts.ended(early_end, record.grant), effects_of_ending(record.grant, now)
        )
        transaction.remember(once, grant_id, now=now)
        return GrantRecord(grant=record.grant, ending=early_end)


def _live(record: GrantRecord, now: datetime) -> Live:
    state = grant_state(record, now)
    if isinstance(state, Scheduled | Active):
        return state
    raise GrantClosed(
        f"`{record.grant.id}` is {state_name(state)} already",
        advice="nothing is left to take back",
        value=record.grant.id,
    )


def _pending(record: RequestRecord, now: datetime) -> Pending:
    state = request_state(record, now)
    if isinstance(state, Pending):
        return state
    raise RequestClosed(
        f"`{record.request.id}` is {state_name(state)} already",
        advice="ask anew: liftgate request",
        value=record.request.id,
    )


def _seen(
    record: RequestRecord | None, request_id: str, caller: Caller, catalogue: Catalogue
) -> RequestRecord:
    record = _found(record, request_id)
    request = record.request
    if may_see(
        caller.person.id, requester=request.requester, entitlement=request.entitlement, catalogue=catalogue
    ):
        return record
    raise _no_such_request(request_id)


def _found(record: RequestRecord | None, request_id: str) -> RequestRecord:
    if record is None:
        raise _no_such_request(request_id)
    return record


def _no_such_request(request_id: str) -> NoSuchRequest:
    return NoSuchRequest(
        f"there is no request `{request_id[:40]}` that you may see",
        advice="list yours: liftgate status",
        value=request_id[:40],
    )


def _no_such_grant(grant_id: str) -> NoSuchGrant:
    return NoSuchGrant(
        f"there is no grant `{grant_id[:40]}` that you may see",
        advice="list yours: liftgate grants",
        value=grant_id[:40],
    )
