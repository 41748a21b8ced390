"""Generated files, read as CloudFormation and Terraform read them: the policies and roles that they would make."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import hcl2
import yaml

from liftgate.deployment.model import Plan
from liftgate.deployment.plan import EXTERNAL_ID
from liftgate.deployment.stack_sets import PREFIX
from liftgate.iam.policy import to_document

Made: TypeAlias = dict[tuple[str, str, str], Any]
"""By kind, account and name."""

_REFERENCE: Final = re.compile(
    r"(aws_iam_role|aws_iam_policy)\.([A-Za-z0-9_-]+)\.arn|var\.external_id_\d{12}"
)
_ESCAPE: Final = re.compile(r'\\(U[0-9a-f]{8}|["\\])|\$(\$\{)|%(%\{)')
_CALL: Final = re.compile(r"\$\{jsonencode\((.*)\)\}", re.DOTALL)


def as_planned(plan: Plan) -> Made:
    """What the plan says that there is to be."""
    made: Made = {("policy", one.account, one.name): to_document(one.document) for one in plan.policies}
    for one in plan.roles:
        made["role", one.account, one.name] = {
            "trust": to_document(one.trust),
            "path": one.path,
            "boundary": one.boundary,
            "policies": sorted(one.policies),
            "longest": int(one.max_session.total_seconds()),
        }
    return made


def from_iam(iam_of: Callable[[str], Any], accounts: Iterable[str]) -> Made:
    """What accounts hold. ``iam_of`` gives a client for one. Roles with policies of their own are forwarders, of another kind."""
    made: Made = {}
    for account in accounts:
        iam = iam_of(account)
        for one in iam.list_policies(Scope="Local")["Policies"]:
            version = iam.get_policy_version(PolicyArn=one["Arn"], VersionId=one["DefaultVersionId"])
            made["policy", account, one["PolicyName"]] = version["PolicyVersion"]["Document"]
        for listed in iam.list_roles()["Roles"]:
            name = listed["RoleName"]
            if not iam.list_role_policies(RoleName=name)["PolicyNames"]:
                one = iam.get_role(RoleName=name)["Role"]  # the list leaves boundaries out
                attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
                made["role", account, name] = {
                    "trust": one["AssumeRolePolicyDocument"],
                    "path": one["Path"],
                    "boundary": one.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
                    "policies": sorted(each["PolicyArn"] for each in attached),
                    "longest": one["MaxSessionDuration"],
                }
    return made


def from_cloudformation(files: Mapping[str, str], partition: str = "aws") -> Made:
    """Of all templates together."""
    made: Made = {}
    for path, text in files.items():
        if not path.endswith(".yaml"):
            continue
        account = path.split("/")[0].removeprefix("account-")
        resources = yaml.load(text, Loader=yaml.CSafeLoader)["Resources"]
        arns = {
            id_: _arn(
                partition,
                account,
                "policy",
                one["Properties"].get("Path", "/"),
                one["Properties"]["ManagedPolicyName"],
            )
            for id_, one in resources.items()
            if one["Type"] == "AWS::IAM::ManagedPolicy"
        }
        for one in resources.values():
            _take_from_cloudformation(made, account, one["Type"], _filled(one["Properties"], arns))
    return made


def in_folders(files: Mapping[str, str]) -> dict[str, str]:
    """The same files with what StackSets deploy in each account put back into its folder, as it would be without them."""
    found = {path: text for path, text in files.items() if not path.startswith(PREFIX)}
    for path in files.keys() - found.keys():
        for one in yaml.load(files[path], Loader=yaml.CSafeLoader)["Resources"].values():
            has = one["Properties"]
            (group,) = has["StackInstancesGroup"]
            (account,) = group["DeploymentTargets"]["Accounts"]
            assert path == f"{PREFIX}{account}.yaml"
            assert has["StackSetName"].startswith(f"liftgate-{account}-")
            name = has["StackSetName"].removeprefix(f"liftgate-{account}-")
            found[f"account-{account}/{name}.yaml"] = has["TemplateBody"]
    return found


def _take_from_cloudformation(made: Made, account: str, kind: str, has: dict[str, Any]) -> None:
    if kind == "AWS::IAM::ManagedPolicy":
        assert ("policy", account, has["ManagedPolicyName"]) not in made
        made["policy", account, has["ManagedPolicyName"]] = has["PolicyDocument"]
    elif kind == "AWS::IAM::Role" and "Policies" not in has:  # the forwarders are of another kind
        made["role", account, has["RoleName"]] = {
            "trust": has["AssumeRolePolicyDocument"],
            "path": has.get("Path", "/"),
            "boundary": has.get("PermissionsBoundary"),
            "policies": sorted(has["ManagedPolicyArns"]),
            "longest": has["MaxSessionDuration"],
        }


def _filled(value: Any, arns: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        if list(value) == ["Ref"]:
            return EXTERNAL_ID if value["Ref"] == "ExternalId" else arns.get(value["Ref"], value["Ref"])
        return {key: _filled(one, arns) for key, one in value.items()}
    return [_filled(one, arns) for one in value] if isinstance(value, list) else value


def from_terraform(files: Mapping[str, str], partition: str = "aws") -> Made:
    """Of all files of the module together."""
    resources = [
        (_unquoted(kind), _unquoted(label), has)
        for path, text in files.items()
        if path.endswith(".tf")
        for each in hcl2.loads(text).get("resource", ())
        for kind, labels in each.items()
        for label, has in labels.items()
    ]
    arns = {
        f"{kind}.{label}.arn": _arn(
            partition,
            _account(has),
            kind.removeprefix("aws_iam_"),
            _unquoted(has.get("path", '"/"')),
            _unquoted(has["name"]),
        )
        for kind, label, has in resources
        if kind in {"aws_iam_role", "aws_iam_policy"}
    }
    forwarders = {label for kind, label, _ in resources if kind == "aws_iam_role_policy"}
    made: Made = {}
    for kind, label, has in resources:
        if kind == "aws_iam_policy":
            made["policy", _account(has), _unquoted(has["name"])] = _document(has["policy"], arns)
        elif kind == "aws_iam_role" and label not in forwarders:
            made["role", _account(has), _unquoted(has["name"])] = {
                "trust": _document(has["assume_role_policy"], arns),
                "path": _unquoted(has.get("path", '"/"')),
                "boundary": _value(has["permissions_boundary"], arns)
                if "permissions_boundary" in has
                else None,
                "policies": sorted(_attached(label, resources, arns)),
                "longest": has["max_session_duration"],
            }
    return made


def _attached(role: str, resources: Iterable[tuple[str, str, Any]], arns: Mapping[str, str]) -> list[str]:
    return [
        _value(has["policy_arn"], arns)
        for kind, _, has in resources
        if kind == "aws_iam_role_policy_attachment" and has["role"] == f"${{aws_iam_role.{role}.name}}"
    ]


def _document(text: str, arns: Mapping[str, str]) -> Any:
    call = _CALL.fullmatch(text)
    if call is None:
        return json.loads(_unquoted(text))
    return _value(hcl2.loads(f"x = {call[1]}\n")["x"], arns)


def _value(value: Any, arns: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {_unquoted(key): _value(one, arns) for key, one in value.items()}
    if isinstance(value, list):
        return [_value(one, arns) for one in value]
    reference = _REFERENCE.fullmatch(str(value).removeprefix("${").removesuffix("}"))
    if reference:
        return arns[reference[0]] if reference[1] else EXTERNAL_ID
    return _unquoted(value) if isinstance(value, str) else value


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    return _ESCAPE.sub(_meant, text[1:-1])


def _meant(escape: re.Match[str]) -> str:
    return escape[2] or escape[3] or (chr(int(escape[1][1:], 16)) if escape[1][0] == "U" else escape[1])


def _account(has: Mapping[str, Any]) -> str:
    match = re.search(r"account_(\d{12})", has["provider"])
    assert match
    return match[1]


def _arn(partition: str, account: str, kind: str, path: str, name: str) -> str:
    return f"arn:{partition}:iam::{account}:{kind}{path}{name}"
