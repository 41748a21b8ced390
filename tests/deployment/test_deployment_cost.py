"""What a deployment costs a month: reckoned by hand from the prices that the pages say."""

from decimal import Decimal

import pytest
from tests.deployment.deployed import HOME, planned, two_accounts

from liftgate.catalogue.parse import load_catalogue
from liftgate.demo.world import CATALOGUE
from liftgate.deployment.cost import monthly_cost, not_counted, total
from liftgate.deployment.model import Plan

KEY = f"arn:aws:kms:eu-central-1:{HOME}:key/6f0d7c0e-58a4-4a36-9f0e-0c6a4b8d2e11"
QUEUE = f"arn:aws:sqs:eu-central-1:{HOME}:security"
TOPIC = f"arn:aws:sns:eu-central-1:{HOME}:alarms"


def dollars(plan: Plan, service: str, events: int = 1_000_000) -> Decimal:
    """What all lines of a service come to, to the cent."""
    return total(tuple(one for one in monthly_cost(plan, events) if one.what.startswith(f"{service}:")))


@pytest.fixture(scope="module")
def one_account() -> Plan:
    return planned(load_catalogue([CATALOGUE]), region="us-east-1")


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("CloudTrail", "1.00"),  # a million data events at $0.10 for each 100,000
        # 3.9 GB of a year at $0.023; 25,920 log files and 2,160 that sign them, written and 2,880 x 6 lists at $0.005 for each 1,000;
        # 25,920 files read at $0.0004
        ("S3", "0.33"),
        ("EventBridge", "1.00"),  # a million events at $1.00
        (
            "SQS",
            "0.58",
        ),  # a million sent, 200,000 times ten received or deleted, 259,200 waits at $0.40 a million
        ("CloudWatch", "0.30"),  # three alarms at $0.10; SQS's own metrics cost nothing
        ("KMS", "0.00"),
    ],
)
def test_each_service_costs_what_its_prices_come_to(one_account: Plan, service: str, expected: str) -> None:
    assert dollars(one_account, service) == Decimal(expected)


def test_with_a_key_of_ones_own_each_log_file_costs_two_requests_of_kms() -> None:
    plan = planned(load_catalogue([CATALOGUE]), region="us-east-1", trail_key_arn=KEY)
    assert dollars(plan, "KMS") == Decimal("0.16")  # 54,000 requests at $0.03 for each 10,000


def test_of_each_further_account_there_are_log_files_and_events_are_handed_on(one_account: Plan) -> None:
    two = planned(two_accounts())
    assert [dollars(one, "S3", 0) for one in (one_account, two)] == [Decimal("0.24"), Decimal("0.47")]
    assert dollars(two, "EventBridge") == 2 * dollars(one_account, "EventBridge")


def test_with_nothing_to_log_the_alarms_the_waits_and_empty_files_remain(one_account: Plan) -> None:
    items = monthly_cost(one_account, 0)
    assert {one.what.partition(":")[0] for one in items} == {"S3", "SQS", "CloudWatch"}
    assert all(one.dollars > 0 for one in items)


def test_what_is_there_already_is_not_on_the_bill_and_is_named_as_not_counted() -> None:
    plan = planned(trail_bucket="security-logs", queue_arn=QUEUE, alarm_topic_arn=TOPIC)
    assert monthly_cost(plan, 1_000_000) == ()
    said = not_counted(plan)
    assert {"requests on the queue that is there already", "notices of alarms by SNS"} <= set(said)
    assert "reading the log files of the trail that is there already" in said


def test_what_nobody_can_say_beforehand_is_named(one_account: Plan) -> None:
    said = not_counted(one_account)
    assert [one for one in said if one.startswith("management events")]
    assert not [one for one in said if "there already" in one]
