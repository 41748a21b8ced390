"""Who is told what, and when: of a request and its review, of the end of a grant, of an emergency, of an absence.

What is due later, such as a reminder, is queued at once and looked at again when it is due: ``recipients_now`` says whom
it still concerns.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from liftgate.access.model import Absence, Answer, Conclusion, Ending, Grant, Request, RequestRecord, Review
from liftgate.access.ports import AccessReader
from liftgate.access.stages import Step, answered_by, current, may_still_answer, steps_of
from liftgate.access.state import Lapsed, Pending, request_state
from liftgate.access.told import TellKind, Told
from liftgate.catalogue.model import MOST_REMINDERS, Catalogue

_OF_STAGE = frozenset({TellKind.REVIEW_DUE, TellKind.REVIEW_REMINDER, TellKind.REVIEW_ESCALATED})


def of_request(request: Request, catalogue: Catalogue) -> tuple[Told, ...]:
    """What follows from a request that waits for an answer."""
    steps = steps_of(request, (), catalogue, request.asked_at)
    return (
        Told(
            kind=TellKind.REQUEST_MADE,
            recipients=frozenset({request.requester}),
            due_at=request.asked_at,
            request_id=request.id,
            by=request.requester,
        ),
        Told(
            kind=TellKind.REQUEST_LAPSED,
            recipients=frozenset({request.requester}),
            due_at=request.lapses_at,
            request_id=request.id,
        ),
        *of_turn(request, (), steps, request.requester, request.asked_at),
    )


def of_turn(
    request: Request, reviews: Sequence[Review], steps: Sequence[Step], by: str, now: datetime
) -> tuple[Told, ...]:
    """The stage whose turn it is: its reviewers are told, reminded, and others are asked in their place. Once for each stage."""
    step = current(steps)
    if step is None:
        return ()
    stage, people = step.stage, may_still_answer(step, steps, reviews)
    told = [(TellKind.REVIEW_DUE, now, people)]
    if stage.remind_after is not None:
        told.append((TellKind.REVIEW_REMINDER, now + stage.remind_after, people))
    if stage.escalate_after is not None:
        others = stage.escalate_to - step.barred - answered_by(reviews)
        told.append((TellKind.REVIEW_ESCALATED, now + stage.escalate_after, others))
    return tuple(
        Told(
            kind=kind,
            recipients=recipients,
            due_at=due_at,
            request_id=request.id,
            stage=step.number,
            by=by,
        )
        for kind, due_at, recipients in told
    )


def next_reminder(told: Told, view: AccessReader, catalogue: Catalogue, now: datetime) -> tuple[Told, ...]:
    """What follows from a reminder: the next one, where its stage still waits and wants more.

    One that comes late, since nobody delivered it in time, is not followed by all that were due meanwhile.
    """
    record = view.request(told.request_id) if told.request_id else None
    if told.kind is not TellKind.REVIEW_REMINDER or record is None:
        return ()
    step = current(steps_of(record.request, record.reviews, catalogue, now))
    if step is None or step.number != told.stage or not isinstance(request_state(record, now), Pending):
        return ()
    first, every = step.stage.remind_after, step.stage.remind_every
    if first is None or every is None or step.since is None:
        return ()
    due_at = told.due_at + every * max(1, (now - told.due_at) // every + 1)
    if due_at >= record.request.lapses_at or due_at > step.since + first + every * (MOST_REMINDERS - 1):
        return ()
    return (replace(told, due_at=due_at),)


def of_review(request: Request, review: Review, grant: Grant | None) -> tuple[Told, ...]:
    """The answer that closed a request; nothing for one of several approvals."""
    if review.answer is Answer.DENY:
        kind = TellKind.REQUEST_DENIED
    elif grant is None:
        return ()
    else:
        kind = TellKind.GRANT_EXTENDED if request.extends else TellKind.REQUEST_APPROVED
    return (
        Told(
            kind=kind,
            recipients=frozenset({request.requester}),
            due_at=review.reviewed_at,
            request_id=request.id,
            grant_id=grant.id if grant else None,
            by=review.reviewer,
        ),
    )


def of_cancellation(record: RequestRecord, catalogue: Catalogue, now: datetime) -> tuple[Told, ...]:
    """A withdrawal: those whose answer is no longer wanted."""
    request = record.request
    steps = steps_of(request, record.reviews, catalogue, now)
    step = current(steps)
    people = (may_still_answer(step, steps, record.reviews) if step else frozenset()) | answered_by(
        record.reviews
    )
    return (
        Told(
            kind=TellKind.REQUEST_CANCELLED,
            recipients=people,
            due_at=now,
            request_id=request.id,
            by=request.requester,
        ),
    )


def of_ending(ending: Ending, grant: Grant) -> tuple[Told, ...]:
    """The early end of a grant: its requester is told, unless it was they who gave it back."""
    if ending.by == grant.requester:
        return ()
    return (
        Told(
            kind=TellKind.GRANT_ENDED,
            recipients=frozenset({grant.requester}),
            due_at=ending.ended_at,
            request_id=grant.request_id,
            grant_id=grant.id,
            by=ending.by,
        ),
    )


def of_emergency(request: Request, grant: Grant, catalogue: Catalogue) -> tuple[Told, ...]:
    """A grant without a review: loudly, and again where nobody has looked at it in time."""
    entitlement = catalogue.entitlements.get(request.entitlement)
    lookers = entitlement.break_glass.reviewers if entitlement and entitlement.break_glass else frozenset()
    loudly = catalogue.guards | catalogue.auditors | lookers
    told = [(TellKind.BREAK_GLASS_USED, request.asked_at, loudly - {request.requester})]
    if request.look_by is not None:
        told.append((TellKind.BREAK_GLASS_REVIEW_DUE, request.look_by, lookers | {request.requester}))
    return tuple(
        Told(
            kind=kind,
            recipients=recipients,
            due_at=due_at,
            request_id=request.id,
            grant_id=grant.id,
            by=request.requester,
        )
        for kind, due_at, recipients in told
    )


def of_conclusion(conclusion: Conclusion, request: Request, catalogue: Catalogue) -> tuple[Told, ...]:
    """What came of looking at an emergency; of one that was not justified the guards are told too."""
    guards = frozenset() if conclusion.justified else catalogue.guards
    return (
        Told(
            kind=TellKind.BREAK_GLASS_REVIEWED,
            recipients=(guards | {request.requester}) - {conclusion.by},
            due_at=conclusion.concluded_at,
            request_id=request.id,
            by=conclusion.by,
        ),
    )


def of_absence(absence: Absence) -> tuple[Told, ...]:
    """The delegate learns whose answers they may give."""
    return (
        Told(
            kind=TellKind.DELEGATE_NAMED,
            recipients=frozenset({absence.delegate}),
            due_at=absence.said_at,
            absence_id=absence.id,
            by=absence.person,
        ),
    )


def recipients_now(told: Told, view: AccessReader, catalogue: Catalogue, now: datetime) -> frozenset[str]:
    """Whom a telling concerns when it is delivered; nobody where it has been overtaken. People who left are left out."""
    people = _concerned(told, view, catalogue, now)
    return frozenset(person for person in people if person in catalogue.people)


def _concerned(told: Told, view: AccessReader, catalogue: Catalogue, now: datetime) -> frozenset[str]:
    record = view.request(told.request_id) if told.request_id else None
    if told.kind in _OF_STAGE:
        return _reviewers(told, record, view, catalogue, now)
    if told.kind is TellKind.REQUEST_LAPSED:
        lapsed = record is not None and isinstance(request_state(record, now), Lapsed)
        return told.recipients if lapsed else frozenset()
    if told.kind is TellKind.BREAK_GLASS_REVIEW_DUE:
        is_open = record is not None and record.conclusion is None
        return told.recipients if is_open else frozenset()
    return told.recipients


def _reviewers(
    told: Told, record: RequestRecord | None, view: AccessReader, catalogue: Catalogue, now: datetime
) -> frozenset[str]:
    """Those whose answer the stage still waits for, and the delegates of those of them who are away."""
    if record is None or not isinstance(request_state(record, now), Pending):
        return frozenset()
    steps = steps_of(record.request, record.reviews, catalogue, now)
    step = current(steps)
    if step is None or step.number != told.stage:
        return frozenset()
    people = may_still_answer(step, steps, record.reviews)
    if told.kind is TellKind.REVIEW_ESCALATED:
        people &= step.stage.escalate_to
    entitlement = catalogue.entitlements[record.request.entitlement]
    if not entitlement.review.delegable:
        return people
    delegates = view.delegates(people, now=now) - step.barred - answered_by(record.reviews)
    return people | delegates
