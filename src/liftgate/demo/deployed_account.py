"""The AWS account of the demo: its roles are those that `liftgate deploy` writes, made by CloudFormation from the same templates."""

import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from liftgate.catalogue.parse import load_catalogue
from liftgate.demo.embedded_aws import EmbeddedAws
from liftgate.demo.errors import EmbeddedAwsFailed
from liftgate.demo.sample_account import (
    BASELINE_ROLE,
    BROKER,
    PEOPLE,
    SampleAccount,
    create_buckets,
    create_user,
    let_people_assume,
)
from liftgate.demo.trail.recorder import DEAD_LETTER_QUEUE, QUEUE
from liftgate.deployment.guide import in_order
from liftgate.deployment.model import Bounded, Concern, Plan
from liftgate.deployment.options import DeployOptions, NewBaseline
from liftgate.deployment.plan import plan_for
from liftgate.deployment.write import TOOLS

# Condition keys that the embedded AWS does not know: it would refuse every call that they limit.
UNKNOWN_KEYS: Final = frozenset({"sts:SourceIdentity", "iam:PermissionsBoundary"})
# It asks for these by their own names; AWS takes the single calls' permissions for them.
_BATCHES: Final = {
    "sqs:DeleteMessage": "sqs:DeleteMessageBatch",
    "sqs:ChangeMessageVisibility": "sqs:ChangeMessageVisibilityBatch",
}
_PATH: Final = re.compile(r":role/[^*]+/(?=[^/]+$)")
_USER_NAME: Final = "${aws:username}"
_MADE_WITHIN_SECONDS: Final = 30.0


def deploy_account(aws: EmbeddedAws, catalogue: Path) -> SampleAccount:
    """Create buckets, people and the broker as the account's root, and everything else from the templates for a catalogue.

    Raises ``EmbeddedAwsFailed`` where a stack cannot be made.
    """
    iam = aws.client("iam", aws.root)
    create_buckets(aws)
    people = {name: create_user(iam, name) for name in PEOPLE}
    broker = create_user(iam, BROKER)
    plan = plan_for(load_catalogue([catalogue]), _options(aws))
    apply_templates(aws, plan)
    let_people_assume(iam, plan.role(BASELINE_ROLE).arn)
    return SampleAccount(
        aws=aws,
        people=people,
        broker=broker,
        broker_arn=plan.broker_arn,
        baseline_role_arn=plan.role(BASELINE_ROLE).arn,
        elevated_role_arns={one.name: one.arn for one in plan.roles if one.concern is Concern.ELEVATED},
    )


def apply_templates(
    aws: EmbeddedAws,
    plan: Plan,
    external_ids: Mapping[str, str] = MappingProxyType({}),
    templates: Mapping[str, str] | None = None,
) -> None:
    """Make a stack of each template, in its account and in the order that the README says.

    ``external_ids``, by account, are what whoever applies the templates says of accounts other than the broker's. ``templates`` are
    those that are written for the plan where none are given.
    """
    templates = TOOLS["cloudformation"](plan) if templates is None else templates
    for path in in_order(templates, plan):
        account = path.split("/")[0].removeprefix("account-")
        template = adapted(yaml.safe_load(templates[path]))
        given = [
            {"ParameterKey": name, "ParameterValue": external_ids[account]}
            for name in template.get("Parameters", ())
        ]
        cloudformation = aws.client("cloudformation", aws.root_of(account))
        name = f"liftgate-{Path(path).stem}"
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(template),
            Parameters=given,
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        wait_for_stack(cloudformation, name)
    _put_boundaries(aws, plan)


def adapted(value: Any) -> Any:
    """What the embedded AWS can enforce of a template. On AWS nothing is left out."""
    if isinstance(value, list):
        return [adapted(each) for one in value if not _says_nothing(one) for each in _each_apart(one)]
    if not isinstance(value, Mapping):
        return value
    found = {key: adapted(one) for key, one in value.items()}
    if "Effect" in found and "Condition" in found:
        found["Condition"] = _known(found["Condition"])
        if not found["Condition"]:
            del found["Condition"]
    if found.get("Effect") == "Allow" and isinstance(found.get("Action"), list):
        found["Action"] += [_BATCHES[one] for one in found["Action"] if one in _BATCHES]
    if found.get("Effect") == "Allow" and _actions_of(found, "iam:"):
        found["Resource"] = _pathless_too(found["Resource"])
    return found


