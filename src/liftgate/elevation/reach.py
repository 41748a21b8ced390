"""Keeps revocation honest: nothing is granted on a role from which it could not be taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, TypeAlias

from liftgate.elevation.ports import RolePolicies

_REMEMBERED_FOR: Final = timedelta(hours=1)

TrustCheck: TypeAlias = Callable[[str, str | None], None]
"""Raises where others than the broker may assume a role, given the entitlement's own external id: see ``LendingTrusts``."""


class RevocationReach:
    """On which roles a revocation was seen to be possible, and lending to be the broker's alone."""

    def __init__(self, trust: TrustCheck = lambda _role, _id: None) -> None:
        self.trust = trust
        self._seen: dict[tuple[str, str | None], datetime] = {}
        self._lock = Lock()

    def check(self, role_arn: str, external_id: str | None, *, policies: RolePolicies, now: datetime) -> None:
        """Raise ``RoleUnreachable`` unless the role's denies can be read, and what ``trust`` raises; a success holds for an hour."""
        with self._lock:
            seen = self._seen.get((role_arn, external_id))
        if seen is not None and abs(now - seen) < _REMEMBERED_FOR:
            return
        policies.read(role_arn)
        self.trust(role_arn, external_id)
        with self._lock:
            self._seen[role_arn, external_id] = now
