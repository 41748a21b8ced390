"""Who agrees? The moves of a pending request: each takes only the state in which it is legal."""

from datetime import datetime, timedelta

from liftgate.access.errors import AlreadyReviewed, NotAReviewer, NotTheRequester, SelfReview
from liftgate.access.model import Answer, Cancellation, Grant, Request, Review
from liftgate.access.state import Pending
from liftgate.catalogue.model import ReviewRule
from liftgate.iam.scope import Window
from liftgate.identity.model import Caller


def answer_request(
    pending: Pending, reviewer: Caller, answer: Answer, comment: str, *, rule: ReviewRule, now: datetime
) -> Review:
    """A reviewer's answer to a pending request.

    Raises ``SelfReview`` (people are compared, so another identity of the requester does not help), ``NotAReviewer`` and
    ``AlreadyReviewed``.
    """
    request = pending.request
    if reviewer.person.id == request.requester:
        raise SelfReview(
            f"`{request.id}` is your own request",
            advice="one of its reviewers must answer it: "
            + people_in_words(rule.reviewers - {request.requester}),
            value=request.id,
        )
    if reviewer.person.id not in rule.reviewers:
        raise NotAReviewer(
            f"`{reviewer.person.id}` is not a reviewer of `{request.entitlement}`",
            advice="one of its reviewers must answer it: "
            + people_in_words(rule.reviewers - {request.requester}),
            value=reviewer.person.id,
        )
    if any(review.reviewer == reviewer.person.id for review in pending.approvals):
        raise AlreadyReviewed(
            f"you have approved `{request.id}` already",
            advice="another reviewer must answer now",
            value=request.id,
        )
    return Review(
        request_id=request.id,
        reviewer=reviewer.person.id,
        identity=str(reviewer.identity),
        answer=answer,
        comment=comment,
        reviewed_at=now,
    )


def is_enough(pending: Pending, review: Review, rule: ReviewRule) -> bool:
    """Whether this approval is the last one needed. Approvals of people who are no reviewers any more do not count."""
    if review.answer is not Answer.APPROVE:
        return False
    approvers = {past.reviewer for past in pending.approvals if past.reviewer in rule.reviewers} | {
        review.reviewer
    }
    approvers.discard(pending.request.requester)
    return len(approvers) >= max(pending.request.approvals_needed, rule.approvals)


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
