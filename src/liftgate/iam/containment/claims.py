"""What a rule says of the texts of a request: of its resource, and of the keys that have to do with variables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from liftgate.iam.containment.question import Question, reading_of, variable_keys
from liftgate.iam.containment.rule import Rule
from liftgate.iam.containment.template import Reading, Template, Values, bound
from liftgate.iam.language.condition import OPERATORS, holds
from liftgate.iam.policy import Condition
from liftgate.iam.s3.condition_key import has_one_value

_READ = frozenset({Reading.EQUALS, Reading.LIKE})


@dataclass(frozen=True, slots=True)
class Claim:
    """That the text of a key (None: the resource) matches one of some patterns, or none of them; or that there is no text."""

    key: str | None
    patterns: tuple[Template, ...]
    negated: bool
    absent: bool  # what it says where there is no text

    def denied(self) -> "Claim":
        """The opposite."""
        return replace(self, negated=not self.negated, absent=not self.absent)


def text_keys(question: Question) -> frozenset[str]:
    """The keys whose values stand in other texts, or are compared with such."""
    found = {*variable_keys(question), *question.known}
    for rule in (*question.facts, *question.covers):
        for test in rule.tests:
            if isinstance(test, Condition) and any("${" in value for value in test.values):
                found.add(test.key)
    return frozenset(found)


def claims_of(rule: Rule, keys: frozenset[str], known: Values) -> tuple[Claim, ...]:
    """What the rule says of its resource and of these keys."""
    resources = rule.resources
    claim = Claim(None, _read(resources.values, Reading.RESOURCE, known), resources.negated, False)
    return (claim, *(_claim_of(condition, known) for condition in sorted(_texts(rule, keys), key=repr)))


def without_texts(question: Question, keys: frozenset[str]) -> Question:
    """The question without what ``claims_of`` takes of its conditions."""

    def stripped(rule: Rule) -> Rule:
        return replace(rule, tests=rule.tests.difference(_texts(rule, keys)))

    return replace(
        question, facts=tuple(map(stripped, question.facts)), covers=tuple(map(stripped, question.covers))
    )


def characters(question: Question) -> set[str]:
    """All that stand in the texts of the rules."""
    rules = (*question.facts, *question.covers)
    resources = (value for rule in rules for value in rule.resources.values)
    tests = (test for rule in rules for test in rule.tests if isinstance(test, Condition))
    return set("".join((*resources, *(value for test in tests for value in test.values))))


def _texts(rule: Rule, keys: frozenset[str]) -> Iterator[Condition]:
    """The conditions that compare such a key as a text, and those that say whether it is there."""
    for test in rule.tests:
        if not isinstance(test, Condition) or test.key not in keys or not has_one_value(test.key):
            continue
        if test.qualifier is None and (test.operator == "Null" or reading_of(test) in _READ):
            yield test


def _claim_of(condition: Condition, known: Values) -> Claim:
    absent = holds(condition, {})
    if condition.operator == "Null":
        return Claim(condition.key, (), holds(condition, {condition.key: ("x",)}), absent)
    how = reading_of(condition) or Reading.EQUALS
    return Claim(
        condition.key, _read(condition.values, how, known), OPERATORS[condition.operator].negated, absent
    )


def _read(values: Sequence[str], how: Reading, known: Values) -> tuple[Template, ...]:
    made = (bound(value, how, known) for value in values)
    return tuple(one for one in made if one is not None)
