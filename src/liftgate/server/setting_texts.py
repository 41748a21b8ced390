"""How settings that are more than a word are written: as a span of time, as paths, as JSON in a variable."""

import json
import os
from typing import Annotated, TypeAlias

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from liftgate.identity.issuer import is_issuer
from liftgate.span import SpanUnreadable, parse_span


def read_span(value: object, like: str = "30m or 2h") -> object:
    """A span of time from a text such as ``30m``; anything else as it is. ``like`` is what to write. Raises ``PydanticCustomError``, as all here do."""
    try:
        return parse_span(value) if isinstance(value, str) else value
    except SpanUnreadable:
        raise PydanticCustomError("span", f"is not a span of time; write it as {like}") from None


def read_paths(value: object) -> object:
    """Paths from a text in which they are separated as in PATH; anything else as it is."""
    return value.split(os.pathsep) if isinstance(value, str) else value


def read_json(value: object) -> object:
    """What a text of JSON says; anything else, such as the table of a file, as it is."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise PydanticCustomError("json", "is not JSON; see docs/settings.md") from None


def _check_issuer(value: str) -> str:
    if not is_issuer(value):
        raise PydanticCustomError("issuer", "is not the address of an issuer that starts with https://")
    return value


IssuerAddress: TypeAlias = Annotated[str, AfterValidator(_check_issuer)]
"""The address of an OpenID provider or of another issuer of tokens."""
