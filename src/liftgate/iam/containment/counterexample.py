"""Looks for a request that one policy allows and another does not."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice
from operator import and_

from liftgate.iam.containment.cover import corner, gaps
from liftgate.iam.containment.dimension import Dimension, key_dimensions, resource_dimension
from liftgate.iam.containment.example import context_that_meets
from liftgate.iam.containment.question import Question, cases, variable_keys
from liftgate.iam.containment.rule import Rule, Speaker, apart, implies, resource_inside
from liftgate.iam.containment.settle import Unsettled, settled
from liftgate.iam.containment.trial import Trial
from liftgate.iam.containment.universe import Universe, universe
from liftgate.iam.containment.witness import Point, requests
from liftgate.iam.language.variables import has_variables
from liftgate.iam.patterns.automaton import Budget
from liftgate.iam.patterns.pattern import arn_tokens, common, outside
from liftgate.iam.policy import Condition, Effect, Patterns
from liftgate.iam.request import Request

_MOST_GAPS = 16  # in which a request is looked for; where none is found there, there may still be one


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


@dataclass(frozen=True, slots=True)
class Part:
    """An allow of ``a`` with one pattern, and what may concern it."""

    rule: Rule
    actions: int
    left: int  # the actions that are not plainly inside the allows of ``b``
    near: Comparison

    @property
    def is_plain(self) -> bool:
        """Whether a request of it can be guessed: no variables, no negation, and ``a`` denies nothing of it."""
        return not (self.rule.moving or self.rule.resources.negated or self.near.a_denies)


def escape(a: Sequence[Rule], b: Sequence[Rule], trial: Trial, budget: Budget) -> Request | None:
    """A request that ``a`` allows and ``b`` does not, confirmed; None proves that there is none, if ``trial`` has no doubts.

    What cannot be known before the request is taken so that this is never wrong: what applies to a request as the
    most, what would put it right as the least. What is found must therefore be tried on the policies themselves, and
    where that fails it leaves a doubt. Raises ``BudgetSpent``.
    """
    compared = _compared(a, b, budget)
    for part in _parts(compared, budget):
        found = _plain_escape(part, trial, budget) or _plain_denial(part, trial, budget)
        for question in _questions(part, budget) if found is None else ():
            found = found or _search(question, part.near.actions, trial, budget)
        if found is not None:
            return found
    return None


def _compared(a: Sequence[Rule], b: Sequence[Rule], budget: Budget) -> Comparison:
    actions = universe((*a, *b))
    a_denies = tuple(rule for rule in a if rule.effect is Effect.DENY)
    b_denies = tuple(rule for rule in b if rule.effect is Effect.DENY)
    return Comparison(
        a_allows=tuple(rule for rule in a if rule.effect is Effect.ALLOW),
        a_denies=a_denies,
        b_allows=tuple(rule for rule in b if rule.effect is Effect.ALLOW),
        b_denies=tuple(one for one in b_denies if _not_plainly_denied(one, a_denies, actions, budget)),
        actions=actions,
    )


def _not_plainly_denied(denial: Rule, denies: Sequence[Rule], actions: Universe, budget: Budget) -> int:
    """The actions for which no single deny refuses all that another does: a ceiling's denies are often repeated."""
    left = actions.mask(denial)
    for wide in denies:
        budget.spend()
        if _plainly_denied(denial, wide):
            left &= ~actions.mask(wide)
    return left


def _plainly_denied(denial: Rule, wide: Rule) -> bool:
    if not wide.tests <= denial.tests:
        return False
    here, there = denial.resources, wide.resources
    if here.negated or there.negated:
        return here == there
    return set(here.values) <= set(there.values)


