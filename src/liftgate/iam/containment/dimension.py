"""One side of a request on which rules differ: its resource, one condition key, or a test that is not followed.

Each dimension sorts its values into classes that the rules at hand cannot tell apart, so that a rule becomes one
set of classes, and a comparison of rules becomes arithmetic on bits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from liftgate.iam.containment.rule import Rule, Test, is_date, is_string
from liftgate.iam.language.condition import holds, read_date
from liftgate.iam.patterns.classes import classes
from liftgate.iam.patterns.pattern import Budget, Tokens, arn_tokens, tokens
from liftgate.iam.policy import Condition, Patterns
from liftgate.iam.s3.condition_key import has_one_value

# Always in a request's context, so its absence is no case. Source: "AWS global condition context keys", IAM User Guide.
_ALWAYS_THERE = frozenset({"aws:currenttime"})
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension: what stands for each class, and which classes a rule speaks of."""

    key: str | None  # a condition key; None: the resource, or a test that is not followed
    values: tuple[str | None, ...]  # one for each class; None: the key is absent
    mask: Callable[[Rule], int]
    test: Test | None = None  # one that is not followed: the classes are that it fails, and that it is met

    @property
    def everything(self) -> int:
        """All classes."""
        return (1 << len(self.values)) - 1


def resource_dimension(rules: Sequence[Rule], within: str | None, budget: Budget) -> Dimension:
    """The classes of ARNs that the rules tell apart, inside the pattern ``within`` if there is one."""
    groups = list(dict.fromkeys(rule.resources.values for rule in rules))
    sets = [tuple(map(arn_tokens, group)) for group in groups]
    found = classes(sets, budget, within=None if within is None else arn_tokens(within))
    place = {group: number for number, group in enumerate(groups)}

    def mask(rule: Rule) -> int:
        return _where(found, place[rule.resources.values], rule.resources)

    return Dimension(None, tuple(text for text, _ in found), mask)


def _where(found: list[tuple[str, int]], number: int, patterns: Patterns) -> int:
    bits = (
        1 << index
        for index, (_, signature) in enumerate(found)
        if bool(signature >> number & 1) is not patterns.negated
    )
    return sum(bits)


def key_dimensions(rules: Sequence[Rule], budget: Budget) -> list[Dimension]:
    """One dimension for each condition key that can be followed, and one for each test that cannot."""
    tests = {test for rule in rules for test in rule.tests}
    followed: dict[str, list[Condition]] = {}
    unfollowed: list[Test] = []
    for test in sorted(tests, key=repr):
        if isinstance(test, Condition) and _kind(test, tests) is not None:
            followed.setdefault(test.key, []).append(test)
        else:
            unfollowed.append(test)
    return [
        *(_followed(key, group, budget) for key, group in followed.items()),
        *map(_unfollowed, unfollowed),
    ]


def _kind(test: Condition, tests: set[Test]) -> str | None:
    """How the test's key is followed: by all of its tests in one way, or, where they differ, by the strings alone."""
    if not has_one_value(test.key):
        return None
    if is_string(test) or (test.operator == "Null" and test.qualifier is None):
        return "string"
    if is_date(test) and not any(
        isinstance(t, Condition) and t.key == test.key and is_string(t) for t in tests
    ):
        return "date"
    return None


def _followed(key: str, tests: list[Condition], budget: Budget) -> Dimension:
    present = _moments(tests) if any(map(is_date, tests)) else _strings(tests, budget)
    absent: list[str | None] = [] if key in _ALWAYS_THERE else [None]
    values = (*absent, *present)
    truth = {test: _truth(test, values) for test in tests}
    everything = (1 << len(values)) - 1

    def mask(rule: Rule) -> int:
        met = everything
        for test in rule.tests:
            if isinstance(test, Condition):
                met &= truth.get(test, everything)
        return met

    return Dimension(key, values, mask)


def _truth(test: Condition, values: tuple[str | None, ...]) -> int:
    contexts = ({} if value is None else {test.key: (value,)} for value in values)
    return sum(1 << number for number, context in enumerate(contexts) if holds(test, context))


def _strings(tests: list[Condition], budget: Budget) -> list[str]:
    sets = [
        tuple(_pattern(test, value) for value in test.values) for test in tests if test.operator != "Null"
    ]
    return [text for text, _ in classes(sets, budget)]


def _pattern(test: Condition, value: str) -> Tokens:
    return tokens(value) if test.operator.endswith("Like") else tuple(value)


def _moments(tests: list[Condition]) -> list[str]:
    """Each bound, and a moment before, between and after them."""
    bounds = sorted({bound for test in tests for value in test.values if (bound := read_date(value))})
    between = [a + (b - a) / 2 for a, b in pairwise(bounds) if b - a > _TICK]
    edges = [bounds[0] - timedelta(days=1), bounds[-1] + timedelta(days=1)]
    return [_written(moment) for moment in sorted({*bounds, *between, *edges})]


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _unfollowed(test: Test) -> Dimension:
    """Taken as met or not met, whatever else the request holds: sound, because every request does one of the two."""
    return Dimension(None, (None, None), lambda rule: 0b10 if test in rule.tests else 0b11, test)
