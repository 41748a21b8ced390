"""How CloudTrail's events come to Liftgate: trail, rule, queue, and from other accounts and regions by way of the home bus."""

from dataclasses import dataclass
from typing import Any, Final

from liftgate.deployment.errors import BadDeployOption
from liftgate.deployment.model import Concern, Forwarding, Queues, Role, Trail, Watching, role_arn
from liftgate.deployment.options import DeployOptions
from liftgate.deployment.places import Places
from liftgate.deployment.statements import allow, allow_who, deny_all, policy
from liftgate.iam.policy import Condition, Policy, Principals

RULE: Final = "liftgate-cloudtrail"
QUEUE: Final = "liftgate-cloudtrail"
DEAD_LETTERS: Final = "liftgate-cloudtrail-dead-letters"
TRAIL: Final = "liftgate"
FORWARDER: Final = "LiftgateForwardEvents"
RECEIVED_AT_MOST: Final = 5  # times, before a message is set aside
LOGS_KEPT_DAYS: Final = 400  # of the log files
KEPT_SECONDS: Final = 345_600  # four days on the queue
DEAD_KEPT_SECONDS: Final = 1_209_600  # fourteen beside it, counted by SQS from when a message first came


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What is told when a queue is in a bad way."""

    name: str
    queue: str  # ``Events`` or ``DeadLetters``
    metric: str
    above: int
    why: str


ALARMS: Final = (
    Alarm(
        name="EventsTooOld",
        queue="Events",
        metric="ApproximateAgeOfOldestMessage",
        above=900,
        why="Events wait for a quarter of an hour: nobody takes them, and what is done under grants is not seen.",
    ),
    Alarm(
        name="EventsTooMany",
        queue="Events",
        metric="ApproximateNumberOfMessagesVisible",
        above=10_000,
        why="More events wait than are taken: start more consumers, or watch fewer buckets.",
    ),
    Alarm(
        name="DeadLettersFound",
        queue="DeadLetters",
        metric="ApproximateNumberOfMessagesVisible",
        above=0,
        why="An event could not be taken: liftgate dead-letters list.",
    ),
)

EVENT_PATTERN: Final = {
    "detail-type": ["AWS API Call via CloudTrail"],
    "source": ["aws.s3", "aws.sts", "aws.iam", "aws.kms", "aws.cloudtrail"],
}
# Of management events that only read EventBridge delivers none unless it is told so.
RULE_STATE: Final = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

_MOST_BUCKETS: Final = 450  # a trail's selectors hold 500 values in all (CloudTrail quotas)
# Where IAM and global STS report what is done to them.
_GLOBAL_REGION: Final = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


def watching_of(places: Places, options: DeployOptions, broker: str) -> Watching:
    """Trails, rule and queue, as far as they are not there already."""
    partition, account, region = places.partition, places.account, options.region
    rule = f"arn:{partition}:events:{region}:{account}:rule/{RULE}"
    queue = f"arn:{partition}:sqs:{region}:{account}:{QUEUE}"
    forwards = () if options.queue_arn else _forwards(places, options)
    return Watching(
        rule_arn=None if options.queue_arn else rule,
        rule_name=RULE,
        queues=Queues(arn=options.queue_arn, dead_letters_arn=options.dead_letter_queue_arn, policy=None)
        if options.queue_arn
        else Queues(
            arn=queue,
            dead_letters_arn=f"arn:{partition}:sqs:{region}:{account}:{DEAD_LETTERS}",
            policy=queue_policy(queue, rule, account, broker),
        ),
        trails=() if options.trail_bucket else _trails(places, options),
        log_bucket=options.trail_bucket or log_bucket(account, region),
        log_key_arn=options.trail_key_arn,
        forwards=forwards,
        senders=tuple(sorted({one.account for one in forwards} - {account})),
        alarm_topic_arn=options.alarm_topic_arn,
    )


def queue_url(region: str, account: str, name: str) -> str:
    """Where a queue is reached."""
    return f"https://sqs.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}/{account}/{name}"


def log_bucket(account: str, region: str) -> str:
    """The bucket of the trail's log files: buckets are named once in the world."""
    return f"liftgate-trail-{account}-{region}"


def queue_policy(queue: str, rule: str, account: str, broker: str) -> Policy:
    """The rule alone may send, and the broker, which sends dead letters again; the broker alone takes what was sent."""
    events = Principals((("Service", "events.amazonaws.com"),))
    return policy(
        allow_who(
            "TheRuleAlone",
            events,
            ["sqs:SendMessage"],
            [queue],
            Condition("ArnEquals", "aws:SourceArn", (rule,)),
            Condition("StringEquals", "aws:SourceAccount", (account,)),
        ),
        deny_all(
            "NobodyElseSends",
            ["sqs:SendMessage"],
            [queue],
            Condition("Bool", "aws:PrincipalIsAWSService", ("false",)),
            Condition("ArnNotEquals", "aws:PrincipalArn", (broker,)),
        ),
        deny_all(
            "NobodyElseTakes",
            [
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:PurgeQueue",
                "sqs:ReceiveMessage",
            ],
            [queue],
            Condition("ArnNotEquals", "aws:PrincipalArn", (broker,)),
        ),
        deny_all("OnlyByTls", ["sqs:*"], [queue], Condition("Bool", "aws:SecureTransport", ("false",))),
    )


