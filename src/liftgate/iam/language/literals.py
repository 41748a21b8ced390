"""What the values of a condition must stand for, where its operator compares dates, numbers or addresses.

They are read here as they are read when a request is decided: a date that nobody could read would leave a deny without
effect. A word where a number or an address belongs is nothing to AWS either, which takes it; only what looks like one
and is none is refused. Source: "IAM JSON policy elements: Condition operators", IAM User Guide.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from liftgate.iam.language.condition import OPERATORS
from liftgate.iam.language.misfit import Misfit, quoted
from liftgate.iam.language.values import read_date, read_network, read_number

Check: TypeAlias = Callable[[str], Misfit | None]

_YEAR = re.compile(r"\d{4}", re.ASCII)
_OF_NUMBERS = frozenset("0123456789+-.,_eE \t\r\n")
_OF_ADDRESSES = frozenset("0123456789abcdefABCDEF:./% \t\r\n")


def check_literals(operator: str, values: tuple[str, ...], *, alone: bool) -> None:
    """Raises ``Misfit`` for the first value that the operator, one of ``LITERALS``, cannot read."""
    check = LITERALS[operator]
    for number, value in enumerate(values):
        misfit = check(value)
        if misfit is not None:
            raise misfit if alone else misfit.under(number)


def _null(value: str) -> Misfit | None:
    if value.lower() in {"true", "false"}:
        return None
    return Misfit((), "`Null` asks `true` or `false`", "write one of them")


def _date(value: str) -> Misfit | None:
    if read_date(value) is not None:
        return None
    if _YEAR.fullmatch(value):
        advice = f"write `{value}-01-01T00:00:00Z`: four digits may be a year, or seconds since 1970"
    else:
        advice = "write `2026-11-24T09:00:00Z`, or the seconds since 1970"
    return Misfit((), f"{quoted(value)} is not a date", advice)


def _number(value: str) -> Misfit | None:
    if read_number(value) is not None or not _looks(value, _OF_NUMBERS):
        return None
    return Misfit((), f"{quoted(value)} is not a number", "write digits, such as `10` or `0.5`: 30 at most")


def _network(value: str) -> Misfit | None:
    if read_network(value) is not None or not _looks(value, _OF_ADDRESSES) or value.strip().isalnum():
        return None
    return Misfit(
        (), f"{quoted(value)} is not an address or a network", "write it in CIDR form: `203.0.113.0/24`"
    )


def _looks(value: str, letters: frozenset[str]) -> bool:
    """Whether a person could have meant such a thing: it has its letters only, and a digit."""
    return letters.issuperset(value) and any(map(str.isdigit, value))


def _checks() -> Mapping[str, Check]:
    heads: dict[str, Check] = {
        "Date": _date,
        "Numeric": _number,
        "IpAddress": _network,
        "NotIpAddress": _network,
    }
    found = {name: check for head, check in heads.items() for name in OPERATORS if name.startswith(head)}
    return MappingProxyType({"Null": _null, **found})


LITERALS = _checks()  # the operators whose values are checked
