"""Break-glass: a grant at once, without a review, at which somebody must look afterwards."""

from datetime import datetime

from liftgate.access import drafts, telling
from liftgate.access.errors import (
    BreakGlassOverdue,
    ConcludedAlready,
    MayNotConclude,
    NotBreakGlass,
    TextRefused,
)
from liftgate.access.hold import refuse_held
from liftgate.access.lookup import found, seen
from liftgate.access.model import Conclusion, Request, RequestRecord
from liftgate.access.on_record import refusal_on_record
from liftgate.access.ports import AccessReader, AccessStore, Once
from liftgate.access.review import people_in_words
from liftgate.access.text import clean_text
from liftgate.catalogue.model import Catalogue
from liftgate.clock import Clock, rfc3339
from liftgate.identity.model import Caller
from liftgate.ledger.model import EventKind


def refuse_overdue(person_id: str, view: AccessReader, now: datetime) -> None:
    """Raise ``BreakGlassOverdue`` where nobody has looked in time at what somebody did in an emergency before."""
    overdue = view.unlooked(person_id, now=now)
    if not overdue:
        return
    first = overdue[0].request
    due = rfc3339(first.look_by) if first.look_by else ""
    raise BreakGlassOverdue(
        f"nobody has looked at your last emergency, `{first.id}`, which was due by {due}",
        advice="ask its reviewers to conclude it: liftgate review conclude "
        f"{first.id} --justified --comment …",
        value=first.id,
    )


def conclude_emergency(
    request_id: str,
    caller: Caller,
    comment: str,
    *,
    justified: bool,
    catalogue: Catalogue,
    store: AccessStore,
    clock: Clock,
    once: Once | None = None,
) -> RequestRecord:
    """Say what came of looking at an emergency.

    Raises ``NotBreakGlass``, ``MayNotConclude`` for its person and for anyone but those who look at emergencies of the entitlement,
    ``PersonHeld`` and ``ConcludedAlready``.
    """
    comment = clean_text(comment, "comment")
    if not comment:
        raise TextRefused(
            "a conclusion needs a comment",
            advice="say what you looked at, and what you found",
            where="comment",
        )
    with (
        refusal_on_record(EventKind.REVIEW_REFUSED, caller, store, clock, request_id=request_id),
        store.write() as transaction,
    ):
        now = clock()
        record = seen(transaction.lock_request(request_id), request_id, caller, catalogue)
        if transaction.repeated(once, now=now) is not None:
            return record
        _refuse_concluder(record, caller, catalogue)
        refuse_held(caller.person.id, transaction.hold_on)
        conclusion = Conclusion(
            request_id=request_id,
            by=caller.person.id,
            identity=str(caller.identity),
            justified=justified,
            comment=comment,
            concluded_at=now,
        )
        transaction.add_conclusion(conclusion, drafts.concluded(conclusion, record))
        transaction.tell(telling.of_conclusion(conclusion, record.request, catalogue))
        transaction.remember(once, request_id, now=now)
        return found(transaction.request(request_id), request_id)


def may_conclude(request: Request, catalogue: Catalogue) -> frozenset[str]:
    """Who may look at an emergency now; the guards, where the entitlement says nobody any more. Never its person."""
    entitlement = catalogue.entitlements.get(request.entitlement)
    glass = entitlement.break_glass if entitlement else None
    lookers = (glass.reviewers if glass else frozenset()) - {request.requester}
    return lookers or catalogue.guards - {request.requester}


def _refuse_concluder(record: RequestRecord, caller: Caller, catalogue: Catalogue) -> None:
    request = record.request
    if request.look_by is None:
        raise NotBreakGlass(
            f"`{request.id}` was no emergency",
            advice="there is nothing to conclude: liftgate review lists what waits for you",
            value=request.id,
        )
    lookers = may_conclude(request, catalogue)
    if caller.person.id not in lookers:
        own = caller.person.id == request.requester
        raise MayNotConclude(
            f"`{request.id}` is your own emergency"
            if own
            else f"`{caller.person.id}` does not look at emergencies of `{request.entitlement}`",
            advice="one of those who do must conclude it: " + people_in_words(lookers),
            value=request.id,
        )
    if record.conclusion is not None:
        raise ConcludedAlready(
            f"`{record.conclusion.by}` concluded `{request.id}` already",
            advice=f"look at it: liftgate review show {request.id}",
            value=request.id,
        )