def _parts(compared: Comparison, budget: Budget) -> Iterator[Part]:
    """Each allow of ``a``, one pattern at a time, unless it is plainly inside ``b``: the common case."""
    for rule in compared.a_allows:
        actions = compared.actions.mask(rule)
        if rule.resources.negated:
            yield Part(rule, actions, actions, compared.near(None, actions))
            continue
        for pattern in rule.resources.values:
            budget.spend(1 + len(compared.b_allows) // 4)
            near = compared.near(pattern, actions)
            left = _not_plainly_inside(rule, pattern, actions, near, budget)
            if left or near.b_denies:
                yield Part(replace(rule, resources=Patterns((pattern,))), actions, left, near)


def _not_plainly_inside(rule: Rule, pattern: str, actions: int, near: Comparison, budget: Budget) -> int:
    """The actions for which no single allow of ``b`` plainly says it all."""
    for wide in near.b_allows:
        shared = near.actions.mask(wide) & actions
        if (
            shared
            and resource_inside(pattern, wide.resources, budget)
            and all(implies(rule.tests, test, budget) for test in wide.tests)
        ):
            actions &= ~shared
    return actions


def _plain_escape(part: Part, trial: Trial, budget: Budget) -> Request | None:
    """An ARN that no allow of ``b`` names for one action: a common no, found without sorting anything."""
    rule, near, lowest = part.rule, part.near, part.left & -part.left
    allowing = [one for one in near.b_allows if near.actions.mask(one) & lowest]
    if not (lowest and part.is_plain) or any(one.resources.negated for one in allowing):
        return None
    (within,) = rule.resources.values
    named = dict.fromkeys(
        value for one in allowing for value in one.resources.values if not has_variables(value)
    )
    arn = outside(arn_tokens(within), tuple(map(arn_tokens, named)), budget)
    return None if arn is None else _simple(lowest, arn, [rule], near.actions, trial=trial, budget=budget)


def _plain_denial(part: Part, trial: Trial, budget: Budget) -> Request | None:
    """An ARN that ``b`` plainly denies: the other common no."""
    if not part.is_plain:
        return None
    rule, near = part.rule, part.near
    (within,) = rule.resources.values
    for denial in near.b_denies:
        shared = near.actions.mask(denial) & part.actions
        if denial.resources.negated or denial.moving:
            continue
        for pattern in denial.resources.values:
            arn = common(arn_tokens(within), arn_tokens(pattern), budget)
            if arn is not None:
                found = _simple(
                    shared & -shared, arn, [rule, denial], near.actions, trial=trial, budget=budget
                )
                if found is not None:
                    return found
    return None


def _simple(
    action: int, arn: str, met: list[Rule], actions: Universe, *, trial: Trial, budget: Budget
) -> Request | None:
    """A request that meets all tests of some rules, by what is likely to; None where none was found."""
    tests = {test for rule in met for test in rule.tests}
    if any(isinstance(test, Speaker) for test in tests):
        return None
    context = context_that_meets(test for test in tests if isinstance(test, Condition))
    if context is None:
        return None
    name = actions.name(action.bit_length() - 1)
    return trial.confirmed([Request(action=name, resource=arn, context=context)], budget)


def _questions(part: Part, budget: Budget) -> Iterator[Question]:
    """A request escapes that no allow of ``b`` takes in, or that a deny of ``b`` refuses; ``a`` must not deny it."""
    rule, near = part.rule, part.near
    if part.left:
        yield Question(actions=part.left, facts=(rule,), covers=(*near.b_allows, *near.a_denies))
    for denial in near.b_denies:
        shared = part.actions & _not_plainly_denied(denial, near.a_denies, near.actions, budget)
        if shared:
            yield Question(actions=shared, facts=(rule, denial), covers=near.a_denies)


def _search(question: Question, actions: Universe, trial: Trial, budget: Budget) -> Request | None:
    """The whole question, in all its cases: boxes of classes, covered or not."""
    for case in cases(question):
        budget.spend(10 + (1 + len(case.facts)) * len(case.covers) // 2)
        found = _search_case(_without_the_known(case, actions, budget), actions, trial, budget)
        if found is not None:
            return found
    return None


def _without_the_known(case: Question, actions: Universe, budget: Budget) -> Question:
    """The same without the tests that the facts settle, and without the covers that speak of none of its actions."""
    given = frozenset(test for rule in case.facts for test in rule.tests)
    asked = reduce(and_, map(actions.mask, case.facts), case.actions)
    covers = []
    for cover in case.covers:
        if actions.mask(cover) & asked:
            left = frozenset(test for test in cover.tests if not implies(given, test, budget))
            covers.append(cover if left == cover.tests else replace(cover, tests=left))
    return replace(case, actions=asked, covers=tuple(covers))


def _search_case(case: Question, actions: Universe, trial: Trial, budget: Budget) -> Request | None:
    if not case.actions:
        return None
    dimensions = [resource_dimension(case, budget), *key_dimensions(case, budget)]
    asked = (case.actions, *(dimension.asked for dimension in dimensions))
    masks = zip(*(dimension.covers for dimension in dimensions), strict=True)
    covers = [(actions.mask(cover), *mask) for cover, mask in zip(case.covers, masks, strict=True)]
    unsettled = None
    for gap in islice(gaps(asked, covers, budget), _MOST_GAPS):
        found = trial.confirmed(_requests_in(gap, dimensions, actions, case), budget)
        if found is not None:
            return found
        unsettled = unsettled or next(_requests_in(gap, dimensions, actions, case))
    if unsettled is None:
        return None
    if case.moving:
        with suppress(Unsettled):
            return settled(case, actions, trial, budget)
    trial.doubt(unsettled)
    return None


def _requests_in(
    gap: tuple[int, ...], dimensions: list[Dimension], actions: Universe, case: Question
) -> Iterator[Request]:
    """Requests of a part that nothing covers: of its first point, and where a variable is involved of others too."""
    tests = [test for rule in (*case.facts, *case.covers) for test in rule.tests]
    keys = variable_keys(case) if case.moving else ()
    left = gap
    for _ in range(_MOST_GAPS if case.moving else 1):
        action, *numbers = corner(left)
        point = Point(tuple(numbers), tuple(dimensions), case.known, keys)
        yield from requests(actions.name(action), point, tests)
        rest = left[1] & (left[1] - 1)  # the next class of resources
        if not rest:
            return
        left = (left[0], rest, *left[2:])
