"""The README that stands beside generated files: what each is, in which order they are applied, and what is left to do by hand."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from liftgate.deployment.baseline import READ_ONLY
from liftgate.deployment.cloudformation import takes_external_id
from liftgate.deployment.cloudformation_watch import region_of
from liftgate.deployment.cost import PRICES_OF, PRICES_WHERE, UNDATED, monthly_cost, not_counted, total
from liftgate.deployment.key_policies import SID, path_of
from liftgate.deployment.model import Concern, KeyPolicy, Plan
from liftgate.deployment.options import DeployOptions, RunsOn
from liftgate.deployment.stack_sets import BODY_LIMIT, PREFIX
from liftgate.deployment.watching import queue_url
from liftgate.deployment.written import MARK

_ORDER: Final = ("broker", "watch", "baseline", "elevated-roles", "revoker", "auditor")
_ORGANIZATION: Final = (
    f"Those of `{PREFIX}…` with credentials of the organization's management account, or of a delegated administrator of "
    "StackSets, which adds `CallAs=DELEGATED_ADMIN`. `$OU_IDS` is the organization's root, or units that hold the account. The "
    "management account itself gets nothing by a StackSet.\n\n"
)
MANAGEMENT: Final = (
    "Where another trail logs management events already, this one's are a second copy: $2.00 for each 100,000. Name that trail's "
    "bucket then: `--trail-bucket`."
)


def readme(tool: str, plan: Plan, files: Mapping[str, str], events: int) -> str:
    """The text of README.md."""
    parts = [
        f"<!-- {MARK} {tool}` from the catalogue: change that, or the options, and run it again. -->\n\n# Liftgate at AWS\n",
        f"Liftgate runs in account {plan.account}, region {plan.region}, as `{plan.broker_arn}`.\n",
        _apply(tool, plan, files),
        _by_hand(plan),
        _settings(plan),
        _costs(plan, events),
    ]
    return "\n".join(part for part in parts if part)


def in_order(files: Mapping[str, str], plan: Plan) -> list[str]:
    """Paths in the order in which they are applied: what others name comes first, the broker's account before all."""

    def place(path: str) -> tuple[int, int, str]:
        folder, _, name = path.rpartition("/")
        concern = name.removesuffix(".yaml")
        first = (
            _ORDER.index(concern) if concern in _ORDER else len(_ORDER)
        )  # further regions and parts after all else
        return (0 if folder.endswith(plan.account) else 1, first, path)

    return sorted(files, key=place)


def _apply(tool: str, plan: Plan, files: Mapping[str, str]) -> str:
    if tool == "terraform":
        return (
            "## Apply\n\nEach account is a provider with an alias, in `providers.tf`: put your way to sign in there.\n\n"
            + "\n".join(
                ["```sh", "terraform init", "terraform plan", "terraform apply", *_bounding(plan), "```\n"]
            )
            + _brought(plan)
        )
    templates = {path: text for path, text in files.items() if path.endswith(".yaml")}
    lines: list[str] = []
    for path in in_order(templates, plan):
        lines.append(_stack(path, plan, templates[path]))
        lines += _bounding(plan) if path.endswith(f"/{Concern.BROKER}.yaml") else []
    return (
        "## Apply\n\nIn this order, from this folder, each with credentials of the account that its folder names. "
        "`--no-execute-changeset` shows what would change.\n\n"
        + (_ORGANIZATION if any(path.startswith(PREFIX) for path in templates) else "")
        + "```sh\n"
        + "\n".join(lines)
        + "\n```\n"
        + _brought(plan)
    )


def _bounding(plan: Plan) -> list[str]:
    """Neither tool puts a boundary on what it did not make."""
    return [" ".join(plan.brought.command)] if plan.brought else []


def _brought(plan: Plan) -> str:
    one = plan.brought
    if one is None:
        return ""
    return (
        f"\n`{one.command[2]}`, with credentials of account {plan.account}, puts the broker that is there already under its "
        "boundary: whatever policy is added to it, it does no more than Liftgate needs. "
        f"On a {one.kind} that is used for other things too it takes away whatever else that may: look at it before, and rather give "
        f"Liftgate one of its own. Where Terraform makes the {one.kind}, say the boundary there, as `permissions_boundary`: else its "
        "next run takes it off.\n"
    )


def _stack(path: str, plan: Plan, text: str) -> str:
    name = path.rpartition("/")[2].removesuffix(".yaml")
    said = [
        *(['ExternalId="$EXTERNAL_ID"'] if takes_external_id(text) else []),
        *(['OrganizationalUnitIds="$OU_IDS"'] if name.startswith(PREFIX) else []),
    ]
    given = f" --parameter-overrides {' '.join(said)}" if said else ""
    large = " --s3-bucket BUCKET" if len(text.encode()) > BODY_LIMIT else ""
    return (
        f"aws cloudformation deploy --stack-name liftgate-{name} --region {region_of(path, plan)} --capabilities CAPABILITY_NAMED_IAM"
        f"{given}{large} --template-file {path}"
    )


