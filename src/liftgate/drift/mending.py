"""The commands that set things right: those of AWS's own command line, with documents as files beside them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from liftgate.deployment.model import Bounded, Concern, ManagedPolicy, Plan, Role, boundary_command
from liftgate.deployment.places import Places
from liftgate.drift.model import Mend
from liftgate.drift.seen import Holder, SeenGrant
from liftgate.iam.policy import Policy, Statement, to_document

BLOCK: Final = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def with_document(command: Sequence[str], name: str, document: Any) -> Mend:
    """A command whose last word is the file of a document."""
    text = json.dumps(document, indent=2) + "\n"
    return Mend(command=(*command, f"file://{name}.json"), documents={f"{name}.json": text})


def apply(plan: Plan, account: str, concern: Concern) -> Mend:
    """Apply a file again. CloudFormation puts back what was deleted by hand only where its stack is made anew."""
    return Mend(
        command=(
            *("aws", "cloudformation", "deploy", "--stack-name", f"liftgate-{concern}"),
            *("--region", plan.region, "--capabilities", "CAPABILITY_NAMED_IAM"),
            *("--template-file", f"account-{account}/{concern}.yaml"),
        )
    )


def put_trust(role: Role, wanted: Policy) -> Mend:
    """Put the plan's trust policy on a role."""
    command = ("aws", "iam", "update-assume-role-policy", "--role-name", role.name, "--policy-document")
    return with_document(command, f"{role.name}-trust", to_document(wanted))


def put_boundary(arn: str, boundary: str) -> Mend:
    """Put a boundary on a user or role."""
    return Mend(command=boundary_command(arn, boundary))


def create_user(one: Bounded) -> Mend:
    """Make a user anew, under its boundary."""
    _, *path, name = one.arn.split(":")[5].split("/")
    return Mend(
        command=(
            *("aws", "iam", "create-user", "--path", "/".join(["", *path, ""]), "--user-name", name),
            *("--permissions-boundary", one.boundary),
        )
    )


def put_longest(role: Role) -> Mend:
    """Set a role's longest session."""
    seconds = str(int(role.max_session.total_seconds()))
    return Mend(
        command=("aws", "iam", "update-role", "--role-name", role.name, "--max-session-duration", seconds)
    )


def put_version(policy: ManagedPolicy) -> Mend:
    """Make the plan's document the policy's default version."""
    command = ("aws", "iam", "create-policy-version", "--policy-arn", policy.arn, "--set-as-default")
    return with_document((*command, "--policy-document"), policy.name, to_document(policy.document))


def attach(holder: Holder, name: str, policy_arn: str) -> Mend:
    """Attach a policy."""
    return Mend(
        command=(
            *("aws", "iam", f"attach-{holder}-policy", f"--{holder}-name", name),
            *("--policy-arn", policy_arn),
        )
    )


def take_off(grant: SeenGrant) -> Mend:
    """Take a policy off whoever has it."""
    on = (f"--{grant.holder}-name", grant.holder_name)
    if grant.is_managed:
        return Mend(command=("aws", "iam", f"detach-{grant.holder}-policy", *on, "--policy-arn", grant.name))
    return Mend(command=("aws", "iam", f"delete-{grant.holder}-policy", *on, "--policy-name", grant.name))


def put_bucket_policy(bucket: str, policy: Policy) -> Mend:
    """Put a bucket's policy."""
    command = ("aws", "s3api", "put-bucket-policy", "--bucket", bucket, "--policy")
    return with_document(command, f"{bucket}-policy", to_document(policy))


def without_statement(bucket: str, policy: Policy, statement: Statement) -> Mend:
    """Take one statement out of a bucket's policy, or the policy where nothing else stands in it."""
    rest = tuple(one for one in policy.statements if one is not statement)
    if not rest:
        return Mend(command=("aws", "s3api", "delete-bucket-policy", "--bucket", bucket))
    return put_bucket_policy(bucket, replace(policy, statements=rest))


def put_block(bucket: str) -> Mend:
    """Switch the whole block of public access on."""
    block = ",".join(f"{part}=true" for part in BLOCK)
    return Mend(
        command=(
            *("aws", "s3api", "put-public-access-block", "--bucket", bucket),
            *("--public-access-block-configuration", block),
        )
    )


def without_point_statement(arn: str, policy: Policy, statement: Statement) -> Mend:
    """Take one statement out of an access point's policy, or the policy where nothing else stands in it."""
    rest = tuple(one for one in policy.statements if one is not statement)
    region, account, name = arn.split(":")[3], arn.split(":")[4], name_of(arn)
    of = ("--region", region, "--account-id", account, "--name", name)
    if not rest:
        return Mend(command=("aws", "s3control", "delete-access-point-policy", *of))
    command = ("aws", "s3control", "put-access-point-policy", *of, "--policy")
    return with_document(command, f"{name}-access-point", to_document(replace(policy, statements=rest)))


def put_key_policy(key_arn: str, policy: Policy, statement: Statement) -> Mend:
    """Take one statement out of a key's policy."""
    rest = tuple(one for one in policy.statements if one is not statement)
    command = (*("aws", "kms", "put-key-policy", "--region", key_arn.split(":")[3]), "--key-id", key_arn)
    document = to_document(replace(policy, statements=rest))
    return with_document(
        (*command, "--policy-name", "default", "--policy"), f"{name_of(key_arn)}-policy", document
    )


def of_region(service: str, call: str, region: str, *more: str) -> Mend:
    """A command in a region."""
    return Mend(command=("aws", service, call, "--region", region, *more))


def put_queue(arn: str, attributes: Mapping[str, str]) -> Mend:
    """Set a queue's attributes."""
    region, name = arn.split(":")[3], arn.rsplit(":", 1)[-1]
    command = (*("aws", "sqs", "set-queue-attributes", "--region", region), "--queue-url", queue_url(arn))
    return with_document((*command, "--attributes"), f"{name}-attributes", dict(attributes))


def queue_url(arn: str) -> str:
    """Where a queue answers."""
    _, partition, _, region, account, name = arn.split(":")
    return f"https://sqs.{region}.amazonaws.com{'.cn' if partition == 'aws-cn' else ''}/{account}/{name}"


def name_of(arn: str) -> str:
    """The last part of an ARN."""
    return arn.rsplit("/", 1)[-1]


def lent_names(places: Places) -> frozenset[tuple[str, str]]:
    """Account and name of each elevated role: the ARNs of sessions have no path."""
    return frozenset((arn.split(":")[4], name_of(arn)) for arn in places.lent)
