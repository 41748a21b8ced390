"""Which values of a condition its operator can read, and whether any request can meet it."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from liftgate.iam.language.condition import OPERATORS
from liftgate.iam.language.values import read_binary, read_date, read_network, read_number
from liftgate.iam.language.variables import has_variables
from liftgate.iam.policy import Condition, Qualifier

Reader: TypeAlias = Callable[[str], object]

_ARN = re.compile(
    r"arn:([^:]*:){4}.+|(?=.*[*?])([^:]*:){5}.*", re.DOTALL
)  # a star does not stand for several parts


def misread(condition: Condition) -> list[int]:
    """The numbers of the values that the operator cannot read."""
    read = _reader(condition)[0]
    return [
        number
        for number, value in enumerate(condition.values)
        if not has_variables(value) and read(value) is None
    ]


def form_of(condition: Condition) -> str:
    """What the operator's values should be."""
    return _reader(condition)[1]


def is_unmeetable(condition: Condition) -> bool:
    """Whether no request meets the condition, because the operator can read none of its values."""
    return demands_key(condition) and len(misread(condition)) == len(condition.values)


def demands_key(condition: Condition) -> bool:
    """Whether only requests that carry the key meet the condition."""
    if condition.operator == "Null":
        return {value.lower() for value in condition.values} == {"false"}
    if condition.if_exists or condition.qualifier is Qualifier.FOR_ALL:
        return False
    return condition.qualifier is Qualifier.FOR_ANY or not OPERATORS[condition.operator].negated


def _reader(condition: Condition) -> tuple[Reader, str]:
    return next((of for head, of in _READERS.items() if condition.operator.startswith(head)), (str, ""))


def _truth(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


# How an operator begins, to what reads its values, and what they should be.
_READERS: Mapping[str, tuple[Reader, str]] = MappingProxyType(
    {
        "Numeric": (read_number, "a number, such as `10`"),
        "Date": (read_date, "a date, such as `2026-11-24T12:00:00Z`"),
        "Bool": (_truth, "`true` or `false`"),
        "IpAddress": (read_network, "an address or a network, such as `203.0.113.0/24`"),
        "NotIpAddress": (read_network, "an address or a network, such as `203.0.113.0/24`"),
        "Binary": (read_binary, "base64"),
        "Arn": (_ARN.fullmatch, "an ARN of six parts, such as `arn:aws:iam::111122223333:role/name`"),
    }
)
