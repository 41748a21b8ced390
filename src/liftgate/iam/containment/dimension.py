"""One side of a request on which rules differ: its resource, one condition key, or a test that is not followed.

Each dimension sorts its values into classes that the rules at hand cannot tell apart, so that a rule becomes one
set of classes, and a comparison of rules becomes arithmetic on bits.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from liftgate.iam.containment.line import kind_of, samples
from liftgate.iam.containment.question import Question, contents_of, reading_of
from liftgate.iam.containment.rule import Rule, Test
from liftgate.iam.containment.template import Reading, least, marked, most
from liftgate.iam.language.condition import OPERATORS, compiled, holds
from liftgate.iam.patterns.automaton import Budget, Tokens
from liftgate.iam.patterns.classes import Group, Word, word_classes
from liftgate.iam.policy import Condition
from liftgate.iam.s3.condition_key import has_one_value

# Always in a request's context, so its absence is no case. Source: "AWS global condition context keys", IAM User Guide.
ALWAYS_THERE = frozenset({"aws:currenttime"})


@dataclass(frozen=True, slots=True)
class Dimension:
    """The classes of one side of a request: in which all facts may hold, and in which each cover surely does."""

    key: str | None  # a condition key; None: the resource, or a test that is not followed
    values: tuple[Word | None, ...]  # one for each class; None: the key is absent
    asked: int
    covers: tuple[int, ...]
    test: Test | None = None  # one that is not followed: the classes are that it fails, and that it is met


class _Sets:
    """Sets of patterns that strings are sorted by, each once."""

    def __init__(self) -> None:
        self.groups: dict[Group, int] = {}
        self.found: list[tuple[Word, int]] = []

    def add(self, patterns: Iterable[Tokens]) -> int:
        """The number of a set."""
        return self.groups.setdefault(tuple(patterns), len(self.groups))

    def sort(self, within: Sequence[Group], budget: Budget) -> tuple[Word, ...]:
        """One string of each class."""
        self.found = word_classes(list(self.groups), within, budget)
        return tuple(word for word, _ in self.found)

    def where(self, number: int, *, negated: bool) -> int:
        """The classes inside a set, or outside it."""
        return sum(
            1 << index
            for index, (_, signature) in enumerate(self.found)
            if bool(signature >> number & 1) is not negated
        )


def resource_dimension(question: Question, budget: Budget) -> Dimension:
    """The classes of ARNs that the rules tell apart."""
    how, known, sets = Reading.RESOURCE, question.known, _Sets()
    sources, contents = len(question.facts), contents_of(question)

    def number(rule: Rule, *, wide: bool) -> int:
        values = rule.resources.values
        if wide:
            return sets.add(one for value in values for one in most(value, how, known))
        return sets.add(one for value in values for one in least(value, how, known, sources))

    covers = [(number(rule, wide=rule.resources.negated), rule.resources.negated) for rule in question.covers]
    refused = [number(rule, wide=False) for rule in question.facts if rule.resources.negated]
    within = [
        tuple(one for value in rule.resources.values for one in marked(value, how, known, source, contents))
        for source, rule in enumerate(rule for rule in question.facts if not rule.resources.negated)
    ]
    values = sets.sort(within, budget)
    asked = (1 << len(values)) - 1
    for one in refused:
        asked &= sets.where(one, negated=True)
    return Dimension(None, values, asked, tuple(sets.where(one, negated=negated) for one, negated in covers))


def key_dimensions(question: Question, budget: Budget) -> list[Dimension]:
    """One dimension for each condition key that can be followed, and one for each test that cannot."""
    asked = {test for rule in question.facts for test in rule.tests}
    tests = asked.union(*(rule.tests for rule in question.covers))
    by_key: dict[str, list[Condition]] = {}
    unfollowed: list[Test] = []
    for test in sorted(tests, key=repr):
        if isinstance(test, Condition) and has_one_value(test.key) and _kind(test) is not None:
            by_key.setdefault(test.key, []).append(test)
        else:
            unfollowed.append(test)
    found = []
    for key, group in by_key.items():
        kinds = sorted({_kind(test) or "" for test in group} - {"Null"}, key=_preference)
        chosen = kinds[0] if kinds else "Null"
        followed = [test for test in group if _kind(test) in {chosen, "Null"}]
        unfollowed += [test for test in group if _kind(test) not in {chosen, "Null"}]
        make = _texts if chosen in {"Null", "text"} else _line
        found.append(make(key, followed, question, budget))
    return [*found, *(_unfollowed(test, question) for test in unfollowed)]


def _preference(kind: str) -> tuple[bool, str]:
    return kind != "text", kind


def _kind(test: Condition) -> str | None:
    """How the test is followed; tests of one key must be followed in one way, or, where they differ, some are not."""
    if test.qualifier is not None:
        return None
    if test.operator == "Null":
        return "Null"
    if reading_of(test) is not None:
        return "text"
    kind = kind_of(test.operator)
    return None if kind == "Bool" and any("${" in value for value in test.values) else kind


def _dimension(
    key: str,
    present: Sequence[Word],
    question: Question,
    *,
    asked: Callable[[Condition], int],
    covers: Callable[[Condition], int],
    tests: Sequence[Condition],
) -> Dimension:
    """From what each test says of the values that are present; that the key is absent is the first class."""
    everything = (1 << len(present)) - 1
    absent = key not in ALWAYS_THERE

    def mask(rules: Sequence[Test], says: dict[Test, int]) -> int:
        found = (everything << 1) + 1
        for test in rules:
            found &= says.get(test, found)
        return found if absent else found >> 1

    def all_of(test: Condition, inside: Callable[[Condition], int]) -> int:
        if test.operator == "Null":
            return (everything << 1 if holds(test, {key: ("x",)}) else 0) + holds(test, {})
        return (inside(test) << 1) + holds(test, {})

    facts = {test for rule in question.facts for test in rule.tests}
    most_of: dict[Test, int] = {test: all_of(test, asked) for test in tests if test in facts}
    least_of: dict[Test, int] = {test: all_of(test, covers) for test in tests}
    return Dimension(
        key,
        (*((None,) if absent else ()), *present),
        mask(list(facts), most_of),
        tuple(mask(list(rule.tests), least_of) for rule in question.covers),
    )


def _line(key: str, tests: list[Condition], question: Question, budget: Budget) -> Dimension:
    kind = min({kind for test in tests if (kind := kind_of(test.operator)) is not None})
    values = samples(kind, key, tests)

    @cache
    def met(test: Condition) -> int:
        # Networks are searched, anything else is compared with one after the other.
        compared = len(test.values).bit_length() if kind == "Ip" else len(test.values)
        budget.spend(1 + len(values) * (2 + compared) // 4)
        meets = compiled(test)
        return sum(1 << n for n, value in enumerate(values) if meets({key: (value,)}))

    return _dimension(key, [tuple(value) for value in values], question, asked=met, covers=met, tests=tests)


def _texts(key: str, tests: list[Condition], question: Question, budget: Budget) -> Dimension:
    """By the automata of all patterns. Where a fact has variables, the values are those that it lets by, with marks."""
    sets, known = _Sets(), question.known
    facts = {test for rule in question.facts for test in rule.tests}
    showing = [
        test
        for test in tests
        if test in facts and _moving(test) and not _is_negated(test) and not test.if_exists
    ]
    sources, contents = len(showing), contents_of(question)

    def group(test: Condition, *, wide: bool) -> int:
        how = reading_of(test) or Reading.EQUALS
        if wide:
            return sets.add(one for value in test.values for one in most(value, how, known))
        return sets.add(one for value in test.values for one in least(value, how, known, sources))

    compared = [test for test in tests if test.operator != "Null"]
    narrow = {test: group(test, wide=False) for test in compared}
    wide = {test: group(test, wide=True) for test in compared if _moving(test)}
    within = [
        tuple(
            one
            for value in test.values
            for one in marked(value, reading_of(test) or Reading.EQUALS, known, source, contents)
        )
        for source, test in enumerate(showing)
    ]
    present = sets.sort(within, budget)

    def most_of(test: Condition) -> int:
        negated = _is_negated(test)
        return sets.where(narrow[test] if negated else wide.get(test, narrow[test]), negated=negated)

    def least_of(test: Condition) -> int:
        negated = _is_negated(test)
        return sets.where(wide.get(test, narrow[test]) if negated else narrow[test], negated=negated)

    return _dimension(key, present, question, asked=most_of, covers=least_of, tests=tests)


def _moving(test: Condition) -> bool:
    return any("${" in value for value in test.values)


def _is_negated(test: Condition) -> bool:
    return OPERATORS[test.operator].negated


def _unfollowed(test: Test, question: Question) -> Dimension:
    """Taken as met or not met, whatever else the request holds: sound, because every request does one of the two."""
    asked = 0b10 if any(test in rule.tests for rule in question.facts) else 0b11
    covers = tuple(0b10 if test in rule.tests else 0b11 for rule in question.covers)
    return Dimension(None, ((), ()), asked, covers, test)
