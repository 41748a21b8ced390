"""The settings of those who are told and asked: a part of ``Settings``, kept here for its length."""

from collections import Counter
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from liftgate.server.notice_settings import NoticeSettings
from liftgate.server.setting_texts import read_json
from liftgate.server.slack_settings import SlackSettings
from liftgate.server.tracker_settings import TrackerSettings

T = TypeVar("T", TrackerSettings, NoticeSettings)


class TellingSettings(BaseModel):
    """Trackers of tickets, Slack, and other notices."""

    trackers: Annotated[tuple[TrackerSettings, ...], NoDecode] = Field(
        default=(),
        max_length=20,
        description="Where tickets are looked up that entitlements want to be open: docs/tickets.md. In the variable, as JSON.",
    )

    slack: Annotated[SlackSettings | None, NoDecode] = Field(
        default=None,
        description="Where requests are shown and answered in Slack: docs/notices.md. In the variable, as JSON.",
    )

    notices: Annotated[tuple[NoticeSettings, ...], NoDecode] = Field(
        default=(),
        max_length=50,
        description="Whom to tell by e-mail, Teams and whatever else apprise speaks: docs/notices.md. In the variable, as JSON.",
    )

    @field_validator("trackers", "slack", "notices", mode="before")
    @classmethod
    def _decode_telling(cls, value: object) -> object:
        return read_json(value)

    @field_validator("trackers", "notices")
    @classmethod
    def _check_names(cls, value: tuple[T, ...]) -> tuple[T, ...]:
        for name, count in Counter(one.name for one in value).items():
            if count > 1:
                raise PydanticCustomError("twice", f"names {name} twice; write it once")
        return value
