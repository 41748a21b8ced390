"""What a deployment costs a month at AWS, at a stated volume: public list prices, free tiers left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from liftgate.deployment.model import Plan
from liftgate.deployment.watching import ALARMS

PRICES_OF: Final = "March 2026"
UNDATED: Final = "CloudTrail, S3 and CloudWatch"
PRICES_WHERE: Final = "US East (N. Virginia)"
USUAL_EVENTS: Final = 1_000_000

# Dollars. AWS's own pages fill most of their tables in by script, so each price says where it was read.
_DATA_EVENT: Final = Decimal("0.10") / 100_000  # aws.amazon.com/cloudtrail/pricing, undated
# A data event that a service is asked for, or one handed to another bus: cloudburn.io/blog/amazon-eventbridge-pricing, 13 March 2026.
_EVENT_TO_BUS: Final = Decimal("1.00") / 1_000_000
# Of a standard queue, up to 64 KB each: cloudburn.io/blog/amazon-sqs-pricing, 14 March 2026.
_REQUEST: Final = Decimal("0.40") / 1_000_000
# Of standard resolution: c3x.dev/resources/aws/aws_cloudwatch_metric_alarm, undated. What SQS says of itself to CloudWatch costs nothing:
# "metrics sent from AWS services by default", aws.amazon.com/cloudwatch/pricing.
_ALARM: Final = Decimal("0.10")
# PUT and LIST, GET, and a byte a month: devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples, undated.
_PUT: Final = Decimal("0.005") / 1_000
_LIST: Final = _PUT
_GET: Final = Decimal("0.0004") / 1_000
_STORED: Final = Decimal("0.023") / 1_000_000_000
_KMS: Final = Decimal("0.03") / 10_000  # cloudburn.io/blog/aws-kms-pricing, 14 March 2026

_SECONDS: Final = 30 * 24 * 3600
_CONSUMERS: Final = 2  # that wait for twenty seconds at a time
_WAITS: Final = _SECONDS // 20 * _CONSUMERS
_BATCH: Final = 10  # messages received, and deleted, in one request
_REGIONS: Final = 3  # in which something is called
_FILES: Final = _REGIONS * (_SECONDS // 300 + _SECONDS // 3600)  # log files, and one an hour that signs them
_READ: Final = _REGIONS * _SECONDS // 300
_ROUNDS: Final = _SECONDS // 900  # of looking for new log files
_LISTS: Final = 3 + _REGIONS  # a round and account: the way down to its Regions, and the day of each
_EVENT_BYTES: Final = 300  # compressed, in a log file
_MONTHS_KEPT: Final = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a bill."""

    what: str
    dollars: Decimal


def monthly_cost(plan: Plan, events: int) -> tuple[Item, ...]:
    """The items of a month in which ``events`` calls on objects are logged, once the first year's log files are there."""
    return tuple(item for item in _items(plan, events) if item.dollars)


def total(items: tuple[Item, ...]) -> Decimal:
    """In dollars and cents."""
    return sum((item.dollars for item in items), Decimal(0)).quantize(Decimal("0.01"))


def not_counted(plan: Plan) -> tuple[str, ...]:
    """What costs too, as much as nobody can say beforehand."""
    watching = plan.watching
    return (
        "management events: they take their way over the same rules and queue"
        if watching.rule_arn
        else "requests on the queue that is there already",
        *([] if watching.trails else ["reading the log files of the trail that is there already"]),
        *(["notices of alarms by SNS"] if watching.alarm_topic_arn else []),
        *(["requests for the keys of watched objects"] if plan.kms_keys else []),
        "traffic between Regions and to the internet",
    )


def _items(plan: Plan, events: int) -> Iterator[Item]:
    watching, trails = plan.watching, len(plan.watching.trails)
    if trails:
        yield Item(what=f"CloudTrail: {events:,} data events", dollars=events * _DATA_EVENT)
        yield Item(
            what=f"S3: log files of {_MONTHS_KEPT} months",
            dollars=events * _EVENT_BYTES * _MONTHS_KEPT * _STORED,
        )
        yield Item(
            what=f"S3: log files written in {_REGIONS} Regions, looked for and read",
            dollars=trails * (_FILES * _PUT + _READ * _GET + _ROUNDS * _LISTS * _LIST),
        )
        if watching.log_key_arn:
            yield Item(
                what="KMS: log files encrypted, and opened when they are read",
                dollars=trails * (_FILES + _READ) * _KMS,
            )
    if watching.rule_arn:
        hops = 2 if watching.senders else 1
        yield Item(
            what=f"EventBridge: {events * hops:,} events{' (handed on once from other accounts)' if hops > 1 else ''}",
            dollars=events * hops * _EVENT_TO_BUS,
        )
        requests = events + 2 * events // _BATCH + _WAITS
        yield Item(what=f"SQS: {requests:,} requests, {_CONSUMERS} consumers", dollars=requests * _REQUEST)
        yield Item(what=f"CloudWatch: {len(ALARMS)} alarms", dollars=len(ALARMS) * _ALARM)
