"""How events come to Liftgate, as Terraform."""

from typing import Any, Final

from liftgate.deployment.exceptions import (
    LOG_BUCKET_TERRAFORM,
    TRAIL_TERRAFORM,
    WITHOUT_KEY_OF_BUCKET,
    WITHOUT_KEY_OF_TRAIL,
    skipped,
)
from liftgate.deployment.hcl import Block, Expression, block, json_of
from liftgate.deployment.model import Forwarding, Plan, Trail
from liftgate.deployment.terraform import document, file_of, name_of, provider_of, resource, role_blocks
from liftgate.deployment.watching import (
    ALARMS,
    DEAD_KEPT_SECONDS,
    EVENT_PATTERN,
    KEPT_SECONDS,
    LOGS_KEPT_DAYS,
    RECEIVED_AT_MOST,
    RULE_STATE,
    bus_policy,
    selectors,
)

_QUEUES: Final = {"Events": "liftgate_events", "DeadLetters": "liftgate_dead_letters"}


def watch_modules(plan: Plan) -> dict[str, str]:
    """The files about watching, by path; none where trail and queue are there already."""
    files = {}
    for account in plan.accounts:
        blocks: list[str] = []
        if account == plan.account:
            blocks += _queues(plan) if plan.watching.rule_arn else []
            blocks += _bus(plan)
            blocks += [one for trail in plan.watching.trails[:1] for one in _bucket(trail, plan)]
        blocks += [_trail(trail, plan) for trail in plan.watching.trails if trail.account == account]
        forwards = [one for one in plan.watching.forwards if one.account == account]
        if forwards:
            blocks += role_blocks(forwards[0].role, plan)
        blocks += [text for one in forwards for text in _forward(one, plan)]
        if blocks:
            files[f"watch-{account}.tf"] = file_of(
                f"How CloudTrail's events come to Liftgate. Account {account}.", blocks
            )
    return files


def _trail(trail: Trail, plan: Plan) -> str:
    reads = "reads and writes" if trail.reads else "writes"
    body: list[Any] = [
        ("provider", provider_of(trail.account, trail.region, plan)),
        *skipped(TRAIL_TERRAFORM, {} if trail.key_arn else WITHOUT_KEY_OF_TRAIL),
        ("name", trail.name),
        ("s3_bucket_name", trail.bucket),
        ("is_multi_region_trail", True),
        ("include_global_service_events", True),
        ("enable_log_file_validation", True),
        *([("kms_key_id", trail.key_arn)] if trail.key_arn else []),
        *(_selector(one) for one in selectors(trail)),
        ("depends_on", [Expression("aws_s3_bucket_policy.liftgate_logs")]),
    ]
    return resource(
        "aws_cloudtrail",
        name_of(trail.name, trail.account),
        f"Management events, and {reads} of objects in the watched buckets alone: each data event costs.",
        body,
    )


def _selector(selector: dict[str, Any]) -> Block:
    spelled = {"Equals": "equals", "StartsWith": "starts_with"}
    fields = [
        Block(
            "field_selector",
            [("field", one["Field"]), *((spelled[key], one[key]) for key in one if key in spelled)],
        )
        for one in selector["FieldSelectors"]
    ]
    return Block("advanced_event_selector", [("name", selector["Name"]), *fields])


def _bucket(trail: Trail, plan: Plan) -> list[str]:
    provider = ("provider", provider_of(plan.account, trail.region, plan))
    of = ("bucket", Expression("aws_s3_bucket.liftgate_logs.id"))
    sealed: list[Any] = [("sse_algorithm", "aws:kms" if trail.key_arn else "AES256")]
    if trail.key_arn:
        sealed.append(("kms_master_key_id", trail.key_arn))
    lifecycle = Block(
        "rule",
        [
            ("id", "KeepAYear"),
            ("status", "Enabled"),
            Block("filter", []),
            Block("expiration", [("days", LOGS_KEPT_DAYS)]),
            Block("noncurrent_version_expiration", [("noncurrent_days", 30)]),
            Block("abort_incomplete_multipart_upload", [("days_after_initiation", 7)]),
        ],
    )
    parts: dict[str, list[Any]] = {
        "aws_s3_bucket_server_side_encryption_configuration": [
            Block(
                "rule",
                [
                    Block("apply_server_side_encryption_by_default", sealed),
                    ("bucket_key_enabled", bool(trail.key_arn)),
                ],
            )
        ],
        "aws_s3_bucket_versioning": [Block("versioning_configuration", [("status", "Enabled")])],
        "aws_s3_bucket_ownership_controls": [Block("rule", [("object_ownership", "BucketOwnerEnforced")])],
        "aws_s3_bucket_public_access_block": [
            ("block_public_acls", True),
            ("block_public_policy", True),
            ("ignore_public_acls", True),
            ("restrict_public_buckets", True),
        ],
        "aws_s3_bucket_lifecycle_configuration": [lifecycle],
        "aws_s3_bucket_policy": [("policy", document(trail.bucket_policy, trail.account))],
    }
    keep = Block("lifecycle", [("prevent_destroy", True)])
    body: list[Any] = [
        provider,
        *skipped(LOG_BUCKET_TERRAFORM, {} if trail.key_arn else WITHOUT_KEY_OF_BUCKET),
        ("bucket", trail.bucket),
        keep,
    ]
    return [
        resource(
            "aws_s3_bucket", "liftgate_logs", "The log files: what the queue missed is read from here.", body
        ),
        *(block("resource", [kind, "liftgate_logs"], [provider, of, *rest]) for kind, rest in parts.items()),
    ]


