"""One question about rules, and how it falls into cases in which variables are simple.

A variable has a value in a request or none. Where conditions settle which (``StringEquals`` on its key, ``Null``), or where
its default makes a difference, each possibility is a case of its own, in which it is no variable any more.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from liftgate.iam.containment.rule import ANY, Rule, Test
from liftgate.iam.containment.template import Reading, Values, Variable, variables_of
from liftgate.iam.patterns.automaton import BudgetSpent, Tokens
from liftgate.iam.patterns.pattern import tokens
from liftgate.iam.policy import Condition, Patterns
from liftgate.iam.s3.condition_key import has_one_value

_MOST_CASES = 64
_MOST_VALUES = 8

READINGS = {
    "StringEquals": Reading.EQUALS,
    "StringNotEquals": Reading.EQUALS,
    "StringLike": Reading.LIKE,
    "StringNotLike": Reading.LIKE,
    "ArnEquals": Reading.ARN,
    "ArnLike": Reading.ARN,
    "ArnNotEquals": Reading.ARN,
    "ArnNotLike": Reading.ARN,
    "StringEqualsIgnoreCase": Reading.ANY_CASE,
    "StringNotEqualsIgnoreCase": Reading.ANY_CASE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Is there a request to which all ``facts`` apply and none of ``covers``?"""

    actions: int  # one of these
    facts: tuple[Rule, ...]
    covers: tuple[Rule, ...]
    known: Values = field(default_factory=dict)  # of variables, in this case

    @property
    def moving(self) -> bool:
        """Whether there are variables."""
        return any(rule.moving for rule in (*self.facts, *self.covers))


def variable_keys(question: Question) -> tuple[str, ...]:
    """The keys of its variables that a request may fill in, beyond what is known."""
    found = {variable.key for variable in _variables((*question.facts, *question.covers))}
    return tuple(sorted(key for key in found if key is not None and key not in question.known))


def reading_of(test: Test) -> Reading | None:
    """How the test's values are read, where it compares one string on automata."""
    if not isinstance(test, Condition) or test.qualifier is not None:
        return None
    how = READINGS.get(test.operator)
    if how is Reading.ARN and any("${" in value for value in test.values):
        return None  # a value that is filled into one part of an ARN may not reach into the next
    if how is Reading.ANY_CASE and any("${" in value for value in test.values):
        return None
    return how


def cases(question: Question) -> Iterator[Question]:
    """The question for each possibility of its variables, without negated resources that have any among its covers."""
    if not question.moving:
        yield question
        return
    for case in _by_value(question):
        yield from _without_negated(case)


def _by_value(question: Question) -> Iterator[Question]:
    """Raises ``BudgetSpent`` where there are too many cases."""
    defaults: dict[str, bool] = {}
    for variable in _variables((*question.facts, *question.covers)):
        if variable.key is not None:
            defaults[variable.key] = defaults.get(variable.key, False) or variable.default is not None
    choices = [_possibilities(key, question, has_default=one) for key, one in sorted(defaults.items())]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > _MOST_CASES:
        raise BudgetSpent
    for chosen in product(*choices):
        known: dict[str, str | None] = {}
        added: set[Test] = set()
        for values, tests in chosen:
            known |= values
            added |= tests
        first, *others = question.facts
        facts = (replace(first, tests=first.tests | added), *others)
        yield replace(question, facts=facts, known=known)


def _possibilities(key: str, question: Question, *, has_default: bool) -> list[tuple[Values, set[Test]]]:
    if not has_one_value(key):  # several values count as none for a variable, but not for a condition
        return [({key: None}, set()), ({}, set())] if has_default else [({}, set())]
    absent, present = (Condition("Null", key, (word,)) for word in ("true", "false"))
    for rule in question.facts:
        for test in rule.tests:
            values = _settled(test, key)
            if values is not None:
                return [({key: value}, {Condition("StringEquals", key, (value,))}) for value in values]
            if test == absent:
                return [({key: None}, set())]
    if _needs(question.facts, key):
        return [({}, {present})]
    return [({key: None}, {absent}), ({}, {present})] if has_default else [({}, set())]


def _settled(test: Test, key: str) -> tuple[str, ...] | None:
    """The few values that a test leaves to a key."""
    if not isinstance(test, Condition) or test.key != key or test.if_exists or test.qualifier is not None:
        return None
    if test.operator == "StringLike" and any("*" in value or "?" in value for value in test.values):
        return None
    if test.operator not in {"StringEquals", "StringLike"} or any("${" in value for value in test.values):
        return None
    return test.values if len(test.values) <= _MOST_VALUES else None


def _needs(facts: Iterable[Rule], key: str) -> bool:
    """Whether what applies to the request can only do so where the key has a value."""
    return any(
        not rule.resources.negated
        and all(Variable(key) in variables_of(value) for value in rule.resources.values)
        for rule in facts
    )


def _variables(rules: Iterable[Rule]) -> Iterator[Variable]:
    for rule in rules:
        for value in rule.resources.values:
            yield from variables_of(value)
        for test in rule.tests:
            if isinstance(test, Condition) and reading_of(test) is not None:
                for value in test.values:
                    yield from variables_of(value)


def _without_negated(question: Question) -> Iterator[Question]:
    """A ``NotResource`` with variables lets a request by only where one of its patterns matches: each is a question."""
    for number, cover in enumerate(question.covers):
        if cover.resources.negated and any(map(variables_of, cover.resources.values)):
            others = (*question.covers[:number], *question.covers[number + 1 :])
            everywhere = replace(cover, resources=ANY)
            yield from _without_negated(replace(question, covers=(*others, everywhere)))
            for value in cover.resources.values:
                matched = replace(cover, resources=Patterns((value,)))
                yield from _without_negated(
                    replace(question, facts=(*question.facts, matched), covers=others)
                )
            return
    yield question


def contents_of(question: Question) -> dict[str, tuple[Tokens, ...]]:
    """What conditions leave to the values of variables, as patterns."""
    found: dict[str, tuple[Tokens, ...]] = {}
    for rule in question.facts:
        for test in rule.tests:
            if (
                isinstance(test, Condition)
                and test.operator == "StringLike"
                and not test.if_exists
                and test.qualifier is None
                and has_one_value(test.key)
                and len(test.values) <= _MOST_VALUES
                and not any("${" in value for value in test.values)
            ):
                found.setdefault(test.key, tuple(map(tokens, test.values)))
    return found
