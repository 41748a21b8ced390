"""Keeps revocation honest: a deny can be put on roles of the broker's own account only, so on no other is access lent.

IAM calls name a role without its account. For a role elsewhere they would reach one of the same name here, or none, and what is
read back would look right: the deny would be called in place where it is not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from threading import Lock
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.elevation.errors import RoleUnreachable
from liftgate.elevation.ports import RolePolicies

_REMEMBERED_FOR: Final = timedelta(hours=1)


class InHomeAccount:
    """Role policies that refuse every role of another account."""

    def __init__(self, policies: RolePolicies, account: Callable[[], str]) -> None:
        """``account`` names the account in which IAM calls of ``policies`` take effect."""
        self._policies = policies
        self._account = account

    def read(self, role_arn: str) -> str | None:
        """See ``RolePolicies``."""
        return self._reaching(role_arn).read(role_arn)

    def write(self, role_arn: str, policy: str) -> None:
        """See ``RolePolicies``."""
        self._reaching(role_arn).write(role_arn, policy)

    def remove(self, role_arn: str) -> None:
        """See ``RolePolicies``."""
        self._reaching(role_arn).remove(role_arn)

    def _reaching(self, role_arn: str) -> RolePolicies:
        account = self._account()
        if role_arn.split(":")[4:5] != [account]:
            raise RoleUnreachable(
                f"`{role_arn}` is not in account `{account}`, where Liftgate runs, so access to it could not be revoked",
                advice="run a Liftgate in that account, or put the elevated role in this one",
                value=role_arn,
            )
        return self._policies


class RevocationReach:
    """On which roles a revocation was seen to be possible: nothing is granted on a role that could not be taken back."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}
        self._lock = Lock()

    def check(self, role_arn: str, *, policies: RolePolicies, now: datetime) -> None:
        """Raise ``RoleUnreachable`` unless the role's denies can be read; a success is remembered for an hour."""
        with self._lock:
            seen = self._seen.get(role_arn)
        if seen is not None and abs(now - seen) < _REMEMBERED_FOR:
            return
        policies.read(role_arn)
        with self._lock:
            self._seen[role_arn] = now


@dataclass(frozen=True, slots=True)
class Broker:
    """Who signs Liftgate's own calls."""

    account: str
    is_session: bool  # of a role: what it assumes is role chaining


def broker_of(client: Any) -> Callable[[], Broker]:
    """Asks STS once, at the first need. ``client``: a boto3 STS client that signs as the broker."""

    @cache
    def ask() -> Broker:
        try:
            answer = client.get_caller_identity()
            return Broker(account=str(answer["Account"]), is_session=":assumed-role/" in str(answer["Arn"]))
        except (ClientError, BotoCoreError) as failure:
            raise RoleUnreachable(
                f"STS does not say in which account Liftgate runs: {type(failure).__name__}",
                advice="whoever runs Liftgate: check its AWS credentials",
            ) from failure

    return ask
