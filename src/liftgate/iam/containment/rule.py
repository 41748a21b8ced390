"""A statement prepared for comparison: its actions as bits, its resources, and what it asks of each condition key."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from liftgate.iam.containment.callers import named_too
from liftgate.iam.containment.template import Reading, least, marked, variables_of
from liftgate.iam.language.values import read_date, read_network, read_number
from liftgate.iam.language.variables import has_variables
from liftgate.iam.patterns.automaton import Budget
from liftgate.iam.patterns.pattern import arn_covered, covered, outside
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Principals, Qualifier, Statement
from liftgate.iam.s3.actions import ACTIONS, actions_matching


@dataclass(frozen=True, slots=True)
class Speaker:
    """That a statement speaks of the caller. An allow and a deny read the same principals a little differently."""

    principals: Principals
    effect: Effect


Test: TypeAlias = Condition | Speaker  # what a statement asks of a request beside action and resource

CATALOGUE = tuple(ACTIONS)
_NUMBER = {name: number for number, name in enumerate(CATALOGUE)}
ALL_OF_S3 = (1 << len(CATALOGUE)) - 1
ANY = Patterns(("*",))


@dataclass(frozen=True, slots=True)
class Rule:
    """One statement. ``s3`` has a bit for each action of the catalogue that the patterns reach, before negation."""

    effect: Effect
    actions: Patterns  # in lower case
    s3: int
    resources: Patterns
    tests: frozenset[Test]
    moving: bool  # whether there are variables, in resources or conditions


@lru_cache(maxsize=4096)
def rules(policy: Policy) -> tuple[Rule, ...]:
    """The policy's statements, prepared."""
    return tuple(map(_rule, policy.statements))


def _rule(statement: Statement) -> Rule:
    actions = Patterns(tuple(value.lower() for value in statement.actions.values), statement.actions.negated)
    resources = statement.resources or ANY
    tests: set[Test] = set(map(_canonical, statement.conditions))
    if statement.principals is not None and not _everyone(statement.principals):
        tests.add(Speaker(statement.principals, statement.effect))
    texts = [*resources.values, *(value for condition in statement.conditions for value in condition.values)]
    return Rule(
        effect=statement.effect,
        actions=actions,
        s3=sum(1 << number for number in {n for value in actions.values for n in _reached(value)}),
        resources=resources,
        tests=frozenset(tests),
        moving=any(map(has_variables, texts)),
    )


def _everyone(principals: Principals) -> bool:
    return not principals.negated and any(
        kind in {"*", "AWS"} and value == "*" for kind, value in principals.values
    )


@lru_cache(maxsize=16384)
def _reached(pattern: str) -> tuple[int, ...]:
    return tuple(_NUMBER[name] for name in actions_matching(pattern))


def _canonical(condition: Condition) -> Condition:
    return Condition(
        condition.operator,
        condition.key.lower(),
        tuple(sorted(set(condition.values))),
        condition.qualifier,
        condition.if_exists,
    )


def implies(given: frozenset[Test], wanted: Test, budget: Budget) -> bool:
    """Whether requests that meet all of ``given`` plainly meet ``wanted``. Only a yes is certain."""
    if wanted in given:
        return True
    if isinstance(wanted, Speaker):
        return any(isinstance(test, Speaker) and _speaks_too(test, wanted) for test in given)
    return any(isinstance(test, Condition) and _implies(test, wanted, budget) for test in given)


def _speaks_too(test: Speaker, wanted: Speaker) -> bool:
    """Whom an allow speaks of, a deny of the same principals speaks of too, and not the other way round."""
    if test.effect is not wanted.effect and wanted.effect is Effect.ALLOW:
        return False
    return named_too(test.principals, test.effect, wanted.principals)


def _implies(test: Condition, wanted: Condition, budget: Budget) -> bool:
    """Of two conditions: the same comparison of the same key, with values that take in all of the other's."""
    if test.key != wanted.key or test.qualifier is not wanted.qualifier:
        return False
    if test.if_exists and not wanted.if_exists and test.qualifier is not Qualifier.FOR_ALL:
        return False
    if test.operator == wanted.operator:
        if "Not" in test.operator:
            return set(wanted.values) <= set(test.values)
        return set(test.values) <= set(wanted.values) or _tighter(test, wanted, budget)
    return {test.operator, wanted.operator} == _LIKES and _inside(test, wanted, budget)


_LIKES = frozenset({"StringEquals", "StringLike"})


def _tighter(test: Condition, wanted: Condition, budget: Budget) -> bool:
    """Whether each value of one condition lets by no more than some value of another, of the same operator."""
    if test.operator == "StringLike":
        return _inside(test, wanted, budget)
    if test.operator == "IpAddress":
        return all(any(_in_network(here, there) for there in wanted.values) for here in test.values)
    if "Than" not in test.operator:
        return False
    read: Callable[[str], Any] = read_date if test.operator.startswith("Date") else read_number
    bounds = [[value for text in each.values if (value := read(text)) is not None] for each in (test, wanted)]
    if not all(bounds):
        return False
    here, there = ((max if "Less" in test.operator else min)(each) for each in bounds)
    return bool(here <= there if "Less" in test.operator else here >= there)


def _in_network(here: str, there: str) -> bool:
    inner, outer = read_network(here), read_network(there)
    if inner is None or outer is None or inner.version != outer.version:
        return False
    return inner.prefixlen >= outer.prefixlen and inner.network_address in outer


def _inside(test: Condition, wanted: Condition, budget: Budget) -> bool:
    return all(_covered_by(value, test, wanted, budget) for value in test.values)


def _covered_by(value: str, test: Condition, wanted: Condition, budget: Budget) -> bool:
    """Whether one value of ``test`` lies inside the values of ``wanted``. A literal star is taken for a wildcard: more."""
    if value in wanted.values and (wanted.operator == "StringLike" or test.operator == "StringEquals"):
        return True
    if has_variables(value) or wanted.operator == "StringEquals":
        return False
    known = tuple(one for one in wanted.values if not has_variables(one))
    return covered(value, known, budget)


def apart(pattern: str, patterns: Patterns) -> bool:
    """Whether no ARN of the pattern plainly belongs to ``patterns``. Only a yes is certain."""
    head = _head(pattern)
    return not patterns.negated and not any(
        other.startswith(head) or head.startswith(other) for other in map(_head, patterns.values)
    )


@lru_cache(maxsize=16384)
def _head(pattern: str) -> str:
    """The plain text that every string of the pattern begins with."""
    return re.split(r"[*?]|\$\{", pattern, maxsplit=1)[0]


def resource_inside(pattern: str, wide: Patterns, budget: Budget) -> bool:
    """Whether every ARN of the pattern plainly belongs to ``wide``. Only a yes is certain."""
    if wide.negated:
        return False
    if pattern in wide.values or "*" in wide.values:
        return True
    if not has_variables(pattern):
        return arn_covered(pattern, tuple(value for value in wide.values if not has_variables(value)), budget)
    if any(variable.default is not None for variable in variables_of(pattern)):
        return False
    parts = marked(pattern, Reading.RESOURCE, {}, 0, {})
    wholes = tuple(one for value in wide.values for one in least(value, Reading.RESOURCE, {}, 1))
    return all(outside(part, wholes, budget) is None for part in parts)
