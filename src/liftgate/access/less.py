"""Less than was asked for: what a reviewer may approve in its place, and what several approvals come to together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from liftgate.access.errors import NothingLeft, NotLess
from liftgate.access.model import Answer, Request, Review
from liftgate.access.review import Less
from liftgate.iam.contain import excess
from liftgate.iam.explain import explain_excess
from liftgate.iam.scope import Location, Scope
from liftgate.span import in_words


def refuse_more(less: Less, request: Request) -> None:
    """Raise ``NotLess`` where a reviewer would approve more than was asked for, or something else."""
    if less.duration is not None and less.duration > request.duration:
        raise NotLess(
            f"{in_words(less.duration)} is longer than the {in_words(request.duration)} that were asked for",
            advice="approve as long or shorter",
            value=in_words(less.duration),
            where="duration_seconds",
        )
    if less.scope is None:
        return
    if request.in_place is not None:
        raise NotLess(
            "what is opened in place is opened as it was asked for",
            advice="approve it shorter, or deny it and let its requester ask for less",
            where="locations",
        )
    beyond = excess(less.scope, request.scope)
    if beyond:
        raise NotLess(
            f"it was not asked to {explain_excess(beyond)}",
            advice="name only locations and actions inside of what was asked for",
            value=explain_excess(beyond),
            where="locations",
        )


def as_approved(request: Request, reviews: Sequence[Review]) -> Request:
    """The request with what all approvals have in common. Raises ``NothingLeft`` where that is nothing.

    Who said yes to less said it of that alone, so an approval of someone whose word no longer counts still narrows.
    """
    scope, duration = request.scope, request.duration
    for review in reviews:
        if review.answer is not Answer.APPROVE:
            continue
        duration = min(duration, review.duration or duration)
        scope = scope if review.scope is None else _meet(scope, review.scope)
    if not scope.actions or not scope.locations or duration < timedelta(seconds=1):
        raise NothingLeft(
            f"what its reviewers approved of `{request.id}` has nothing in common",
            advice="approve what the others did, or deny it",
            value=request.id,
            where="locations",
        )
    return replace(request, scope=scope, duration=duration)


def _meet(one: Scope, other: Scope) -> Scope:
    """What lies in both. Of two places that only overlap nothing is taken: less than both is never more than either."""
    locations = frozenset(
        inner for a in one.locations for b in other.locations for inner in _inner(a, b, one.actions)
    )
    return Scope(
        actions=one.actions & other.actions,
        locations=locations,
        kms_keys=one.kms_keys & other.kms_keys,
    )


def _inner(a: Location, b: Location, actions: frozenset[str]) -> tuple[Location, ...]:
    if _inside(a, b, actions):
        return (a,)
    return (b,) if _inside(b, a, actions) else ()


def _inside(a: Location, b: Location, actions: frozenset[str]) -> bool:
    return not excess(
        Scope(actions=actions, locations=frozenset({a})), Scope(actions=actions, locations=frozenset({b}))
    )
