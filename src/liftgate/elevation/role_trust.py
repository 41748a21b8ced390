"""Reads who may take up the roles that people sign in with, through boto3."""

import json
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.elevation.accounts import IamOf
from liftgate.elevation.aws_failure import UNREADABLE, code_of, is_the_callers_fault, may_pass
from liftgate.elevation.errors import AccountNotDeclared, RevokerOutOfReach
from liftgate.identity.errors import RoleTrustUnavailable, RoleTrustUnreadable
from liftgate.identity.ports import SessionRole

_OR_TRUST: Final = "or whoever keeps the catalogue: name the role under `trusted_session_names`"
_AGAIN: Final = "sign in again"


class IamRoleTrusts:
    """Trust policies of roles in those accounts of which IAM shows them. See ``RoleTrusts``."""

    def __init__(self, iam: IamOf) -> None:
        self._iam = iam

    def read(self, role: SessionRole) -> str:
        """See ``RoleTrusts``."""
        client = self._client(role)
        try:
            return _trust(role, client.get_role(RoleName=role.name)["Role"])
        except ClientError as refusal:
            raise _refused(role, refusal) from refusal
        except BotoCoreError as failure:
            raise _unavailable(role, f"did not answer ({type(failure).__name__})") from failure
        except UNREADABLE:
            raise _unavailable(role, "gave an answer that cannot be read") from None

    def _client(self, role: SessionRole) -> Any:
        try:
            return self._iam(f"arn:{role.partition}:iam::{role.account}:role/{role.name}")
        except AccountNotDeclared as undeclared:
            raise RoleTrustUnreadable(
                f"`{role.name}` is a role of account `{role.account}`, which is not declared, so Liftgate does not see its trust "
                "policy",
                advice="whoever keeps the catalogue: if that role's session names can be trusted, name it under "
                "`trusted_session_names`; or whoever runs Liftgate: declare the account (docs/accounts.md)",
                value=role.name,
            ) from undeclared
        except RevokerOutOfReach as failure:
            raise _unavailable(role, "is out of reach in its account") from failure


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
