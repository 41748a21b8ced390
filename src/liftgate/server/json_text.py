"""JSON with one meaning only: two readers of the same text must never see two things.

Refused beyond what RFC 8259 forbids: a name that occurs twice (section 4 leaves its meaning open), NaN and Infinity (no JSON at
all, but Python reads them), surrogates without their other half (section 8.2), NUL, which a database may not keep, and
nesting beyond what any call has.
"""

import json
import re
from typing import Any, Final, NoReturn

from liftgate.server.errors import NotJson

DEEPEST: Final = 8

_ODD: Final = re.compile("[\ud800-\udfff\x00]")


def check_json(body: bytes) -> None:
    """Raise ``NotJson``, which says what is wrong and where, unless the bytes are JSON with one meaning."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise _fault(f"the body is not UTF-8: byte {fault.start + 1} cannot be read") from None
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise _fault(f"the body is not JSON: {_said(fault)} at {place}") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # Python reads no number of more than 4,300 digits
        raise _fault("a number in the body is too long to be read") from None
    _check(value, 1)


def _check(value: Any, depth: int) -> None:
    match value:
        case str():
            _check_text(value)
        case dict():
            _refuse_deep(depth)
            for name, inner in value.items():
                _check_text(name)
                _check(inner, depth + 1)
        case list():
            _refuse_deep(depth)
            for inner in value:
                _check(inner, depth + 1)
        case _:  # a number, true, false or null
            pass


def _check_text(text: str) -> None:
    odd = _ODD.search(text)
    if odd:
        raise _fault(
            f"a text in the body holds U+{ord(odd[0]):04X}, which is no character", "leave that character out"
        )


def _refuse_deep(depth: int) -> None:
    if depth > DEEPEST:
        raise _too_deep()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _fault(f"the field `{_shown(_twice(pairs))}` stands in the body twice", "give each field once")
    return found


def _twice(pairs: list[tuple[str, Any]]) -> str:
    """The first name that was there before; in one pass, since anybody may send thousands of names."""
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            return name
        seen.add(name)
    raise AssertionError("no name stands twice")


def _no_number(name: str) -> NoReturn:
    raise _fault(f"`{name}` is not a number in JSON", "write a whole number")


def _said(fault: json.JSONDecodeError) -> str:
    return fault.msg[:1].lower() + fault.msg[1:]


def _shown(text: str) -> str:
    return text[:40].encode("ascii", "backslashreplace").decode()


def _too_deep() -> NotJson:
    return _fault(f"the body is nested more than {DEEPEST} deep", "send the fields that the API names")


def _fault(sentence: str, advice: str = "send one JSON object, in UTF-8") -> NotJson:
    return NotJson(sentence, advice=advice, where="body")
