"""A session: one set of STS credentials lent under a grant; and a deny that takes sessions back."""

from dataclasses import dataclass, field
from datetime import datetime

from liftgate.elevation.session_name import session_name


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnding:
    """One session was taken back, and its grant was not."""

    grant_id: str
    number: int
    by: str  # person id
    reason: str
    ended_at: datetime

    @property
    def name(self) -> str:
        """The session's name."""
        return session_name(self.grant_id, self.number)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Deny:
    """Sessions to refuse on an elevated role, until their grant's own window has ended anyway."""

    grant_id: str
    number: int = 0  # of one session; 0: every session of the grant
    person: str  # the value of the tag by which the grant's sessions name their person
    until: datetime
    ended_at: datetime  # when it was revoked or returned: no session of it was handed over later

    @property
    def target(self) -> str:
        """What is refused: the grant's id, or the session's name."""
        return session_name(self.grant_id, self.number) if self.number else self.grant_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyState:
    """Which denies an elevated role should carry, and what was last read back from it."""

    role_arn: str
    wanted: tuple[Deny, ...]
    in_place: frozenset[str] = frozenset()  # targets

    @property
    def is_settled(self) -> bool:
        """Whether the role was seen to carry just what is wanted."""
        return self.in_place == {deny.target for deny in self.wanted}
