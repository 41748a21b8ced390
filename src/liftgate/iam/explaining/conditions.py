"""Says under which conditions: each operator in words, with what happens when the request does not carry the key.

Source: "IAM JSON policy elements: Condition operators", IAM User Guide.

>>> condition(Condition("IpAddress", "aws:SourceIp", ("10.0.0.0/8", "192.0.2.1")))
"the caller's address is in `10.0.0.0/8` or `192.0.2.1`"
>>> condition(Condition("StringNotLike", "aws:PrincipalTag/team", ("red*",)))
"the caller's tag `team` does not match `red*` (or the request does not carry it)"
"""

from liftgate.iam.explaining.keys import state, subject
from liftgate.iam.explaining.listing import either
from liftgate.iam.explaining.moments import moment
from liftgate.iam.explaining.quoting import quoted
from liftgate.iam.language.condition import OPERATORS, read_date, read_number
from liftgate.iam.language.reading import form_of, is_unmeetable
from liftgate.iam.policy import Condition, Qualifier

# Said of one value or more; said of one value that is not; said of several that are not.
_WORDS = {
    "StringEquals": ("is", "is not", "is neither"),
    "StringEqualsIgnoreCase": (
        "is, in small or capital letters,",
        "is not, in small or capital letters,",
        "is, in small or capital letters, neither",
    ),
    "StringLike": ("matches", "does not match", "matches neither"),
    "NumericEquals": ("is", "is not", "is neither"),
    "DateEquals": ("is", "is not", "is neither"),
    "BinaryEquals": ("is, in Base64,", "is not, in Base64,", "is, in Base64, neither"),
    "IpAddress": ("is in", "is not in", "is neither in"),
    "ArnEquals": ("matches", "does not match", "matches neither"),
    "ArnLike": ("matches", "does not match", "matches neither"),
    "Bool": ("is", "is not", "is neither"),
}
_COMPARED = {
    "NumericLessThan": "is less than",
    "NumericLessThanEquals": "is at most",
    "NumericGreaterThan": "is more than",
    "NumericGreaterThanEquals": "is at least",
    "DateLessThan": "is before",
    "DateLessThanEquals": "is at or before",
    "DateGreaterThan": "is after",
    "DateGreaterThanEquals": "is at or after",
}
_POSITIVE = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def condition(one: Condition) -> str:
    """What must be so for the condition to hold, as half a sentence."""
    if one.operator == "Null":
        return _null(one)
    said = _state(one) or f"{_whose(one)} {_compared(one)}"
    return f"{said}{_without(one)}{_never(one)}"


def _never(one: Condition) -> str:
    """That no request can meet it, where the values do not show it already as dates and numbers do."""
    if (
        one.operator.startswith(("Date", "Numeric"))
        or one.operator not in OPERATORS
        or not is_unmeetable(one)
    ):
        return ""
    wanted = form_of(one).partition(", such as")[0]
    return f" (NEVER: {'it is not' if len(one.values) == 1 else 'none is'} {wanted})"


def _null(one: Condition) -> str:
    wanted = {value.lower() for value in one.values}
    if wanted == {"true"}:
        return f"the request does not carry {_key(one)}"
    if wanted == {"false"}:
        return f"the request carries {_key(one)}"
    return f"the request carries {_key(one)} or not"


def _key(one: Condition) -> str:
    """The key's name in words, and as it is where the words stand for what a request may lack."""
    words = subject(one.key).rstrip(",")
    return words if words.startswith("`") else f"{words} ({quoted(one.key)})"


def _state(one: Condition) -> str | None:
    if one.operator != "Bool" or one.qualifier or len(one.values) != 1:
        return None
    value = one.values[0].lower()
    return state(one.key, true=value == "true") if value in {"true", "false"} else None


def _whose(one: Condition) -> str:
    words = subject(one.key)
    if one.qualifier is Qualifier.FOR_ALL:
        return f"each of {words}"
    return f"at least one of {words}" if one.qualifier is Qualifier.FOR_ANY else words


def _compared(one: Condition) -> str:
    values = [_value(one, value) for value in one.values]
    if one.operator in _COMPARED:
        return f"{_COMPARED[one.operator]} {either(values)}"
    words = _WORDS.get(_POSITIVE.get(one.operator, one.operator))
    if words is None:  # an operator that this module does not know yet
        return f"meets {quoted(one.operator)} of {either(values)}"
    if one.operator in _POSITIVE:
        several = f"{', '.join(values[:-1])} nor {values[-1]}"
        return f"{words[1]} {values[0]}" if len(values) == 1 else f"{words[2]} {several}"
    plain = one.operator == "StringLike" and not any(mark in value for value in one.values for mark in "*?")
    return f"{'is' if plain else words[0]} {either(values)}"


def _value(one: Condition, value: str) -> str:
    if one.operator.startswith("Date"):
        when = read_date(value)
        return moment(when) if when else f"{quoted(value)}, which is no date"
    if one.operator.startswith("Numeric"):
        return value if read_number(value) is not None else f"{quoted(value)}, which is no number"
    return quoted(value) if value else "the empty text"


def _without(one: Condition) -> str:
    """What a request that does not carry the key does to the condition, where it holds then."""
    if one.qualifier is Qualifier.FOR_ALL:
        return " (or there is none)"
    if one.if_exists or (one.operator in _POSITIVE and one.qualifier is None):
        return " (or the request does not carry it)"
    return ""
