"""How far a request is with its review: each stage that it must pass, who may answer it now, and whose approval counts.

Derived from the request, its reviews, the catalogue as it is now and the clock. What was wanted when it was asked for is
still wanted; what the catalogue wants beyond that by now is wanted as well (docs/decisions/0004).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from liftgate.access.model import Answer, Request, Review
from liftgate.catalogue.fillable import fillable
from liftgate.catalogue.model import Catalogue, ReviewRule, Stage

_NOBODY: frozenset[str] = frozenset()
Applies = Callable[[Stage], bool]  # whether a stage that was spared when it was asked for is wanted by now


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stage of a request as it stands."""

    number: int  # 0 for the first
    stage: Stage  # as the catalogue has it now; without people where it has it no longer
    approvals: int  # that are needed: the larger of then and now
    barred: frozenset[str]  # who does not count: the requester, and their own team where that was or is said
    counted: frozenset[
        str
    ]  # whose approval counts: people with the right, also where somebody answered for them
    other_team: bool  # whether their own team is
    since: datetime | None  # when its turn came; None: not yet
    is_escalated: bool

    @property
    def left(self) -> int:
        """How many approvals it still waits for."""
        return max(0, self.approvals - len(self.counted))

    @property
    def may_answer(self) -> frozenset[str]:
        """Who has the right to answer it now, whether they did or not."""
        reviewers = self.stage.answerers if self.is_escalated else self.stage.reviewers
        return reviewers - self.barred


def steps_of(
    request: Request,
    reviews: Sequence[Review],
    catalogue: Catalogue,
    now: datetime,
    applies: Applies | None = None,
) -> tuple[Step, ...]:
    """The stages of a request, in the order in which they are answered.

    Args:
        request: as it was made.
        reviews: all answers to it.
        catalogue: as it is now.
        now: what has been escalated by now is.
        applies: says of a stage that was spared when it was asked for whether it is wanted by now; None: it is not.

    """
    if not request.stages:  # approved without a review
        return ()
    entitlement = catalogue.entitlements.get(request.entitlement)
    rule = entitlement.review if entitlement else None
    mates = request.own_team | catalogue.own_team(request.requester)
    steps: list[Step] = []
    since: datetime | None = request.asked_at
    for number, (stage, approvals, other_team) in enumerate(_wanted(request, rule, applies)):
        barred = frozenset({request.requester}) | (mates if other_team else frozenset())
        counting = _counting(reviews, stage, barred, rule)
        escalated = (
            since is not None and stage.escalate_after is not None and now >= since + stage.escalate_after
        )
        step = Step(
            number=number,
            stage=stage,
            approvals=approvals,
            barred=barred,
            other_team=other_team,
            counted=frozenset(review.counts_for for review in counting),
            since=since,
            is_escalated=escalated,
        )
        steps.append(step)
        since = None if step.left or since is None else max(since, counting[approvals - 1].reviewed_at)
    return tuple(steps)


def current(steps: Sequence[Step]) -> Step | None:
    """The stage whose turn it is; None where all have what they need."""
    return next((step for step in steps if step.left), None)


def answered_by(reviews: Sequence[Review]) -> frozenset[str]:
    """Everybody whose answer was given: by themselves, or for them. Each answers a request once."""
    return frozenset(person for review in reviews for person in (review.reviewer, review.counts_for))


def may_still_answer(step: Step, steps: Sequence[Step], reviews: Sequence[Review]) -> frozenset[str]:
    """Whose approval a stage waits for. Of the stage whose turn it is, those are left out whom a later one cannot do without."""
    people = step.may_answer - answered_by(reviews)
    return people - needed_later(people, steps, reviews) if step is current(steps) else people


def can_be_met(steps: Sequence[Step], reviews: Sequence[Review], by: frozenset[str] = _NOBODY) -> bool:
    """Whether there are people enough for what is still wanted, each counting in one stage only.

    Args:
        steps: the stages as they stand.
        reviews: all answers so far.
        by: whom one more approval, of the stage whose turn it is, uses up.

    """
    turn, given = current(steps), answered_by(reviews) | by
    return fillable(
        (step.stage.answerers - step.barred - given, step.left - (1 if by and step is turn else 0))
        for step in steps
    )


def leaves_too_few(people: frozenset[str], steps: Sequence[Step], reviews: Sequence[Review]) -> bool:
    """Whether an approval that uses these people up would leave too few for what is wanted after it; what cannot be met
    anyway is not made worse.
    """
    turn = current(steps)
    if len(people) == 1 and not any(step.left for step in steps if step is not turn):
        return False  # one of them fewer, for one fewer that is wanted
    return not can_be_met(steps, reviews, by=people) and can_be_met(steps, reviews)


