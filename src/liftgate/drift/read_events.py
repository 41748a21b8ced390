"""Reads trails, rules, the home bus and queues."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from liftgate.drift.mending import queue_url
from liftgate.drift.model import Absent, Unseen
from liftgate.drift.reading import look, policy_of
from liftgate.drift.seen import Looked, SeenQueue, SeenRule, SeenTrail
from liftgate.iam.parse import Kind
from liftgate.iam.policy import Policy

_NO_RULE: Final = ("ResourceNotFoundException",)
_NO_QUEUE: Final = (
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "AWS.SimpleQueueService.QueueDeletedRecently",
)


def read_trails(client: Any, is_wanted: Callable[[str, str], bool]) -> tuple[SeenTrail, ...]:
    """The trails that an account sees from a region. ``is_wanted`` is asked by ARN and bucket. Raises what boto3 raises."""
    found = client.describe_trails(includeShadowTrails=True)["trailList"]
    return tuple(
        _trail(client, one) for one in found if is_wanted(one["TrailARN"], one.get("S3BucketName", ""))
    )


def _trail(client: Any, one: Mapping[str, Any]) -> SeenTrail:
    arn = one["TrailARN"]
    chosen = client.get_event_selectors(TrailName=arn)
    return SeenTrail(
        arn=arn,
        bucket=one.get("S3BucketName", ""),
        is_logging=client.get_trail_status(Name=arn)["IsLogging"] is True,
        every_region=one.get("IsMultiRegionTrail") is True,
        global_services=one.get("IncludeGlobalServiceEvents") is True,
        signed=one.get("LogFileValidationEnabled") is True,
        key_arn=one.get("KmsKeyId"),
        selectors=tuple(chosen.get("EventSelectors") or ()),
        advanced=tuple(chosen.get("AdvancedEventSelectors") or ()),
    )


def read_rule(client: Any, arn: str) -> Looked[SeenRule]:
    """A rule of the default bus, with its targets."""
    name = arn.rsplit("/", 1)[-1]

    def read() -> SeenRule:
        rule = client.describe_rule(Name=name)
        targets = [
            one
            for page in client.get_paginator("list_targets_by_rule").paginate(Rule=name)
            for one in page["Targets"]
        ]
        pattern = json.loads(rule["EventPattern"]) if rule.get("EventPattern") else None
        return SeenRule(state=rule["State"], pattern=pattern, targets=tuple(targets))

    return look(arn, read, absent=_NO_RULE)


def read_bus(client: Any, arn: str) -> Looked[Policy]:
    """The policy of a bus."""
    text = look(arn, lambda: client.describe_event_bus(Name="default").get("Policy"), absent=_NO_RULE)
    if isinstance(text, Unseen | Absent):
        return text
    return policy_of(text, Kind.RESOURCE, arn) if text else Absent()


def read_queue(client: Any, arn: str) -> Looked[SeenQueue]:
    """A queue."""

    def read() -> Mapping[str, str]:
        answer = client.get_queue_attributes(QueueUrl=_url(client, arn), AttributeNames=["All"])
        return dict(answer["Attributes"])

    found = look(arn, read, absent=_NO_QUEUE)
    return found if isinstance(found, Unseen | Absent) else _queue(arn, found)


def _url(client: Any, arn: str) -> str:
    """Of an AWS that is not AWS's, which the demo and tests have, queues answer below its own address."""
    endpoint = str(client.meta.endpoint_url)
    account, name = arn.split(":")[4:6]
    return queue_url(arn) if endpoint.startswith("https://sqs.") else f"{endpoint}/{account}/{name}"


def _queue(arn: str, found: Mapping[str, str]) -> Looked[SeenQueue]:
    def read() -> SeenQueue:
        redrive = json.loads(found.get("RedrivePolicy") or "{}")
        policy = found.get("Policy")
        return SeenQueue(
            policy=policy_of(policy, Kind.RESOURCE, arn) if policy else Absent(),
            kept_seconds=int(found["MessageRetentionPeriod"]),
            is_encrypted=found.get("SqsManagedSseEnabled") == "true" or bool(found.get("KmsMasterKeyId")),
            dead_letters_arn=redrive.get("deadLetterTargetArn"),
        )

    return look(arn, read)
