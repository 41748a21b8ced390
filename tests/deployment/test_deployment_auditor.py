"""What the auditor of an account may do, decided by two evaluators: each read of a check, on the plan's things, and no more."""

from typing import Any

import pytest
from tests.access import access_examples as examples
from tests.deployment.deployed import EVERYTHING, HOME, OTHER, Asked, Judges, boundary_of, case, planned
from tests.deployment.test_deployment_least_privilege import KEY, NEVER

from liftgate.deployment.auditor import auditor_parts
from liftgate.deployment.broker import broker_arn
from liftgate.deployment.calls import CALLS, By, On, looking_calls
from liftgate.deployment.model import Plan, Role
from liftgate.deployment.options import AUDITOR_NAME, BROKER_NAME, DeployOptions
from liftgate.deployment.places import places_of
from liftgate.deployment.taken_up import Taker
from liftgate.deployment.watching import watching_of
from liftgate.deployment.write import TOOLS
from liftgate.iam.policy import to_json
from liftgate.iam.scope import Location

REGION = "eu-central-1"
LOGS = f"arn:aws:s3:::liftgate-trail-{HOME}-{REGION}"
QUEUE = f"arn:aws:sqs:{REGION}:{HOME}:liftgate-cloudtrail"
AWS_OWN = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(trail_key_arn=KEY)


def things(on: On, account: str) -> list[str]:
    """What a check reads of one kind in an account, written out and not taken from the plan."""
    home = account == HOME
    return {
        On.ANYTHING: ["*"],
        On.ANY_ROLE: [f"arn:aws:iam::{account}:role/{AUDITOR_NAME}", f"arn:aws:iam::{account}:role/a/b"],
        On.ANY_POLICY: [AWS_OWN, f"arn:aws:iam::{account}:policy/a/Boundary"],
        On.BUCKETS: ["arn:aws:s3:::reports", "arn:aws:s3:::report-drafts", LOGS]
        if home
        else ["arn:aws:s3:::uploads"],
        On.POINTS: [f"arn:aws:s3:{REGION}:{account}:accesspoint/handy"],
        On.KEYS: [KEY] if home else [],
        On.TRAILS: [f"arn:aws:cloudtrail:{REGION}:{account}:trail/liftgate"],
        On.RULES: [
            f"arn:aws:events:{REGION}:{account}:rule/liftgate-cloudtrail{'' if home else '-forward'}",
            f"arn:aws:events:us-east-1:{account}:rule/liftgate-cloudtrail-forward",
        ],
        On.BUS: [f"arn:aws:events:{REGION}:{HOME}:event-bus/default"] if home else [],
        On.QUEUES: [QUEUE, f"{QUEUE}-dead-letters"] if home else [],
    }[on]