def needed_later(people: frozenset[str], steps: Sequence[Step], reviews: Sequence[Review]) -> frozenset[str]:
    """Those of some people who cannot approve the stage whose turn it is without leaving a later one to too few."""
    places = sum(step.left for step in steps)
    later = [step for step in steps if step.left and step is not current(steps)]
    scarce = [people & step.stage.answerers for step in later if len(_others(step, reviews)) <= places]
    return frozenset(
        person
        for person in frozenset[str]().union(*scarce)
        if leaves_too_few(frozenset({person}), steps, reviews)
    )


def waits_for(
    person_id: str, steps: Sequence[Step], reviews: Sequence[Review], stands_for: frozenset[str]
) -> bool:
    """Whether the stage whose turn it is waits for somebody's approval, in their own right or for a reviewer who is away."""
    step = current(steps)
    if step is None or person_id in step.barred | answered_by(reviews):
        return False
    return right_to_approve(person_id, step, steps, reviews, stands_for) is not None


def may_deny(
    person_id: str, steps: Sequence[Step], reviews: Sequence[Review], stands_for: frozenset[str]
) -> bool:
    """Whether somebody may deny it now: reviewers of later stages may too."""
    if person_id in answered_by(reviews):
        return False
    return any(step.left and rights_to_answer(person_id, step, reviews, stands_for) for step in steps)


def right_to_approve(
    person_id: str,
    step: Step,
    steps: Sequence[Step],
    reviews: Sequence[Review],
    stands_for: frozenset[str],
) -> str | None:
    """By whose right somebody approves the stage whose turn it is so that enough people are left: their own before that of others."""
    rights = rights_to_answer(person_id, step, reviews, stands_for)
    return next(
        (one for one in rights if not leaves_too_few(frozenset({person_id, one}), steps, reviews)), None
    )


def rights_to_answer(
    person_id: str, step: Step, reviews: Sequence[Review], stands_for: frozenset[str]
) -> tuple[str, ...]:
    """By whose rights somebody may answer a stage: by their own alone, where they have it, else by that of reviewers who are away."""
    if person_id in step.barred:
        return ()
    if person_id in step.may_answer:
        return (person_id,)
    return tuple(sorted((stands_for & (step.may_answer - answered_by(reviews))) - {person_id}))


def _others(step: Step, reviews: Sequence[Review]) -> frozenset[str]:
    return step.stage.answerers - step.barred - answered_by(reviews)


def gone(request: Request, rule: ReviewRule) -> tuple[str, ...]:
    """Stages that were wanted, and that the catalogue no longer has."""
    known = {stage.name for stage in rule.stages}
    return tuple(demand.name for demand in request.stages if demand.name not in known)


def _wanted(
    request: Request, rule: ReviewRule | None, applies: Applies | None
) -> Iterator[tuple[Stage, int, bool]]:
    then = {demand.name: demand for demand in request.stages}
    for stage in rule.stages if rule else ():
        demand = then.pop(stage.name, None)
        if demand is not None:
            yield (
                stage,
                max(demand.approvals, stage.approvals),
                demand.other_team or stage.other_team,
            )
        elif _is_wanted_now(stage, request, applies):
            yield stage, stage.approvals, stage.other_team
    for demand in then.values():
        yield Stage(name=demand.name, reviewers=frozenset()), demand.approvals, demand.other_team


def _is_wanted_now(stage: Stage, request: Request, applies: Applies | None) -> bool:
    if stage.when is None or stage.when.text not in request.spared:
        return True  # it is new since, or has another condition: what was not decided then counts as held
    return applies is not None and applies(stage)


def _counting(
    reviews: Sequence[Review], stage: Stage, barred: frozenset[str], rule: ReviewRule | None
) -> list[Review]:
    """The approvals that count for a stage, the first first; one for each person with the right."""
    counting: dict[str, Review] = {}
    for review in reviews:
        if (
            review.answer is Answer.APPROVE
            and review.stage == stage.name
            and review.counts_for in stage.answerers - barred
            and review.reviewer not in barred
            and (review.in_place_of is None or (rule is not None and rule.delegable))
        ):
            counting.setdefault(review.counts_for, review)
    return sorted(counting.values(), key=lambda review: review.reviewed_at)
