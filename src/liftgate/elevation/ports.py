"""What elevation needs of AWS and of a store, said as protocols."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from liftgate.access.hold import Hold
from liftgate.access.model import GrantRecord, RequestRecord
from liftgate.access.ports import Effect, Once
from liftgate.elevation.model import Credentials, Deny, Session, SessionEnding
from liftgate.ledger.model import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class LendOrder:
    """One AssumeRole call, complete."""

    role_arn: str
    external_id: str | None
    session_name: str
    source_identity: str
    session_policy: str  # JSON, at most 2,048 characters
    duration: timedelta  # 15 minutes or more
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """What STS answered. ``packed_percent`` is PackedPolicySize, where the server says it."""

    credentials: Credentials
    packed_percent: int | None


class Lender(Protocol):
    """Asks STS for a session. Raises ``LendingRefused`` or ``LendingUnavailable``."""

    def lend(self, order: LendOrder) -> Lent:
        """One sts:AssumeRole."""


class RolePolicies(Protocol):
    """The one inline policy, named ``LiftgateRevocations``, that Liftgate keeps on an elevated role.

    Each call raises ``RoleUnreachable`` where IAM does not do it.
    """

    def read(self, role_arn: str) -> str | None:
        """The policy's JSON text, or None where the role has none."""

    def write(self, role_arn: str, policy: str) -> None:
        """Put the policy in place of the one before. Raises ``RoleFull`` where it is too long for the role."""

    def remove(self, role_arn: str) -> None:
        """Take the policy away; no fault where there is none."""


class ElevationReader(Protocol):
    """A consistent view of grants and their sessions."""

    def grant(self, grant_id: str) -> GrantRecord | None:
        """One grant with its ending."""

    def follow_ups(self, grant_id: str) -> tuple[RequestRecord, ...]:
        """The requests that go on from a grant, the first first."""

    def sessions(self, grant_id: str) -> tuple[Session, ...]:
        """A grant's sessions in the order of their numbers."""

    def session_endings(self, grant_id: str) -> tuple[SessionEnding, ...]:
        """The sessions of a grant that were taken back, in the order of their numbers."""

    def wanted_denies(self, role_arn: str, *, now: datetime) -> tuple[Deny, ...]:
        """Grants on this role that ended early, and sessions that did, whose window, plus slack, is not over; sorted."""

    def denies_in_place(self, role_arn: str) -> frozenset[str]:
        """The targets of denies that were read back from the role: grant ids and session names."""

    def roles_with_denies(self) -> tuple[str, ...]:
        """Roles on which a deny is wanted or in place."""


class ElevationWriter(ElevationReader, Protocol):
    """A transaction that changes sessions and denies."""

    def lock_grant(self, grant_id: str) -> GrantRecord | None:
        """Like ``grant``; nobody else changes it until this transaction ends."""

    def repeated(self, once: Once | None, *, now: datetime) -> str | None:
        """The id of what the same call made before, if it did."""

    def remember(self, once: Once | None, resource_id: str, *, now: datetime) -> None:
        """Bind the key to what the call made, in the transaction that made it."""

    def hold_on(self, person_id: str) -> Hold | None:
        """A person's oldest hold that is not over; until this transaction ends nobody places one on them."""

    def add_session(self, session: Session, draft: Draft) -> None:
        """The intent of a session, before AWS is asked."""

    def settle_session(self, session: Session, draft: Draft) -> None:
        """The outcome of a session: lent, or failed."""

    def add_session_ending(self, ending: SessionEnding, draft: Draft, effects: Sequence[Effect]) -> None:
        """One session was taken back, with what must follow in AWS."""

    def record(self, draft: Draft) -> None:
        """An intent or outcome that changes nothing else."""

    def set_denies_in_place(self, role_arn: str, targets: Sequence[str], draft: Draft) -> None:
        """What was read back from the role, in place of what was known before."""

    def try_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or extend the named lease; False while somebody else holds it."""

    def release_lease(self, name: str, holder: str) -> None:
        """Give the lease up; nothing happens where somebody else holds it."""


class ElevationStore(Protocol):
    """Opens transactions."""

    def read(self) -> AbstractContextManager[ElevationReader]:
        """A read-only view."""

    def write(self) -> AbstractContextManager[ElevationWriter]:
        """A writing transaction: committed when the block ends, rolled back when it raises."""
