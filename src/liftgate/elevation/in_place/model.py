"""What stands behind access in place: the role that the requester holds, and the statements that Liftgate puts on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from liftgate.access.ports import DENY_SLACK, OPENING_LEAD
from liftgate.iam.scope import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """What IAM says of a role that people or services hold. Policies are JSON text."""

    arn: str
    role_id: str  # "AROA…": how the user id of each of its sessions begins
    trust: str
    longest_session: timedelta
    boundary: str | None
    own: tuple[str, ...]  # its inline and attached policies, but for Liftgate's
    inline_characters: int  # of inline policies that are not Liftgate's, white space not counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a role carries now, as far as writing to it needs to know."""

    role_id: str
    trust: str
    longest_session: timedelta
    boundary: str | None  # None also where it cannot be read
    ours: str | None  # Liftgate's inline policy
    inline_characters: int  # as in ``HeldRole``


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One grant that is to be open in place."""

    grant_id: str
    requester: str
    user_id: str  # "AROA…:session name"
    policy: str  # what to add to the role, as JSON, without who and when
    boundary: str | None  # of the role when it was asked for; None: it was not kept
    window: Window
    granted_at: datetime

    @property
    def takes_room(self) -> Window:
        """While its statements are on the role: from shortly before its window to shortly after it."""
        return Window(
            starts_at=self.window.starts_at - OPENING_LEAD, ends_at=self.window.ends_at + DENY_SLACK
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRole:
    """What is on record of one grant's statements on a role."""

    grant_id: str
    read_back: bool  # False: about to be written, or about to be taken away
    is_open: bool  # whether a probe, or where there is none the read-back, said that it works


@dataclass(frozen=True, slots=True, kw_only=True)
class InPlaceState:
    """Which grants a role should carry in place, and what is known to be on it."""

    role_arn: str
    wanted: tuple[Opening, ...]
    on_role: tuple[OnRole, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether the role was seen to carry just what is wanted, and all of it to work."""
        return {one.grant_id for one in self.on_role if one.read_back and one.is_open} == {
            one.grant_id for one in self.wanted
        } and len(self.on_role) == len(self.wanted)
