"""The use case of answering a request."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from liftgate.access import drafts, telling
from liftgate.access.errors import EntitlementChanged
from liftgate.access.facts import LOOKS_BACK, HistoryOf
from liftgate.access.granting import grant_now
from liftgate.access.hold import refuse_from_before, refuse_held
from liftgate.access.ids import RandomBytes
from liftgate.access.less import as_approved, refuse_more
from liftgate.access.lookup import found, pending, seen
from liftgate.access.model import Answer, Request, RequestRecord
from liftgate.access.on_record import refusal_on_record
from liftgate.access.ports import AccessReader, AccessStore, AccessWriter, Once
from liftgate.access.review import ALL, Less, answer_request
from liftgate.access.stages import answered_by, current, steps_of
from liftgate.access.state import Pending
from liftgate.access.still_allowed import entitlement_now, refuse_what_changed, steps_now
from liftgate.access.text import clean_text
from liftgate.access.ticket import TicketSeen, Trackers
from liftgate.access.ticket_check import ticket_at_approval
from liftgate.catalogue.model import Catalogue
from liftgate.clock import Clock
from liftgate.identity.model import Caller
from liftgate.ledger.model import EventKind

ScopeTrial = Callable[[Request], None]  # raises where AWS would not lend the scope: too large, packed


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
    less: Less = ALL,
    trial: ScopeTrial | None = None,
    trackers: Trackers | None = None,
    once: Once | None = None,
) -> RequestRecord:
    """Answer a request; the last approval needed makes the grant, in the same transaction.

    The catalogue as it stands now must still allow what was asked: an approval never gives what has been taken out of it.

    Args:
        request_id: which.
        caller: who answers.
        answer: what they say.
        comment: and why.
        catalogue: as it is now.
        store: where requests are.
        clock: when it is now.
        random: for the grant's id.
        less: what is approved, where it is not all; what several approve is what they have in common.
        trial: raises where AWS would not lend what is left of the scope.
        trackers: say whether its ticket is still open; asked before the transaction, for which others wait.
        once: the caller's word that a repeated call is the same.

    """
    comment = clean_text(comment, "comment")
    with refusal_on_record(EventKind.REVIEW_REFUSED, caller, store, clock, request_id=request_id):
        if less.scope is not None and trial is not None:
            _try_less(request_id, caller, less, trial, catalogue=catalogue, store=store, clock=clock)
        ticket = _ticket_now(
            request_id, caller, answer, catalogue=catalogue, trackers=trackers, store=store, clock=clock
        )
        with store.write() as transaction:
            now = clock()
            stands_for = transaction.stands_for(caller.person.id, now=now)
            record = seen(transaction.lock_request(request_id), request_id, caller, catalogue, stands_for)
            if transaction.repeated(once, now=now) is not None:
                return record
            waiting = pending(record, now)
            request, approving = waiting.request, answer is Answer.APPROVE
            entitlement = entitlement_now(request, catalogue)
            history_of = history_for(transaction, request.requester, request.asked_at)
            if approving:
                refuse_what_changed(request, catalogue, history_of)
                refuse_more(less, request)
            steps = steps_now(request, waiting.approvals, catalogue, now, history_of)
            said = answer_request(
                waiting,
                caller,
                answer,
                comment,
                steps=steps,
                stands_for=stands_for if entitlement.review.delegable else frozenset(),
                less=less if approving else ALL,
                now=now,
            )
            # A hold on any of them: what they may no longer get, and what they may no longer give, also by a yes from before.
            # To say no to somebody on hold is left to others.
            concerned = {request.requester, *answered_by((*waiting.approvals, said))}
            for person in sorted(concerned if approving else {caller.person.id}):
                refuse_held(person, transaction.hold_on)
            if approving:
                words = [(request.requester, request.asked_at)]
                words += [(who, one.reviewed_at) for one in waiting.approvals for who in answered_by([one])]
                refuse_from_before(words, transaction.last_shut_out)
            transaction.add_review(said, drafts.reviewed(said, ticket))
            reviews = (*waiting.approvals, said)
            grant = None
            if approving:
                narrowed = as_approved(request, reviews)
                after = steps_now(request, reviews, catalogue, now, history_of)
                if current(after) is None:
                    refuse_stopped_chain(transaction, request)
                    grant = grant_now(transaction, narrowed, by=caller.person.id, now=now, random=random)
                elif current(after) != current(steps):
                    transaction.tell(telling.of_turn(request, reviews, after, caller.person.id, now))
            transaction.tell(telling.of_review(request, said, grant))
            transaction.remember(once, request_id, now=now)
            return found(transaction.request(request_id), request_id)


def try_answer(
    record: RequestRecord,
    caller: Caller,
    answer: Answer,
    *,
    catalogue: Catalogue,
    stands_for: frozenset[str],
    now: datetime,
) -> None:
    """Raise what ``answer_request`` would, before anybody writes a reason; what the answer itself finds out is left to it."""
    entitlement = entitlement_now(record.request, catalogue)
    answer_request(
        pending(record, now),
        caller,
        answer,
        "",
        steps=steps_of(record.request, record.reviews, catalogue, now),
        stands_for=stands_for if entitlement.review.delegable else frozenset(),
        now=now,
    )


def history_for(view: AccessReader, person_id: str, asked_at: datetime) -> HistoryOf:
    """What somebody did with an entitlement before they asked."""
    return lambda entitlement: view.history(
        person_id, entitlement, since=asked_at - LOOKS_BACK, until=asked_at
    )


def refuse_stopped_chain(transaction: AccessWriter, request: Request) -> None:
    """Raise ``EntitlementChanged`` where the grant that a request goes on from was taken back or given back meanwhile."""
    if request.extends is None:
        return
    before = transaction.lock_grant(request.extends.grant_id)
    if before is None or before.ending is not None:
        raise EntitlementChanged(
            f"`{request.extends.grant_id}` was ended, so nothing goes on from it",
            advice="deny it, and let its requester ask anew",
            value=request.extends.grant_id,
        )


def _ticket_now(
    request_id: str,
    caller: Caller,
    answer: Answer,
    *,
    catalogue: Catalogue,
    trackers: Trackers | None,
    store: AccessStore,
    clock: Clock,
) -> TicketSeen | None:
    with store.read() as view:
        now = clock()
        record = view.request(request_id)
        people = view.stands_for(caller.person.id, now=now) | {caller.person.id}
    return ticket_at_approval(record, people, answer, catalogue=catalogue, trackers=trackers, now=now)


def _try_less(
    request_id: str,
    caller: Caller,
    less: Less,
    trial: ScopeTrial,
    *,
    catalogue: Catalogue,
    store: AccessStore,
    clock: Clock,
) -> None:
    """Before the transaction, since AWS may be asked: what is left must be small enough to be lent."""
    with store.read() as view:
        now = clock()
        stands_for = view.stands_for(caller.person.id, now=now)
        record = seen(view.request(request_id), request_id, caller, catalogue, stands_for)
    waiting: Pending = pending(record, now)
    refuse_more(less, waiting.request)
    if less.scope is not None:
        trial(replace(waiting.request, scope=less.scope))
