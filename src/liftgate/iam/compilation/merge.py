"""Says the same in fewer statements. Whoever uses the result proves it equal with ``contains``; nothing here is trusted."""

from dataclasses import replace
from itertools import combinations

from liftgate.iam.patterns.pattern import Budget, covered
from liftgate.iam.policy import Condition, Patterns, Policy, Statement

_STEPS = 20_000  # to find whether one pattern lies inside another


def merged(policy: Policy) -> Policy:
    """Equal statements joined, and what another pattern or statement already says left out.

    Only for policies of allow statements over ``Action`` and ``Resource``, as ``grants`` makes them.
    """
    statements = [_lean(one) for one in policy.statements]
    while True:
        shorter = _join(statements)
        if len(shorter) == len(statements):
            return replace(policy, statements=tuple(sorted(shorter, key=_order)))
        statements = shorter


def _lean(one: Statement) -> Statement:
    if one.resources is None:
        return one
    conditions = tuple(
        replace(condition, values=_widest(condition.values))
        if condition.operator == "StringLike"
        else condition
        for condition in one.conditions
    )
    return replace(one, resources=Patterns(_widest(one.resources.values)), conditions=conditions)


def _widest(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The patterns without those that lie inside another."""
    kept = sorted(set(patterns), key=lambda pattern: (len(pattern), pattern))
    for pattern in reversed(kept.copy()):
        others = [other for other in kept if other != pattern]
        if any(covered(pattern, (other,), Budget(_STEPS)) for other in others):
            kept = others
    return tuple(sorted(kept))


def _join(statements: list[Statement]) -> list[Statement]:
    for first, second in combinations(statements, 2):
        rest = [one for one in statements if one is not first and one is not second]
        if _says_all_of(first, second):
            return [*rest, first]
        if _says_all_of(second, first):
            return [*rest, second]
        if first.conditions == second.conditions:
            if first.resources == second.resources:
                return [*rest, replace(first, actions=_together(first.actions, second.actions))]
            if first.actions == second.actions and first.resources and second.resources:
                return [*rest, _lean(replace(first, resources=_together(first.resources, second.resources)))]
    return statements


def _says_all_of(wide: Statement, narrow: Statement) -> bool:
    return (
        wide.resources is not None
        and narrow.resources is not None
        and set(narrow.actions.values) <= set(wide.actions.values)
        and set(narrow.resources.values) <= set(wide.resources.values)
        and _conditions(wide) <= _conditions(narrow)
    )


def _conditions(one: Statement) -> set[Condition]:
    return set(one.conditions)


def _together(first: Patterns, second: Patterns) -> Patterns:
    return Patterns(tuple(sorted({*first.values, *second.values})))


def _order(one: Statement) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    return len(one.conditions), one.actions.values, one.resources.values if one.resources else ()