def _queues(plan: Plan) -> list[str]:
    watching = plan.watching
    provider = ("provider", provider_of(plan.account, plan.region, plan))
    events = Expression("aws_sqs_queue.liftgate_events.arn")
    redrive = {
        "deadLetterTargetArn": Expression("aws_sqs_queue.liftgate_dead_letters.arn"),
        "maxReceiveCount": RECEIVED_AT_MOST,
    }
    dead = (watching.queues.dead_letters_arn or "").rsplit(":", 1)[-1]
    found = [
        resource(
            "aws_sqs_queue",
            "liftgate_dead_letters",
            "What could not be taken is kept for fourteen days: it is evidence.",
            [
                provider,
                ("name", dead),
                ("message_retention_seconds", DEAD_KEPT_SECONDS),
                ("sqs_managed_sse_enabled", True),
            ],
        ),
        resource(
            "aws_sqs_queue",
            "liftgate_events",
            f"CloudTrail's events. What was received {RECEIVED_AT_MOST} times is set aside.",
            [
                provider,
                ("name", watching.queues.arn.rsplit(":", 1)[-1]),
                ("message_retention_seconds", KEPT_SECONDS),
                ("visibility_timeout_seconds", 30),
                ("receive_wait_time_seconds", 20),
                ("sqs_managed_sse_enabled", True),
                ("redrive_policy", json_of(redrive)),
            ],
        ),
        _rule(
            "liftgate_events",
            watching.rule_name,
            provider,
            "What CloudTrail records goes to the queue, reads of management too.",
        ),
        block(
            "resource",
            ["aws_cloudwatch_event_target", "liftgate_events"],
            [
                provider,
                ("rule", Expression("aws_cloudwatch_event_rule.liftgate_events.name")),
                ("arn", events),
            ],
        ),
    ]
    if watching.queues.policy is not None:
        found.append(
            resource(
                "aws_sqs_queue_policy",
                "liftgate_events",
                "The rule alone may send, and the broker: whoever can write events can make Liftgate revoke.",
                [
                    provider,
                    ("queue_url", Expression("aws_sqs_queue.liftgate_events.id")),
                    ("policy", document(watching.queues.policy, plan.account)),
                ],
            )
        )
    return [*found, *_alarms(plan, provider)]


def _alarms(plan: Plan, provider: tuple[str, Any]) -> list[str]:
    topic = plan.watching.alarm_topic_arn
    return [
        resource(
            "aws_cloudwatch_metric_alarm",
            f"liftgate_{one.name}",
            one.why,
            [
                provider,
                ("alarm_name", f"liftgate-{one.name}"),
                ("alarm_description", one.why),
                ("namespace", "AWS/SQS"),
                ("metric_name", one.metric),
                ("dimensions", {"QueueName": Expression(f"aws_sqs_queue.{_QUEUES[one.queue]}.name")}),
                ("statistic", "Maximum"),
                ("period", 300),
                ("evaluation_periods", 1),
                ("threshold", one.above),
                ("comparison_operator", "GreaterThanThreshold"),
                ("treat_missing_data", "notBreaching"),
                *([("alarm_actions", [topic])] if topic else []),
            ],
        )
        for one in ALARMS
    ]


def _bus(plan: Plan) -> list[str]:
    bus = plan.watching.home_bus_arn
    if bus is None:
        return []
    policy = bus_policy(bus, plan.watching.senders, plan.partition)
    return [
        resource(
            "aws_cloudwatch_event_bus_policy",
            "liftgate_forwarders",
            "The forwarding roles of the other accounts, and nobody else there, may put events onto this account's bus. It is the "
            "bus's whole policy: where it has one already, join them by hand.",
            [
                ("provider", provider_of(plan.account, plan.region, plan)),
                ("event_bus_name", "default"),
                ("policy", document(policy, plan.account)),
            ],
        )
    ]


def _forward(one: Forwarding, plan: Plan) -> list[str]:
    provider = ("provider", provider_of(one.account, one.region, plan))
    name = name_of(f"forward_{one.region.replace('-', '_')}", one.account)
    role = Expression(f"aws_iam_role.{name_of(one.role.name, one.account)}.arn")
    return [
        _rule(
            name,
            one.rule_name,
            provider,
            "Hands what CloudTrail records here to the bus of the broker's account and region.",
        ),
        block(
            "resource",
            ["aws_cloudwatch_event_target", name],
            [
                provider,
                ("rule", Expression(f"aws_cloudwatch_event_rule.{name}.name")),
                ("arn", one.bus_arn),
                ("role_arn", role),
            ],
        ),
    ]


def _rule(name: str, rule_name: str, provider: tuple[str, Any], why: str) -> str:
    body = [provider, ("name", rule_name), ("state", RULE_STATE), ("event_pattern", json_of(EVENT_PATTERN))]
    return resource("aws_cloudwatch_event_rule", name, why, body)
