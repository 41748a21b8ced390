"""How events come to Liftgate: who may write them, who may not, and from where they are handed on."""

from dataclasses import replace
from typing import Any

import pytest
import yaml
from tests.deployment.deployed import (
    EVERYTHING,
    HOME,
    OTHER,
    Asked,
    Judges,
    case,
    in_place,
    planned,
    two_accounts,
)

from liftgate.catalogue.model import Catalogue
from liftgate.deployment.errors import BadDeployOption
from liftgate.deployment.model import Plan
from liftgate.deployment.options import BROKER_NAME, NewBaseline
from liftgate.deployment.watching import bus_policy, selectors
from liftgate.deployment.write import written
from liftgate.iam.lint import Fixed, fixes_session_name
from liftgate.iam.policy import to_document

QUEUE = f"arn:aws:sqs:eu-central-1:{HOME}:liftgate-cloudtrail"
RULE = f"arn:aws:events:eu-central-1:{HOME}:rule/liftgate-cloudtrail"
LOGS = f"arn:aws:s3:::liftgate-trail-{HOME}-eu-central-1"
FILE = f"{LOGS}/AWSLogs/{OTHER}/CloudTrail/eu-central-1/2026/11/29/x.json.gz"
TRAIL_ELSEWHERE = f"arn:aws:cloudtrail:eu-central-1:{OTHER}:trail/liftgate"


def _by(plan: Plan, principal: str, policy: Any, asked: Asked) -> dict[str, Any]:
    """The call by anybody who is allowed all by their own policies."""
    made = case(plan, plan.role(BROKER_NAME), asked, resource_policy=to_document(policy), owner=HOME)
    made["request"]["principal"] = principal
    return {**made, "identity": [EVERYTHING], "boundary": None}


@pytest.mark.parametrize(
    ("principal", "context", "expected"),
    [
        ("events.amazonaws.com", {"aws:SourceArn": RULE, "aws:SourceAccount": HOME}, "allow"),
        (
            "events.amazonaws.com",
            {"aws:SourceArn": f"{RULE}-another", "aws:SourceAccount": HOME},
            "implicit_deny",
        ),
        ("events.amazonaws.com", {"aws:SourceArn": RULE, "aws:SourceAccount": OTHER}, "implicit_deny"),
        (f"arn:aws:iam::{HOME}:user/ada", {}, "explicit_deny"),
        (f"arn:aws:sts::{HOME}:assumed-role/Admin/eve", {}, "explicit_deny"),
        (f"arn:aws:sts::{HOME}:assumed-role/{BROKER_NAME}/i-0a1b", {}, "allow"),  # sends dead letters again
    ],
)
def test_the_rule_alone_sends_to_the_queue_and_the_broker(
    judges: Judges, plan: Plan, principal: str, context: dict[str, str], expected: str
) -> None:
    policy = plan.watching.queues.policy
    asked = Asked(
        action="sqs:SendMessage", resource=QUEUE, context={"aws:SecureTransport": "true", **context}
    )
    assert judges.decide([_by(plan, principal, policy, asked)]) == [expected]


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (f"arn:aws:sts::{HOME}:assumed-role/{BROKER_NAME}/i-0a1b", "allow"),
        (f"arn:aws:sts::{HOME}:assumed-role/Admin/eve", "explicit_deny"),
        (f"arn:aws:iam::{HOME}:user/ada", "explicit_deny"),
        ("events.amazonaws.com", "explicit_deny"),
    ],
)
@pytest.mark.parametrize(
    "action", ["ReceiveMessage", "DeleteMessage", "PurgeQueue", "ChangeMessageVisibility"]
)
def test_the_broker_alone_takes_messages_off_the_queue(
    judges: Judges, plan: Plan, action: str, principal: str, expected: str
) -> None:
    asked = Asked(action=f"sqs:{action}", resource=QUEUE, context={"aws:SecureTransport": "true"})
    assert judges.decide([_by(plan, principal, plan.watching.queues.policy, asked)]) == [expected]


@pytest.mark.parametrize(
    ("principal", "context", "expected"),
    [
        ("cloudtrail.amazonaws.com", {"aws:SourceArn": TRAIL_ELSEWHERE}, "allow"),
        (
            "cloudtrail.amazonaws.com",
            {"aws:SourceArn": TRAIL_ELSEWHERE.replace(OTHER, "777788889999")},
            "implicit_deny",
        ),
        (f"arn:aws:sts::{HOME}:assumed-role/Admin/eve", {}, "explicit_deny"),
    ],
)
def test_cloudtrail_alone_writes_log_files_for_these_trails_alone(
    judges: Judges, plan: Plan, principal: str, context: dict[str, str], expected: str
) -> None:
    carried = {"aws:SecureTransport": "true", "s3:x-amz-acl": "bucket-owner-full-control", **context}
    asked = Asked(action="s3:PutObject", resource=FILE, context=carried)
    assert judges.decide([_by(plan, principal, plan.watching.trails[0].bucket_policy, asked)]) == [expected]