def log_bucket_policy(
    bucket: str, partition: str, trails: tuple[str, ...], accounts: tuple[str, ...]
) -> Policy:
    """CloudTrail may write the log files of these trails."""
    arn = f"arn:{partition}:s3:::{bucket}"
    cloudtrail = Principals((("Service", "cloudtrail.amazonaws.com"),))
    source = Condition("StringEquals", "aws:SourceArn", trails)
    return policy(
        allow_who("SeeWhoseBucket", cloudtrail, ["s3:GetBucketAcl"], [arn], source),
        allow_who(
            "WriteLogFiles",
            cloudtrail,
            ["s3:PutObject"],
            [f"{arn}/AWSLogs/{account}/*" for account in accounts],
            source,
            Condition("StringEquals", "s3:x-amz-acl", ("bucket-owner-full-control",)),
        ),
        deny_all(
            "OnlyCloudTrailWrites",
            ["s3:PutObject"],
            [f"{arn}/*"],
            Condition("Bool", "aws:PrincipalIsAWSService", ("false",)),
        ),
        deny_all(
            "OnlyByTls", ["s3:*"], [arn, f"{arn}/*"], Condition("Bool", "aws:SecureTransport", ("false",))
        ),
    )


def bus_policy(bus_arn: str, senders: tuple[str, ...], partition: str) -> Policy:
    """Which accounts may put CloudTrail's events onto the home bus.

    The accounts are the principals, and a condition names the role: so the policy can be written before the roles are made.
    """
    who = Principals(tuple(("AWS", f"arn:{partition}:iam::{one}:root") for one in senders))
    roles = tuple(role_arn(partition, one, FORWARDER) for one in senders)
    return policy(
        allow_who(
            "ForwardersAlone",
            who,
            ["events:PutEvents"],
            [bus_arn],
            Condition("ArnEquals", "aws:PrincipalArn", roles),
        )
    )


def selectors(trail: Trail) -> list[dict[str, Any]]:
    """A trail's selectors, as CloudTrail's API and CloudFormation spell them alike."""
    data = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        {"Field": "resources.ARN", "StartsWith": [f"{arn}/" for arn in trail.watched]},
    ]
    if not trail.reads:
        data.append({"Field": "readOnly", "Equals": ["false"]})
    return [
        {
            "Name": "Management events",
            "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
        },
        {"Name": "Calls on objects in watched buckets", "FieldSelectors": data},
    ]


def _trails(places: Places, options: DeployOptions) -> tuple[Trail, ...]:
    accounts = tuple(one for one in places.accounts if places.buckets_of(one))
    bucket = log_bucket(places.account, options.region)
    arns = tuple(
        f"arn:{places.partition}:cloudtrail:{options.region}:{one}:trail/{TRAIL}" for one in accounts
    )
    for one in accounts:
        if len(places.buckets_of(one)) > _MOST_BUCKETS:
            raise BadDeployOption(
                f"account `{one}` has {len(places.buckets_of(one))} watched buckets, and a trail's selectors take {_MOST_BUCKETS}",
                advice="make a trail that logs all of them, and name its bucket: --trail-bucket",
            )
    return tuple(
        Trail(
            account=one,
            partition=places.partition,
            region=options.region,
            name=TRAIL,
            bucket=bucket,
            bucket_policy=log_bucket_policy(bucket, places.partition, arns, accounts),
            watched=places.buckets_of(one),
            reads=options.reads,
            key_arn=options.trail_key_arn,
        )
        for one in accounts
    )


def _forwards(places: Places, options: DeployOptions) -> tuple[Forwarding, ...]:
    bus = f"arn:{places.partition}:events:{options.region}:{places.account}:event-bus/default"
    regions = {options.region, _GLOBAL_REGION.get(places.partition, options.region), *options.also_regions}
    pairs = [(account, region) for account in places.accounts for region in sorted(regions)]
    return tuple(
        Forwarding(
            account=account,
            partition=places.partition,
            region=region,
            rule_name=f"{RULE}-forward",
            bus_arn=bus,
            role=_forwarder(places.partition, account, bus),
        )
        for account, region in pairs
        if (account, region) != (places.account, options.region)
    )


def _forwarder(partition: str, account: str, bus: str) -> Role:
    events = Principals((("Service", "events.amazonaws.com"),))
    rules = Condition(
        "ArnLike", "aws:SourceArn", (f"arn:{partition}:events:*:{account}:rule/{RULE}-forward",)
    )
    return Role(
        concern=Concern.WATCH,
        account=account,
        partition=partition,
        name=FORWARDER,
        trust=policy(allow_who("TheRuleAlone", events, ["sts:AssumeRole"], None, rules)),
        policies=(),
        inline=policy(allow("PutOntoTheHomeBus", ["events:PutEvents"], [bus])),
        why="By which the rule hands events to the broker's account.",
    )
