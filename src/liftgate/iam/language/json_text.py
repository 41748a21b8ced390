"""Reads the JSON of a policy: strictly, with numbers as they were written, and with the place of what is wrong.

Sources: RFC 8259; "Grammar of the IAM JSON policy language", IAM User Guide: no element has two instances of one key.
"""

import json
import re
from typing import Any, NoReturn

from liftgate.iam.errors import PolicyFault
from liftgate.iam.language.json_place import (
    at_offset,
    duplicate_key,
    literal,
    lone_surrogate,
    too_deep,
    written,
)
from liftgate.iam.language.kind import LONGEST_TEXT, Limit
from liftgate.iam.language.misfit import quoted

DEEPEST = 16  # brackets inside brackets; a policy has six
_BYTE_ORDER_MARK = "\ufeff"
_WHITE_SPACE = " \t\r\n"
_SURROGATE = re.compile(r"\\u[dD][89A-Fa-f]|[\ud800-\udfff]")


class Number(str):
    """A number, as the text spells it."""

    __slots__ = ()


class _Repeated(Exception):
    """An object has a key twice."""


class _NoNumber(Exception):
    """A word that JavaScript has for a number and JSON has not."""


def read_json(text: str, limit: Limit) -> Any:
    """The document that a text holds, its numbers as ``Number``.

    Raises ``PolicyFault``: too long, not JSON, a key twice in one object, half of a surrogate pair.
    """
    _check_length(text, limit)
    try:
        document = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        _refuse_not_json(text, error)
    except RecursionError:
        _refuse_depth(text)
    except _Repeated:
        _refuse_repeated(text)
    except _NoNumber as error:
        _refuse_no_number(text, str(error))
    if not text.isascii() or "\\u" in text:
        _check_surrogates(text)
    return document


def _check_length(text: str, limit: Limit) -> None:
    length = len(text)
    if length > max(limit.characters, LONGEST_TEXT):
        raise PolicyFault(
            f"the text has {length:,} characters, and AWS reads no more than {LONGEST_TEXT:,}",
            advice="send one policy",
            where="$:1:1",
        )
    if length <= limit.characters:
        return
    if not limit.white_space_counts:
        length -= sum(map(text.count, _WHITE_SPACE))
    if length > limit.characters:
        without = "" if limit.white_space_counts else " without white space"
        raise PolicyFault(
            f"the policy has {length:,} characters{without}, and AWS takes {limit.characters:,} for {limit.of}",
            advice="make it shorter, or split it",
            where="$:1:1",
        )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Repeated
    return found


def _no_number(name: str) -> NoReturn:
    raise _NoNumber(name)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=Number, parse_float=Number, parse_constant=_no_number
)


def _refuse_not_json(text: str, error: json.JSONDecodeError) -> NoReturn:
    if text.startswith(_BYTE_ORDER_MARK):
        raise PolicyFault(
            "the text starts with a byte order mark, which is no JSON",
            advice="save it as UTF-8 without a byte order mark",
            where="$:1:1",
        ) from None
    raise PolicyFault(
        f"this is not JSON: {error.msg[0].lower()}{error.msg[1:]}",
        advice="check the text at that place: quotes, commas and brackets",
        where=f"$:{error.lineno}:{error.colno}",
    ) from None


def _refuse_depth(text: str) -> NoReturn:
    line, column = too_deep(text, DEEPEST) or at_offset(text, 0)
    raise PolicyFault(
        "the text is nested too deeply for a policy",
        advice="send a policy: its brackets are nested six deep at most",
        where=f"$:{line}:{column}",
    ) from None


def _refuse_repeated(text: str) -> NoReturn:
    # INVARIANT: `_once` saw the end of an object with a repeated key, so all up to there is valid JSON.
    path, line, column = duplicate_key(text) or (("a key",), 1, 1)
    raise PolicyFault(
        f"{quoted(path[-1])} stands here for the second time",
        advice="put both into one: readers do not agree on which of two counts",
        where=f"{written(path)}:{line}:{column}",
    ) from None


def _refuse_no_number(text: str, name: str) -> NoReturn:
    path, line, column = literal(text, name) or ((), 1, 1)
    raise PolicyFault(
        f"`{name}` is no value of JSON",
        advice="write a string, a number, `true` or `false`",
        where=f"{written(path)}:{line}:{column}",
    ) from None


def _check_surrogates(text: str) -> None:
    found = lone_surrogate(text) if _SURROGATE.search(text) else None
    if found is not None:
        path, line, column = found
        raise PolicyFault(
            "the string has half of a surrogate pair",
            advice="write the whole character",
            where=f"{written(path)}:{line}:{column}",
        )
