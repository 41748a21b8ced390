"""What the settings say of a webhook: an address that nobody can listen in on, and a secret that nobody can guess."""

import base64
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError

from liftgate.server.addresses import is_loopback


class Webhook(BaseModel):
    """Somebody to tell of findings and settlements."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: str = Field(min_length=1, max_length=2_000)
    secret: SecretStr

    @field_validator("url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            host = parts.hostname or ""
        except ValueError:
            parts, host = urlsplit(""), ""
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
        if not host or not is_safe or parts.username is not None:
            raise PydanticCustomError("webhook_url", "is not an address that starts with https://")
        return value

    @field_validator("secret")
    @classmethod
    def _check_secret(cls, value: SecretStr) -> SecretStr:
        head, _, rest = value.get_secret_value().partition("_")
        try:
            key = base64.b64decode(rest, validate=True)
        except ValueError:
            key = b""
        if head != "whsec" or not 24 <= len(key) <= 64:
            raise PydanticCustomError(
                "webhook_secret", "is not whsec_ and the base64 of 24 to 64 random bytes"
            )
        return value