def _asked(plan: Plan, who: Role, asked: Asked, more: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """The policy of a key must let the account's own count; AWS's own policies are anybody's to read."""
    of_key = {
        **EVERYTHING,
        "Statement": {**EVERYTHING["Statement"], "Principal": {"AWS": f"arn:aws:iam::{who.account}:root"}},
    }
    resource_policy = of_key if asked.action.startswith("kms:") else None
    owner = who.account if asked.resource == AWS_OWN else None
    return case(plan, who, asked, more=more, resource_policy=resource_policy, owner=owner)


@pytest.mark.parametrize("account", [HOME, OTHER])
def test_the_auditor_can_do_each_read_that_a_check_makes(judges: Judges, plan: Plan, account: str) -> None:
    who = plan.role(AUDITOR_NAME, account)
    asked = [
        Asked(action=one.action, resource=arn, context={})
        for one in CALLS
        if one.by is By.AUDITOR
        for arn in things(one.on, account)
    ]
    at_home_alone = {
        "events:DescribeEventBus",
        "sqs:GetQueueAttributes",
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
    }
    assert {one.action for one in asked} == set(looking_calls()) - (
        set() if account == HOME else at_home_alone
    )
    assert set(judges.decide([_asked(plan, who, one) for one in asked])) == {"allow"}


BESIDE = [
    ("s3:GetBucketPolicy", "arn:aws:s3:::payroll"),
    ("s3:GetBucketVersioning", "arn:aws:s3:::payroll"),
    ("sqs:GetQueueAttributes", f"arn:aws:sqs:{REGION}:{HOME}:orders"),
    ("kms:GetKeyPolicy", f"arn:aws:kms:{REGION}:{HOME}:key/another"),
    ("events:DescribeRule", f"arn:aws:events:{REGION}:{HOME}:rule/another"),
    ("cloudtrail:GetEventSelectors", f"arn:aws:cloudtrail:{REGION}:{HOME}:trail/another"),
]
READS = [
    ("s3:GetObject", f"{LOGS}/AWSLogs/{HOME}/CloudTrail/x.json.gz"),
    ("s3:ListBucket", LOGS),
    ("s3:GetObjectVersion", "arn:aws:s3:::reports/2026/q3.csv"),
    ("sqs:ReceiveMessage", QUEUE),
    ("kms:Decrypt", KEY),
    ("s3:PutAccessPointPolicy", f"arn:aws:s3:{REGION}:{HOME}:accesspoint/handy"),
    ("s3:GetObject", f"arn:aws:s3:{REGION}:{HOME}:accesspoint/handy/object/2026/q3.csv"),
    ("s3:PutAccountPublicAccessBlock", "*"),
    ("cloudtrail:LookupEvents", "*"),
    ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{HOME}:secret:a"),
    ("sts:AssumeRole", f"arn:aws:iam::{HOME}:role/liftgate/reports-write"),
    ("sts:AssumeRole", f"arn:aws:iam::{HOME}:role/{BROKER_NAME}"),
]


@pytest.mark.parametrize("account", [HOME, OTHER])
def test_the_auditor_can_never_change_anything_or_read_an_object(
    judges: Judges, plan: Plan, account: str
) -> None:
    who = plan.role(AUDITOR_NAME, account)
    there = [
        (action, arn.replace(HOME, account).replace(BROKER_NAME, AUDITOR_NAME))
        for action, arn in (*NEVER, *READS)
    ]
    cases = [
        _asked(plan, who, Asked(action=action, resource=arn, context={}), more)
        for action, arn in there
        for more in ((), (EVERYTHING,))
    ]
    assert "allow" not in judges.decide(cases)


def test_the_auditor_looks_at_what_the_plan_names_alone(judges: Judges, plan: Plan) -> None:
    who = plan.role(AUDITOR_NAME)
    cases = [_asked(plan, who, Asked(action=action, resource=arn, context={})) for action, arn in BESIDE]
    assert set(judges.decide(cases)) == {"implicit_deny"}


def test_the_auditors_boundary_names_each_read_and_no_other(plan: Plan) -> None:
    for account in (HOME, OTHER):
        boundary = boundary_of(plan, plan.role(AUDITOR_NAME, account))
        assert boundary
        actions = [one["Action"] for one in boundary["Statement"]]
        named = [action for one in actions for action in ([one] if isinstance(one, str) else one)]
        assert sorted(named) == sorted(looking_calls())  # each spelled out: no wildcard stands for another


def test_of_a_trail_that_is_there_already_any_may_be_looked_at(judges: Judges) -> None:
    plan = planned(trail_bucket="lakeside-cloudtrail")
    trail = "arn:aws:cloudtrail:us-east-1:999988887777:trail/of-the-organization"
    asked = Asked(action="cloudtrail:GetTrailStatus", resource=trail, context={})
    assert judges.allow(case(plan, plan.role(AUDITOR_NAME), asked, owner=HOME))


@pytest.mark.parametrize("tool", TOOLS)
def test_the_auditor_has_a_file_of_its_own_in_each_account_and_is_left_out_where_nobody_wants_it(
    tool: str,
) -> None:
    with_it, without = (TOOLS[tool](planned(auditor=wanted)) for wanted in (True, False))
    assert len(set(with_it) - set(without)) == 2
    assert all("auditor" in path for path in set(with_it) - set(without))
    assert [path for path, text in without.items() if AUDITOR_NAME in text] == []
    named = [path for path, text in with_it.items() if AUDITOR_NAME in text]
    assert all("auditor" in path or "broker" in path for path in named)


def test_of_more_buckets_than_fit_into_the_policies_of_a_role_any_may_be_looked_at() -> None:
    def buckets(role: int) -> frozenset[Location]:
        return frozenset(
            Location(bucket=f"{role:03}-{number:02}-{'b' * 50}", key="*") for number in range(20)
        )

    named = [
        examples.entitlement(
            f"entitlement-{role:03}", locations=buckets(role), actions=frozenset({"s3:PutObject"})
        )
        for role in range(100)
    ]
    options = DeployOptions(region=REGION, trail_bucket="lakeside-cloudtrail")
    places = places_of(examples.catalogue(*named), options)
    broker = broker_arn(places, options)
    policies, role = auditor_parts(
        places,
        places.account,
        watching_of(places, options, broker),
        by=Taker(broker=broker, external_id=None, organization=None),
    )
    [looks] = [one for one in policies if one.arn in role.policies]
    assert '"arn:aws:s3:::*"' in to_json(looks.document)
