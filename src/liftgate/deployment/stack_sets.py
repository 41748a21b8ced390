"""The templates of member accounts as StackSets: applied in an organization's management account, or by its delegated administrator.

One stack for each member account, a StackSet for each of its templates, with the template inside word for word: see decision 15.
"""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from textwrap import indent
from typing import Any, Final

from liftgate.deployment.cloudformation import PARAMETERS, Resource, takes_external_id, template
from liftgate.deployment.cloudformation_watch import region_of
from liftgate.deployment.errors import BadDeployOption
from liftgate.deployment.model import Plan
from liftgate.deployment.written import logical_ids

PREFIX: Final = "stack-set-"
BODY_LIMIT: Final = (
    51_200  # bytes of a template that lies in no bucket, inside a StackSet too (CloudFormation quotas)
)

_PARAMETERS: Final[Mapping[str, Mapping[str, Any]]] = {
    **PARAMETERS,
    "OrganizationalUnitIds": {
        "Type": "CommaDelimitedList",
        "AllowedPattern": "ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32}",
        "Description": "Of the organization's root or of units that hold the account. Other accounts in them get nothing.",
    },
    "CallAs": {
        "Type": "String",
        "Default": "SELF",
        "AllowedValues": ["SELF", "DELEGATED_ADMIN"],
        "Description": "SELF in the management account, DELEGATED_ADMIN in that of a delegated administrator.",
    },
}
_BODY: Final = "TEMPLATE-BODY"
_PLACE: Final = re.compile(f"^( {{6}}TemplateBody: ){_BODY}\n", re.MULTILINE)
_INSIDE: Final = " " * 8


def in_stack_sets(plan: Plan, files: Mapping[str, str]) -> dict[str, str]:
    """The same files, with one in place of each member account's folder.

    Raises ``BadDeployOption`` where StackSets cannot deploy them.
    """
    members = plan.accounts[1:]
    if not members:
        raise BadDeployOption(
            f"the catalogue names no account but the broker's, `{plan.account}`",
            advice="leave out --stack-set",
        )
    if plan.partition == "aws-cn":
        raise BadDeployOption(
            "StackSets reach no organization's accounts in China's Regions",
            advice="leave out --stack-set, and apply each account's folder",
        )
    home = {path: text for path, text in files.items() if not path.startswith(tuple(map(_folder, members)))}
    return home | {
        f"{PREFIX}{account}.yaml": _stack_sets(
            plan, account, {path: text for path, text in files.items() if path.startswith(_folder(account))}
        )
        for account in members
    }


def _folder(account: str) -> str:
    return f"account-{account}/"


def _stack_sets(plan: Plan, account: str, templates: Mapping[str, str]) -> str:
    for path, text in templates.items():
        if len(text.encode()) > BODY_LIMIT:
            raise BadDeployOption(
                f"`{path}` has {len(text.encode()):,} bytes, and a StackSet takes a template of {BODY_LIMIT:,}",
                advice="leave out --stack-set, and apply each account's folder",
            )
    ids = logical_ids(PurePosixPath(path).stem for path in templates)
    text = template(
        f"What account {account} holds, a StackSet for each of its templates. Apply it after the broker's account.",
        [_stack_set(plan, account, path, ids, takes_external_id(templates[path])) for path in templates],
        _PARAMETERS,
    )
    bodies = iter(templates.values())  # put in at once: what was put in is not looked at again
    return _PLACE.sub(lambda place: f"{place[1]}|\n{indent(next(bodies), _INSIDE)}", text)


def _stack_set(plan: Plan, account: str, path: str, ids: Mapping[str, str], by_external_id: bool) -> Resource:
    name = PurePosixPath(path).stem
    given = [{"ParameterKey": "ExternalId", "ParameterValue": {"Ref": "ExternalId"}}]
    return Resource(
        id=ids[name],
        type="AWS::CloudFormation::StackSet",
        why=f"One stack, `{name}`, in account {account}.",
        properties={
            "StackSetName": f"liftgate-{account}-{name}",
            "PermissionModel": "SERVICE_MANAGED",
            "CallAs": {"Ref": "CallAs"},
            "AutoDeployment": {"Enabled": False},
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            **({"Parameters": given} if by_external_id else {}),
            "StackInstancesGroup": [
                {
                    "DeploymentTargets": {
                        "AccountFilterType": "INTERSECTION",
                        "Accounts": [account],
                        "OrganizationalUnitIds": {"Ref": "OrganizationalUnitIds"},
                    },
                    "Regions": [region_of(path, plan)],
                }
            ],
            "TemplateBody": _BODY,
        },
        # The forwarding role is made by the one, and named by the others.
        attributes={"DependsOn": [ids["watch"]]} if name.startswith("watch-") and "watch" in ids else {},
    )
