"""Reads one account's users, groups, roles and policies: one paged call, and one for each role of the plan."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from liftgate.drift.mending import name_of
from liftgate.drift.model import Unseen
from liftgate.drift.reading import policy_of
from liftgate.drift.seen import Holder, SeenGrant, SeenIam, SeenPrincipal, SeenRole
from liftgate.iam.parse import Kind
from liftgate.iam.policy import Policy

_ALL: Final = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]


def read_iam(client: Any) -> SeenIam:
    """All of it. Raises what boto3 raises."""
    users: list[Any] = []
    roles: list[Any] = []
    groups: dict[str, Any] = {}
    policies: dict[str, Policy | Unseen] = {}
    for page in client.get_paginator("get_account_authorization_details").paginate(Filter=_ALL):
        users += page["UserDetailList"]
        roles += page["RoleDetailList"]
        groups |= {one["GroupName"]: one for one in page["GroupDetailList"]}
        policies |= {one["Arn"]: _default(one) for one in page["Policies"]}
    _attached_elsewhere(client, (users, roles, groups.values()), policies)
    found = [*(_user(one, groups) for one in users), *map(_role, roles)]
    return SeenIam(principals={one.arn: one for one in found}, policies=policies)


def read_role(client: Any, role_arn: str) -> SeenRole:
    """A role alone: the one large answer leaves out its longest session."""
    found = client.get_role(RoleName=name_of(role_arn))["Role"]
    return SeenRole(longest=timedelta(seconds=found["MaxSessionDuration"]), boundary=_boundary(found))


def _attached_elsewhere(
    client: Any, lists: Iterable[Iterable[Any]], policies: dict[str, Policy | Unseen]
) -> None:
    """What is attached, or is a boundary, and was not in the answer."""
    wanted = {
        arn
        for details in lists
        for one in details
        for arn in (
            *(each["PolicyArn"] for each in one.get("AttachedManagedPolicies", [])),
            one.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        )
        if arn and arn not in policies
    }
    for arn in sorted(wanted):
        version = client.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = client.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        policies[arn] = policy_of(document, Kind.IDENTITY, arn)


def _default(one: Mapping[str, Any]) -> Policy | Unseen:
    for version in one.get("PolicyVersionList", []):
        if version["IsDefaultVersion"]:
            return policy_of(version["Document"], Kind.IDENTITY, one["Arn"])
    return Unseen(thing=one["Arn"], why="AWS does not show its default version")


def _user(one: Mapping[str, Any], groups: Mapping[str, Any]) -> SeenPrincipal:
    grants = list(_grants(one, Holder.USER, one["UserName"], one.get("UserPolicyList", [])))
    for name in one.get("GroupList", []):
        group = groups[name]
        grants += _grants(group, Holder.GROUP, name, group.get("GroupPolicyList", []))
    return SeenPrincipal(arn=one["Arn"], grants=tuple(grants), boundary=_boundary(one))


def _role(one: Mapping[str, Any]) -> SeenPrincipal:
    return SeenPrincipal(
        arn=one["Arn"],
        grants=tuple(_grants(one, Holder.ROLE, one["RoleName"], one.get("RolePolicyList", []))),
        boundary=_boundary(one),
        trust=policy_of(one["AssumeRolePolicyDocument"], Kind.TRUST, one["Arn"]),
    )


def _grants(one: Mapping[str, Any], holder: Holder, name: str, inline: Iterable[Any]) -> Iterable[SeenGrant]:
    for each in inline:
        document = policy_of(each["PolicyDocument"], Kind.IDENTITY, f"{one['Arn']} ({each['PolicyName']})")
        yield SeenGrant(holder=holder, holder_name=name, name=each["PolicyName"], inline=document)
    for each in one.get("AttachedManagedPolicies", []):
        yield SeenGrant(holder=holder, holder_name=name, name=each["PolicyArn"])


def _boundary(one: Mapping[str, Any]) -> str | None:
    found = one.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return None if found is None else str(found)
