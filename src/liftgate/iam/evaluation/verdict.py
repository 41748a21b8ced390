"""What evaluation answers: a decision, and the statements and walls that made it."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from liftgate.iam.policy import Condition, Effect


class Decision(StrEnum):
    """AWS's three answers."""

    ALLOW = "allow"
    EXPLICIT_DENY = "explicit_deny"
    IMPLICIT_DENY = "implicit_deny"


class Wall(StrEnum):
    """A kind of policy. Which of them must allow depends on who calls whose resource."""

    RCP = "rcp"
    SCP = "scp"
    RESOURCE = "resource"
    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"


class Why(StrEnum):
    """What a reason tells of its statement, or of its wall where it names no statement."""

    MATCHED = "matched"
    CONDITION_FAILED = "condition_failed"  # all else matched
    KEY_MISSING = "key_missing"  # all else matched, and the request does not carry the condition's key
    SILENT = "silent"  # no statement of the wall speaks of this action on this resource
    ABSENT = "absent"  # the wall must allow, and there is no such policy
    ROOT = "root"  # an account's root user needs no identity policy
    UNABLE = "unable"  # whatever it says, AWS does not let such a caller ask for this


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason for a decision. Places count from 0; None where no statement is meant."""

    wall: Wall
    why: Why
    level: int | None = None  # of SCPs and RCPs
    policy: int | None = None
    statement: int | None = None
    sid: str | None = None
    effect: Effect | None = None
    condition: Condition | None = None  # the one that failed

    def __str__(self) -> str:
        """In one sentence, without a full stop."""
        return f"{self._place()} {self._said()}"

    def _place(self) -> str:
        level = "" if self.level is None else f" at level {self.level + 1}"
        if self.statement is None:
            return f"the {_NAMES[self.wall]}{level}"
        number = f" {self.policy + 1}" if self.policy is not None and self.wall not in _ALONE else ""
        sid = f" (`{self.sid}`)" if self.sid else ""
        return f"statement {self.statement + 1}{sid} of the {_NAMES[self.wall]}{number}{level}"

    def _said(self) -> str:
        if self.condition is None:
            return _SAID[self.why] if self.effect is not Effect.DENY else "denies it"
        test = f"`{self.condition.spelling}` on `{self.condition.key}`"
        lack = "is not met" if self.why is Why.CONDITION_FAILED else "finds no such key in the request"
        return (
            f"would {'allow' if self.effect is Effect.ALLOW else 'deny'} it, but its condition {test} {lack}"
        )


_SAID = {
    Why.MATCHED: "allows it",
    Why.SILENT: "says nothing of this action on this resource",
    Why.ABSENT: "is missing, and would have to allow it",
    Why.ROOT: "is not asked: the account's root user calls",
    Why.UNABLE: ("is not asked: root users, federated users and callers without credentials assume no roles"),
}
_ALONE = frozenset({Wall.RESOURCE, Wall.BOUNDARY})  # of which there is one
_NAMES = {
    Wall.RCP: "resource control policy",
    Wall.SCP: "service control policy",
    Wall.RESOURCE: "resource policy",
    Wall.IDENTITY: "identity policy",
    Wall.BOUNDARY: "permissions boundary",
    Wall.SESSION: "session policy",
}


@lru_cache(maxsize=256)
def of_wall(wall: Wall, why: Why, level: int | None = None) -> Reason:
    """A reason that lies in no statement."""
    return Reason(wall=wall, why=why, level=level)


class Verdict(NamedTuple):  # a tuple, because one is made for each evaluation
    """A decision and why.

    ``because`` holds, for an allow, the statements that allowed; for an explicit deny, those that deny; for an
    implicit one, what the first wall that refused lacks: statements that would have allowed but for a condition, or
    that there is none.
    """

    decision: Decision
    because: tuple[Reason, ...] = ()
    refused_by: Wall | None = None

    @property
    def allowed(self) -> bool:
        """Whether AWS would let the request through."""
        return self.decision is Decision.ALLOW
