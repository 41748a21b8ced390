"""A review rule, and whether every request that it lets in can be answered at all."""

from dataclasses import dataclass
from datetime import timedelta

from liftgate.catalogue.ceiling import read_actions
from liftgate.catalogue.fault import FaultKind, FaultList
from liftgate.catalogue.fields import Fields, Marked
from liftgate.catalogue.key_texts import DEFAULT_LAPSE
from liftgate.catalogue.model import Refusal, ReviewRule, WithoutReview
from liftgate.catalogue.names import Directory, Found
from liftgate.catalogue.review_stages import ReadStage, check_fillable, read_stages, refuse_services
from liftgate.catalogue.vocabulary import OF_REQUEST
from liftgate.catalogue.written_condition import read_condition
from liftgate.conditions.condition import Condition
from liftgate.span import in_words

__all__ = ["Asked", "read_review", "refuse_services"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What may be asked for, and by whom; None where that could not be read."""

    longest: timedelta | None
    actions: frozenset[str] | None
    requesters: Found


def read_review(fields: Fields, asked: Asked, directory: Directory, faults: FaultList) -> ReviewRule:
    """The rule, with a fault for whatever could never be approved."""
    stages = read_stages(fields, directory, faults)
    lapses_after = fields.span("lapses_after")
    lapse = lapses_after.value if lapses_after else DEFAULT_LAPSE
    for one in stages:
        _check_before(one, lapse, faults)
    inner = fields.fields("without_review")
    without_review = _read_without_review(inner, asked, faults) if inner else None
    delegable = fields.flag("delegable")
    rule = ReviewRule(
        stages=tuple(one.stage for one in stages if one.stage.reviewers or fields.has("stages")),
        lapses_after=lapse,
        without_review=without_review,
        refuse_when=tuple(_read_refusals(fields, faults)),
        delegable=delegable is not False,
    )
    if all(one.whole for one in stages) and (inner is None or without_review is not None):
        covered = _nothing_is_left(rule.without_review, asked)
        if rule.stages:
            check_fillable(fields, stages, None if covered else asked.requesters, directory, faults)
        elif not covered:
            _report_unanswerable(fields, rule.without_review, faults)
    return rule


def _read_refusals(fields: Fields, faults: FaultList) -> list[Refusal]:
    refusals: list[Refusal] = []
    for one in fields.records("refuse_when"):
        when, because = _condition(one, faults), one.text("because")
        if when and because:
            refusals.append(Refusal(when=when, because=because.value))
    return refusals


def _read_without_review(fields: Fields, asked: Asked, faults: FaultList) -> WithoutReview | None:
    longest, names = fields.span("longest"), fields.texts("actions")
    if longest and asked.longest is not None and longest.value > asked.longest:
        sentence = f"`{in_words(longest.value)}` is longer than anybody may ask for"
        advice = f"at most `{in_words(asked.longest)}`, the entitlement's `longest`"
        faults.add(FaultKind.WITHOUT_REVIEW_LONGER, longest.place, sentence, advice)
    actions = read_actions(names, faults)
    if names is not None and actions is not None and asked.actions is not None:
        _check_subset(names, asked.actions, faults)
    when = _condition(fields, faults)
    if not (longest and actions) or (when is None and fields.has("when")):
        return None
    return WithoutReview(longest=longest.value, actions=actions, when=when)


def _condition(fields: Fields, faults: FaultList) -> Condition | None:
    lines = faults.lines(fields.place.file)
    return read_condition(fields.text("when"), OF_REQUEST, FaultKind.BAD_CONDITION, lines, faults)


def _check_before(read: ReadStage, lapse: timedelta, faults: FaultList) -> None:
    for after in (read.remind_after, read.escalate_after):
        if after and after.value >= lapse:
            sentence = f"by then the request has lapsed, after `{in_words(lapse)}`"
            advice = "make it shorter, or `lapses_after` longer"
            faults.add(FaultKind.AFTER_LAPSE, after.place, sentence, advice)


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


def _nothing_is_left(without_review: WithoutReview | None, asked: Asked) -> bool:
    """Whether every request is approved at once. Unreadable parts count as covered: they have faults already."""
    if without_review is None or without_review.when is not None:
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
