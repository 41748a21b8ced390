"""A session: one set of STS credentials lent under a grant; and a deny that takes sessions back."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What is on record of one lent session. The secret is never part of it."""

    grant_id: str
    number: int  # 1, 2, 3, … within the grant
    name: str  # RoleSessionName: "<grant id>-<number>"
    role_arn: str
    intended_at: datetime
    lent_at: datetime | None = None
    access_key_id: str | None = None
    expires_at: datetime | None = None  # as told to the SDK: never later than the window
    failure: str | None = None  # why STS did not lend it


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Handed over once, never stored, logged or shown: the secret parts are kept out of ``repr``."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Deny:
    """One grant's sessions to refuse on an elevated role, until the grant's own window has ended anyway."""

    grant_id: str
    until: datetime
    ended_at: datetime  # when it was revoked or returned: no session of it was handed over later


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyState:
    """Which denies an elevated role should carry, and what was last read back from it."""

    role_arn: str
    wanted: tuple[Deny, ...]
    in_place: frozenset[str] = frozenset()  # grant ids

    @property
    def is_settled(self) -> bool:
        """Whether the role was seen to carry just what is wanted."""
        return self.in_place == {deny.grant_id for deny in self.wanted}
