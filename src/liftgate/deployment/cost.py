"""What a deployment costs a month at AWS, at a stated volume: public list prices, free tiers left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from liftgate.deployment.model import Plan

PRICES_OF: Final = "March 2026"
PRICES_WHERE: Final = "US East (N. Virginia)"
USUAL_EVENTS: Final = 1_000_000

# Dollars. Sources: aws.amazon.com/cloudtrail/pricing, /eventbridge/pricing, /sqs/pricing, /cloudwatch/pricing, /s3/pricing.
_DATA_EVENT: Final = Decimal("0.10") / 100_000
_EVENT_TO_BUS: Final = (
    Decimal("1.00") / 1_000_000
)  # a data event that a service is asked for, or one handed to another bus
_REQUEST: Final = Decimal("0.40") / 1_000_000
_ALARM: Final = Decimal("0.10")
_PUT: Final = Decimal("0.005") / 1_000
_STORED: Final = Decimal("0.023") / 1_000_000_000  # a byte a month

_ALARMS: Final = 3
_CONSUMERS: Final = 2  # that wait for twenty seconds at a time
_WAITS: Final = 30 * 24 * 3600 // 20 * _CONSUMERS
_BATCH: Final = 10  # messages received, and deleted, in one request
_FILE_EVERY: Final = 300  # seconds, in each Region in which something is called
_REGIONS: Final = 3
_FILES: Final = 30 * 24 * 3600 // _FILE_EVERY * _REGIONS
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


def _items(plan: Plan, events: int) -> Iterator[Item]:
    watching = plan.watching
    if watching.trails:
        yield Item(what=f"CloudTrail: {events:,} data events", dollars=events * _DATA_EVENT)
        stored = events * _EVENT_BYTES * _MONTHS_KEPT * _STORED
        files = _FILES * len(watching.trails) * _PUT
        yield Item(
            what=f"S3: log files of {_MONTHS_KEPT} months, written in {_REGIONS} Regions",
            dollars=stored + files,
        )
    if watching.rule_arn:
        hops = 2 if watching.senders else 1
        yield Item(
            what=f"EventBridge: {events * hops:,} events{' (handed on once from other accounts)' if hops > 1 else ''}",
            dollars=events * hops * _EVENT_TO_BUS,
        )
        requests = events + 2 * events // _BATCH + _WAITS
        yield Item(what=f"SQS: {requests:,} requests, {_CONSUMERS} consumers", dollars=requests * _REQUEST)
        yield Item(what=f"CloudWatch: {_ALARMS} alarms", dollars=_ALARMS * _ALARM)
