"""A plan as Terraform: one module, a file a concern and account, a provider alias an account and region."""

import re
from collections.abc import Iterable
from typing import Any, Final

from liftgate.deployment.concerns import ABOUT, by_concern
from liftgate.deployment.exceptions import USER_TERRAFORM, skipped
from liftgate.deployment.hcl import Block, Body, Expression, block, json_of
from liftgate.deployment.model import Concern, ManagedPolicy, Plan, Role
from liftgate.deployment.plan import EXTERNAL_ID
from liftgate.deployment.written import comment, head
from liftgate.iam.policy import Policy, to_document

TOOL: Final = "terraform"
_OTHER: Final = re.compile("[^A-Za-z0-9_-]")


def iam_modules(plan: Plan) -> dict[str, str]:
    """The files about roles and policies, and of providers and variables, by path."""
    files = {"providers.tf": _providers(plan)}
    if len(plan.accounts) > 1:
        files["variables.tf"] = _variables(plan)
    for account, concern, policies, roles in by_concern(plan):
        files[f"{concern}-{account}.tf"] = file_of(
            f"{ABOUT[concern]} Account {account}.",
            [
                *(_policy(one, plan) for one in policies),
                *(text for one in roles for text in role_blocks(one, plan)),
            ],
        )
    return files


def file_of(what: str, blocks: Iterable[str]) -> str:
    """A file's text."""
    return head(TOOL, what) + "".join(f"\n{one}" for one in blocks)


def resource(kind: str, name: str, why: str, body: Body) -> str:
    """One resource, with its comment."""
    return comment(why) + block("resource", [kind, name], body)


def provider_of(account: str, region: str, plan: Plan) -> Expression:
    """The provider that makes something in an account and region."""
    alias = f"account_{account}"
    return Expression(f"aws.{alias}" if region == plan.region else f"aws.{alias}_{region.replace('-', '_')}")


def name_of(name: str, account: str) -> str:
    """What a resource is called in Terraform: by its account, as names of roles may be the same in two."""
    return f"a{account}_{_OTHER.sub('_', name)}"


def document(policy: Policy, account: str) -> Expression:
    """A policy, with the account's variable in place of an external id."""
    return json_of(_with_variable(to_document(policy), account))


def role_blocks(role: Role, plan: Plan) -> list[str]:
    """A role and what is attached to it."""
    name = name_of(role.name, role.account)
    provider = provider_of(role.account, plan.region, plan)
    body: list[Any] = [("provider", provider), ("name", role.name)]
    if role.path != "/":
        body.append(("path", role.path))
    body += [
        ("max_session_duration", int(role.max_session.total_seconds())),
        ("assume_role_policy", _trust(role, plan)),
    ]
    if role.boundary:
        body.append(("permissions_boundary", _policy_arn(role.boundary, plan)))
    found = [resource("aws_iam_role", name, role.why, body)]
    found += [
        block(
            "resource",
            [
                "aws_iam_role_policy_attachment",
                name_of(f"{role.name}-{arn.rsplit('/', 1)[-1]}", role.account),
            ],
            [
                ("provider", provider),
                ("role", Expression(f"aws_iam_role.{name}.name")),
                ("policy_arn", _policy_arn(arn, plan)),
            ],
        )
        for arn in role.policies
    ]
    if role.inline:
        body = [
            ("provider", provider),
            ("name", "Forward"),
            ("role", Expression(f"aws_iam_role.{name}.name")),
            ("policy", document(role.inline, role.account)),
        ]
        found.append(block("resource", ["aws_iam_role_policy", name], body))
    if role.for_machines:
        why = "By which EC2 hands the role to the machine that Liftgate runs on."
        body = [
            ("provider", provider),
            ("name", role.name),
            ("role", Expression(f"aws_iam_role.{name}.name")),
        ]
        found.append(resource("aws_iam_instance_profile", name, why, body))
    return found


def _trust(role: Role, plan: Plan) -> Expression:
    """With a reference to the broker's role: AWS takes no principal that is not there yet."""
    made = {
        one.arn: f"aws_iam_role.{name_of(one.name, one.account)}.arn"
        for one in plan.roles
        if one.concern is Concern.BROKER
    }
    written = to_document(role.trust)
    for statement in written["Statement"]:
        named = statement["Principal"].get("AWS")
        if isinstance(named, str) and named in made:
            statement["Principal"] = {"AWS": Expression(made[named])}
    return json_of(_with_variable(written, role.account))


def _policy(policy: ManagedPolicy, plan: Plan) -> str:
    name = name_of(policy.name, policy.account)
    provider = provider_of(policy.account, plan.region, plan)
    body: list[Any] = [("provider", provider), ("name", policy.name)]
    if policy.path != "/":
        body.append(("path", policy.path))
    body.append(("policy", document(policy.document, policy.account)))
    text = resource("aws_iam_policy", name, policy.why, body)
    for kind, holders in (("user", policy.users), ("role", policy.roles)):
        for holder in holders:
            attached: list[Any] = [
                ("provider", provider),
                *skipped(USER_TERRAFORM if kind == "user" else {}),
                (kind, holder),
                ("policy_arn", Expression(f"aws_iam_policy.{name}.arn")),
            ]
            labels = [f"aws_iam_{kind}_policy_attachment", name_of(f"{holder}-{policy.name}", policy.account)]
            text += "\n" + block("resource", labels, attached)
    return text


def _policy_arn(arn: str, plan: Plan) -> Any:
    policy = next((one for one in plan.policies if one.arn == arn), None)
    return arn if policy is None else Expression(f"aws_iam_policy.{name_of(policy.name, policy.account)}.arn")


def _providers(plan: Plan) -> str:
    needed = [(account, plan.region) for account in plan.accounts]
    needed += [(one.account, one.region) for one in plan.watching.forwards if one.region != plan.region]
    versions = block(
        "terraform",
        [],
        [
            ("required_version", ">= 1.3"),
            Block("required_providers", [("aws", {"source": "hashicorp/aws", "version": ">= 5.40"})]),
        ],
    )
    providers = [
        comment(
            f"How you sign in to account {account} is yours to say: `profile`, or an `assume_role` block."
        )
        + block(
            "provider",
            ["aws"],
            [
                ("alias", provider_of(account, region, plan).text.removeprefix("aws.")),
                ("region", region),
                ("allowed_account_ids", [account]),
            ],
        )
        for account, region in dict.fromkeys(needed)
    ]
    return file_of(
        "Where everything is made: one provider for each account and region.", [versions, *providers]
    )


def _variables(plan: Plan) -> str:
    blocks = [
        block(
            "variable",
            [f"external_id_{account}"],
            [
                ("type", Expression("string")),
                (
                    "description",
                    f"By which the broker assumes roles of account {account}: as external_id in Liftgate's settings.",
                ),
                ("sensitive", True),
            ],
        )
        for account in plan.accounts[1:]
    ]
    return file_of("What is not in the catalogue.", blocks)


def _with_variable(value: Any, account: str) -> Any:
    if isinstance(value, dict):
        return {key: _with_variable(inner, account) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_variable(inner, account) for inner in value]
    return Expression(f"var.external_id_{account}") if value == EXTERNAL_ID else value
