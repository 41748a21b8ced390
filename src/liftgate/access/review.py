"""Who agrees? The moves of a pending request: each takes only the state in which it is legal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from liftgate.access.errors import (
    AlreadyReviewed,
    NeededLater,
    NotAReviewer,
    NotTheRequester,
    NotThisStage,
    SelfReview,
)
from liftgate.access.model import Answer, Cancellation, Grant, Request, Review
from liftgate.access.stages import (
    Step,
    answered_by,
    current,
    may_still_answer,
    right_to_approve,
    rights_to_answer,
)
from liftgate.access.state import Pending
from liftgate.iam.scope import Scope, Window
from liftgate.identity.model import Caller, PersonKind

__all__ = ["Less", "answer_request", "cancel", "grant_for", "people_in_words", "window_for"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Less:
    """What a reviewer approves in place of all that was asked for."""

    scope: Scope | None = None
    duration: timedelta | None = None


ALL = Less()
"""All that was asked for."""


def answer_request(
    pending: Pending,
    reviewer: Caller,
    answer: Answer,
    comment: str,
    *,
    steps: Sequence[Step],
    stands_for: frozenset[str] = frozenset(),
    less: Less = ALL,
    now: datetime,
) -> Review:
    """A reviewer's answer to a pending request.

    An approval is of the stage whose turn it is; a denial may come from the reviewers of later stages too.
    Raises ``SelfReview`` (people are compared, so another identity of the requester does not help), ``AlreadyReviewed``,
    ``NeededLater`` (an approval that would leave a later stage to too few), ``NotThisStage`` and ``NotAReviewer``.

    Args:
        pending: the request.
        reviewer: who answers.
        answer: what they say.
        comment: and why.
        steps: how far its review is.
        stands_for: reviewers who are away, in whose place this one may answer.
        less: what is approved, where it is not all.
        now: when.

    """
    request, me = pending.request, reviewer.person.id
    if me == request.requester:
        raise SelfReview(
            f"`{request.id}` is your own request",
            advice=_ask_others(steps, pending),
            value=request.id,
        )
    if me in answered_by(pending.approvals):
        raise AlreadyReviewed(
            f"you have approved `{request.id}` already, or somebody did for you",
            advice="another reviewer must answer now",
            value=request.id,
        )
    turn = current(steps)
    open_to_me = [step for step in steps if step.left and (answer is Answer.DENY or step is turn)]
    open_to_me = open_to_me or [
        *steps[-1:]
    ]  # all have enough, since somebody may review again: one more word grants it
    if reviewer.person.kind is not PersonKind.PERSON:
        stands_for = frozenset()
    for step in open_to_me:
        rights = rights_to_answer(me, step, pending.approvals, stands_for)
        right: str | None = next(iter(rights), None)
        if answer is Answer.APPROVE and step is turn:
            right = right_to_approve(me, step, steps, pending.approvals, stands_for)
        if right is None and rights:
            raise _needed_later(me, rights[0], steps, pending)
        if right is not None:
            return Review(
                request_id=request.id,
                reviewer=me,
                identity=str(reviewer.identity),
                answer=answer,
                comment=comment,
                reviewed_at=now,
                stage=step.stage.name,
                in_place_of=None if right == me else right,
                scope=less.scope,
                duration=less.duration,
            )
    raise _refusal(me, pending, steps, stands_for)


def _needed_later(me: str, right: str, steps: Sequence[Step], pending: Pending) -> NeededLater:
    turn = current(steps)
    later = [step.stage.name for step in steps if step.left and step is not turn]
    mine = [
        step.stage.name for step in steps if step.stage.name in later and {me, right} & step.stage.answerers
    ]
    who = "you are" if right == me else f"you, or `{right}` in whose place you answer, are"
    return NeededLater(
        f"{who} needed at the stage `{(mine or later or [''])[0]}`, for which too few others would be left",
        advice=_ask_others(steps, pending) + "; you can deny it now",
        value=pending.request.id,
    )


def _refusal(
    me: str, pending: Pending, steps: Sequence[Step], stands_for: frozenset[str]
) -> NotAReviewer | NotThisStage:
    request, turn = pending.request, current(steps)
    if any(me in step.stage.answerers & step.barred for step in steps):
        return NotAReviewer(
            f"`{me}` is of the team of `{request.requester}`, and another team must answer",
            advice=_ask_others(steps, pending),
            value=me,
        )
    given = answered_by(pending.approvals)
    if any(
        ({me} | stands_for) & (step.stage.answerers - step.barred - given)
        for step in steps
        if me not in step.barred
    ):
        return NotThisStage(
            f"`{request.id}` is at the stage `{turn.stage.name if turn else ''}`, which others answer",
            advice=_ask_others(steps, pending),
            value=me,
        )
    return NotAReviewer(
        f"`{me}` is not a reviewer of `{request.entitlement}`",
        advice=_ask_others(steps, pending),
        value=me,
    )


def _ask_others(steps: Sequence[Step], pending: Pending) -> str:
    turn = current(steps)
    people = may_still_answer(turn, steps, pending.approvals) if turn else frozenset[str]()
    return "one of its reviewers must answer it: " + people_in_words(people)


def cancel(pending: Pending, by: Caller, *, now: datetime) -> Cancellation:
    """The requester's withdrawal of a pending request."""
    if by.person.id != pending.request.requester:
        raise NotTheRequester(
            f"`{pending.request.id}` is not your request",
            advice="only its requester can cancel it; a reviewer can deny it",
            value=pending.request.id,
        )
    return Cancellation(request_id=pending.request.id, by=by.person.id, cancelled_at=now)


def grant_for(request: Request, *, grant_id: str, now: datetime) -> Grant:
    """The grant that an approved request becomes."""
    return Grant(
        id=grant_id,
        request_id=request.id,
        requester=request.requester,
        entitlement=request.entitlement,
        catalogue_version=request.catalogue_version,
        account=request.account,
        role_arn=request.role_arn,
        external_id=request.external_id,
        max_session=request.max_session,
        scope=request.scope,
        window=window_for(request, now),
        granted_at=now,
        in_place=request.in_place,
    )


def window_for(request: Request, now: datetime) -> Window:
    """The window of a request that is granted now: it begins now, or when it was asked to."""
    start = max(now, request.starts_at) if request.starts_at else now
    starts_at = start.replace(microsecond=0)
    return Window(starts_at=starts_at, ends_at=starts_at + _whole_seconds(request.duration))


def people_in_words(people: frozenset[str]) -> str:
    """Person ids as a sentence names them: ``grace or linus``."""
    names = sorted(people)
    if not names:
        return "nobody"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def _whole_seconds(duration: timedelta) -> timedelta:
    return timedelta(seconds=int(duration.total_seconds()))
