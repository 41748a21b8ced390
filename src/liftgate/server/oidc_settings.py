"""What the settings say of the OpenID provider by which people sign in: docs/sign-in.md."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from liftgate.identity.provider import Provider
from liftgate.server.setting_texts import IssuerAddress, read_span

CALLBACK: Final = "/sign-in/oidc/callback"
_Word = Annotated[str, Field(pattern=r"^[!-~]{1,200}$")]


class OidcSettings(BaseModel):
    """An OpenID provider, and this server as its client."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    issuer: IssuerAddress = Field(min_length=1, max_length=500)
    client_id: _Word
    client_secret: SecretStr | None = None
    scopes: tuple[_Word, ...] = Field(default=("openid",), max_length=20)
    groups_claim: str | None = Field(default=None, min_length=1, max_length=200)
    groups: dict[str, str] = Field(default_factory=dict, max_length=1_000)
    groups_last: timedelta = Field(default=timedelta(days=1), ge=timedelta(minutes=15), le=timedelta(days=30))
    name: str = Field(default="your organisation", min_length=1, max_length=60)

    @field_validator("groups_last", mode="before")
    @classmethod
    def _read_span(cls, value: object) -> object:
        return read_span(value, like="8h or 1d")

    @field_validator("scopes")
    @classmethod
    def _check_scopes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value:
            raise PydanticCustomError("scopes", "has no `openid`, without which nobody is vouched for")
        return value

    @model_validator(mode="after")
    def _check_groups(self) -> "OidcSettings":
        if self.groups and self.groups_claim is None:
            raise PydanticCustomError("groups", "maps groups, but no `groups_claim` says where they stand")
        return self


def provider_of(settings: OidcSettings, origin: str) -> Provider:
    """The provider, of which browsers come back to ``origin``."""
    secret = settings.client_secret
    return Provider(
        issuer=settings.issuer,
        client_id=settings.client_id,
        client_secret=secret.get_secret_value() if secret else None,
        redirect_uri=origin + CALLBACK,
        scopes=settings.scopes,
        groups_claim=settings.groups_claim,
        groups=settings.groups,
        groups_last=settings.groups_last,
        name=settings.name,
    )
