"""The boto3 clients of a check: as whoever calls, in their own account; or as a role of one name in each account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.drift.ports import AccountOutOfReach
from liftgate.elevation.aws_clients import AwsEndpoints, looking_client
from liftgate.elevation.aws_failure import UNREADABLE, code_of
from liftgate.elevation.model import Credentials

SESSION_NAME: Final = "liftgate-deploy-check"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingRole:
    """A role of one name, that is taken up in each account to look."""

    name: str  # with its path
    source: str | None = (
        None  # who takes it up, as the session's name and its source identity; None: no source
    )
    external_ids: Mapping[str, str] = field(default_factory=dict, repr=False)  # by account

    def asked_in(self, account: str) -> dict[str, str]:
        """What AssumeRole is asked with."""
        external_id = self.external_ids.get(account)
        return {
            "RoleSessionName": self.source or SESSION_NAME,
            **({"SourceIdentity": self.source} if self.source else {}),
            **({"ExternalId": external_id} if external_id else {}),
        }


class AwsClients:
    """See ``ports.Clients``. For one check: what is assumed lasts for an hour and is not renewed."""

    def __init__(
        self,
        at: AwsEndpoints,
        *,
        partition: str,
        role: LookingRole | None = None,
        client: Callable[..., Any] = looking_client,
    ) -> None:
        """``role``: None: no account but the caller's is looked at."""
        self._at = at
        self._partition = partition
        self._role = role
        self._client = client
        self._own: str | None = None
        self._assumed: dict[str, Credentials] = {}
        self._made: dict[tuple[str, str, str], Any] = {}

    def __call__(self, service: str, account: str, region: str) -> Any:
        """A client of an account and region. Raises ``AccountOutOfReach``."""
        key = (service, account, region)
        if key not in self._made:
            credentials = self._credentials(account)
            self._made[key] = self._client(replace(self._at, region=region), service, credentials)
        return self._made[key]

    def _credentials(self, account: str) -> Credentials | None:
        if self._role is None:
            self._check_own(account)
            return None
        if account not in self._assumed:
            self._assumed[account] = self._assume(account, self._role)
        return self._assumed[account]

    def _check_own(self, account: str) -> None:
        if self._own is None:
            self._own = str(self._ask("whose credentials these are", "get_caller_identity")["Account"])
        if self._own != account:
            raise AccountOutOfReach(
                f"your credentials are of account `{self._own}`, and this is account `{account}`",
                advice="name a role that may look and that each account has: --role NAME",
                value=account,
            )

    def _assume(self, account: str, role: LookingRole) -> Credentials:
        arn = f"arn:{self._partition}:iam::{account}:role/{role.name}"
        given = self._ask(f"`{arn}`", "assume_role", RoleArn=arn, **role.asked_in(account))["Credentials"]
        return Credentials(
            access_key_id=given["AccessKeyId"],
            secret_access_key=given["SecretAccessKey"],
            session_token=given["SessionToken"],
            expires_at=given["Expiration"],
        )

    def _ask(self, what: str, call: str, **more: str) -> Any:
        try:
            return getattr(self._client(self._at, "sts", None), call)(**more)
        except ClientError as refusal:
            raise _out_of_reach(what, f"STS refuses: {code_of(refusal)}") from refusal
        except BotoCoreError as failure:
            raise _out_of_reach(what, type(failure).__name__) from failure
        except UNREADABLE:
            raise _out_of_reach(what, "STS gave an answer that cannot be read") from None


def _out_of_reach(what: str, why: str) -> AccountOutOfReach:
    return AccountOutOfReach(
        f"{what} cannot be had: {why}",
        advice="sign in at AWS as somebody who may look, such as with the policy SecurityAudit; --role names a role",
    )
