"""Roles that people hold, through boto3: read whole for an offer, read in short and written for a grant."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.elevation.accounts import IamOf
from liftgate.elevation.aws_failure import UNREADABLE, code_of, is_the_callers_fault, may_pass
from liftgate.elevation.errors import RoleFull, RoleUnreachable
from liftgate.elevation.in_place.model import Carried, HeldRole
from liftgate.elevation.in_place.probe import Probe
from liftgate.elevation.in_place.statements import POLICY_NAME
from liftgate.elevation.role_name import check_arn, role_name

_LONGEST: Final = 43_200  # STS API Reference, AssumeRole, DurationSeconds
_NO_SIMULATOR: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "InvalidAction", "NotImplemented", "UnknownOperationException"}
)


class IamHeldRoles:
    """Roles of accounts in which access can be taken back. Writes no policy of another name than ``LiftgateInPlace``."""

    def __init__(self, iam: IamOf) -> None:
        """``iam``: clients with short time-outs."""
        self._iam = iam

    def look(self, role_arn: str) -> HeldRole:
        """See ``HeldRoles``."""
        with self._reached(role_arn) as client:
            role = client.get_role(RoleName=role_name(role_arn))["Role"]
            inline = dict(_inline(client, role_arn))
            inline.pop(POLICY_NAME, None)
            boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
            return HeldRole(
                arn=role["Arn"],
                role_id=role["RoleId"],
                trust=_text(role["AssumeRolePolicyDocument"]),
                longest_session=_longest_session(role),
                boundary=_managed(client, boundary) if boundary else None,
                own=(*inline.values(), *(_managed(client, one) for one in _attached(client, role_arn))),
                inline_characters=sum(map(_characters, inline.values())),
            )

    def carried(self, role_arn: str) -> Carried:
        """See ``HeldRoles``."""
        with self._reached(role_arn) as client:
            role = client.get_role(RoleName=role_name(role_arn))["Role"]
            check_arn(role["Arn"], role_arn)
            inline = dict(_inline(client, role_arn))
            ours = inline.pop(POLICY_NAME, None)
            return Carried(
                role_id=role["RoleId"],
                boundary=_boundary(client, role),
                trust=_text(role["AssumeRolePolicyDocument"]),
                longest_session=_longest_session(role),
                ours=ours,
                inline_characters=sum(map(_characters, inline.values())),
            )

    def read(self, role_arn: str) -> str | None:
        """See ``HeldRoles``."""
        with self._reached(role_arn) as client:
            return _one(client, role_arn, POLICY_NAME)

    def write(self, role_arn: str, policy: str) -> None:
        """See ``HeldRoles``."""
        with self._reached(role_arn) as client:
            client.put_role_policy(
                RoleName=role_name(role_arn), PolicyName=POLICY_NAME, PolicyDocument=policy
            )

    def remove(self, role_arn: str) -> None:
        """See ``HeldRoles``."""
        with self._reached(role_arn) as client:
            try:
                client.delete_role_policy(RoleName=role_name(role_arn), PolicyName=POLICY_NAME)
            except client.exceptions.NoSuchEntityException:
                return

    def is_open(self, role_arn: str, probe: Probe) -> bool | None:
        """See ``HeldRoles``. A simulator that does not heed what a request says of itself counts as none."""
        with self._reached(role_arn) as client:
            try:
                if _lets_through(client.simulate_principal_policy, probe, PolicySourceArn=role_arn):
                    return True
                heeds = _lets_through(client.simulate_custom_policy, probe, PolicyInputList=[_control(probe)])
            except ClientError as refusal:
                if code_of(refusal) in _NO_SIMULATOR:
                    return None
                raise
            return False if heeds else None

    @contextmanager
    def _reached(self, role_arn: str) -> Iterator[Any]:
        """The client for a role's account; what it raises about the role is told in our words."""
        client = self._iam(role_arn)
        try:
            yield client
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


def _lets_through(simulate: Callable[..., Any], probe: Probe, **of: Any) -> bool:
    answer = simulate(
        ActionNames=[probe.action],
        ResourceArns=[probe.resource],
        ContextEntries=[
            {"ContextKeyName": key, "ContextKeyType": kind, "ContextKeyValues": [value]}
            for key, kind, value in probe.context
        ],
        **of,
    )
    return bool(answer["EvaluationResults"][0]["EvalDecision"] == "allowed")


def _inline(client: Any, role_arn: str) -> Iterator[tuple[str, str]]:
    for page in client.get_paginator("list_role_policies").paginate(RoleName=role_name(role_arn)):
        for name in page["PolicyNames"]:
            found = _one(client, role_arn, name)
            if found is not None:
                yield name, found


def _one(client: Any, role_arn: str, name: str) -> str | None:
    try:
        answer = client.get_role_policy(RoleName=role_name(role_arn), PolicyName=name)
    except client.exceptions.NoSuchEntityException:
        return None
    return _text(answer["PolicyDocument"])


def _attached(client: Any, role_arn: str) -> Iterator[str]:
    pages = client.get_paginator("list_attached_role_policies").paginate(RoleName=role_name(role_arn))
    return (policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"])


def _boundary(client: Any, role: Any) -> str | None:
    """None also where IAM does not show it: then it holds nothing, and what stands on the role is taken off."""
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    try:
        return _managed(client, boundary) if boundary else None
    except ClientError as refusal:
        if may_pass(refusal) or is_the_callers_fault(refusal):
            raise
        return None


def _managed(client: Any, policy_arn: str) -> str:
    version = client.get_policy(PolicyArn=policy_arn)["Policy"]["DefaultVersionId"]
    answer = client.get_policy_version(PolicyArn=policy_arn, VersionId=version)
    return _text(answer["PolicyVersion"]["Document"])


def _control(probe: Probe) -> str:
    """A policy that lets the probe through by what it says of itself alone."""
    block: dict[str, dict[str, str]] = {}
    for key, kind, value in probe.context:
        block.setdefault("DateEquals" if kind == "date" else "StringEquals", {})[key] = value
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": block}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _longest_session(role: Any) -> timedelta:
    """The longest that there is, where IAM does not say."""
    return timedelta(seconds=int(role.get("MaxSessionDuration", _LONGEST)))


def _text(document: Any) -> str:
    """A policy as text; botocore has decoded it to JSON's values."""
    return document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)


def _characters(policy: str) -> int:
    """How much room IAM counts for an inline policy: all but white space."""
    return sum(not letter.isspace() for letter in policy)


def _refused(refusal: ClientError, role_arn: str) -> RoleFull | RoleUnreachable:
    code = code_of(refusal)
    if code == "LimitExceeded":
        return RoleFull(
            f"the inline policies of `{role_arn}` leave no room for what is to be put in place",
            advice="nothing: it is put in place as others end; or whoever owns the role frees room",
            value=role_arn,
        )
    if may_pass(refusal) or code == "ConcurrentModification":
        advice = "nothing: the worker tries again"
    elif is_the_callers_fault(refusal):
        advice = "whoever runs Liftgate: check its AWS credentials and its clock"
    else:
        advice = "whoever runs Liftgate: the broker needs the rights on it that docs/in-place.md names"
    return RoleUnreachable(
        f"IAM refuses to show or change what is in place on `{role_arn}`: {code}",
        advice=advice,
        value=role_arn,
    )
