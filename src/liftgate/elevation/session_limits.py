"""How long STS lends a role: what the role allows, and one hour where the broker is a session itself.

The role's MaxSessionDuration is never under an hour, and what role chaining lends never over it (AWS: API reference,
AssumeRole, DurationSeconds). So an hour is always right, and asked for where nobody knows better.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.clock import Clock
from liftgate.elevation.accounts import IamOf
from liftgate.elevation.broker import Broker
from liftgate.elevation.role_name import role_name
from liftgate.errors import LiftgateError

ALWAYS_LENT: Final = timedelta(hours=1)
_REMEMBERED_FOR: Final = timedelta(hours=1)


class SessionLimits:
    """Asks IAM for the MaxSessionDuration of roles, each in its own account, and remembers it for an hour."""

    def __init__(self, iam: IamOf, broker: Callable[[], Broker], clock: Clock) -> None:
        self._iam = iam
        self._broker = broker
        self._clock = clock
        self._known: dict[str, tuple[timedelta, datetime]] = {}
        self._lock = Lock()

    def longest(self, role_arn: str) -> timedelta:
        """The longest session of the role that may be asked for; an hour where IAM does not say."""
        now = self._clock()
        with self._lock:
            longest, asked_at = self._known.get(role_arn, (ALWAYS_LENT, None))
        if asked_at is not None and abs(now - asked_at) < _REMEMBERED_FOR:
            return longest
        longest = self._asked(role_arn)
        with self._lock:
            self._known[role_arn] = longest, now
        return longest

    def _asked(self, role_arn: str) -> timedelta:
        try:
            if self._broker().is_session:
                return ALWAYS_LENT
            role = self._iam(role_arn).get_role(RoleName=role_name(role_arn))["Role"]
            return max(ALWAYS_LENT, timedelta(seconds=int(role["MaxSessionDuration"])))
        except (ClientError, BotoCoreError, LiftgateError, KeyError, TypeError, ValueError):
            return ALWAYS_LENT  # the sharp end is the window in the policy, whatever the session's own length
