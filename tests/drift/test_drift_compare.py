"""The comparison on snapshots: what the embedded AWS does not hold, and what cannot be seen. Nothing is called."""

from dataclasses import replace
from typing import Any

import pytest
from tests.deployment.deployed import HOME, OTHER, planned, two_accounts
from tests.drift.as_planned import snapshot_as_planned

from liftgate.deployment.options import DeployOptions
from liftgate.deployment.places import places_of
from liftgate.deployment.watching import bus_policy
from liftgate.drift.compare import compare
from liftgate.drift.expected import Against, Expected
from liftgate.drift.model import Absent, Unseen
from liftgate.drift.seen import (
    Holder,
    SeenBucket,
    SeenGrant,
    SeenIam,
    SeenPrincipal,
    SeenRole,
    SeenTrail,
    Snapshot,
)
from liftgate.drift.selectors import Logged, of_management, of_objects
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Policy

AGAINST = Against(
    plan=planned(),
    places=places_of(two_accounts(), DeployOptions(region="eu-central-1", account=HOME)),
)
AS_PLANNED = snapshot_as_planned(AGAINST)
WRITE_ALL = parse_policy(
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
)
READ_ALL = parse_policy(
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}'
)
EVE = f"arn:aws:iam::{HOME}:user/eve"


def _walls(snapshot: Snapshot, against: Against = AGAINST) -> list[str]:
    report = compare(against, snapshot)
    assert report.unseen == ()
    return [one.wall.id for one in report.drifts]


def test_what_is_as_planned_has_no_drift() -> None:
    report = compare(AGAINST, AS_PLANNED)
    assert (report.drifts, report.unseen) == ((), ())


@pytest.mark.parametrize(
    "field",
    [
        *("iam", "roles", "trails", "rules", "buses", "queues", "buckets"),
        *("account_blocks", "access_points"),
    ],
)
def test_whatever_cannot_be_read_is_said_and_never_counts_as_fine(field: str) -> None:
    for key in getattr(AS_PLANNED, field):
        hidden = {**getattr(AS_PLANNED, field), key: Unseen(thing=key, why="refused")}
        report = compare(AGAINST, replace(AS_PLANNED, **{field: hidden}))
        assert Unseen(thing=key, why="refused") in report.unseen


@pytest.mark.parametrize("part", ["policy", "public_block", "is_versioned", "expires_days"])
def test_each_part_of_the_log_bucket_that_cannot_be_read_is_said(part: str) -> None:
    arn = f"arn:aws:s3:::{AGAINST.plan.watching.log_bucket}"
    bucket = AS_PLANNED.buckets[arn]
    assert isinstance(bucket, SeenBucket)
    hidden = replace(bucket, **{part: Unseen(thing=arn, why=part)})
    report = compare(AGAINST, replace(AS_PLANNED, buckets={**AS_PLANNED.buckets, arn: hidden}))
    assert [one.why for one in report.unseen] == [part]


@pytest.mark.parametrize(
    ("field", "wall"),
    [
        ("rules", "rule-missing"),
        ("queues", "queue-missing"),
        ("buckets", "bucket-missing"),
        ("trails", "trail-missing"),
        ("buses", "bus-closed"),
    ],
)
def test_what_is_not_there_is_told(field: str, wall: str) -> None:
    for key in getattr(AS_PLANNED, field):
        gone = replace(AS_PLANNED, **{field: {**getattr(AS_PLANNED, field), key: Absent()}})
        assert _walls(gone) == [wall]


def test_a_role_and_a_policy_that_are_not_there_are_told() -> None:
    iam = AS_PLANNED.iam[HOME]
    assert isinstance(iam, SeenIam)
    role = f"arn:aws:iam::{HOME}:role/liftgate/reports-write"
    principals = {arn: one for arn, one in iam.principals.items() if arn != role}
    assert _walls(_with_iam(replace(iam, principals=principals))) == ["role-missing"]
    policy = f"arn:aws:iam::{HOME}:policy/LiftgateReadOnly"
    policies = {arn: one for arn, one in iam.policies.items() if arn != policy}
    assert _walls(_with_iam(replace(iam, policies=policies))) == ["policy-missing"]


def test_another_account_on_the_home_bus_is_told() -> None:
    (arn,) = AS_PLANNED.buses
    opened = bus_policy(arn, (OTHER, "777788889999"), "aws")
    assert _walls(replace(AS_PLANNED, buses={arn: opened})) == ["bus-opened"]


