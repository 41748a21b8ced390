"""A statement prepared for comparison: its actions as bits, its resources, and what it asks of each condition key."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from liftgate.iam.language.condition import read_date
from liftgate.iam.language.variables import has_variables
from liftgate.iam.patterns.pattern import Budget, arn_covered, covered
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Principals, Statement
from liftgate.iam.s3.actions import ACTIONS, actions_matching

Test: TypeAlias = Condition | Principals  # what a statement asks of a request beside action and resource

CATALOGUE = tuple(ACTIONS)
_NUMBER = {name: number for number, name in enumerate(CATALOGUE)}
ALL_OF_S3 = (1 << len(CATALOGUE)) - 1

_STRINGS = frozenset({"StringEquals", "StringNotEquals", "StringLike", "StringNotLike"})
_DATES = frozenset(
    {
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One statement. ``s3`` has a bit for each action of the catalogue that the patterns reach, before negation."""

    effect: Effect
    actions: Patterns  # in lower case
    s3: int
    resources: Patterns
    tests: frozenset[Test]
    exact: bool  # False: a variable in the resources, which is not known before the request


@lru_cache(maxsize=4096)
def rules(policy: Policy) -> tuple[Rule, ...]:
    """The policy's statements, prepared."""
    return tuple(map(_rule, policy.statements))


def _rule(statement: Statement) -> Rule:
    actions = Patterns(tuple(value.lower() for value in statement.actions.values), statement.actions.negated)
    resources = statement.resources or Patterns(("*",))
    tests: set[Test] = set(map(_canonical, statement.conditions))
    if statement.principals is not None:
        tests.add(statement.principals)
    return Rule(
        effect=statement.effect,
        actions=actions,
        s3=sum(1 << number for number in {n for value in actions.values for n in _reached(value)}),
        resources=resources,
        tests=frozenset(tests),
        exact=not any(map(has_variables, resources.values)),
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


def is_string(test: Test) -> bool:
    """Whether the test compares one string, so that it can be followed on automata."""
    return (
        isinstance(test, Condition)
        and test.qualifier is None
        and test.operator in _STRINGS
        and not any(map(has_variables, test.values))
    )


def is_date(test: Test) -> bool:
    """Whether the test compares one moment, so that it can be followed on the line of time."""
    return (
        isinstance(test, Condition)
        and test.qualifier is None
        and test.operator in _DATES
        and all(read_date(value) is not None for value in test.values)
    )


def implies(given: frozenset[Test], wanted: Test, budget: Budget) -> bool:
    """Whether requests that meet all of ``given`` plainly meet ``wanted``. Only a yes is certain."""
    if wanted in given:
        return True
    if not isinstance(wanted, Condition):
        return False
    return any(isinstance(test, Condition) and _implies(test, wanted, budget) for test in given)


def _implies(test: Condition, wanted: Condition, budget: Budget) -> bool:
    if test.key != wanted.key or test.if_exists or not (_is_like(test) or is_date(test)):
        return False
    if _is_like(wanted) and _is_like(test):
        return all(_covered_by(value, test, wanted, budget) for value in test.values)
    if is_date(wanted) and test.operator == wanted.operator and len(test.values) == len(wanted.values) == 1:
        here, there = read_date(test.values[0]), read_date(wanted.values[0])
        if here is None or there is None:
            return False
        if test.operator in {"DateLessThan", "DateLessThanEquals"}:
            return here <= there
        return test.operator in {"DateGreaterThan", "DateGreaterThanEquals"} and here >= there
    return False


def _is_like(test: Condition) -> bool:
    """Whether the test wants a string to match one of its patterns."""
    return is_string(test) and test.operator in {"StringEquals", "StringLike"}


def _covered_by(value: str, test: Condition, wanted: Condition, budget: Budget) -> bool:
    """Whether one value of ``test`` lies inside the values of ``wanted``. A literal star is taken for a wildcard: more."""
    if wanted.operator == "StringLike":
        return covered(value, wanted.values, budget)
    return test.operator == "StringEquals" and value in wanted.values


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
    if pattern in wide.values:
        return True
    known = tuple(value for value in wide.values if not has_variables(value))
    return not has_variables(pattern) and arn_covered(pattern, known, budget)
