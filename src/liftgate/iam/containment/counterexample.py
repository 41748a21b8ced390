"""Looks for a request that one policy allows and another does not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

from liftgate.iam.containment.cover import corner, gap
from liftgate.iam.containment.dimension import Dimension, key_dimensions, resource_dimension
from liftgate.iam.containment.example import context_that_meets, example
from liftgate.iam.containment.rule import Rule, apart, implies, resource_inside
from liftgate.iam.containment.universe import Universe, universe
from liftgate.iam.language.variables import has_variables
from liftgate.iam.patterns.pattern import Budget, arn_tokens, common, outside
from liftgate.iam.policy import Condition, Effect, Patterns, Principals
from liftgate.iam.request import Request


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two policies, by what each rule does: ``a`` allows and denies, ``b`` allows and denies."""

    a_allows: tuple[Rule, ...]
    a_denies: tuple[Rule, ...]
    b_allows: tuple[Rule, ...]
    b_denies: tuple[Rule, ...]
    actions: Universe

    def near(self, pattern: str | None, actions: int) -> "Comparison":
        """The same without the rules that speak of none of these actions, or plainly of no ARN of the pattern."""

        def kept(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
            return tuple(
                rule
                for rule in rules
                if self.actions.mask(rule) & actions
                and (pattern is None or not apart(pattern, rule.resources))
            )

        return replace(
            self, a_denies=kept(self.a_denies), b_allows=kept(self.b_allows), b_denies=kept(self.b_denies)
        )


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
        return _search(_most(rule), None, actions, compared.near(None, actions), budget)
    for pattern in rule.resources.values:
        near = compared.near(pattern, actions)
        left = _not_plainly_inside(rule, pattern, actions, near, budget)
        if left:
            within = "*" if has_variables(pattern) else pattern
            one = replace(rule, resources=Patterns((within,)))
            found = (
                _plain_escape(one, within, left, near, budget)
                or _plain_denial(one, within, left, near, budget)
                or _search(one, within, left, near, budget)
            )
            if found is not None:
                return found
    return None


def _not_plainly_inside(rule: Rule, pattern: str, actions: int, near: Comparison, budget: Budget) -> int:
    """The actions for which no single statement of ``b`` plainly says it all: the common case is none."""
    if near.b_denies:
        return actions
    for wide in near.b_allows:
        shared = near.actions.mask(wide) & actions
        if (
            shared
            and resource_inside(pattern, wide.resources, budget)
            and all(implies(rule.tests, test, budget) for test in wide.tests)
        ):
            actions &= ~shared
    return actions


def _plain_escape(rule: Rule, within: str, actions: int, near: Comparison, budget: Budget) -> Request | None:
    """An ARN that no allow of ``b`` names for one action: a common no, found without sorting anything."""
    lowest = actions & -actions
    allowing = [one for one in near.b_allows if near.actions.mask(one) & lowest]
    if near.a_denies or any(one.resources.negated for one in allowing):
        return None
    named = dict.fromkeys(
        value for one in allowing for value in one.resources.values if not has_variables(value)
    )
    arn = outside(arn_tokens(within), tuple(map(arn_tokens, named)), budget)
    return None if arn is None else _request_for(lowest, arn, [rule], near, budget)


def _plain_denial(rule: Rule, within: str, actions: int, near: Comparison, budget: Budget) -> Request | None:
    """An ARN that ``b`` plainly denies: the other common no."""
    for denial in near.b_denies:
        shared = near.actions.mask(denial) & actions
        if near.a_denies or denial.resources.negated or not denial.exact:
            continue
        for pattern in denial.resources.values:
            arn = common(arn_tokens(within), arn_tokens(pattern), budget)
            found = None if arn is None else _request_for(shared & -shared, arn, [rule, denial], near, budget)
            if found is not None:
                return found
    return None


def _request_for(action: int, arn: str, met: list[Rule], near: Comparison, budget: Budget) -> Request | None:
    """A request that meets all tests of some rules; None where they exclude each other."""
    name = near.actions.name(action.bit_length() - 1)
    tests = {test for rule in met for test in rule.tests}
    context = context_that_meets(test for test in tests if isinstance(test, Condition))
    if context is not None and not any(isinstance(test, Principals) for test in tests):
        return Request(action=name, resource=arn, context=context)
    dimensions = key_dimensions(met, budget)
    box = [reduce(and_, (dimension.mask(rule) for rule in met)) for dimension in dimensions]
    if not all(box):
        return None
    return Request(action=name, resource=arn, context=_context(corner(tuple(box)), dimensions))


def _search(rule: Rule, within: str | None, actions: int, near: Comparison, budget: Budget) -> Request | None:
    """The whole question, for one rule of ``a`` and some of its actions: boxes of classes, covered or not."""
    b_allows = [one for one in map(_least, near.b_allows) if one]
    spoken = [rule, *near.a_denies, *b_allows, *near.b_denies]
    dimensions = [resource_dimension(spoken, within, budget), *key_dimensions(spoken, budget)]

    def box(one: Rule) -> tuple[int, ...]:
        return (near.actions.mask(one), *(dimension.mask(one) for dimension in dimensions))

    asked = (actions, *box(rule)[1:])
    denied = [box(one) for one in near.a_denies]
    found = gap(asked, [*map(box, b_allows), *denied], budget)
    for denial in near.b_denies:
        if found is None:
            both = tuple(a & b for a, b in zip(asked, box(denial), strict=True))
            found = gap(both, denied, budget)
    return None if found is None else _request(corner(found), dimensions, near.actions)


def _request(point: tuple[int, ...], dimensions: list[Dimension], actions: Universe) -> Request:
    action, resource, *others = point
    arn = dimensions[0].values[resource]
    return Request(
        action=actions.name(action), resource=arn or "", context=_context(tuple(others), dimensions[1:])
    )


def _context(point: tuple[int, ...], dimensions: list[Dimension]) -> dict[str, str]:
    context: dict[str, str] = {}
    for number, dimension in zip(point, dimensions, strict=True):
        if isinstance(dimension.test, Condition):
            value = example(dimension.test, met=number == 1)
            key: str | None = dimension.test.key
        else:
            key, value = dimension.key, dimension.values[number]
        if key is not None and value is not None:
            context[key] = value
    return context


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
