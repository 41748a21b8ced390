"""What access in place needs of AWS and of a store, said as protocols."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from liftgate.elevation.in_place.model import Carried, HeldRole, OnRole, Opening
from liftgate.elevation.in_place.probe import Probe
from liftgate.ledger.model import Draft


class HeldRoles(Protocol):
    """Roles that people and services hold, and the one inline policy, named ``LiftgateInPlace``, that Liftgate keeps on them.

    Each call raises ``RoleUnreachable`` where IAM does not do it.
    """

    def look(self, role_arn: str) -> HeldRole:
        """All that decides whether access in place is offered on the role."""

    def carried(self, role_arn: str) -> Carried:
        """What the role carries now."""

    def read(self, role_arn: str) -> str | None:
        """Liftgate's policy as JSON text, or None where the role has none."""

    def write(self, role_arn: str, policy: str) -> None:
        """Put the policy in place of the one before. Raises ``RoleFull`` where it is too long for the role."""

    def remove(self, role_arn: str) -> None:
        """Take the policy away; no fault where there is none."""

    def is_open(self, role_arn: str, probe: Probe) -> bool | None:
        """Whether AWS's policy simulator lets the call through; None where there is no simulator that could tell."""


class InPlaceReader(Protocol):
    """A consistent view of grants in place."""

    def wanted_in_place(self, role_arn: str, *, now: datetime) -> tuple[Opening, ...]:
        """Grants in place on this role that nobody ended, from shortly before their window to shortly after it."""

    def wanted_in_place_between(
        self, role_arn: str, *, since: datetime, until: datetime
    ) -> tuple[Opening, ...]:
        """The same, of all that are to be on the role at some moment from ``since`` to ``until``."""

    def on_role_in_place(self, role_arn: str) -> tuple[OnRole, ...]:
        """What is known to be, or may be, on the role; sorted."""

    def statements_of(self, grant_ids: Collection[str]) -> tuple[OnRole, ...]:
        """The same, for some grants."""

    def roles_in_place(self) -> tuple[str, ...]:
        """Roles on which a grant in place is live, or its statements may be; and those whose names are watched."""


class InPlaceWriter(InPlaceReader, Protocol):
    """A transaction that changes what is known of roles."""

    def set_on_role_in_place(self, role_arn: str, known: Sequence[OnRole], draft: Draft) -> None:
        """What is known to be on the role, in place of what was known before."""

    def saw_name_fixed(self, role_arn: str, *, now: datetime) -> datetime:
        """A look saw that a role fixes the session's name; the answer is since when every look did."""

    def saw_name_chosen(self, role_arn: str) -> None:
        """A look saw that somebody may choose the name: what was seen before is worth nothing."""

    def record(self, draft: Draft) -> None:
        """An intent or outcome that changes nothing else."""

    def try_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or extend the named lease; False while somebody else holds it."""

    def release_lease(self, name: str, holder: str) -> None:
        """Give the lease up; nothing happens where somebody else holds it."""


class InPlaceStore(Protocol):
    """Opens transactions."""

    def read(self) -> AbstractContextManager[InPlaceReader]:
        """A read-only view."""

    def write(self) -> AbstractContextManager[InPlaceWriter]:
        """A writing transaction: committed when the block ends, rolled back when it raises."""