def test_a_boundary_holds_standing_permission_and_one_that_is_unknown_does_not() -> None:
    iam = AS_PLANNED.iam[HOME]
    assert isinstance(iam, SeenIam)
    reads = f"arn:aws:iam::{HOME}:policy/OnlyReads"
    known = replace(iam, policies={**iam.policies, reads: READ_ALL})
    assert _walls(_with_iam(_with_eve(known, WRITE_ALL, boundary=None))) == ["standing-permission"]
    assert _walls(_with_iam(_with_eve(known, WRITE_ALL, boundary=reads))) == []
    assert _walls(_with_iam(_with_eve(known, READ_ALL, boundary=None))) == []
    lost = replace(known, policies={**known.policies, reads: Unseen(thing=reads, why="refused")})
    report = compare(AGAINST, _with_iam(_with_eve(lost, WRITE_ALL, boundary=reads)))
    assert [one.thing for one in report.unseen] == [EVE]
    report = compare(AGAINST, _with_iam(_with_eve(iam, WRITE_ALL, boundary=reads)))
    assert [one.wall.id for one in report.drifts] + [one.thing for one in report.unseen] == [EVE]


def test_a_policy_of_a_group_counts_and_one_that_is_meant_does_not() -> None:
    iam = AS_PLANNED.iam[HOME]
    assert isinstance(iam, SeenIam)
    there = _with_iam(_with_eve(iam, WRITE_ALL, boundary=None, holder=Holder.GROUP))
    (found,) = compare(AGAINST, there).drifts
    assert found.mend.command[:3] == ("aws", "iam", "delete-group-policy")
    assert _walls(there, replace(AGAINST, expected=Expected((EVE,)))) == []


@pytest.mark.parametrize(
    ("principal", "condition", "walls"),
    [
        ("*", "", ["bucket-opened"]),
        ("*", '"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}', ["bucket-lets-write"]),
        ("*", '"StringLike":{"aws:PrincipalOrgID":"*"}', ["bucket-opened"]),
        (f'{{"AWS":"arn:aws:iam::{HOME}:root"}}', "", []),  # then IAM decides
        ('{"AWS":"AROAEXAMPLEOFNOBODY0"}', "", []),  # was deleted
        (f'{{"AWS":"arn:aws:iam::{HOME}:role/liftgate/reports-write"}}', "", []),  # within its session policy
        (f'{{"AWS":"arn:aws:sts::{HOME}:assumed-role/reports-write/x"}}', "", ["bucket-names-session"]),
        (
            f'{{"AWS":"arn:aws:iam::{HOME}:role/LiftgateBroker"}}',
            "",
            ["bucket-lets-write"],
        ),  # under its boundary
        (f'{{"AWS":"arn:aws:sts::{HOME}:assumed-role/LiftgateBroker/i-1"}}', "", ["bucket-names-broker"]),
        ('{"Service":"logging.s3.amazonaws.com"}', "", ["bucket-lets-write"]),
        (
            '{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}',
            "",
            ["bucket-opened"],
        ),
    ],
)
def test_whom_a_bucket_lets_in_decides_what_is_told(principal: str, condition: str, walls: list[str]) -> None:
    who = principal if principal.startswith("{") else f'"{principal}"'
    when = f',"Condition":{{{condition}}}' if condition else ""
    text = (
        f'{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{who},"Action":"s3:PutObject",'
        f'"Resource":"arn:aws:s3:::reports/*"{when}}}}}'
    )
    arn = "arn:aws:s3:::reports"
    bucket = AS_PLANNED.buckets[arn]
    assert isinstance(bucket, SeenBucket)
    policy = parse_policy(text, Kind.RESOURCE)
    changed = {**AS_PLANNED.buckets, arn: replace(bucket, policy=policy)}
    assert _walls(replace(AS_PLANNED, buckets=changed)) == walls


@pytest.mark.parametrize("named", ["the user", "a session of the role"])
def test_a_bucket_that_names_the_broker_past_its_boundary_is_told_also_where_it_reads(named: str) -> None:
    user = f"arn:aws:iam::{HOME}:user/liftgate-broker"
    who = user if named == "the user" else f"arn:aws:sts::{HOME}:assumed-role/LiftgateBroker/i-1"
    against = (
        replace(AGAINST, plan=replace(AGAINST.plan, broker_arn=user)) if named == "the user" else AGAINST
    )
    text = f'{{"Statement":{{"Effect":"Allow","Principal":{{"AWS":"{who}"}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}}}}'
    arn = "arn:aws:s3:::reports"
    bucket = AS_PLANNED.buckets[arn]
    assert isinstance(bucket, SeenBucket)
    changed = {**AS_PLANNED.buckets, arn: replace(bucket, policy=parse_policy(text, Kind.RESOURCE))}
    report = compare(against, replace(AS_PLANNED, buckets=changed))
    found = [one for one in report.drifts if one.thing == arn]
    assert [one.wall.id for one in found] == ["bucket-names-broker"]
    assert who in found[0].found


