"""What the settings say of Slack: docs/notices.md."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from liftgate.notices.slack.api import BASE_URL
from liftgate.server.addresses import is_loopback

Channel = Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{1,20}$")]


class SlackSettings(BaseModel):
    """One Slack app, in one workspace."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    bot_token: SecretStr = Field(description="The bot's token, `xoxb-…`.")
    signing_secret: SecretStr | None = Field(
        default=None, description="Where Slack calls `POST /slack/interactions`: by which it signs."
    )
    app_token: SecretStr | None = Field(
        default=None, description="The app's token, `xapp-…`, for Socket Mode: no public address is needed."
    )
    channel: Channel | None = Field(
        default=None,
        description="The id of the channel where requests are shown, unless `channels` names another.",
    )
    channels: Mapping[str, Channel] = Field(
        default_factory=dict, max_length=10_000, description="Channels of entitlements, by their names."
    )
    api_url: str = Field(default=BASE_URL, max_length=200, description="Another address of Slack's Web API.")

    @field_validator("bot_token", "app_token", "signing_secret")
    @classmethod
    def _check_secret(cls, value: SecretStr | None, info: object) -> SecretStr | None:
        begins = {"bot_token": "xoxb-", "app_token": "xapp-", "signing_secret": ""}
        name = getattr(info, "field_name", "")
        text = "" if value is None else value.get_secret_value()
        if value is not None and not (text.startswith(begins[name]) and len(text) >= 16 and text.isascii()):
            raise PydanticCustomError("slack_secret", "is not one that Slack makes")
        return value

    @field_validator("api_url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        host = value.partition("://")[2].partition("/")[0].rpartition(":")[0]
        if not value.startswith("https://") and not (value.startswith("http://") and is_loopback(host)):
            raise PydanticCustomError("slack_url", "is not an address that starts with https://")
        return value

    @model_validator(mode="after")
    def _check_way(self) -> "SlackSettings":
        if self.signing_secret is None and self.app_token is None:
            raise PydanticCustomError(
                "slack_way", "has neither a `signing_secret` nor an `app_token`, so nobody could answer"
            )
        return self
