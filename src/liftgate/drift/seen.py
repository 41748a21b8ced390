"""What is there in AWS, as it was read: each part with a value, absent, or not to be seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from liftgate.drift.model import Absent, Unseen
from liftgate.iam.policy import Policy

T = TypeVar("T")

Looked: TypeAlias = T | Absent | Unseen


class Holder(StrEnum):
    """What a policy stands on."""

    USER = "user"
    GROUP = "group"
    ROLE = "role"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenGrant:
    """A policy by which somebody may do things: their own, or one of their groups'."""

    holder: Holder
    holder_name: str
    name: str  # of an inline policy; of a managed one the ARN
    inline: Policy | Unseen | None = None  # None: it is managed

    @property
    def is_managed(self) -> bool:
        """Whether its document stands among the account's policies."""
        return self.inline is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPrincipal:
    """A user or role."""

    arn: str
    grants: tuple[SeenGrant, ...]
    boundary: str | None  # ARN
    trust: Policy | Unseen | None = None  # of a role

    @property
    def attached(self) -> frozenset[str]:
        """The ARNs of its managed policies."""
        return frozenset(one.name for one in self.grants if one.is_managed)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenIam:
    """One account's users, roles and managed policies."""

    principals: Mapping[str, SeenPrincipal]  # by ARN
    policies: Mapping[str, Policy | Unseen]  # by ARN

    def document(self, grant: SeenGrant) -> Policy | Unseen:
        """What a policy that somebody has says."""
        if grant.inline is not None:
            return grant.inline
        return self.policies.get(
            grant.name, Unseen(thing=grant.name, why="AWS does not show what the policy says")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRole:
    """What AWS says of a role when it is asked for it alone."""

    longest: timedelta  # MaxSessionDuration
    boundary: str | None  # ARN


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTrail:
    """A trail."""

    arn: str
    bucket: str
    is_logging: bool
    every_region: bool
    global_services: bool
    signed: bool  # by digest files
    key_arn: str | None
    selectors: tuple[Mapping[str, Any], ...]  # of the older kind
    advanced: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRule:
    """A rule of EventBridge."""

    state: str
    pattern: Mapping[str, Any] | None  # None: it runs by a clock, or cannot be read
    targets: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenQueue:
    """A queue."""

    policy: Looked[Policy]
    kept_seconds: int
    is_encrypted: bool
    dead_letters_arn: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBucket:
    """A bucket, of which each part is read by a call of its own."""

    policy: Looked[Policy]
    public_block: Looked[frozenset[str]]  # what of it is on
    is_versioned: Looked[bool]
    expires_days: Looked[int]  # the soonest of its rules; absent: none


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAccessPoint:
    """An access point: another name by which a bucket is reached, with a policy of its own."""

    arn: str
    bucket_arn: str
    policy: Looked[Policy]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenKey:
    """A KMS key."""

    state: str
    policy: Looked[Policy]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that was read, by ARN; IAM by account."""

    iam: Mapping[str, Looked[SeenIam]]
    roles: Mapping[str, Looked[SeenRole]] = field(default_factory=dict)  # those of the plan that are there
    trails: Mapping[str, Looked[tuple[SeenTrail, ...]]] = field(default_factory=dict)  # by account
    rules: Mapping[str, Looked[SeenRule]] = field(default_factory=dict)
    buses: Mapping[str, Looked[Policy]] = field(default_factory=dict)
    queues: Mapping[str, Looked[SeenQueue]] = field(default_factory=dict)
    buckets: Mapping[str, Looked[SeenBucket]] = field(default_factory=dict)
    keys: Mapping[str, Looked[SeenKey]] = field(default_factory=dict)
    account_blocks: Mapping[str, Looked[frozenset[str]]] = field(
        default_factory=dict
    )  # what of it is on, by account
    access_points: Mapping[str, Looked[tuple[SeenAccessPoint, ...]]] = field(
        default_factory=dict
    )  # of buckets that are looked at, by account and region: a pattern of their ARNs

    def points_of(self, account: str) -> tuple[SeenAccessPoint, ...]:
        """The access points of an account, as far as they were seen."""
        return tuple(
            one
            for pattern, found in self.access_points.items()
            if pattern.split(":")[4] == account and not isinstance(found, Absent | Unseen)
            for one in found
        )
