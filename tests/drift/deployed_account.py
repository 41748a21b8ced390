"""A plan applied to the embedded AWS, call by call as the generated files say it, and how somebody changes it afterwards."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from tests.deployment.deployed import EVERYTHING, EXTERNAL_ID, HOME, OTHER, two_accounts

from liftgate.demo.deployed_account import put_on_brought
from liftgate.demo.embedded_aws import EmbeddedAws
from liftgate.deployment.model import Bounded, ManagedPolicy, Plan, Role, Trail
from liftgate.deployment.options import DeployOptions
from liftgate.deployment.places import places_of
from liftgate.deployment.plan import plan_for
from liftgate.deployment.watching import (
    DEAD_KEPT_SECONDS,
    EVENT_PATTERN,
    KEPT_SECONDS,
    LOGS_KEPT_DAYS,
    RECEIVED_AT_MOST,
    RULE_STATE,
    bus_policy,
    selectors,
)
from liftgate.drift.buckets import watched_buckets
from liftgate.drift.compare import compare
from liftgate.drift.expected import Against, Expected
from liftgate.drift.mending import BLOCK, name_of
from liftgate.drift.model import Report
from liftgate.drift.read_account import read_snapshot
from liftgate.drift.roles import planned_roles
from liftgate.drift.seen import Snapshot
from liftgate.iam.policy import Policy, to_json

REGION: Final = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedAccount:
    """Two accounts that are as the plan says, and a key."""

    aws: EmbeddedAws
    against: Against
    key_arn: str

    def client(self, service: str, account: str, region: str = REGION) -> Any:
        """As an owner of an account calls it."""
        return _client(self.aws, service, account, region)

    def snapshot(self) -> Snapshot:
        """As it is read; but the embedded AWS keeps no policies of buses: the plan's stands for it."""
        plan = self.against.plan
        found = read_snapshot(self.against, self.client)
        wanted = {arn: bus_policy(arn, plan.watching.senders, plan.partition) for arn in found.buses}
        return replace(found, buses=wanted)

    def report(self, **changed: Any) -> Report:
        """What a check finds."""
        return compare(self.against, replace(self.snapshot(), **changed))


@cache
def _client(aws: EmbeddedAws, service: str, account: str, region: str) -> Any:
    assert region == REGION
    return aws.client(service, aws.root_of(account))


def deploy(aws: EmbeddedAws, broker_arn: str | None = None) -> DeployedAccount:
    """Make all that the plan of the sample catalogue names; with a broker that is there already where one is named."""
    made = to_be_deployed(aws, broker_arn)
    against = made.against
    for policy in against.plan.policies:
        _make_policy(made, policy)
    for role in planned_roles(against.plan):
        _make_role(made, role)
    if against.plan.brought:
        _bring(made, against.plan.brought)
    _make_watching(made)
    for arn, account in watched_buckets(against.plan, against.places).items():
        make_bucket(made, arn, account)
    return made


def to_be_deployed(aws: EmbeddedAws, broker_arn: str | None = None) -> DeployedAccount:
    """The sample catalogue and its plan, of which nothing is made yet but a key."""
    key = aws.client("kms", aws.root).create_key()["KeyMetadata"]["Arn"]
    options = DeployOptions(
        region=REGION,
        account=HOME,
        broker_arn=broker_arn,
        external_ids={OTHER: EXTERNAL_ID},
        trail_key_arn=key,
    )
    catalogue = two_accounts()
    plan = without_tls(plan_for(catalogue, options))
    return DeployedAccount(
        aws=aws,
        against=Against(plan=plan, places=places_of(catalogue, options), expected=Expected()),
        key_arn=key,
    )


def without_tls(plan: Plan) -> Plan:
    """The embedded AWS holds to policies of queues and buckets, and is reached without TLS."""
    watching = plan.watching
    assert watching.queues.policy
    queues = replace(watching.queues, policy=but_tls(watching.queues.policy))
    trails = tuple(replace(one, bucket_policy=but_tls(one.bucket_policy)) for one in watching.trails)
    return replace(plan, watching=replace(watching, queues=queues, trails=trails))


def but_tls(policy: Policy) -> Policy:
    """The policy without what refuses calls without TLS."""
    return replace(policy, statements=tuple(one for one in policy.statements if one.sid != "OnlyByTls"))


def _make_policy(made: DeployedAccount, policy: ManagedPolicy) -> None:
    iam = made.client("iam", policy.account)
    iam.create_policy(PolicyName=policy.name, Path=policy.path, PolicyDocument=to_json(policy.document))


def _make_role(made: DeployedAccount, role: Role) -> None:
    iam = made.client("iam", role.account)
    iam.create_role(
        RoleName=role.name,
        Path=role.path,
        AssumeRolePolicyDocument=to_json(role.trust),
        MaxSessionDuration=int(role.max_session.total_seconds()),
        **({"PermissionsBoundary": role.boundary} if role.boundary else {}),
    )
    for arn in role.policies:
        iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)
    if role.inline:
        iam.put_role_policy(RoleName=role.name, PolicyName="Forward", PolicyDocument=to_json(role.inline))


