"""What is known when events are read: grants, the sessions lent under them, and the roles that may only be used so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from liftgate.iam.scope import Scope, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGrant:
    """A grant, as far as its calls are judged by it."""

    id: str
    request_id: str
    person: str
    entitlement: str
    account: str
    role_arn: str
    scope: Scope
    window: Window
    ended_at: datetime | None = None  # taken back or returned before its window ended
    user_id: str | None = None  # "AROA…:session name" that it opens in place; None: sessions are lent

    @property
    def over_at(self) -> datetime:
        """When its window ended, or it was ended before that."""
        ends_at = self.window.ends_at
        return ends_at if self.ended_at is None else min(ends_at, self.ended_at)

    def is_open_at(self, moment: datetime) -> bool:
        """Whether it held then: in its window, and not ended."""
        return self.window.starts_at <= moment < self.over_at


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSession:
    """One lent session."""

    grant_id: str
    number: int
    name: str
    access_key_id: str | None  # None: STS was asked, and its answer is not on record


class Known(Protocol):
    """Looks up what is known. Each answer takes the same time, however much is known."""

    def grant(self, grant_id: str) -> KnownGrant | None:
        """The grant of an id."""
        ...

    def session_of_key(self, access_key_id: str) -> KnownSession | None:
        """The session to which an access key was lent."""
        ...

    def session_called(self, name: str) -> KnownSession | None:
        """The session of a name."""
        ...

    def in_place(self, user_id: str) -> Sequence[KnownGrant]:
        """The grants that open this session of a role in place, by the start of their windows."""
        ...

    def is_elevated(self, role_arn: str) -> bool:
        """Whether a role may be used through Liftgate alone."""
        ...

    def is_broker(self, arn: str) -> bool:
        """Whether the caller is Liftgate itself."""
        ...

    def is_brokers_account(self, account: str) -> bool:
        """Whether it is an account of Liftgate itself."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownInMemory:
    """All of it in dictionaries."""

    grants: Mapping[str, KnownGrant] = field(default_factory=dict)
    by_key: Mapping[str, KnownSession] = field(default_factory=dict)
    by_name: Mapping[str, KnownSession] = field(default_factory=dict)
    by_user_id: Mapping[str, Sequence[KnownGrant]] = field(default_factory=dict)
    elevated_roles: frozenset[str] = frozenset()
    brokers: frozenset[str] = (
        frozenset()
    )  # ARNs of users, of roles whose sessions broker, or of such sessions

    def grant(self, grant_id: str) -> KnownGrant | None:
        """The grant of an id."""
        return self.grants.get(grant_id)

    def session_of_key(self, access_key_id: str) -> KnownSession | None:
        """The session to which an access key was lent."""
        return self.by_key.get(access_key_id)

    def session_called(self, name: str) -> KnownSession | None:
        """The session of a name."""
        return self.by_name.get(name)

    def in_place(self, user_id: str) -> Sequence[KnownGrant]:
        """The grants that open this session of a role in place, by the start of their windows."""
        return self.by_user_id.get(user_id, ())

    def is_elevated(self, role_arn: str) -> bool:
        """Whether a role may be used through Liftgate alone."""
        return role_arn in self.elevated_roles

    def is_broker(self, arn: str) -> bool:
        """Whether the caller is Liftgate itself."""
        return _caller_key(arn) in {_caller_key(broker) for broker in self.brokers}

    def is_brokers_account(self, account: str) -> bool:
        """Whether it is an account of Liftgate itself."""
        return any(broker.split(":")[4:5] == [account] for broker in self.brokers)


NOTHING_KNOWN = KnownInMemory()


def _caller_key(arn: str) -> str:
    """A user as it stands; a role, or a session of it, by account and name, which are the role's alone.

    STS says of a session neither its role's path nor, the other way round, is a session's name known before.
    """
    head, _, resource = arn.partition(":role/")
    if resource:
        return f"{head}:role/{resource.rpartition('/')[2]}".replace(":sts:", ":iam:", 1)
    head, _, resource = arn.partition(":assumed-role/")
    return f"{head}:role/{resource.partition('/')[0]}".replace(":sts:", ":iam:", 1) if resource else arn


def known_in_memory(
    grants: Iterable[KnownGrant],
    sessions: Iterable[KnownSession],
    *,
    elevated_roles: Iterable[str] = (),
    brokers: Iterable[str] = (),
) -> KnownInMemory:
    """An index of grants and sessions. The roles of grants that lend sessions are elevated ones too."""
    grants, sessions = list(grants), list(sessions)
    by_user_id: dict[str, list[KnownGrant]] = {}
    for grant in sorted(grants, key=lambda one: (one.window.starts_at, one.id)):
        if grant.user_id is not None:
            by_user_id.setdefault(grant.user_id, []).append(grant)
    return KnownInMemory(
        grants={grant.id: grant for grant in grants},
        by_key={one.access_key_id: one for one in sessions if one.access_key_id is not None},
        by_name={one.name: one for one in sessions},
        by_user_id=by_user_id,
        elevated_roles=frozenset(
            {*elevated_roles, *(grant.role_arn for grant in grants if grant.user_id is None)}
        ),
        brokers=frozenset(brokers),
    )