def _by_hand(plan: Plan) -> str:
    found = [
        f"- `{one.arn}` is opened in place and must carry its boundary: `{' '.join(one.command)}`"
        for one in plan.bounded
    ]
    if not any(role.concern == "baseline" for role in plan.roles):
        attach = ", ".join(
            f"`aws iam attach-role-policy --role-name NAME --policy-arn {one.arn}`"
            for one in plan.policies
            if one.concern is Concern.BASELINE and one.name.startswith(READ_ONLY)
        )
        found.append(
            "- Can your people read these buckets today, nothing is to do. Else, with the name of the role that they hold all day: "
            f"{attach}"
        )
    found += [
        _key_step(one, plan) for one in plan.key_policies if one.document is None or one.document.statements
    ]
    return "## By hand\n\n" + "\n".join(found) + "\n" if found else ""


def _key_step(one: KeyPolicy, plan: Plan) -> str:
    """Key policies are somebody else's: nothing is written over, statements are merged."""
    needs = " It must ".join(_needs(one, plan))
    if one.document is None:
        return f"- The policy of the key `{one.key_arn}` must {needs} Statements for each role would not fit into it."
    region, path = one.key_arn.split(":")[3], path_of(one.key_arn)
    key = f"--region {region} --key-id {one.key_arn} --policy-name default"
    merge = f'.Statement = ([.Statement] | flatten | map(select((.Sid // "") | startswith("{SID}") | not))) + $new[0].Statement'
    return (
        f"- The policy of the key `{one.key_arn}` must {needs} To merge `{path}` into it, in place of what an earlier run put "
        "there:\n\n"
        f"  ```sh\n  aws kms get-key-policy {key} --query Policy --output text > key-policy.json\n"
        f"  jq --slurpfile new {path} '{merge}' key-policy.json > merged.json\n"
        f"  aws kms put-key-policy {key} --policy file://merged.json\n  ```"
    )


def _needs(one: KeyPolicy, plan: Plan) -> Iterator[str]:
    if one.accounts:
        yield (
            f"let the roles use it through S3, as it does where it lets IAM policies of account {' and '.join(one.accounts)} count "
            "(`arn:aws:iam::…:root` with `kms:*`)."
        )
    if one.key_arn == plan.watching.log_key_arn:
        yield (
            f"let CloudTrail seal the log files, and `{plan.broker_arn}` open them."
            if plan.watching.trails
            else f"let `{plan.broker_arn}` open the log files."
        )


def _settings(plan: Plan) -> str:
    queues = plan.watching.queues
    lines = [f'aws_region = "{plan.region}"', f'watch_queue_url = "{_url(queues.arn)}"']
    if queues.dead_letters_arn:
        lines.append(f'watch_dead_letter_queue_url = "{_url(queues.dead_letters_arn)}"')
    lines.append(f'watch_trail_bucket = "{plan.watching.log_bucket}"')
    for role in plan.roles:
        if role.concern == "revoker":
            lines += [
                "",
                "[[accounts]]",
                f'id = "{role.account}"',
                f'revoker_role = "{role.arn}"',
                'external_id = "…"',
            ]
    if plan.options.auditor:
        lines += ["", "[deploy_check] # every hour, whether all this is still so", *_checked(plan.options)]
    made = (
        "\nOne external id for each account, of your making: `openssl rand -hex 8`.\n"
        if len(plan.accounts) > 1
        else ""
    )
    return (
        "## Settings\n\nWhat Liftgate's settings say of it:\n\n```toml\n"
        + "\n".join(lines)
        + "\n```\n"
        + made
    )


def _checked(options: DeployOptions) -> list[str]:
    """What the check has to be told to know what was written: the options that were given."""
    baseline = options.baseline
    given: dict[str, object] = {
        "account": options.account,
        "runs_on": None if options.runs_on is RunsOn.EC2 else options.runs_on.value,
        "broker": options.broker_arn,
        "baseline": baseline.name if baseline else None,
        "baseline_users": list(baseline.users) if baseline else None,
        "trail_bucket": options.trail_bucket,
        "trail_key": options.trail_key_arn,
        "queue": options.queue_arn,
        "dead_letter_queue": options.dead_letter_queue_arn,
        "reads": options.reads,
        "also_regions": list(options.also_regions),
        "organization": options.organization,
    }
    return [f"{name} = {json.dumps(value)}" for name, value in given.items() if value]


def _url(arn: str) -> str:
    _, _, _, region, account, name = arn.split(":")
    return queue_url(region, account, name)


def _costs(plan: Plan, events: int) -> str:
    items = monthly_cost(plan, events)
    rows = "".join(f"| {item.what} | ${item.dollars:.2f} |\n" for item in items)
    note = f"\n{MANAGEMENT}\n" if plan.watching.trails else ""
    left_out = "".join(f"- {one}\n" for one in not_counted(plan))
    return (
        f"## What it costs\n\nA month with {events:,} calls on watched objects, by AWS's prices of {PRICES_OF} (those of {UNDATED} were "
        f"read without a date) in {PRICES_WHERE}, free tiers left out: **${total(items)}**.\n\n| | |\n| --- | --- |\n{rows}\n"
        f"Not counted:\n\n{left_out}{note}"
    )
