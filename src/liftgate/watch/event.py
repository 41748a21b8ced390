"""A CloudTrail record: the fields that matter here, typed. What else a record holds is kept as it came, beside it.

Source: "CloudTrail record contents", AWS CloudTrail User Guide.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec

# Text that is longer is no record of CloudTrail's: it cuts fields at 100 KB at the latest.
Text = Annotated[str, msgspec.Meta(max_length=102_400)]
Moment = Annotated[
    datetime, msgspec.Meta(tz=True)
]  # of a known offset, or it could not be held against a window


class _Part(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A part of a record. Fields that are not named are passed over; those that are missing are None."""


class Issuer(_Part, frozen=True, kw_only=True):
    """What gave a session its credentials: for a role session, the role."""

    type: str | None = None
    principal_id: str | None = None
    arn: str | None = None
    account_id: str | None = None
    user_name: str | None = None


class SessionContext(_Part, frozen=True, kw_only=True):
    """Of a session: the role behind it, and what was set when it began."""

    session_issuer: Issuer | None = None
    source_identity: str | None = None
    attributes: Mapping[str, Any] | None = None


class UserIdentity(_Part, frozen=True, kw_only=True):
    """Who called."""

    type: str | None = None
    principal_id: str | None = None  # of a role session: "AROA…:session name"
    arn: str | None = None
    account_id: str | None = None
    access_key_id: str | None = None
    user_name: str | None = None
    invoked_by: str | None = None
    session_context: SessionContext | None = None


class Resource(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that the call touched."""

    type: str | None = None
    arn: str | None = msgspec.field(default=None, name="ARN")
    arn_prefix: str | None = msgspec.field(default=None, name="ARNPrefix")
    account_id: str | None = msgspec.field(default=None, name="accountId")


class Event(_Part, frozen=True, kw_only=True):
    """One call, as CloudTrail tells it."""

    event_id: Text = msgspec.field(name="eventID")  # the same for each copy of the record
    event_time: Moment
    event_source: Text  # "s3.amazonaws.com"
    event_name: Text  # "PutObject"
    aws_region: str | None = None
    user_identity: UserIdentity = UserIdentity()
    source_ip_address: str | None = msgspec.field(
        default=None, name="sourceIPAddress"
    )  # may be a service's name
    user_agent: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    request_parameters: Mapping[str, Any] | None = None
    response_elements: Mapping[str, Any] | None = None
    additional_event_data: Mapping[str, Any] | None = None
    resources: tuple[Resource, ...] | None = None
    read_only: bool | None = None
    management_event: bool | None = None
    event_category: str | None = None
    event_type: str | None = None
    vpc_endpoint_id: str | None = None
    recipient_account_id: str | None = None
    shared_event_id: str | None = msgspec.field(default=None, name="sharedEventID")

    @property
    def was_refused(self) -> bool:
        """Whether AWS refused the call for want of permission."""
        return is_refusal(self.error_code)

    @property
    def role_arn(self) -> str | None:
        """The role behind the caller's session; None where the caller is no role session."""
        context = self.user_identity.session_context
        issuer = context.session_issuer if context else None
        return issuer.arn if issuer and issuer.type == "Role" else None

    @property
    def session_name(self) -> str | None:
        """The name of the caller's role session; None where the caller is none."""
        if self.user_identity.type != "AssumedRole":
            return None
        _, colon, name = (self.user_identity.principal_id or "").partition(":")
        return name if colon else None


_REFUSED = frozenset(
    {"AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation", "UnauthorizedAccess"}
)


def is_refusal(error_code: str | None) -> bool:
    """Whether an error's code says that permission was wanting."""
    code = error_code or ""
    return code in _REFUSED or code.endswith(("AccessDenied", "UnauthorizedOperation"))
