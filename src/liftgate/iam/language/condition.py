"""Condition operators: what each compares, and how. A condition is compiled once, into a function of the context.

Source: "IAM JSON policy elements: Condition operators", "… Creating a condition with multiple keys or values" and
"… Single-valued vs. multivalued context keys", IAM User Guide.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from liftgate.iam.language.context import Context, lower
from liftgate.iam.language.networks import network_match
from liftgate.iam.language.values import read_binary, read_date, read_number
from liftgate.iam.language.variables import Match, arn_match, glob_match, plain_match
from liftgate.iam.patterns.folded import fold
from liftgate.iam.policy import Condition, Qualifier

__all__ = ["OPERATORS", "Holds", "Operator", "compiled", "holds", "read_date", "read_number"]

Compare: TypeAlias = Callable[
    [tuple[str, ...]], Match
]  # from the policy's values to a test of one of the request's
Holds: TypeAlias = Callable[[Context], bool]


@dataclass(frozen=True, slots=True)
class Operator:
    """A comparison, and whether the operator holds when nothing compares equal."""

    compare: Compare
    negated: bool = False


def holds(condition: Condition, context: Context) -> bool:
    """Whether a request's context, its keys in lower case, meets the condition."""
    return compiled(condition)(context)


@lru_cache(maxsize=16384)
def compiled(condition: Condition) -> Holds:
    """The condition as a function of a request's context.

    A key that the request does not carry meets the negated operators, ``IfExists`` and ``ForAllValues``, and
    no other.
    """
    if condition.operator == "Null":
        return _null(lower(condition.key), condition.values)
    chosen = OPERATORS[condition.operator]
    match, without = chosen.compare(condition.values), _holds_without(condition, negated=chosen.negated)
    if condition.qualifier is not None or match.moving:
        return _of_any(condition, match, negated=chosen.negated, without=without)
    return _of_one(condition, match.fixed, negated=chosen.negated, without=without)


def _of_one(condition: Condition, match: Callable[[str], bool], *, negated: bool, without: bool) -> Holds:
    """The common case: no qualifier, no variables."""
    key = lower(condition.key)

    def test(context: Context) -> bool:
        given = context.get(key)
        if not given:
            return without
        if len(given) == 1:
            return match(given[0]) is not negated
        return any(map(match, given)) is not negated

    return test


def _of_any(condition: Condition, match: Match, *, negated: bool, without: bool) -> Holds:
    key, is_of_set = lower(condition.key), condition.qualifier is not None
    needs_all = condition.qualifier is Qualifier.FOR_ALL or (negated and not is_of_set)

    def test(context: Context) -> bool:
        given = context.get(key, ())
        if is_of_set:
            given = tuple(filter(None, given))  # an empty text is no value of a set
        if not given:
            return without
        met = (match(value, context) is not negated for value in given)
        return all(met) if needs_all else any(met)

    return test


def _holds_without(condition: Condition, *, negated: bool) -> bool:
    if condition.if_exists or condition.qualifier is Qualifier.FOR_ALL:
        return True
    return negated and condition.qualifier is None


def _null(key: str, values: tuple[str, ...]) -> Holds:
    asked = {value.lower() == "true" for value in values}
    return lambda context: (not context.get(key)) in asked


def _any_case(values: tuple[str, ...]) -> Match:
    return plain_match(values, fold=fold)


def _bool(values: tuple[str, ...]) -> Match:
    readable = tuple(value for value in values if value.lower() in _TRUTHS or "${" in value)
    return plain_match(readable, fold=str.lower)


_TRUTHS = frozenset({"true", "false"})


def _read(reader: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Compare:
    """A comparison of what texts stand for; a text that stands for nothing, None, compares to nothing."""

    def compare_with(values: tuple[str, ...]) -> Match:
        readable = [one for one in map(reader, values) if one is not None]

        def match(value: str) -> bool:
            read = reader(value)
            return read is not None and any(compare(read, one) for one in readable)

        return Match(match)

    return compare_with


_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def _operators() -> dict[str, Operator]:
    found: dict[str, Compare] = {
        "StringEquals": plain_match,
        "StringEqualsIgnoreCase": _any_case,
        "StringLike": glob_match,
        **{f"Numeric{name}": _read(read_number, order) for name, order in _ORDERS.items()},
        **{f"Date{name}": _read(read_date, order) for name, order in _ORDERS.items()},
        "Bool": _bool,
        "BinaryEquals": _read(read_binary, operator.eq),
        "IpAddress": network_match,
        "ArnEquals": arn_match,
        "ArnLike": arn_match,
    }
    negations = {
        "StringNotEquals": "StringEquals",
        "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
        "StringNotLike": "StringLike",
        "NumericNotEquals": "NumericEquals",
        "DateNotEquals": "DateEquals",
        "NotIpAddress": "IpAddress",
        "ArnNotEquals": "ArnEquals",
        "ArnNotLike": "ArnLike",
    }
    return {
        **{name: Operator(compare) for name, compare in found.items()},
        **{name: Operator(found[of], negated=True) for name, of in negations.items()},
    }


OPERATORS: Mapping[str, Operator] = MappingProxyType(_operators())  # all but Null, which compares nothing
