"""Which statements could include another at all: found on samples, so that few are left for the proof.

Each part of a statement is sampled by one action and one ARN that it matches. Where no other statement matches a sample,
whatever its conditions, the others do not include the statement.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import product

from liftgate.iam.linting.finding import Subject
from liftgate.iam.patterns.pattern import matcher
from liftgate.iam.policy import Patterns, Statement
from liftgate.iam.services import catalogue

_ANY_ACTION = ("iam:createuser", "s3:getobject", "x:x")
_ANY_RESOURCE = ("arn:aws:x:::x", "arn:aws:s3:::x/x", "arn:aws:iam::111122223333:role/x")
_VARIABLE = re.compile(r"\$\{[^}]*\}")


def overlapping(
    statement: Statement, others: Sequence[Statement], subject: Subject, *, all_of_it: bool = True
) -> list[Statement]:
    """Those of ``others`` that match samples of ``statement``; none where together they miss one, if they must not.

    Raises ``BudgetSpent``.
    """
    if not others:
        return []
    found: set[int] = set()
    for action, resource in product(_actions(statement, subject), _resources(statement)):
        subject.budget.spend(len(others))
        matching = [n for n, other in enumerate(others) if _matches(other, action, resource)]
        if all_of_it and not matching:
            return []
        found.update(matching)
    return [others[number] for number in sorted(found)]


def _actions(statement: Statement, subject: Subject) -> list[str]:
    patterns = statement.actions
    if patterns.negated:
        return [name for name in _ANY_ACTION if _holds(patterns, name)]
    return [_action(value.lower(), subject) for value in patterns.values]


def _action(pattern: str, subject: Subject) -> str:
    """An action of the pattern: one that exists, where one does."""
    if "*" not in pattern and "?" not in pattern:
        return pattern
    reached = catalogue.reach(pattern, subject.budget).shapes
    return reached[0].name.lower() if reached else pattern.replace("*", "x").replace("?", "x")


def _resources(statement: Statement) -> list[str]:
    patterns = statement.resources or Patterns(("*",))
    if patterns.negated:
        return [arn for arn in _ANY_RESOURCE if _holds(patterns, arn)]
    return [_starred(value).replace("*", "x").replace("?", "x") for value in patterns.values]


def _matches(statement: Statement, action: str, resource: str) -> bool:
    resources = statement.resources or Patterns(("*",))
    return _holds(statement.actions, action, fold=True) and _holds(resources, resource)


def _holds(patterns: Patterns, text: str, *, fold: bool = False) -> bool:
    values = map(str.lower, patterns.values) if fold else map(_starred, patterns.values)
    return any(matcher(value)(text) for value in values) is not patterns.negated


@lru_cache(maxsize=16384)
def _starred(pattern: str) -> str:
    return _VARIABLE.sub("*", pattern)
