"""Condition operators: what each compares, and how.

Source: "IAM JSON policy elements: Condition operators", "… Creating a condition with multiple keys or values" and
"… Single-valued vs. multivalued context keys", IAM User Guide.
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TypeAlias

from liftgate.iam.language.variables import Context, fits, plain
from liftgate.iam.policy import Condition, Qualifier

# Whether one value of the request meets one value of the policy.
Comparison: TypeAlias = Callable[[str, str, Context], bool]


@dataclass(frozen=True, slots=True)
class Operator:
    """A comparison, and whether the operator holds when nothing compares equal."""

    compare: Comparison
    negated: bool = False


def holds(condition: Condition, context: Context) -> bool:
    """Whether a request's context meets the condition.

    A key that the request does not carry meets the negated operators, ``IfExists`` and ``ForAllValues``, and
    no other.
    """
    given = context.get(condition.key.lower(), ())
    if condition.operator == "Null":
        return any((value.lower() == "true") is (not given) for value in condition.values)
    operator = OPERATORS[condition.operator]
    if not given:
        return _holds_without(condition, operator)

    def meets(value: str) -> bool:
        equal = any(operator.compare(value, wanted, context) for wanted in condition.values)
        return equal is not operator.negated

    if condition.qualifier is Qualifier.FOR_ALL:
        return all(map(meets, given))
    if condition.qualifier is Qualifier.FOR_ANY or not operator.negated:
        return any(map(meets, given))
    return all(map(meets, given))


def _holds_without(condition: Condition, operator: Operator) -> bool:
    if condition.if_exists or condition.qualifier is Qualifier.FOR_ALL:
        return True
    return operator.negated and condition.qualifier is None


def _equal(value: str, wanted: str, context: Context) -> bool:
    return value == plain(wanted, context)


def _equal_in_any_case(value: str, wanted: str, context: Context) -> bool:
    filled = plain(wanted, context)
    return filled is not None and value.casefold() == filled.casefold()


def _like(value: str, wanted: str, context: Context) -> bool:
    return fits(wanted, value, context)


def _arn(value: str, wanted: str, context: Context) -> bool:
    """Each of the six parts by itself; the last may hold colons."""
    parts, patterns = value.split(":", 5), wanted.split(":", 5)
    if len(parts) != 6 or len(patterns) != 6:
        return False
    return all(fits(pattern, part, context) for pattern, part in zip(patterns, parts, strict=True))


def _number(comparison: Callable[[Decimal, Decimal], bool]) -> Comparison:
    def compare(value: str, wanted: str, _: Context) -> bool:
        left, right = read_number(value), read_number(wanted)
        return left is not None and right is not None and comparison(left, right)

    return compare


def _date(comparison: Callable[[datetime, datetime], bool]) -> Comparison:
    def compare(value: str, wanted: str, _: Context) -> bool:
        left, right = read_date(value), read_date(wanted)
        return left is not None and right is not None and comparison(left, right)

    return compare


def _bool(value: str, wanted: str, context: Context) -> bool:
    filled = plain(wanted, context)
    return filled is not None and value.lower() == filled.lower() and value.lower() in {"true", "false"}


def _binary(value: str, wanted: str, _: Context) -> bool:
    try:
        return base64.b64decode(value, validate=True) == base64.b64decode(wanted, validate=True)
    except binascii.Error:
        return False


def _address(value: str, wanted: str, _: Context) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def read_number(text: str) -> Decimal | None:
    """A number as IAM writes it, or None where it is none."""
    try:
        number = Decimal(text) if re.fullmatch(r"[+-]?\d{1,30}(\.\d{1,30})?", text, re.ASCII) else None
    except InvalidOperation:  # pragma: no cover - the expression lets only numbers through
        return None
    return number


_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)


def read_date(text: str) -> datetime | None:
    """A date as IAM writes it (W3C's ISO 8601 profile, or seconds since 1970), or None where it is none."""
    try:
        if re.fullmatch(r"\d{1,12}", text, re.ASCII):
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(text))
        match = _ISO.fullmatch(text)
        return None if match is None else _moment(match)
    except (ValueError, OverflowError):
        return None


def _moment(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    micro = int((match[7] or "0").ljust(6, "0")[:6])
    zone = match[8] or "Z"
    offset = timedelta()
    if zone != "Z":
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        offset = -offset if zone[0] == "-" else offset
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC) - offset


def _operators() -> dict[str, Operator]:
    return {
        "StringEquals": Operator(_equal),
        "StringNotEquals": Operator(_equal, negated=True),
        "StringEqualsIgnoreCase": Operator(_equal_in_any_case),
        "StringNotEqualsIgnoreCase": Operator(_equal_in_any_case, negated=True),
        "StringLike": Operator(_like),
        "StringNotLike": Operator(_like, negated=True),
        "NumericEquals": Operator(_number(lambda a, b: a == b)),
        "NumericNotEquals": Operator(_number(lambda a, b: a == b), negated=True),
        "NumericLessThan": Operator(_number(lambda a, b: a < b)),
        "NumericLessThanEquals": Operator(_number(lambda a, b: a <= b)),
        "NumericGreaterThan": Operator(_number(lambda a, b: a > b)),
        "NumericGreaterThanEquals": Operator(_number(lambda a, b: a >= b)),
        "DateEquals": Operator(_date(lambda a, b: a == b)),
        "DateNotEquals": Operator(_date(lambda a, b: a == b), negated=True),
        "DateLessThan": Operator(_date(lambda a, b: a < b)),
        "DateLessThanEquals": Operator(_date(lambda a, b: a <= b)),
        "DateGreaterThan": Operator(_date(lambda a, b: a > b)),
        "DateGreaterThanEquals": Operator(_date(lambda a, b: a >= b)),
        "Bool": Operator(_bool),
        "BinaryEquals": Operator(_binary),
        "IpAddress": Operator(_address),
        "NotIpAddress": Operator(_address, negated=True),
        "ArnEquals": Operator(_arn),
        "ArnNotEquals": Operator(_arn, negated=True),
        "ArnLike": Operator(_arn),
        "ArnNotLike": Operator(_arn, negated=True),
    }


OPERATORS: Mapping[str, Operator] = MappingProxyType(_operators())  # all but Null, which compares nothing
