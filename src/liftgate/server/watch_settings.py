"""The settings of what is watched: a part of ``Settings``. See docs/watch-sources.md."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from liftgate.server.setting_texts import read_paths, read_span


class WatchSettings(BaseModel):
    """From where CloudTrail's events are taken, and by which rules they are judged."""

    watch_queue_url: str | None = Field(
        default=None,
        max_length=512,
        description="The SQS queue onto which EventBridge puts CloudTrail's events. Left out, and "
        "`watch_trail_bucket` too, nothing is watched. See docs/watch-sources.md.",
        examples=["https://sqs.eu-central-1.amazonaws.com/111122223333/liftgate-cloudtrail"],
    )
    watch_dead_letter_queue_url: str | None = Field(
        default=None,
        max_length=512,
        description="The queue to which SQS moves events that could not be taken, for `liftgate dead-letters`.",
        examples=["https://sqs.eu-central-1.amazonaws.com/111122223333/liftgate-cloudtrail-dead-letters"],
    )
    watch_consumers: int = Field(
        default=2,
        ge=0,
        le=32,
        description="How many take events from the queue at once in this process; 0: none, nor from log files, where "
        "`liftgate watch` does it in processes of its own.",
    )
    watch_trail_bucket: str | None = Field(
        default=None,
        min_length=3,
        max_length=63,
        description="The bucket of the trail, from whose log files is read what the queue did not bring.",
        examples=["lakeside-cloudtrail"],
    )
    watch_trail_prefix: str = Field(
        default="",
        max_length=200,
        description="What stands before `AWSLogs/` in that bucket.",
        examples=["organisation"],
    )
    watch_trail_every: Annotated[timedelta, NoDecode] = Field(
        default=timedelta(minutes=15),
        ge=timedelta(minutes=1),
        le=timedelta(days=1),
        description="How often what is new in that bucket is read, by one of all processes; also when one starts.",
        examples=["1h"],
    )

    watch_rules: tuple[Path, ...] = Field(
        default=(),
        description="Files or folders of your own rules, beside those that are shipped: docs/rules.md. In the variable, separated "
        "as in PATH.",
        examples=["/etc/liftgate/rules"],
    )

    @field_validator("watch_trail_every", mode="before")
    @classmethod
    def _read_watch_span(cls, value: object) -> object:
        return read_span(value)

    @field_validator("watch_rules", mode="before")
    @classmethod
    def _split_rules(cls, value: object) -> object:
        return read_paths(value)

    @field_validator("watch_queue_url", "watch_dead_letter_queue_url")
    @classmethod
    def _check_queue(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "https://host/queue")
        if parts.scheme not in {"http", "https"} or not parts.hostname or not parts.path.strip("/"):
            raise PydanticCustomError(
                "queue", "is not the address of a queue; copy the URL that SQS shows of it"
            )
        return value
