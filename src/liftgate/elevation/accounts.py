"""In which accounts access can be taken back, so that it is lent in no other.

IAM calls name a role without its account. For a role elsewhere they would reach one of the same name here, or none, and what is
read back would look right. So for each role there is the one client that signs for the role's own account, or none.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

from liftgate.elevation.broker import Broker
from liftgate.elevation.errors import AccountNotDeclared, RoleUnreachable
from liftgate.elevation.revoker import Revoker
from liftgate.elevation.role_name import role_name

IamOf: TypeAlias = Callable[[str], Any]
"""The boto3 IAM client whose calls take effect in the account of a role, by the role's ARN; raises ``RoleUnreachable``."""

_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/.+", re.DOTALL)


class Accounts:
    """The broker's own account, and those that were declared with a revoker role."""

    def __init__(self, broker: Callable[[], Broker], iam: Any, revokers: Iterable[Revoker] = ()) -> None:
        """``iam``: a boto3 IAM client that signs as the broker."""
        self._broker = broker
        self._iam = iam
        self._revokers = {one.account.number: one for one in revokers}

    def iam(self, role_arn: str) -> Any:
        """See ``IamOf``. Raises ``AccountNotDeclared`` and ``RevokerOutOfReach``, and ``RoleUnreachable`` where STS does not answer."""
        revoker = self._revoker(role_arn)
        return self._iam if revoker is None else revoker.iam()

    def external_id(self, role_arn: str) -> str | None:
        """By which external id a role is assumed for lending; None in the broker's own account.

        Raises what ``iam`` raises: where access could not be taken back, it is not lent.
        """
        revoker = self._revoker(role_arn)
        if revoker is None:
            return None
        revoker.iam()
        return revoker.account.external_id

    def _revoker(self, role_arn: str) -> Revoker | None:
        """None for a role of the broker's own account, where it needs none."""
        match = _ROLE.fullmatch(role_arn)
        account = match[1] if match else ""
        revoker = self._revokers.get(account)
        if revoker is None and account != self._broker().account:
            raise AccountNotDeclared(
                f"`{role_arn}` is in account `{account}`, which is not declared, so access to it could not be revoked"
                if account
                else f"`{role_arn}` is the ARN of no role, so access to it could not be revoked",
                advice="whoever runs Liftgate: declare the account and its revoker role under `accounts` in the settings: "
                "docs/accounts.md",
                value=role_arn,
            )
        if revoker is not None and role_name(role_arn) == role_name(revoker.account.revoker_role_arn):
            raise RoleUnreachable(
                f"`{role_arn}` is the revoker role of account `{account}`: it is neither lent nor opened in place",
                advice="whoever keeps the catalogue: name an elevated role of that account",
                value=role_arn,
            )
        return revoker
