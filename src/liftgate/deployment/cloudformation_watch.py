"""How events come to Liftgate, as CloudFormation."""

from typing import Any, Final

from liftgate.deployment.cloudformation import Resource, document, role_resource, template
from liftgate.deployment.exceptions import (
    LOG_BUCKET_CLOUDFORMATION,
    QUEUES_CLOUDFORMATION,
    WITHOUT_KEY_OF_TRAIL,
)
from liftgate.deployment.model import Forwarding, Plan, Trail, Watching
from liftgate.deployment.watching import (
    ALARMS,
    DEAD_KEPT_SECONDS,
    EVENT_PATTERN,
    KEPT_SECONDS,
    LOGS_KEPT_DAYS,
    RECEIVED_AT_MOST,
    RULE_STATE,
    Alarm,
    bus_policy,
    selectors,
)

_KEPT: Final = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def watch_templates(plan: Plan) -> dict[str, str]:
    """The templates about watching, by path; none where trail and queue are there already."""
    watching, files = plan.watching, {}
    for account in plan.accounts:
        found: list[Resource] = []
        if account == plan.account:
            found += _queues(watching) if watching.rule_arn else []
            found += _bus(plan)
            found += [one for trail in watching.trails[:1] for one in (_bucket(trail), _bucket_policy(trail))]
        found += [_trail(trail, plan) for trail in watching.trails if trail.account == account]
        forwards = [one for one in watching.forwards if one.account == account]
        if forwards:
            found.append(role_resource(forwards[0].role, "ForwardEventsRole"))
        found += [_forward(one) for one in forwards if one.region == plan.region]
        if found:
            files[f"account-{account}/watch.yaml"] = template(
                f"How CloudTrail's events come to Liftgate. Account {account}, region {plan.region}.", found
            )
        for one in forwards:
            if one.region != plan.region:
                files[f"account-{account}/watch-{one.region}.yaml"] = template(
                    f"Hands events of another region to Liftgate's. Account {account}, region {one.region}.",
                    [_forward(one)],
                )
    return files


def region_of(path: str, plan: Plan) -> str:
    """Where a template is applied: one for another region is named after it."""
    name = path.rpartition("/")[2].removesuffix(".yaml")
    return name.removeprefix("watch-") if name.startswith("watch-") else plan.region


def _trail(trail: Trail, plan: Plan) -> Resource:
    properties: dict[str, Any] = {
        "TrailName": trail.name,
        "S3BucketName": trail.bucket,
        "IsLogging": True,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "EnableLogFileValidation": True,
    }
    if trail.key_arn:
        properties["KMSKeyId"] = trail.key_arn
    properties["AdvancedEventSelectors"] = selectors(trail)
    reads = "reads and writes" if trail.reads else "writes"
    return Resource(
        id="Trail",
        type="AWS::CloudTrail::Trail",
        why=f"Management events, and {reads} of objects in the watched buckets alone: each data event costs.",
        properties=properties,
        attributes={"DependsOn": ["LogBucketPolicy"]} if trail.account == plan.account else {},
        exceptions={} if trail.key_arn else WITHOUT_KEY_OF_TRAIL,
    )


def _bucket(trail: Trail) -> Resource:
    key = trail.key_arn
    sealed = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
    return Resource(
        id="LogBucket",
        type="AWS::S3::Bucket",
        why="The log files: what the queue missed is read from here. It stays when the stack is deleted.",
        properties={
            "BucketName": trail.bucket,
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": sealed, "BucketKeyEnabled": bool(key)}
                ]
            },
            "VersioningConfiguration": {"Status": "Enabled"},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "KeepAYear",
                        "Status": "Enabled",
                        "ExpirationInDays": LOGS_KEPT_DAYS,
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                    }
                ]
            },
        },
        attributes=_KEPT,
        exceptions=LOG_BUCKET_CLOUDFORMATION,
    )


def _bucket_policy(trail: Trail) -> Resource:
    return Resource(
        id="LogBucketPolicy",
        type="AWS::S3::BucketPolicy",
        why="CloudTrail alone writes here, for these trails alone, and nobody calls without TLS.",
        properties={"Bucket": {"Ref": "LogBucket"}, "PolicyDocument": document(trail.bucket_policy)},
    )


