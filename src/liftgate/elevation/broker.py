"""Who signs Liftgate's own calls."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.elevation.errors import RoleUnreachable

_SESSION: Final = re.compile(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)/[^/]+")
_ROLE: Final = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/(?:.*/)?([^/*?]+)")


@dataclass(frozen=True, slots=True)
class Broker:
    """The user, or the session of a role, by whose keys Liftgate calls AWS."""

    account: str
    arn: str  # as STS says it: of a role's session without the role's path

    @property
    def is_session(self) -> bool:
        """Whether it is the session of a role: what it assumes is role chaining."""
        return ":assumed-role/" in self.arn

    @property
    def name(self) -> str:
        """The name of the user or role, without its path."""
        session = _SESSION.fullmatch(self.arn)
        return session[3] if session else re.split("[/:]", self.arn)[-1]

    def is_called(self, principal: str) -> bool:
        """Whether a principal of a trust policy is the broker and nobody else. Names of roles are unique whatever their path."""
        mine = _SESSION.fullmatch(self.arn)
        if mine is None:
            return principal == self.arn
        theirs = _SESSION.fullmatch(principal) or _ROLE.fullmatch(principal)
        return theirs is not None and theirs.groups() == mine.groups()


def broker_of(client: Any) -> Callable[[], Broker]:
    """Asks STS once, at the first need. ``client``: a boto3 STS client that signs as the broker."""

    @cache
    def ask() -> Broker:
        try:
            answer = client.get_caller_identity()
            return Broker(account=str(answer["Account"]), arn=str(answer["Arn"]))
        except (ClientError, BotoCoreError) as failure:
            raise RoleUnreachable(
                f"STS does not say in which account Liftgate runs: {type(failure).__name__}",
                advice="whoever runs Liftgate: check its AWS credentials",
            ) from failure

    return ask
