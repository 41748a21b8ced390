"""JSON objects of others, with one meaning only: no name twice, no number that is none, nothing nested without end."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NoReturn


def read_object(text: bytes) -> Mapping[str, Any]:
    """The object in a text, frozen. Raises ValueError, which quotes nothing of it."""
    try:
        value = json.loads(text.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ValueError("not JSON of one meaning") from None
    if not isinstance(value, Mapping):
        raise ValueError("no JSON object")  # noqa: TRY004 - one kind of fault for whoever sent it
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    members = {name: _frozen(value) for name, value in pairs}
    if len(members) != len(pairs):
        raise ValueError("a name stands twice")
    return MappingProxyType(members)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