def test_a_bucket_that_lets_in_beside_what_entitlements_give_is_nobodys_business() -> None:
    text = '{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::reports/public/*"}}'
    arn = "arn:aws:s3:::reports"
    bucket = AS_PLANNED.buckets[arn]
    assert isinstance(bucket, SeenBucket)
    # reports-purge may delete anywhere, and this lets put alone.
    changed = {**AS_PLANNED.buckets, arn: replace(bucket, policy=parse_policy(text, Kind.RESOURCE))}
    assert _walls(replace(AS_PLANNED, buckets=changed)) == []


def test_a_session_may_be_too_short() -> None:
    role = f"arn:aws:iam::{HOME}:role/LiftgateBroker"
    seen = AS_PLANNED.roles[role]
    assert isinstance(seen, SeenRole)
    shorter = replace(seen, longest=seen.longest / 2)
    assert _walls(replace(AS_PLANNED, roles={**AS_PLANNED.roles, role: shorter})) == ["session-too-short"]


def test_an_external_id_that_the_plan_was_not_told_is_the_accounts_own() -> None:
    plan = planned(external_ids={})
    told = snapshot_as_planned(replace(AGAINST, plan=planned()))
    assert _walls(told, replace(AGAINST, plan=plan)) == []


def _with_iam(iam: SeenIam) -> Snapshot:
    return replace(AS_PLANNED, iam={**AS_PLANNED.iam, HOME: iam})


def _with_eve(
    iam: SeenIam, document: Policy, *, boundary: str | None, holder: Holder = Holder.USER
) -> SeenIam:
    grant = SeenGrant(holder=holder, holder_name="eve", name="Handy", inline=document)
    eve = SeenPrincipal(arn=EVE, grants=(grant,), boundary=boundary)
    return replace(iam, principals={**iam.principals, EVE: eve})


OBJECTS = {"Type": "AWS::S3::Object"}


@pytest.mark.parametrize(
    ("selector", "logged"),
    [
        (
            {"ReadWriteType": "All", "DataResources": [{**OBJECTS, "Values": ["arn:aws:s3"]}]},
            Logged(True, True),
        ),
        (
            {
                "ReadWriteType": "WriteOnly",
                "DataResources": [{**OBJECTS, "Values": ["arn:aws:s3:::reports/"]}],
            },
            Logged(False, True),
        ),
        (
            {
                "ReadWriteType": "All",
                "DataResources": [{**OBJECTS, "Values": ["arn:aws:s3:::reports/2026/"]}],
            },
            Logged(False, False),
        ),
        ({"ReadWriteType": "All", "DataResources": []}, Logged(False, False)),
    ],
)
def test_selectors_of_the_older_kind_are_understood(selector: Any, logged: Logged) -> None:
    assert of_objects(_trail(selectors=(selector,)), "arn:aws:s3:::reports") == logged


@pytest.mark.parametrize(
    ("field", "logged"),
    [
        ({"Field": "readOnly", "Equals": ["false"]}, Logged(False, True)),
        ({"Field": "eventName", "Equals": ["PutObject"]}, Logged(False, False)),
        ({"Field": "eventName", "NotEquals": ["DeleteObject"]}, Logged(False, False)),
        ({"Field": "userIdentity.arn", "NotStartsWith": ["arn:aws:sts::"]}, Logged(False, False)),
        ({"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::reports/"]}, Logged(False, False)),
        ({"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::"]}, Logged(True, True)),
    ],
)
def test_what_a_selector_leaves_out_or_is_not_understood_counts_as_not_logged(
    field: Any, logged: Logged
) -> None:
    fields = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        field,
    ]
    assert of_objects(_trail(advanced=({"FieldSelectors": fields},)), "arn:aws:s3:::reports") == logged


@pytest.mark.parametrize(
    ("more", "whole"),
    [
        ([], True),
        ([{"Field": "eventSource", "NotEquals": ["rdsdata.amazonaws.com"]}], True),  # is not watched
        ([{"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}], False),
        ([{"Field": "readOnly", "Equals": ["false"]}], False),
    ],
)
def test_management_events_that_are_left_out_are_seen(more: list[Any], whole: bool) -> None:
    fields = [{"Field": "eventCategory", "Equals": ["Management"]}, *more]
    assert (of_management(_trail(advanced=({"FieldSelectors": fields},))) == Logged(True, True)) is whole


def _trail(**selectors: Any) -> SeenTrail:
    made: dict[str, Any] = {"selectors": (), "advanced": (), **selectors}
    return SeenTrail(
        arn="arn:aws:cloudtrail:eu-central-1:111122223333:trail/liftgate",
        bucket="logs",
        is_logging=True,
        every_region=True,
        global_services=True,
        signed=True,
        key_arn=None,
        **made,
    )
