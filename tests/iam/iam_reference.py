"""A second, slow and simple reading of IAM policies, sharing no code with the engine: what the tests compare with."""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cache
from ipaddress import ip_address, ip_network
from itertools import product

from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Qualifier, Statement
from liftgate.iam.request import Request


@cache
def glob(pattern: str, text: str) -> bool:
    """By the definition: a star is nothing, or one character and a star. What ``${…}`` encloses is plain text."""
    if not pattern:
        return not text
    if pattern.startswith("${"):
        plain, _, rest = pattern[2:].partition("}")
        return text.startswith(plain) and glob(rest, text[len(plain) :])
    if pattern[0] == "*":
        return glob(pattern[1:], text) or (bool(text) and glob(pattern, text[1:]))
    return bool(text) and pattern[0] in {"?", text[0]} and glob(pattern[1:], text[1:])


def reference_allows(policy: Policy, request: Request) -> bool:
    """Some allow matches and no deny does."""
    matching = {one.effect for one in policy.statements if _matches(one, request)}
    return matching == {Effect.ALLOW}


def _matches(one: Statement, request: Request) -> bool:
    acts = any(glob(p.lower(), request.action.lower()) for p in one.actions.values) != one.actions.negated
    return acts and _reaches(one.resources, request) and all(_met(each, request) for each in one.conditions)


def _reaches(resources: Patterns | None, request: Request) -> bool:
    if resources is None:
        return True
    filled = [_filled(value, request) for value in resources.values]
    return any(one is not None and glob(one, request.resource) for one in filled) != resources.negated


def _values(key: str, request: Request) -> tuple[str, ...]:
    found = next((v for k, v in request.context.items() if k.lower() == key.lower()), ())
    return (found,) if isinstance(found, str) else found


def _filled(text: str, request: Request) -> str | None:
    """With the values of variables as ``${value}``, which ``glob`` takes for plain text; None where one has none."""
    if "${" not in text:
        return text
    missing = False

    def put(match: re.Match[str]) -> str:
        nonlocal missing
        key, _, default = match[1].partition(",")
        if key in {"*", "?", "$"}:
            return match[0]
        values = _values(key, request)
        if len(values) != 1 and not default:
            missing = True
        return "${" + (values[0] if len(values) == 1 else default.strip().strip("'")) + "}"

    filled = re.sub(r"\$\{([^}]*)\}", put, text)
    return None if missing else filled


def _met(condition: Condition, request: Request) -> bool:
    values, operator = _values(condition.key, request), condition.operator
    if operator == "Null":
        return any((one == "true") == (not values) for one in condition.values)
    negated = "Not" in operator
    if not values:
        unqualified = negated and condition.qualifier is None
        return condition.if_exists or condition.qualifier is Qualifier.FOR_ALL or unqualified
    hits = [_equal_to_any(value, condition, request) != negated for value in values]
    every = condition.qualifier is Qualifier.FOR_ALL or (negated and condition.qualifier is None)
    return all(hits) if every else any(hits)


def _equal_to_any(value: str, condition: Condition, request: Request) -> bool:
    filled = [_filled(one, request) for one in condition.values]
    operator = condition.operator.replace("Not", "")
    return any(one is not None and _compare(operator, value, one) for one in filled)


@cache
def _compare(operator: str, value: str, wanted: str) -> bool:
    plain = re.sub(r"\$\{([^}]*)\}", r"\1", wanted)
    if operator == "StringLike":
        return glob(wanted, value)
    if operator.startswith("String"):
        return value == plain or (operator == "StringEqualsIgnoreCase" and value.lower() == plain.lower())
    if operator == "Bool":
        return value.lower() == plain.lower() in {"true", "false"}
    if operator == "IpAddress":
        return ip_address(value) in ip_network(wanted)
    if operator.startswith("Arn"):
        parts, wholes = value.split(":", 5), wanted.split(":", 5)
        return len(parts) == len(wholes) == 6 and all(map(glob, wholes, parts))
    return _ordered(operator, value, wanted)


def _ordered(operator: str, value: str, wanted: str) -> bool:
    """By numbers or moments; what is none compares to nothing."""
    try:
        left, right = _place(operator, value), _place(operator, wanted)
    except (ArithmeticError, ValueError):
        return False
    if left == right:
        return operator.endswith("Equals")
    return ("Less" if left < right else "Greater") in operator


def _place(operator: str, text: str) -> Decimal:
    """Where a number or a moment stands on its line."""
    return Decimal(text if operator.startswith("Numeric") else str(datetime.fromisoformat(text).timestamp()))


def words(alphabet: str, longest: int) -> Iterable[str]:
    """All texts over the alphabet, the empty one too."""
    for length in range(longest + 1):
        for letters in product(alphabet, repeat=length):
            yield "".join(letters)