def _actions_of(statement: Mapping[str, Any], service: str) -> list[str]:
    actions = statement.get("Action", [])
    return [one for one in ([actions] if isinstance(actions, str) else actions) if one.startswith(service)]


def _pathless_too(resource: Any) -> Any:
    """It looks for a role in IAM's calls by its name alone, where AWS does by path and name."""
    found = [resource] if isinstance(resource, str) else list(resource)
    short = [_PATH.sub(":role/", one) for one in found]
    added = [one for one in dict.fromkeys(short) if one not in found]
    return [*found, *added] if added else resource


def _known(conditions: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    left = {
        operator: {key: value for key, value in keys.items() if key not in UNKNOWN_KEYS}
        for operator, keys in conditions.items()
    }
    return {operator: keys for operator, keys in left.items() if keys}


def _each_apart(statement: Any) -> list[Any]:
    """It fills in no user's name in a trust policy: a statement for each user says the same."""
    if not isinstance(statement, Mapping) or _USER_NAME not in json.dumps(statement.get("Condition", "")):
        return [statement]
    return [
        json.loads(
            json.dumps({**statement, "Sid": f"User{number}", "Principal": {"AWS": arn}}).replace(
                _USER_NAME, arn.rpartition("/")[2]
            )
        )
        for number, arn in enumerate(statement["Principal"]["AWS"], 1)
    ]


def _says_nothing(statement: Any) -> bool:
    """A Deny whose every condition is unknown would deny everything."""
    return (
        isinstance(statement, Mapping)
        and statement.get("Effect") == "Deny"
        and "Condition" in statement
        and not _known(statement["Condition"])
    )


def _put_boundaries(aws: EmbeddedAws, plan: Plan) -> None:
    """The embedded AWS's CloudFormation leaves a role's ``PermissionsBoundary`` out; that of a broker is put on by hand at AWS too."""
    iams = {account: aws.client("iam", aws.root_of(account)) for account in plan.accounts}
    for role in plan.roles:
        if role.boundary:
            iams[role.account].put_role_permissions_boundary(
                RoleName=role.name, PermissionsBoundary=role.boundary
            )
    if plan.brought:
        put_on_brought(iams[plan.account], plan.brought)


def put_on_brought(iam: Any, brought: Bounded) -> None:
    """Put its boundary on a broker that was there already."""
    name, boundary = brought.arn.rsplit("/", 1)[-1], brought.boundary
    if brought.kind == "user":
        iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=boundary)
    else:
        iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)


def wait_for_stack(cloudformation: Any, name: str) -> None:
    """Wait until a stack is made. Raises ``EmbeddedAwsFailed`` where it is not."""
    deadline = time.monotonic() + _MADE_WITHIN_SECONDS
    status = ""
    while time.monotonic() < deadline:
        status = str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
        if not status.endswith("IN_PROGRESS"):
            break
        time.sleep(0.02)
    if status != "CREATE_COMPLETE":
        raise EmbeddedAwsFailed(
            f"the embedded AWS did not make the stack `{name}`: {status}",
            advice="report it: this is a fault in liftgate",
        )


def _options(aws: EmbeddedAws) -> DeployOptions:
    arn = f"arn:aws:iam::{aws.account}:user"
    queues = f"arn:aws:sqs:{aws.region}:{aws.account}"
    return DeployOptions(
        region=aws.region,
        broker_arn=f"{arn}/{BROKER}",
        baseline=NewBaseline(name=BASELINE_ROLE, users=tuple(f"{arn}/{name}" for name in PEOPLE)),
        trail_bucket=aws.trail_bucket,
        queue_arn=f"{queues}:{QUEUE}",
        dead_letter_queue_arn=f"{queues}:{DEAD_LETTER_QUEUE}",
    )
