"""A review rule, and whether every request that it lets in can be answered at all."""

from dataclasses import dataclass
from datetime import timedelta

from liftgate.catalogue.ceiling import read_actions
from liftgate.catalogue.fault import FaultKind, FaultList
from liftgate.catalogue.fields import Fields, Marked
from liftgate.catalogue.keys import DEFAULT_LAPSE
from liftgate.catalogue.model import ReviewRule, WithoutReview
from liftgate.catalogue.names import Directory, Found
from liftgate.span import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What may be asked for, and by whom; None where that could not be read."""

    longest: timedelta | None
    actions: frozenset[str] | None
    requesters: Found


def read_review(fields: Fields, asked: Asked, directory: Directory, faults: FaultList) -> ReviewRule:
    """The rule, with a fault for whatever could never be approved."""
    listed = fields.texts("reviewers")
    reviewers = directory.find(() if listed is None and not fields.has("reviewers") else listed)
    approvals = fields.whole("approvals")
    lapses_after = fields.span("lapses_after")
    inner = fields.fields("without_review")
    without_review = _read_without_review(inner, asked, faults) if inner else None
    rule = ReviewRule(
        reviewers=reviewers.ids,
        approvals=approvals.value if approvals else 1,
        lapses_after=lapses_after.value if lapses_after else DEFAULT_LAPSE,
        without_review=without_review,
    )
    _check_services(reviewers, directory, faults)
    if reviewers.whole and (inner is None or without_review is not None):
        _check_answerable(fields, rule, approvals, asked, faults)
    return rule


def _read_without_review(fields: Fields, asked: Asked, faults: FaultList) -> WithoutReview | None:
    longest, names = fields.span("longest"), fields.texts("actions")
    if longest and asked.longest is not None and longest.value > asked.longest:
        sentence = f"`{in_words(longest.value)}` is longer than anybody may ask for"
        advice = f"at most `{in_words(asked.longest)}`, the entitlement's `longest`"
        faults.add(FaultKind.WITHOUT_REVIEW_LONGER, longest.place, sentence, advice)
    actions = read_actions(names, faults)
    if names is not None and actions is not None and asked.actions is not None:
        _check_subset(names, asked.actions, faults)
    return WithoutReview(longest=longest.value, actions=actions) if longest and actions else None


def _check_subset(names: tuple[Marked[str], ...], ceiling: frozenset[str], faults: FaultList) -> None:
    for name in names:
        beyond = sorted((read_actions((name,), faults) or frozenset()) - ceiling)
        if beyond:
            faults.add(
                FaultKind.WITHOUT_REVIEW_ACTION,
                name.place,
                f"`{beyond[0]}` is not in the ceiling, so it cannot be asked for",
                "name only actions of the ceiling",
            )


def _check_services(reviewers: Found, directory: Directory, faults: FaultList) -> None:
    for id_ in sorted(reviewers.ids & directory.services):
        sentence = f"`{id_}` is a service, and nobody can ask a service to review"
        faults.add(FaultKind.SERVICE_REVIEWS, reviewers.named_by(id_), sentence, "let people review")


def _check_answerable(
    fields: Fields, rule: ReviewRule, approvals: Marked[int] | None, asked: Asked, faults: FaultList
) -> None:
    if not rule.reviewers and not _nothing_is_left(rule.without_review, asked):
        _report_unanswerable(fields, rule.without_review, faults)
    elif approvals and rule.approvals > len(rule.reviewers):
        sentence = f"{_count(rule.approvals)} must approve, and {_count(len(rule.reviewers))} may review"
        advice = "name more reviewers, or ask for fewer approvals"
        faults.add(FaultKind.TOO_MANY_APPROVALS, approvals.place, sentence, advice)
    elif rule.reviewers and not _nothing_is_left(rule.without_review, asked):
        _check_self_review(rule, asked.requesters, faults)


def _nothing_is_left(without_review: WithoutReview | None, asked: Asked) -> bool:
    """Whether every request is approved at once. Unreadable parts count as covered: they have faults already."""
    if without_review is None:
        return False
    longest_covered = asked.longest is None or without_review.longest >= asked.longest
    return longest_covered and (asked.actions is None or without_review.actions >= asked.actions)


def _report_unanswerable(fields: Fields, without_review: WithoutReview | None, faults: FaultList) -> None:
    if without_review is None:
        sentence = "nobody reviews, and nothing is approved without a review"
    else:
        sentence = "nobody reviews, and not everything is approved without a review"
    advice = "name `reviewers`, or let `without_review` cover the longest duration and every action"
    faults.add(FaultKind.NO_REVIEWERS, fields.place_of("reviewers"), sentence, advice)


def _check_self_review(rule: ReviewRule, requesters: Found, faults: FaultList) -> None:
    others = len(rule.reviewers) - 1
    if others >= rule.approvals:
        return
    for id_ in sorted(rule.reviewers & requesters.ids):
        faults.add(
            FaultKind.SELF_REVIEW,
            requesters.named_by(id_),
            f"`{id_}` may ask, but {_others(others)} may review it and {_count(rule.approvals)} must approve",
            f"add a reviewer, or take `{id_}` out of the requesters: nobody reviews a request of their own",
        )


def _count(number: int) -> str:
    return {0: "nobody", 1: "one person"}.get(number, f"{number} people")


def _others(number: int) -> str:
    return {0: "nobody else", 1: "only one other person"}.get(number, f"only {number} other people")
