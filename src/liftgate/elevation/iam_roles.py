"""Reads and writes the one inline policy that Liftgate keeps on an elevated role, through boto3."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.elevation.accounts import IamOf
from liftgate.elevation.aws_failure import UNREADABLE, code_of, is_the_callers_fault, may_pass
from liftgate.elevation.deny import POLICY_NAME
from liftgate.elevation.errors import RoleFull, RoleUnreachable
from liftgate.elevation.role_name import role_name


class IamRolePolicies:
    """The deny policies of elevated roles, each in its own account. Touches no policy of another name."""

    def __init__(self, iam: IamOf) -> None:
        """``iam``: clients with short time-outs."""
        self._iam = iam

    def read(self, role_arn: str) -> str | None:
        """The policy's JSON text, or None where the role has none."""
        client = self._iam(role_arn)
        with _translated(role_arn):
            try:
                answer = client.get_role_policy(RoleName=role_name(role_arn), PolicyName=POLICY_NAME)
            except client.exceptions.NoSuchEntityException:
                return None
            document = answer["PolicyDocument"]  # botocore has decoded it
            return document if isinstance(document, str) else json.dumps(document)

    def write(self, role_arn: str, policy: str) -> None:
        """Put the policy in place of the one before."""
        client = self._iam(role_arn)
        with _translated(role_arn):
            client.put_role_policy(
                RoleName=role_name(role_arn), PolicyName=POLICY_NAME, PolicyDocument=policy
            )

    def remove(self, role_arn: str) -> None:
        """Take the policy away; no fault where there is none."""
        client = self._iam(role_arn)
        with _translated(role_arn):
            try:
                client.delete_role_policy(RoleName=role_name(role_arn), PolicyName=POLICY_NAME)
            except client.exceptions.NoSuchEntityException:
                return


@contextmanager
def _translated(role_arn: str) -> Iterator[None]:
    try:
        yield
    except ClientError as refusal:
        raise _refused(refusal, role_arn) from refusal
    except BotoCoreError as failure:
        raise RoleUnreachable(
            f"IAM did not answer about `{role_arn}`: {type(failure).__name__}",
            advice="nothing: the worker tries again",
            value=role_arn,
        ) from failure
    except UNREADABLE:
        raise RoleUnreachable(
            f"IAM gave an answer about `{role_arn}` that cannot be read",
            advice="nothing: the worker tries again; if it stays so, look at what stands between Liftgate and IAM",
            value=role_arn,
        ) from None


def _refused(refusal: ClientError, role_arn: str) -> RoleFull | RoleUnreachable:
    code = code_of(refusal)
    if code == "LimitExceeded":
        return RoleFull(
            f"the inline policies of `{role_arn}` leave no room for its denies",
            advice="whoever owns the role: turn its own inline policies into managed ones",
            value=role_arn,
        )
    if may_pass(refusal) or code == "ConcurrentModification":
        advice = "nothing: the worker tries again"
    elif is_the_callers_fault(refusal):
        advice = "whoever runs Liftgate: check its AWS credentials and its clock"
    else:
        advice = "whoever runs Liftgate: the broker needs iam:GetRolePolicy, PutRolePolicy and DeleteRolePolicy on it"
    return RoleUnreachable(
        f"IAM refuses to show or change the denies on `{role_arn}`: {code}", advice=advice, value=role_arn
    )
