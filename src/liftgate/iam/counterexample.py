"""Looks for a request that one policy allows and another does not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from liftgate.iam.cover import corner, gap
from liftgate.iam.dimension import Dimension, key_dimensions, resource_dimension
from liftgate.iam.pattern import Budget
from liftgate.iam.policy import Effect, Patterns
from liftgate.iam.request import Request
from liftgate.iam.rule import Rule, implies, resource_inside
from liftgate.iam.universe import Universe, universe
from liftgate.iam.variables import has_variables


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two policies, by what each rule does: ``a`` allows and denies, ``b`` allows and denies."""

    a_allows: tuple[Rule, ...]
    a_denies: tuple[Rule, ...]
    b_allows: tuple[Rule, ...]
    b_denies: tuple[Rule, ...]
    actions: Universe


def escape(a: Sequence[Rule], b: Sequence[Rule], budget: Budget) -> Request | None:
    """A request that ``a`` allows and ``b`` may not allow; None is a proof that there is none.

    What cannot be known before the request is taken so that None is never wrong: what ``a`` allows and ``b``
    denies as the most, what ``a`` denies and ``b`` allows as the least. The request found must therefore be tried on
    the policies themselves. Raises ``BudgetSpent``.
    """
    compared = Comparison(
        a_allows=tuple(rule for rule in a if rule.effect is Effect.ALLOW),
        a_denies=tuple(rule for rule in map(_least, a) if rule and rule.effect is Effect.DENY),
        b_allows=tuple(rule for rule in b if rule.effect is Effect.ALLOW),
        b_denies=tuple(map(_most, (rule for rule in b if rule.effect is Effect.DENY))),
        actions=universe((*a, *b)),
    )
    for rule in compared.a_allows:
        found = _escape_of(rule, compared, budget)
        if found is not None:
            return found
    return None


def _escape_of(rule: Rule, compared: Comparison, budget: Budget) -> Request | None:
    actions = compared.actions.mask(rule)
    if rule.resources.negated:
        return _search(_most(rule), None, actions, compared, budget)
    for pattern in rule.resources.values:
        left = _not_plainly_inside(rule, pattern, actions, compared, budget)
        if left:
            within = "*" if has_variables(pattern) else pattern
            one = replace(rule, resources=Patterns((within,)))
            found = _search(one, within, left, compared, budget)
            if found is not None:
                return found
    return None


def _not_plainly_inside(rule: Rule, pattern: str, actions: int, compared: Comparison, budget: Budget) -> int:
    """The actions for which no single statement of ``b`` plainly says it all: the common case is none."""
    if any(compared.actions.mask(denial) & actions for denial in compared.b_denies):
        return actions
    for wide in compared.b_allows:
        shared = compared.actions.mask(wide) & actions
        if (
            shared
            and resource_inside(pattern, wide.resources, budget)
            and all(implies(rule.tests, test, budget) for test in wide.tests)
        ):
            actions &= ~shared
    return actions


def _search(
    rule: Rule, within: str | None, actions: int, compared: Comparison, budget: Budget
) -> Request | None:
    """The whole question, for one rule of ``a`` and some of its actions: boxes of classes, covered or not."""

    def relevant(rules: Sequence[Rule]) -> list[Rule]:
        return [one for one in rules if compared.actions.mask(one) & actions]

    a_denies, b_denies = relevant(compared.a_denies), relevant(compared.b_denies)
    b_allows = [one for one in map(_least, relevant(compared.b_allows)) if one]
    spoken = [rule, *a_denies, *b_allows, *b_denies]
    dimensions = [resource_dimension(spoken, within, budget), *key_dimensions(spoken, budget)]

    def box(one: Rule) -> tuple[int, ...]:
        return (compared.actions.mask(one), *(dimension.mask(one) for dimension in dimensions))

    asked = (actions, *box(rule)[1:])
    denied = [box(one) for one in a_denies]
    found = gap(asked, [*map(box, b_allows), *denied], budget)
    for denial in b_denies:
        if found is None:
            both = tuple(a & b for a, b in zip(asked, box(denial), strict=True))
            found = gap(both, denied, budget)
    return None if found is None else _request(corner(found), dimensions, compared.actions)


def _request(point: tuple[int, ...], dimensions: list[Dimension], actions: Universe) -> Request:
    action, resource, *others = point
    context: dict[str, str] = {}
    for number, dimension in zip(others, dimensions[1:], strict=True):
        value = dimension.values[number]
        if dimension.key is not None and value is not None:
            context[dimension.key] = value
    return Request(action=actions.name(action), resource=str(dimensions[0].values[resource]), context=context)


def _most(rule: Rule) -> Rule:
    """The rule with the variables of its resources taken as anything."""
    if rule.exact:
        return rule
    known = tuple(value for value in rule.resources.values if not has_variables(value))
    wide = Patterns(known, negated=True) if rule.resources.negated else Patterns(("*",))
    return replace(rule, resources=wide)


def _least(rule: Rule) -> Rule | None:
    """The rule with the variables of its resources taken as nothing; None where nothing is left."""
    if rule.exact:
        return rule
    known = tuple(value for value in rule.resources.values if not has_variables(value))
    if rule.resources.negated or not known:
        return None
    return replace(rule, resources=Patterns(known))
