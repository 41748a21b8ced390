"""Conditions that hold together, with each operator on each key once, as JSON must have it."""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

from liftgate.iam.language.condition import OPERATORS
from liftgate.iam.language.values import read_binary, read_date, read_network, read_number
from liftgate.iam.patterns.automaton import Budget
from liftgate.iam.patterns.folded import fold
from liftgate.iam.patterns.intersection import NoGlob, shared
from liftgate.iam.policy import Condition, Qualifier
from liftgate.iam.s3.condition_key import has_one_value


def conjoined(conditions: Iterable[Condition], budget: Budget) -> tuple[Condition, ...] | None:
    """The conditions together; None where nothing meets them all. Raises ``NoGlob`` where they have no spelling."""
    found: dict[tuple[str, str], Condition] = {}
    for condition in conditions:
        place = condition.spelling, condition.key.lower()
        known = found.get(place)
        met = condition if known is None else _both(known, condition, budget)
        if met is None:
            return None
        found[place] = met
    return tuple(found.values())


def _both(one: Condition, other: Condition, budget: Budget) -> Condition | None:
    """One condition that holds where two of the same operator and key do."""
    here, there = (_plain_set(condition) for condition in (one, other))
    if one.operator != "Null" and OPERATORS[one.operator].negated:
        return _excluding(one, other, here, there)
    if here <= there:
        return one
    if there <= here:
        return other
    if one.operator != "Null" and _may_meet_apart(one):
        raise NoGlob
    values = () if one.operator == "Null" else _shared_values(one, other, budget)
    if values:
        return Condition(one.operator, one.key, values, one.qualifier, one.if_exists)
    if one.if_exists or one.qualifier is Qualifier.FOR_ALL:
        return Condition("Null", one.key, ("true",))
    return None


def _may_meet_apart(one: Condition) -> bool:
    """Whether of several values of the key one may meet the one condition, another the other."""
    return one.qualifier is Qualifier.FOR_ANY or (
        one.qualifier is None and not has_one_value(one.key.lower())
    )


def _plain_set(condition: Condition) -> set[str]:
    return {value.lower() if condition.operator == "Null" else value for value in condition.values}


def _excluding(one: Condition, other: Condition, here: set[str], there: set[str]) -> Condition:
    """A negated operator holds where no value is met: both hold where none of either is."""
    if here <= there:
        return other
    if there <= here:
        return one
    if one.qualifier is Qualifier.FOR_ANY:
        raise NoGlob
    values = tuple(dict.fromkeys([*one.values, *other.values]))
    return Condition(one.operator, one.key, values, one.qualifier, one.if_exists)


def _shared_values(one: Condition, other: Condition, budget: Budget) -> tuple[str, ...]:
    """What one value must match to match one of each."""
    if one.operator == "StringLike":
        pairs = [shared(a, b, budget) for a in one.values for b in other.values]
        return tuple(dict.fromkeys(text for texts in pairs for text in texts))
    if any("${" in value for value in (*one.values, *other.values)):
        raise NoGlob  # two texts may be filled in to be the same
    if one.operator in _READ:
        read = _READ[one.operator]
        known = {read(value) for value in other.values} - {None}
        return tuple(value for value in one.values if read(value) in known)
    if one.operator == "IpAddress":
        return _shared_networks(one.values, other.values)
    if "Than" in one.operator:
        return _nearest(one, other)
    raise NoGlob


def _shared_networks(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    found = []
    for a in one:
        for b in other:
            left, right = read_network(a), read_network(b)
            if (
                left is not None
                and right is not None
                and left.version == right.version
                and left.overlaps(right)
            ):
                found.append(a if left.prefixlen >= right.prefixlen else b)
    return tuple(dict.fromkeys(found))


def _nearest(one: Condition, other: Condition) -> tuple[str, ...]:
    """Of several bounds the loosest counts; of two conditions the tighter one."""
    read: Callable[[str], Any] = read_date if one.operator.startswith("Date") else read_number
    below = "Less" in one.operator
    bounds = []
    for condition in (one, other):
        readable = [(value, text) for text in condition.values if (value := read(text)) is not None]
        if not readable:
            return ()
        bounds.append(reduce(lambda a, b: b if (b[0] > a[0]) is below else a, readable))
    return (reduce(lambda a, b: a if (b[0] > a[0]) is below else b, bounds)[1],)


_READ: Mapping[str, Callable[[str], object]] = {
    "StringEquals": str,
    "StringEqualsIgnoreCase": fold,
    "Bool": str.lower,
    "BinaryEquals": read_binary,
    "NumericEquals": read_number,
    "DateEquals": read_date,
}
