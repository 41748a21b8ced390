"""The use cases of asking, reviewing and ending: one function each, one transaction each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from liftgate import errors
from liftgate.access import drafts, review, telling
from liftgate.access.chain import end_what_goes_on
from liftgate.access.decision import Allowed, Decision, Refused, decide
from liftgate.access.effects import effects_of_ending
from liftgate.access.emergency import refuse_overdue
from liftgate.access.ending import give_back, revoke
from liftgate.access.errors import BreakGlassOverdue, NotExtendable, OtherMechanism, PersonHeld
from liftgate.access.extension import ask_to_extend, refuse_changed
from liftgate.access.granting import grant_now
from liftgate.access.hold import refuse_held
from liftgate.access.ids import RandomBytes, new_request_id
from liftgate.access.lookup import found, live, pending, seen, seen_grant
from liftgate.access.model import Ask, Ending, EndingKind, GrantRecord, InPlace, Request, RequestRecord
from liftgate.access.on_record import refusal_on_record, refuse_ask
from liftgate.access.ports import AccessStore, Once
from liftgate.access.reviewing import ScopeTrial, history_for
from liftgate.access.state import Live
from liftgate.access.text import clean_text
from liftgate.access.ticket import Trackers, see_ticket, wants_review
from liftgate.catalogue.model import Catalogue, Mechanism
from liftgate.clock import Clock
from liftgate.errors import LiftgateError
from liftgate.identity.model import Caller
from liftgate.ledger.model import EventKind

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
    trackers: Trackers | None = None,
    once: Once | None = None,
) -> RequestRecord:
    """Ask: the rules decide, and where the entitlement says so the grant is made at once.

    Raises ``PersonHeld``, what the rules say (all reasons in ``also``), and ``ScopeTooLarge`` where AWS could not lend the scope.
    Without an ``opener`` nothing is given in place, and without ``trackers`` nothing whose ticket is to be checked. A refusal is on
    the ledger too.
    """
    now = clock()
    decision = decide_with_history(ask, caller, catalogue, store, now)
    if isinstance(decision, Refused):
        refuse_ask(ask, caller, decision.because, store, now)
    try:
        ticket = see_ticket(ask.ticket, decision.by.justification, trackers, must_answer=not ask.break_glass)
    except errors.Refused as refusal:
        refuse_ask(ask, caller, (refusal,), store, now)
    if wants_review(ticket, decision.by.justification):
        named = replace(ask, entitlement=decision.by.name)
        decision = decide_with_history(named, caller, catalogue, store, now, may_be_free=False)
        if isinstance(decision, Refused):
            refuse_ask(ask, caller, decision.because, store, now)
    request = request_of(ask, caller, decision, catalogue=catalogue, now=now, random=random)
    request = replace(request, ticket_seen=ticket)
    if decision.by.mechanism is Mechanism.IN_PLACE:
        in_place = opener(request, caller) if opener else _not_in_place_here()
        if isinstance(in_place, LiftgateError):
            refuse_ask(ask, caller, (in_place,), store, now)
        request = replace(request, in_place=in_place)
    try:
        trial(request)
    except (errors.Refused, errors.Invalid) as refusal:  # not where AWS is away: then nothing was decided
        refuse_ask(ask, caller, (refusal,), store, now)
    try:
        return _add(request, catalogue, store=store, now=now, random=random, once=once)
    except (PersonHeld, BreakGlassOverdue, NotExtendable) as refusal:
        refuse_ask(ask, caller, (refusal,), store, now)


def extend_grant(
    grant_id: str,
    caller: Caller,
    *,
    duration: timedelta,
    justification: str,
    ticket: str | None,
    catalogue: Catalogue,
    store: AccessStore,
    clock: Clock,
    random: RandomBytes,
    trial: ScopeTrial,
    opener: Opener | None = None,
    trackers: Trackers | None = None,
    once: Once | None = None,
) -> RequestRecord:
    """Ask to go on from a running grant: a request under the same rules. Raises ``NoSuchGrant``, ``NotExtendable``, and what
    ``make_request`` does.
    """
    now = clock()
    with (
        store.write() as transaction
    ):  # a repeated call finds what the first one made, which stands in its way now
        if (earlier := transaction.repeated(once, now=now)) is not None:
            return found(transaction.request(earlier), earlier)
    with store.read() as view:
        ask = ask_to_extend(
            grant_id,
            caller,
            view,
            duration=duration,
            justification=justification,
            ticket=ticket,
            now=now,
        )
    return make_request(
        ask,
        caller,
        catalogue=catalogue,
        store=store,
        clock=clock,
        random=random,
        trial=trial,
        opener=opener,
        trackers=trackers,
        once=once,
    )


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
        record = seen(transaction.lock_request(request_id), request_id, caller, catalogue)
        if transaction.repeated(once, now=now) is not None:
            return record
        cancellation = review.cancel(pending(record, now), caller, now=now)
        transaction.add_cancellation(cancellation, drafts.cancelled(cancellation))
        transaction.tell(telling.of_cancellation(record, catalogue, now))
        transaction.remember(once, request_id, now=now)
        return found(transaction.request(request_id), request_id)


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
        lambda live, now: revoke(live, caller, reason, catalogue=catalogue, now=now),
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
        lambda live, now: give_back(live, caller, reason, now=now),
        catalogue=catalogue,
        store=store,
        clock=clock,
        once=once,
    )


def decide_with_history(
    ask: Ask,
    caller: Caller,
    catalogue: Catalogue,
    store: AccessStore,
    now: datetime,
    *,
    may_be_free: bool = True,
) -> Decision:
    """What the catalogue says to an ask, looking up what happened before where a condition asks for it.

    ``may_be_free``: what is approved without a review otherwise is so now.
    """
    with store.read() as view:
        history_of = history_for(view, caller.person.id, now)
        return decide(ask, caller.person, catalogue, now, history_of=history_of, may_be_free=may_be_free)


def request_of(
    ask: Ask, caller: Caller, allowed: Allowed, *, catalogue: Catalogue, now: datetime, random: RandomBytes
) -> Request:
    """The request that an allowed ask becomes, with what its rules want of it."""
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
        stages=allowed.wanted.stages,
        asked_at=now,
        lapses_at=now + entitlement.review.lapses_after,
        spared=allowed.wanted.spared,
        own_team=_own_team(allowed, caller.person.id, catalogue),
        extends=ask.extends,
        look_by=now + entitlement.break_glass.review_within
        if ask.break_glass and entitlement.break_glass
        else None,
    )


def _add(
    request: Request,
    catalogue: Catalogue,
    *,
    store: AccessStore,
    now: datetime,
    random: RandomBytes,
    once: Once | None,
) -> RequestRecord:
    with store.write() as transaction:
        if (earlier := transaction.repeated(once, now=now)) is not None:
            return found(transaction.request(earlier), earlier)
        refuse_held(request.requester, transaction.hold_on)
        refuse_changed(request, transaction, now)
        if request.look_by is not None:
            refuse_overdue(request.requester, transaction, now)
        transaction.add_request(request, drafts.requested(request))
        if request.approvals_needed == 0:
            grant = grant_now(transaction, request, by="liftgate", now=now, random=random)
            if request.look_by is not None:
                transaction.record(drafts.emergency(request, grant))
                transaction.tell(telling.of_emergency(request, grant, catalogue))
        else:
            transaction.tell(telling.of_request(request, catalogue))
        transaction.remember(once, request.id, now=now)
        return found(transaction.request(request.id), request.id)


def _own_team(allowed: Allowed, person_id: str, catalogue: Catalogue) -> frozenset[str]:
    """Those of the requester's team who could answer; they are kept where a stage wants somebody else."""
    if not any(stage.other_team for stage in allowed.wanted.stages):
        return frozenset()
    return catalogue.own_team(person_id) & allowed.by.reviewers


def _not_in_place_here() -> LiftgateError:
    return OtherMechanism(
        "nothing is given in place here", advice="ask for a session: leave --in-place out", where="mechanism"
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
        refusal_on_record(EventKind.ENDING_REFUSED, caller, store, clock, grant_id=grant_id),
        store.write() as transaction,
    ):
        now = clock()
        record = seen_grant(transaction.lock_grant(grant_id), grant_id, caller, catalogue)
        if transaction.repeated(once, now=now) is not None:
            return record
        early_end = move(live(record, now), now)
        transaction.add_ending(
            early_end, drafts.ended(early_end, record.grant), effects_of_ending(record.grant, now)
        )
        transaction.tell(telling.of_ending(early_end, record.grant))
        if early_end.kind is EndingKind.REVOKED:
            end_what_goes_on(transaction, early_end)
        transaction.remember(once, grant_id, now=now)
        return GrantRecord(grant=record.grant, ending=early_end)