def _queues(watching: Watching) -> list[Resource]:
    name, dead = (
        arn.rsplit(":", 1)[-1] for arn in (watching.queues.arn, watching.queues.dead_letters_arn or "")
    )
    redrive = {
        "deadLetterTargetArn": {"Fn::GetAtt": ["DeadLetters", "Arn"]},
        "maxReceiveCount": RECEIVED_AT_MOST,
    }
    assert watching.queues.policy is not None  # noqa: S101 - INVARIANT: a rule is written for a queue of ours alone
    return [
        Resource(
            id="DeadLetters",
            type="AWS::SQS::Queue",
            why="What could not be taken is kept for fourteen days: it is evidence.",
            properties={
                "QueueName": dead,
                "MessageRetentionPeriod": DEAD_KEPT_SECONDS,
                "SqsManagedSseEnabled": True,
            },
            exceptions=QUEUES_CLOUDFORMATION,
        ),
        Resource(
            id="Events",
            type="AWS::SQS::Queue",
            why=f"CloudTrail's events. What was received {RECEIVED_AT_MOST} times is set aside.",
            properties={
                "QueueName": name,
                "MessageRetentionPeriod": KEPT_SECONDS,
                "VisibilityTimeout": 30,
                "ReceiveMessageWaitTimeSeconds": 20,
                "SqsManagedSseEnabled": True,
                "RedrivePolicy": redrive,
            },
            exceptions=QUEUES_CLOUDFORMATION,
        ),
        Resource(
            id="EventsPolicy",
            type="AWS::SQS::QueuePolicy",
            why="The rule alone may send, and the broker, which sends dead letters again: whoever can write events can make "
            "Liftgate revoke.",
            properties={"Queues": [{"Ref": "Events"}], "PolicyDocument": document(watching.queues.policy)},
        ),
        Resource(
            id="Rule",
            type="AWS::Events::Rule",
            why="What CloudTrail records of S3, STS, IAM, KMS and itself goes to the queue, reads of management too.",
            properties={
                "Name": watching.rule_name,
                "State": RULE_STATE,
                "EventPattern": EVENT_PATTERN,
                "Targets": [{"Id": "events", "Arn": {"Fn::GetAtt": ["Events", "Arn"]}}],
            },
        ),
        *(_alarm(one, watching) for one in ALARMS),
    ]


def _alarm(one: Alarm, watching: Watching) -> Resource:
    told = {"AlarmActions": [watching.alarm_topic_arn]} if watching.alarm_topic_arn else {}
    return Resource(
        id=one.name,
        type="AWS::CloudWatch::Alarm",
        why=one.why,
        properties={
            "AlarmName": f"liftgate-{one.name}",
            "AlarmDescription": one.why,
            "Namespace": "AWS/SQS",
            "MetricName": one.metric,
            "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": [one.queue, "QueueName"]}}],
            "Statistic": "Maximum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": one.above,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            **told,
        },
    )


def _bus(plan: Plan) -> list[Resource]:
    senders, bus = plan.watching.senders, plan.watching.home_bus_arn
    if bus is None:
        return []
    statement = document(bus_policy(bus, senders, plan.partition))["Statement"][0]
    statement.pop("Sid")
    return [
        Resource(
            id="HomeBusPolicy",
            type="AWS::Events::EventBusPolicy",
            why="The forwarding roles of the other accounts, and nobody else there, may put events onto this account's bus.",
            properties={
                "StatementId": "LiftgateForwarders",
                "EventBusName": "default",
                "Statement": statement,
            },
        )
    ]


def _forward(one: Forwarding) -> Resource:
    return Resource(
        id="ForwardRule",
        type="AWS::Events::Rule",
        why="Hands what CloudTrail records here to the bus of the broker's account and region.",
        properties={
            "Name": one.rule_name,
            "State": RULE_STATE,
            "EventPattern": EVENT_PATTERN,
            "Targets": [{"Id": "home", "Arn": one.bus_arn, "RoleArn": one.role.arn}],
        },
    )
