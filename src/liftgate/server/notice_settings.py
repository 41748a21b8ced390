"""What the settings say of a notice, by e-mail, Teams or whatever else apprise speaks: docs/notices.md."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from liftgate.access.told import TellKind
from liftgate.notices.apprise_notice import TO, AppriseNotice, is_readable

KINDS = frozenset({"finding.made", "grant.settled", "person.held", *(kind.value for kind in TellKind)})


class NoticeSettings(BaseModel):
    """One address, or one for each person."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(
        pattern=r"^[a-z][a-z0-9-]{1,30}$",
        description="For logs and the ledger, which never show the address.",
    )
    url: SecretStr = Field(
        description="As apprise writes it, such as `mailtos://…`; `{to}` in it stands for the place of each person in `to`."
    )
    tells: frozenset[str] = Field(
        default=frozenset(),
        max_length=50,
        description="Kinds of tellings, such as `review.due`. Left out, all.",
    )
    to: Mapping[Annotated[str, Field(max_length=64)], Annotated[str, Field(min_length=1, max_length=320)]] = (
        Field(default_factory=dict, max_length=10_000, description="The places of people, by their ids.")
    )

    @field_validator("tells")
    @classmethod
    def _check_tells(cls, value: frozenset[str]) -> frozenset[str]:
        if not value <= KINDS:
            raise PydanticCustomError(
                "notice_tells", "names a kind that there is not; docs/notices.md has them all"
            )
        return value

    @field_validator("url")
    @classmethod
    def _check_url(cls, value: SecretStr) -> SecretStr:
        if not is_readable(value.get_secret_value()):
            raise PydanticCustomError("notice_url", "is not an address that apprise can read")
        return value

    @model_validator(mode="after")
    def _check_to(self) -> "NoticeSettings":
        if bool(self.to) != (TO in self.url.get_secret_value()):
            raise PydanticCustomError("notice_to", "needs both `to` and `{to}` in its url, or neither")
        return self

    def notice(self) -> AppriseNotice:
        """The notice that is meant."""
        return AppriseNotice(name=self.name, url=self.url.get_secret_value(), tells=self.tells, to=self.to)
