"""The one text that a value has: RFC 8785 canonical JSON, of values that have only one.

Bodies are reconstructed, not just looked over: what is hashed and stored is made of plain strings, whole numbers,
booleans, lists and objects, whatever the caller passed. Keys are printable ASCII and numbers are whole, and for such values
every JSON library that sorts its keys writes the text of RFC 8785: an auditor needs nothing of ours to check a hash.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NoReturn, TypeAlias

from liftgate.ledger.errors import DraftTooLarge, SecretInDraft, Unrecordable

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"

LARGEST_BODY: Final = 64 * 1024
"""Bytes. The largest scope that STS takes is far smaller; what is larger was never meant for a record."""

_DEEPEST: Final = 8
_LARGEST_INTEGER: Final = 2**53 - 1  # RFC 8785, section 3.2.2.3: beyond it, other readers round

# A second wall: no caller puts secrets here, and one who does by mistake is stopped by the name.
_SECRET_NAMES: Final = re.compile(
    "secret|token|password|passwd|passphrase|signature|privatekey|apikey|authorization|cookie"
)

# Without floats and with ASCII keys, this writes what RFC 8785 says; the tests compare it with the package `rfc8785`.
_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Plain) -> str:
    """The canonical JSON text of a plain value."""
    return _ENCODER.encode(value)


def read_json(text: str) -> object:
    """What a JSON text says. Raises ``ValueError`` for floats, which no record holds, and for what is no JSON."""
    return json.loads(text, parse_float=_refuse_float, parse_constant=_refuse_float)


def plain_body(body: Mapping[str, object]) -> dict[str, Plain]:
    """A draft's body, rebuilt from plain values; refuses floats, secrets by name, and what is too large."""
    plain = _plain_object(body, "body", depth=1)
    size = len(canonical(plain).encode())
    if size > LARGEST_BODY:
        raise DraftTooLarge(
            f"a body of {size:,} bytes is more than the {LARGEST_BODY:,} that the ledger keeps",
            advice="record what identifies the change, not all of its content",
            where="body",
        )
    return plain


def plain_text(value: object, where: str) -> str:
    """Text that UTF-8 can write; an enum's member becomes its word."""
    if not isinstance(value, str):
        raise Unrecordable(f"this is `{type(value).__name__}`, not text", advice="pass a string", where=where)
    try:
        value.encode()
    except UnicodeEncodeError as fault:
        raise Unrecordable(
            "this text holds half a character (a lone surrogate)",
            advice="send well-formed Unicode",
            where=where,
        ) from fault
    return str.__str__(value)


def _plain(value: object, where: str, depth: int) -> Plain:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _plain_integer(value, where)
    if isinstance(value, str):
        return plain_text(value, where)
    if depth >= _DEEPEST:
        raise Unrecordable(
            f"a body nests deeper than {_DEEPEST} levels", advice="record a flatter body", where=where
        )
    if isinstance(value, Mapping):
        return _plain_object(value, where, depth + 1)
    if isinstance(value, list | tuple):
        return [_plain(item, f"{where}[{i}]", depth + 1) for i, item in enumerate(value)]
    raise Unrecordable(
        f"a `{type(value).__name__}` has no single JSON text",
        advice="record text, whole numbers, booleans, lists and objects",
        where=where,
    )


def _plain_integer(value: int, where: str) -> int:
    if abs(value) > _LARGEST_INTEGER:
        raise Unrecordable(
            "this number is larger than JSON readers keep exactly", advice="record it as text", where=where
        )
    return int(value)


def _plain_object(value: Mapping[str, object], where: str, depth: int) -> dict[str, Plain]:
    return {_key(key, where): _plain(item, f"{where}.{key}", depth) for key, item in value.items()}


def _key(key: object, where: str) -> str:
    if not isinstance(key, str) or not key.isascii() or not key.isprintable():
        raise Unrecordable(
            "an object's key is not printable ASCII", advice="put the text into a value", where=where
        )
    if _is_secret_name(key):
        raise SecretInDraft(
            f"`{key}` is a name that secrets have",
            advice="leave it out: nothing secret is ever put on record",
            where=f"{where}.{key}",
        )
    return str.__str__(key)


@lru_cache(maxsize=1024)
def _is_secret_name(key: str) -> bool:
    squeezed = key.lower().replace("_", "").replace("-", "").replace(" ", "")
    return _SECRET_NAMES.search(squeezed) is not None


def _refuse_float(text: str) -> NoReturn:
    raise ValueError(f"`{text}` is not a whole number")
