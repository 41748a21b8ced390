"""A second, slow and simple reading of IAM policies, sharing no code with the engine: what the tests compare with."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from itertools import product

from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Statement
from liftgate.iam.request import Request


@cache
def glob(pattern: str, text: str) -> bool:
    """By the definition: a star is nothing, or one character and a star."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return glob(pattern[1:], text) or (bool(text) and glob(pattern, text[1:]))
    return bool(text) and pattern[0] in {"?", text[0]} and glob(pattern[1:], text[1:])


def reference_allows(policy: Policy, request: Request) -> bool:
    """Some allow matches and no deny does."""
    matching = {one.effect for one in policy.statements if _matches(one, request)}
    return matching == {Effect.ALLOW}


def _matches(one: Statement, request: Request) -> bool:
    acts = _any(one.actions, request.action, fold=True)
    reaches = one.resources is None or _any(one.resources, request.resource, fold=False)
    return acts and reaches and all(_met(condition, request) for condition in one.conditions)


def _any(patterns: Patterns, text: str, *, fold: bool) -> bool:
    hit = any(glob(p.lower(), text.lower()) if fold else glob(p, text) for p in patterns.values)
    return hit != patterns.negated


def _met(condition: Condition, request: Request) -> bool:
    value = next((v for k, v in request.context.items() if k.lower() == condition.key.lower()), None)
    operator = condition.operator
    if operator == "Null":
        return any((one == "true") == (value is None) for one in condition.values)
    if value is None:
        return condition.if_exists or "Not" in operator
    assert isinstance(value, str)
    hits = [_compare(operator.replace("Not", ""), value, one) for one in condition.values]
    return not any(hits) if "Not" in operator else any(hits)


def _compare(operator: str, value: str, wanted: str) -> bool:
    if operator == "StringEquals":
        return value == wanted
    if operator == "StringLike":
        return glob(wanted, value)
    left, right = datetime.fromisoformat(value), datetime.fromisoformat(wanted)
    return {
        "DateEquals": left == right,
        "DateLessThan": left < right,
        "DateLessThanEquals": left <= right,
        "DateGreaterThan": left > right,
        "DateGreaterThanEquals": left >= right,
    }[operator]


def words(alphabet: str, longest: int) -> Iterable[str]:
    """All texts over the alphabet, the empty one too."""
    for length in range(longest + 1):
        for letters in product(alphabet, repeat=length):
            yield "".join(letters)
