"""Reads who may take up the roles that people sign in with, through boto3."""

import json
from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.elevation.aws_failure import UNREADABLE, code_of, is_the_callers_fault, may_pass
from liftgate.identity.errors import RoleTrustUnavailable, RoleTrustUnreadable
from liftgate.identity.ports import SessionRole

_OR_TRUST: Final = "or whoever keeps the catalogue: name the role under `trusted_session_names`"
_AGAIN: Final = "sign in again"


class IamRoleTrusts:
    """Trust policies of roles in the broker's own account, which alone IAM shows. See ``RoleTrusts``."""

    def __init__(self, client: Any, account: Callable[[], str]) -> None:
        """``client``: a boto3 IAM client that signs as the broker; ``account`` names the account in which its calls take effect."""
        self._client = client
        self._account = account

    def read(self, role: SessionRole) -> str:
        """See ``RoleTrusts``."""
        account = self._account()
        if role.account != account:
            raise RoleTrustUnreadable(
                f"`{role.name}` is a role of account `{role.account}`, and Liftgate sees trust policies in `{account}` only, "
                "where it runs",
                advice="whoever keeps the catalogue: if that role's session names can be trusted, name it under "
                "`trusted_session_names`",
                value=role.name,
            )
        try:
            return _trust(role, self._client.get_role(RoleName=role.name)["Role"])
        except ClientError as refusal:
            raise _refused(role, refusal) from refusal
        except BotoCoreError as failure:
            raise _unavailable(role, f"did not answer ({type(failure).__name__})") from failure
        except UNREADABLE:
            raise _unavailable(role, "gave an answer that cannot be read") from None


def _trust(role: SessionRole, found: Any) -> str:
    head, _, name = str(found["Arn"]).partition(":role/")
    if head != f"arn:{role.partition}:iam::{role.account}" or name.rpartition("/")[2] != role.name:
        raise RoleTrustUnreadable(
            f"IAM shows another role than `{role.name}`", advice=f"check the server's settings; {_OR_TRUST}"
        )
    if found["RoleId"] != role.role_id:
        raise RoleTrustUnreadable(
            f"`{role.name}` was deleted and made anew since your session began",
            advice="take up the role again, and sign in with that session",
            value=role.name,
        )
    document = found["AssumeRolePolicyDocument"]  # botocore has decoded it
    return document if isinstance(document, str) else json.dumps(document)


def _refused(role: SessionRole, refusal: ClientError) -> RoleTrustUnreadable | RoleTrustUnavailable:
    if may_pass(refusal):
        return _unavailable(role, f"does not answer now ({code_of(refusal)})")
    if is_the_callers_fault(refusal):
        advice = "whoever runs Liftgate: check its AWS credentials and its clock"
        return _unavailable(role, f"does not know Liftgate ({code_of(refusal)})", advice)
    return RoleTrustUnreadable(
        f"IAM does not show Liftgate who may take up `{role.name}`: {code_of(refusal)}",
        advice=f"whoever runs Liftgate: the broker needs iam:GetRole on it; {_OR_TRUST}",
        value=role.name,
    )


def _unavailable(role: SessionRole, what: str, advice: str = _AGAIN) -> RoleTrustUnavailable:
    return RoleTrustUnavailable(
        f"who may take up `{role.name}` cannot be seen: IAM {what}", advice=advice, value=role.name
    )
