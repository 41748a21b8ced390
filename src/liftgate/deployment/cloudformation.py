"""A plan as CloudFormation: a folder an account, a template a concern, a comment a resource."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from liftgate.deployment.concerns import ABOUT, by_concern
from liftgate.deployment.model import Concern, ManagedPolicy, Plan, Role
from liftgate.deployment.plan import EXTERNAL_ID
from liftgate.deployment.written import comment, head, logical_ids
from liftgate.iam.policy import Policy, to_document

TOOL: Final = "cloudformation"
ROLES_IN_ONE: Final = 200  # a template takes 500 resources, and a role is two

PARAMETERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "ExternalId": {
        "Type": "String",
        "NoEcho": True,
        "MinLength": 2,
        "MaxLength": 1224,
        "AllowedPattern": "[A-Za-z0-9_+=,.@:/-]+",
        "Description": "By which the broker assumes roles of this account: as external_id in Liftgate's settings.",
    }
}
_FIRST: Final = " Apply it first: the other roles name this one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of a template."""

    id: str
    type: str
    why: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any] = field(default_factory=dict)  # DependsOn, DeletionPolicy
    exceptions: Mapping[str, str] = field(default_factory=dict)


def iam_templates(plan: Plan) -> dict[str, str]:
    """The templates about roles and policies, by path."""
    files: dict[str, str] = {}
    for account, concern, policies, roles in by_concern(plan):
        about = f"{ABOUT[concern]}{_FIRST if concern is Concern.BROKER else ''}"
        for number, resources in enumerate(_parts(policies, roles), 1):
            name = f"{concern}{'' if number == 1 else f'-{number}'}"
            files[f"account-{account}/{name}.yaml"] = template(f"{about} Account {account}.", resources)
    return files


def template(
    what: str, resources: Sequence[Resource], parameters: Mapping[str, Mapping[str, Any]] = PARAMETERS
) -> str:
    """A template's text, with those of the parameters that its resources refer to."""
    body = {one.id: _body(one) for one in resources}
    parts = [
        head(TOOL, what),
        'AWSTemplateFormatVersion: "2010-09-09"\n',
        _yaml({"Description": f"Liftgate. {what}"}),
    ]
    asked = {name: dict(one) for name, one in parameters.items() if _refers(body, name)}
    if asked:
        parts.append(_yaml({"Parameters": asked}))
    parts.append("\nResources:\n")
    parts.append(
        "\n".join(f"{comment(one.why, '  ')}{_indented(_yaml({one.id: body[one.id]}))}" for one in resources)
    )
    return "".join(parts)


def takes_external_id(text: str) -> bool:
    """Whether whoever applies a template says an external id."""
    return "Ref: ExternalId\n" in text


def document(policy: Policy) -> Any:
    """A policy as a template says it: with the parameter in place of an external id."""
    return _with_parameter(to_document(policy))


def role_resource(role: Role, id_: str) -> Resource:
    """A role."""
    properties: dict[str, Any] = {"RoleName": role.name}
    if role.path != "/":
        properties["Path"] = role.path
    properties["MaxSessionDuration"] = int(role.max_session.total_seconds())
    properties["AssumeRolePolicyDocument"] = document(role.trust)
    if role.boundary:
        properties["PermissionsBoundary"] = role.boundary
    if role.policies:
        properties["ManagedPolicyArns"] = list(role.policies)
    if role.inline:
        properties["Policies"] = [{"PolicyName": "Forward", "PolicyDocument": document(role.inline)}]
    return Resource(id=id_, type="AWS::IAM::Role", why=role.why, properties=properties)


def _parts(policies: Sequence[ManagedPolicy], roles: Sequence[Role]) -> Iterable[list[Resource]]:
    """The resources of one concern, roles with their policies, in as many templates as they need."""
    names = [*(f"{one.name}Policy" for one in policies), *(f"{one.name}Role" for one in roles)]
    ids = logical_ids(names)
    by_arn = {one.arn: _policy_resource(one, ids[f"{one.name}Policy"]) for one in policies}
    if not roles:
        if by_arn:
            yield list(by_arn.values())
        return
    unowned = [one for arn, one in by_arn.items() if not any(arn in _owned(role) for role in roles)]
    for at in range(0, len(roles), ROLES_IN_ONE):
        found = unowned if at == 0 else []
        for role in roles[at : at + ROLES_IN_ONE]:
            own = [by_arn[arn] for arn in _owned(role) if arn in by_arn]
            found = [*found, *own, _after(role_resource(role, ids[f"{role.name}Role"]), own)]
            if role.for_machines:
                found.append(_instance_profile(role, found[-1]))
        yield found


def _owned(role: Role) -> list[str]:
    return list(dict.fromkeys([*role.policies, *([role.boundary] if role.boundary else [])]))


def _after(role: Resource, policies: Sequence[Resource]) -> Resource:
    """The role with references to its policies, so that they are made before it."""
    by_name = {one.properties["ManagedPolicyName"]: {"Ref": one.id} for one in policies}

    def referred(arn: str) -> Any:
        return by_name.get(arn.rsplit("/", 1)[-1], arn)

    properties = dict(role.properties)
    if "PermissionsBoundary" in properties:
        properties["PermissionsBoundary"] = referred(properties["PermissionsBoundary"])
    if "ManagedPolicyArns" in properties:
        properties["ManagedPolicyArns"] = [referred(arn) for arn in properties["ManagedPolicyArns"]]
    return Resource(id=role.id, type=role.type, why=role.why, properties=properties)


def _policy_resource(policy: ManagedPolicy, id_: str) -> Resource:
    """Without a description: to change one, CloudFormation would make the policy anew."""
    properties: dict[str, Any] = {"ManagedPolicyName": policy.name}
    if policy.path != "/":
        properties["Path"] = policy.path
    if policy.users:
        properties["Users"] = list(policy.users)
    if policy.roles:
        properties["Roles"] = list(policy.roles)
    properties["PolicyDocument"] = document(policy.document)
    return Resource(id=id_, type="AWS::IAM::ManagedPolicy", why=policy.why, properties=properties)


def _instance_profile(role: Role, of: Resource) -> Resource:
    return Resource(
        id=f"{of.id}Profile",
        type="AWS::IAM::InstanceProfile",
        why="By which EC2 hands the role to the machine that Liftgate runs on.",
        properties={"InstanceProfileName": role.name, "Roles": [{"Ref": of.id}]},
    )


def _body(one: Resource) -> dict[str, Any]:
    body: dict[str, Any] = {"Type": one.type, **one.attributes}
    if one.exceptions:
        skip = [{"id": rule, "comment": why} for rule, why in one.exceptions.items()]
        body["Metadata"] = {"checkov": {"skip": skip}}
    return {**body, "Properties": dict(one.properties)}


def _with_parameter(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_parameter(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_parameter(inner) for inner in value]
    return {"Ref": "ExternalId"} if value == EXTERNAL_ID else value


def _refers(value: Any, parameter: str) -> bool:
    if isinstance(value, dict):
        return value == {"Ref": parameter} or any(_refers(one, parameter) for one in value.values())
    return isinstance(value, list) and any(_refers(one, parameter) for one in value)


class _Plain(yaml.SafeDumper):
    """Says everything where it stands, without anchors, and indents lists as people do."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        """No anchors."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002
        """Lists under their key."""
        return super().increase_indent(flow, indentless=False)


def _yaml(value: Any) -> str:
    return str(yaml.dump(value, Dumper=_Plain, sort_keys=False, width=100_000, allow_unicode=False))


def _indented(text: str) -> str:
    return "".join(f"  {line}" for line in text.splitlines(keepends=True))
