"""The settings of a server as they may be read by anybody at its terminal: each with its place, and no secret."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from liftgate.server.settings import Settings
from liftgate.server.settings_sources import Stated
from liftgate.span import in_words

MASKED: Final = "set, not shown"
DEFAULT: Final = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSetting:
    """One setting: its name, or a part of a table; None for one that is not set."""

    name: str
    value: str | None
    place: str


def shown_settings(settings: Settings, told: Stated) -> list[ShownSetting]:
    """Every setting, in the order of docs/settings.md."""
    return [
        ShownSetting(name=part, value=value, place=told.places.get(name, DEFAULT))
        for name, field in Settings.model_fields.items()
        for part, value in _parts(name, getattr(settings, name), field)
    ]


def _parts(name: str, value: Any, field: FieldInfo) -> Iterator[tuple[str, str | None]]:
    if name == "database_url":
        yield name, _without_password(value)
    elif value is not None and (isinstance(value, SecretStr) or not field.repr):
        yield name, MASKED
    elif isinstance(value, BaseModel):
        for inner, its in type(value).model_fields.items():
            yield from _parts(f"{name}.{inner}", getattr(value, inner), its)
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        for number, one in enumerate(value):
            yield from _parts(f"{name}[{number}]", one, field)
    else:
        yield name, _text(value)


def _text(value: Any) -> str | None:
    match value:
        case None | () | "":
            text = None
        case bool():
            text = str(value).lower()
        case timedelta():
            text = in_words(value)
        case tuple() | frozenset():
            text = ", ".join(str(one) for one in value)
        case Mapping():
            text = json.dumps(dict(value), default=str, ensure_ascii=False) if value else None
        case Enum():
            text = str(value.value)
        case _:
            text = str(value)
    return text


def _without_password(url: SecretStr) -> str:
    """What an address says of where it leads; put together anew, so that nothing else can be in it."""
    try:
        parts = urlsplit(url.get_secret_value())
        place = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return MASKED
    return f"{parts.scheme}://{place}{parts.path}"
