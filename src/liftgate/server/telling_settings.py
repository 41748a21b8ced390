"""The settings of those who are told and asked: a part of ``Settings``, kept here for its length."""

import json
from collections import Counter
from typing import Annotated

from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from liftgate.server.tracker_settings import TrackerSettings


class TellingSettings(BaseModel):
    """Trackers of tickets."""

    trackers: Annotated[tuple[TrackerSettings, ...], NoDecode] = Field(
        default=(),
        max_length=20,
        description="Where tickets are looked up that entitlements want to be open: docs/tickets.md. In the variable, as JSON.",
    )

    @field_validator("trackers", mode="before")
    @classmethod
    def _decode_telling(cls, value: object) -> object:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            raise PydanticCustomError("json", "is not JSON; write what the file would say") from None

    @field_validator("trackers")
    @classmethod
    def _check_tracker_names(cls, value: tuple[TrackerSettings, ...]) -> tuple[TrackerSettings, ...]:
        for name, count in Counter(one.name for one in value).items():
            if count > 1:
                raise PydanticCustomError("twice", f"names the tracker {name} twice; write it once")
        return value
