"""Condition blocks: every operator, with and without ``IfExists``, set qualifiers and variables."""

from typing import Any

from tests.iam.generated.draw import Draw
from tests.iam.generated.keys import CALLER_KEYS, GLOBAL_KEYS, KEYS, PRINCIPAL_KEYS, Key, Type
from tests.iam.generated.vocabulary import Action

_ORDERS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
_STRINGS = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringLike",
    "StringNotLike",
)
_OPERATORS = {
    Type.STRING: _STRINGS,
    Type.ARN: ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringEquals"),
    Type.BOOL: ("Bool",),
    Type.NUMBER: tuple(f"Numeric{order}" for order in _ORDERS),
    Type.DATE: tuple(f"Date{order}" for order in _ORDERS),
    Type.ADDRESS: ("IpAddress", "NotIpAddress"),
}

_OTHERS = (Type.ARN, Type.BOOL, Type.NUMBER, Type.DATE, Type.ADDRESS)
# What policies ask for where the operator is not of the key's kind: the policy reads well, and the request does not.
_OF_KIND = {kind: next(key.asked for key in KEYS.values() if key.type is kind) for kind in Type}


def draw_conditions(draw: Draw, action: Action) -> dict[str, Any]:
    """One condition or a few, mostly on keys that a request for ``action`` may carry."""
    block: dict[str, Any] = {}
    for key in draw.some(_likely_keys(draw, action), most=3):
        spelling, values = _condition(draw, key)
        block.setdefault(spelling, {})[_any_case(draw, key.name)] = values
    return block


def draw_context(draw: Draw, action: Action, *, anonymous: bool) -> dict[str, str | list[str]]:
    """What a request for ``action`` carries, apart from what its principal says."""
    keys = [*GLOBAL_KEYS, *(KEYS[name] for name in action.keys), *(() if anonymous else CALLER_KEYS)]
    context: dict[str, str | list[str]] = {}
    for key in keys:
        if draw.chance(key.often):
            context[key.name] = draw.some(key.carried) if key.many else draw.one(key.carried)
    return context


def _likely_keys(draw: Draw, action: Action) -> list[Key]:
    own = [KEYS[name] for name in action.keys]
    return [*own, *own, *GLOBAL_KEYS, *CALLER_KEYS, *PRINCIPAL_KEYS, draw.one(list(KEYS.values()))]


def _condition(draw: Draw, key: Key) -> tuple[str, str | list[str]]:
    if draw.chance(0.08):
        return "Null", draw.one(("true", "false"))
    kind = key.type if draw.chance(0.95) else draw.one(_OTHERS)
    operator = draw.one(_OPERATORS[kind])
    if (key.many and draw.chance(0.88)) or draw.chance(0.02):
        operator = f"{draw.one(('ForAllValues', 'ForAnyValue'))}:{operator}"
    if draw.chance(0.15):
        operator += "IfExists"
    values = draw.some(key.asked if kind is key.type else _OF_KIND[kind])
    return operator, values[0] if len(values) == 1 and draw.chance(0.7) else values


def _any_case(draw: Draw, name: str) -> str:
    return draw.one((name.lower(), name.upper())) if draw.chance(0.05) and "/" not in name else name