def test_forwarders_alone_reach_the_home_bus(judges: Judges, plan: Plan) -> None:
    bus = plan.watching.forwards[0].bus_arn
    policy = bus_policy(bus, plan.watching.senders, "aws")
    asked = Asked(action="events:PutEvents", resource=bus, context={})
    decisions = judges.decide(
        [
            _by(plan, f"arn:aws:sts::{OTHER}:assumed-role/{name}/s", policy, asked)
            for name in ("LiftgateForwardEvents", "Admin")
        ]
    )
    assert decisions == ["allow", "implicit_deny"]


def test_events_are_handed_on_from_each_other_account_and_region() -> None:
    assert {(one.account, one.region) for one in planned(also_regions=("eu-west-1",)).watching.forwards} == {
        (HOME, "us-east-1"),  # where IAM and global STS report
        (HOME, "eu-west-1"),
        (OTHER, "eu-central-1"),
        (OTHER, "us-east-1"),
        (OTHER, "eu-west-1"),
    }


def test_a_trail_logs_write_calls_on_the_watched_buckets_of_its_account_and_no_other(plan: Plan) -> None:
    of = {one.account: selectors(one)[1]["FieldSelectors"] for one in plan.watching.trails}
    assert of[OTHER][2:] == [
        {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::uploads/"]},
        {"Field": "readOnly", "Equals": ["false"]},
    ]
    assert of[HOME][2]["StartsWith"] == ["arn:aws:s3:::report-drafts/", "arn:aws:s3:::reports/"]
    with_reads = planned(reads=True).watching.trails[0]
    assert "readOnly" not in str(selectors(with_reads))


def test_buckets_of_entitlements_in_place_are_watched_too() -> None:
    assert in_place().watching.trails[0].watched == ("arn:aws:s3:::lakeside-reports",)


def test_nothing_is_made_that_is_there_already() -> None:
    queue = f"arn:aws:sqs:eu-central-1:{HOME}:security"
    plan = planned(trail_bucket="security-logs", queue_arn=queue)
    assert (plan.watching.trails, plan.watching.rule_arn, plan.watching.forwards) == ((), None, ())
    watch = plan.policy(f"arn:aws:iam::{HOME}:policy/{BROKER_NAME}Watch").document
    assert [one.resources.values for one in watch.statements if one.resources] == [
        (queue,),
        ("arn:aws:s3:::security-logs",),
        ("arn:aws:s3:::security-logs/AWSLogs/*",),
    ]


def elsewhere() -> Catalogue:
    """Entitlements in an account that is not the broker's, and none at home."""
    every = two_accounts()
    there = {name: one for name, one in every.entitlements.items() if one.account == OTHER}
    return replace(every, entitlements=there)


def test_a_home_account_without_watched_buckets_has_the_bucket_of_log_files_all_the_same() -> None:
    plan = planned(elsewhere())
    assert [one.account for one in plan.watching.trails] == [OTHER]
    watch = yaml.safe_load(written("cloudformation", plan)[f"account-{HOME}/watch.yaml"])["Resources"]
    assert {"LogBucket", "LogBucketPolicy", "Events"} <= watch.keys()
    assert "Trail" not in watch
    assert 'resource "aws_s3_bucket" "liftgate_logs"' in written("terraform", plan)[f"watch-{HOME}.tf"]


def test_a_read_only_role_is_made_only_where_there_is_something_to_read() -> None:
    baseline = NewBaseline(name="Everyday", users=(f"arn:aws:iam::{HOME}:user/ada",))
    with pytest.raises(BadDeployOption, match="would read nothing"):
        planned(elsewhere(), baseline=baseline)


def test_a_read_only_role_is_taken_up_by_each_user_by_their_own_name_and_is_bounded_by_what_it_reads() -> (
    None
):
    plan = planned(baseline=NewBaseline(name="Everyday", users=(f"arn:aws:iam::{HOME}:user/team/ada",)))
    made = plan.role("Everyday")
    assert (made.policies, made.boundary) == (
        (f"arn:aws:iam::{HOME}:policy/LiftgateReadOnly",),
        made.policies[0],
    )
    assert isinstance(fixes_session_name(made.trust), Fixed)
