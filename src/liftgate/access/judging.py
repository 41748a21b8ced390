"""What the conditions of a rule say of an ask: each decided once, with the values that it was decided by.

What cannot be decided counts against whoever asks: the stage is wanted, nothing is free of review, it is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from liftgate.access.model import Demand
from liftgate.catalogue.model import ReviewRule, WithoutReview
from liftgate.clock import rfc3339
from liftgate.conditions.condition import Condition
from liftgate.conditions.errors import ConditionFailed
from liftgate.conditions.vocabulary import Facts, Value

_LONGEST_VALUE: Final = 200


class Outcome(StrEnum):
    """What came of a condition."""

    HOLDS = "holds"
    HOLDS_NOT = "does_not_hold"
    FAILED = "failed"  # it could not be decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One condition, decided."""

    of: str  # "refuse_when", "without_review", or "stage" and its name
    condition: str
    outcome: Outcome
    values: tuple[tuple[str, str], ...]  # of the facts that it names, as people read them
    because: str | None = None  # why it could not be decided

    @property
    def may_hold(self) -> bool:
        """Whether it holds, or might."""
        return self.outcome is not Outcome.HOLDS_NOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a rule wants of an ask."""

    stages: tuple[Demand, ...]
    refusals: tuple[str, ...]  # why it is refused outright
    judged: tuple[Judged, ...]
    free: bool = False  # of review: that no stage is wanted does not make it so

    @property
    def spared(self) -> frozenset[str]:
        """The conditions that did not hold."""
        return frozenset(one.condition for one in self.judged if one.outcome is Outcome.HOLDS_NOT)


def judge(of: str, condition: Condition, facts: Facts) -> Judged:
    """Decide one condition."""
    because = None
    try:
        outcome = Outcome.HOLDS if condition.holds(facts) else Outcome.HOLDS_NOT
    except ConditionFailed as failure:
        outcome, because = Outcome.FAILED, failure.sentence
    values = tuple((name, _in_words(facts(name))) for name in condition.names)
    return Judged(of=of, condition=condition.text, outcome=outcome, values=values, because=because)


def wanted(rule: ReviewRule, facts: Facts, *, may_be_free: bool, break_glass: bool) -> Wanted:
    """What a rule wants. ``may_be_free``: the ask is short and small enough to need no review, where that depends on nothing else."""
    refusing = [(one, judge("refuse_when", one.when, facts)) for one in rule.refuse_when]
    refusals = tuple(_refusal(one.because, judged) for one, judged in refusing if judged.may_hold)
    judged = [said for _, said in refusing]
    if break_glass:
        return Wanted(stages=(), refusals=refusals, judged=tuple(judged), free=True)
    if may_be_free and rule.without_review is not None:
        free = _is_free(rule.without_review, facts)
        judged += free[1]
        if free[0]:
            return Wanted(stages=(), refusals=refusals, judged=tuple(judged), free=True)
    stages = list(_stages(rule, facts))
    judged += [said for _, said in stages if said is not None]
    return Wanted(
        stages=tuple(stage for stage, said in stages if said is None or said.may_hold),
        refusals=refusals,
        judged=tuple(judged),
    )


def _refusal(because: str, judged: Judged) -> str:
    if judged.outcome is Outcome.FAILED:
        return f"{because} (whether that is so could not be decided: {judged.because})"
    return because


def _is_free(free: WithoutReview, facts: Facts) -> tuple[bool, list[Judged]]:
    if free.when is None:
        return True, []
    judged = judge("without_review", free.when, facts)
    return judged.outcome is Outcome.HOLDS, [judged]


def _stages(rule: ReviewRule, facts: Facts) -> Iterator[tuple[Demand, Judged | None]]:
    for stage in rule.stages:
        demand = Demand(name=stage.name, approvals=stage.approvals, other_team=stage.other_team)
        yield demand, judge(f"stage {stage.name}", stage.when, facts) if stage.when else None


def _in_words(value: Value | None) -> str:
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, tuple):
        text = f"[{', '.join(value)}]"
    elif isinstance(value, datetime):
        text = rfc3339(value)
    else:
        text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
