"""A CloudTrail record: the fields that matter here, typed. What else a record holds is kept as it came, beside it.

Source: "CloudTrail record contents", AWS CloudTrail User Guide.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

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

    @property
    def role_arn(self) -> str | None:
        """The role behind a session; None where the caller is no role session."""
        context = self.session_context
        issuer = context.session_issuer if context else None
        return issuer.arn if issuer and issuer.type == "Role" else None

    @property
    def session_name(self) -> str | None:
        """The name of a role session; None where the caller is none."""
        if self.type != "AssumedRole":
            return None
        _, colon, name = (self.principal_id or "").partition(":")
        return name if colon else None

    @property
    def partition(self) -> str:
        """The partition of AWS in which the caller is: a bucket's name alone does not tell it."""
        parts = (self.role_arn or self.arn or "").split(":", 2)
        return parts[1] if len(parts) == 3 and parts[1] in _PARTITIONS else "aws"

    @property
    def source_identity(self) -> str | None:
        """What was set when the session began, and stays with it."""
        return self.session_context.source_identity if self.session_context else None


class AdditionalData(_Part, frozen=True, kw_only=True):
    """What S3 tells of a call beside its parameters: the bytes in its body and its answer's, where they are told."""

    bytes_in: Any = msgspec.field(default=None, name="bytesTransferredIn")
    bytes_out: Any = msgspec.field(default=None, name="bytesTransferredOut")


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
    identity: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="userIdentity")  # see ``user_identity``
    source_ip_address: str | None = msgspec.field(
        default=None, name="sourceIPAddress"
    )  # may be a service's name
    user_agent: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    request_parameters: Mapping[str, Any] | None = None
    response_elements: Mapping[str, Any] | None = None
    additional_event_data: AdditionalData | None = None
    resources: tuple[Resource, ...] | None = None
    read_only: bool | None = None
    management_event: bool | None = None
    event_category: str | None = None
    event_type: str | None = None
    vpc_endpoint_id: str | None = None
    recipient_account_id: str | None = None
    shared_event_id: str | None = msgspec.field(default=None, name="sharedEventID")

    @property
    def user_identity(self) -> UserIdentity:
        """Who called. Raises msgspec.ValidationError where that is not said as CloudTrail says it; what ``reading`` gives is checked."""
        return identity_of(bytes(self.identity))

    def by_itself(self) -> "Event":
        """The same, without the text that it was read from: for those that are kept."""
        return msgspec.structs.replace(self, identity=self.identity.copy())

    @property
    def is_of_our_age(self) -> bool:
        """Whether its moment is one at which AWS could have recorded it, and that can be told in any calendar."""
        return _FIRST_YEAR <= self.event_time.year <= _LAST_YEAR

    @property
    def was_refused(self) -> bool:
        """Whether AWS refused the call for want of permission."""
        return is_refusal(self.error_code)

    @property
    def role_arn(self) -> str | None:
        """The role behind the caller's session; None where the caller is no role session."""
        return self.user_identity.role_arn

    @property
    def partition(self) -> str:
        """The partition of AWS in which it was made."""
        return self.user_identity.partition

    @property
    def session_name(self) -> str | None:
        """The name of the caller's role session; None where the caller is none."""
        return self.user_identity.session_name


_IDENTITY: Final = msgspec.json.Decoder(UserIdentity)
_NOBODY: Final = UserIdentity()
_MOST_IDENTITIES: Final = 16_384  # that are remembered, a kilobyte each


_identities: dict[bytes, UserIdentity] = {}


def identity_of(text: bytes) -> UserIdentity:
    """Who is meant by the JSON of ``userIdentity``: a session is in many records, with the same text in each."""
    found = _identities.get(text)
    if found is None:
        found = _read_identity(text)
        if len(_identities) >= _MOST_IDENTITIES:
            _identities.clear()
        _identities[text] = found
    return found


def check_identities(texts: Collection[bytes]) -> None:
    """Whether all say who called, as CloudTrail says it. Raises msgspec.ValidationError."""
    if not all(map(_identities.__contains__, texts)):
        for text in texts:
            identity_of(text)


def _read_identity(text: bytes) -> UserIdentity:
    try:
        return _IDENTITY.decode(text) if text else _NOBODY
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        raise msgspec.ValidationError(f"{what} - at `$.userIdentity{where or '`'}") from None


_PARTITIONS = frozenset({"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc"})
_FIRST_YEAR: Final = 2006  # in which S3 began
_LAST_YEAR: Final = 2199
OF_ANOTHER_AGE: Final = "its `eventTime` is of another age"
_REFUSED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "Client.UnauthorizedOperation",
        "ForbiddenException",
        "NotAuthorizedException",
        "UnauthorizedAccess",
        "UnauthorizedException",
    }
)


def is_refusal(error_code: str | None) -> bool:
    """Whether an error's code says that permission was wanting."""
    code = error_code or ""
    return code in _REFUSED or code.endswith(("AccessDenied", "UnauthorizedOperation"))
