"""What the settings say of an account beside the broker's own: docs/accounts.md."""

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError


class AccountSettings(BaseModel):
    """An account beside the broker's own, in which access is lent and taken back: docs/accounts.md."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    id: str = Field(
        pattern=r"^[0-9]{12}$", description="The account's number, in quotes.", examples=["444455556666"]
    )
    revoker_role: str = Field(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}$",
        description="ARN of the role in it that the broker assumes to read roles, and to write on them what takes access back.",
        examples=["arn:aws:iam::444455556666:role/LiftgateRevoker"],
    )
    external_id: str = Field(
        repr=False,
        pattern=r"^[A-Za-z0-9_+=,.@:/-]{2,1224}$",
        description="By which the broker assumes the revoker role, and the elevated roles of entitlements that name no "
        "`external_id` of their own. One of your making for each account; no secret, but no guess either.",
        examples=["lg-5f0c1d6be2a94c73"],
    )

    @model_validator(mode="after")
    def _check_revoker(self) -> "AccountSettings":
        if self.revoker_role.split(":")[4] != self.id:
            raise PydanticCustomError(
                "elsewhere", "has a revoker role of another account; name a role of that account"
            )
        return self