def _bring(made: DeployedAccount, brought: Bounded) -> None:
    """A user or role of somebody's own, and what the files and the README have done to it."""
    iam, name = made.client("iam", HOME), name_of(brought.arn)
    path = brought.arn.split(f":{brought.kind}")[1].removesuffix(name)
    if brought.kind == "user":
        iam.create_user(UserName=name, Path=path)
    else:
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(EVERYTHING))
    for policy in made.against.plan.policies:
        for user in policy.users:
            iam.attach_user_policy(UserName=user, PolicyArn=policy.arn)
        for role in policy.roles:
            iam.attach_role_policy(RoleName=role, PolicyArn=policy.arn)
    put_on_brought(iam, brought)


def _make_watching(made: DeployedAccount) -> None:
    plan = made.against.plan
    watching = plan.watching
    make_queues(made)
    make_bucket(made, f"arn:aws:s3:::{watching.log_bucket}", HOME, watching.trails[0].bucket_policy)
    s3 = made.client("s3", HOME)
    s3.put_bucket_versioning(Bucket=watching.log_bucket, VersioningConfiguration={"Status": "Enabled"})
    keep_for(made, LOGS_KEPT_DAYS)
    for trail in watching.trails:
        _make_trail(made, trail)
    rules = [(HOME, watching.rule_name, {"Id": "events", "Arn": watching.queues.arn})]
    rules += [
        (one.account, one.rule_name, {"Id": "home", "Arn": one.bus_arn, "RoleArn": one.role.arn})
        for one in watching.forwards
    ]
    for account, name, target in rules:
        put_rule(made, account, name)
        made.client("events", account).put_targets(Rule=name, Targets=[target])


def put_rule(
    made: DeployedAccount, account: str, name: str, state: str = RULE_STATE, pattern: Any = EVENT_PATTERN
) -> None:
    """A rule as planned, or otherwise."""
    made.client("events", account).put_rule(Name=name, State=state, EventPattern=json.dumps(pattern))


def keep_for(made: DeployedAccount, days: int) -> None:
    """How long log files are kept."""
    rule = {"ID": "KeepAYear", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": days}}
    made.client("s3", HOME).put_bucket_lifecycle_configuration(
        Bucket=made.against.plan.watching.log_bucket, LifecycleConfiguration={"Rules": [rule]}
    )


def make_queues(made: DeployedAccount) -> None:
    """Both queues as planned."""
    queues = made.against.plan.watching.queues
    assert queues.policy
    assert queues.dead_letters_arn
    sqs = made.client("sqs", HOME)
    sqs.create_queue(
        QueueName=queues.dead_letters_arn.rsplit(":", 1)[-1],
        Attributes={"MessageRetentionPeriod": str(DEAD_KEPT_SECONDS), "SqsManagedSseEnabled": "true"},
    )
    sqs.create_queue(QueueName=queues.arn.rsplit(":", 1)[-1], Attributes=queue_attributes(made))


def queue_attributes(made: DeployedAccount) -> dict[str, str]:
    """Of the queue as planned."""
    queues = made.against.plan.watching.queues
    assert queues.policy
    redrive = {"deadLetterTargetArn": queues.dead_letters_arn, "maxReceiveCount": RECEIVED_AT_MOST}
    return {
        "MessageRetentionPeriod": str(KEPT_SECONDS),
        "ReceiveMessageWaitTimeSeconds": "20",
        "SqsManagedSseEnabled": "true",
        "Policy": to_json(queues.policy),
        "RedrivePolicy": json.dumps(redrive, separators=(",", ":")),
    }


def set_queue(made: DeployedAccount, arn: str, attributes: dict[str, str]) -> None:
    """Set a queue's attributes."""
    sqs = made.client("sqs", HOME)
    url = sqs.get_queue_url(QueueName=arn.rsplit(":", 1)[-1])["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def _make_trail(made: DeployedAccount, trail: Trail) -> None:
    cloudtrail = made.client("cloudtrail", trail.account)
    cloudtrail.create_trail(
        Name=trail.name,
        S3BucketName=trail.bucket,
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
        KmsKeyId=trail.key_arn,
    )
    cloudtrail.put_event_selectors(TrailName=trail.name, AdvancedEventSelectors=selectors(trail))
    cloudtrail.start_logging(Name=trail.name)


def make_bucket(made: DeployedAccount, arn: str, account: str, policy: Policy | None = None) -> None:
    """A bucket whose block of public access is on."""
    s3, bucket = made.client("s3", account), name_of(arn).rsplit(":", 1)[-1]
    s3.create_bucket(Bucket=bucket)
    block(made, account, bucket)
    if policy:
        s3.put_bucket_policy(Bucket=bucket, Policy=to_json(policy))


def block(made: DeployedAccount, account: str, bucket: str, **parts: bool) -> None:
    """A bucket's block of public access: all on, where nothing else is said."""
    made.client("s3", account).put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration={**dict.fromkeys(BLOCK, True), **parts}
    )


Undo = Callable[[], object]
