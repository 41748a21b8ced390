"""Access points of watched buckets, and the block of public access for a whole account, held against the plan."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.deployment.deployed import HOME, OTHER, planned, two_accounts
from tests.drift.as_planned import snapshot_as_planned

from liftgate.deployment.options import DeployOptions
from liftgate.deployment.places import places_of
from liftgate.drift.compare import compare
from liftgate.drift.expected import Against, Expected
from liftgate.drift.mending import BLOCK
from liftgate.drift.model import Absent, Unseen
from liftgate.drift.read_storage import read_access_points
from liftgate.drift.seen import (
    Holder,
    Looked,
    SeenAccessPoint,
    SeenBucket,
    SeenGrant,
    SeenIam,
    SeenPrincipal,
    Snapshot,
)
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Policy, to_json

AGAINST = Against(
    plan=planned(),
    places=places_of(two_accounts(), DeployOptions(region="eu-central-1", account=HOME)),
)
AS_PLANNED = snapshot_as_planned(AGAINST)
PATTERN = f"arn:aws:s3:eu-central-1:{HOME}:accesspoint/*"
POINT = f"arn:aws:s3:eu-central-1:{HOME}:accesspoint/handy"
REPORTS = "arn:aws:s3:::reports"
EVE = f"arn:aws:iam::{HOME}:user/eve"
STRANGER = "arn:aws:iam::777788889999:root"


def _statement(principal: Any, resource: str = f"{POINT}/object/*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "s3:*", "Resource": resource, **more}


def _policy(*statements: dict[str, Any]) -> Policy:
    return parse_policy(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), Kind.RESOURCE)


def _with_point(policy: Looked[Policy], bucket_arn: str = REPORTS) -> Snapshot:
    point = SeenAccessPoint(arn=POINT, bucket_arn=bucket_arn, policy=policy)
    return replace(AS_PLANNED, access_points={**AS_PLANNED.access_points, PATTERN: (point,)})


def _told(snapshot: Snapshot, against: Against = AGAINST) -> list[tuple[str, str]]:
    report = compare(against, snapshot)
    assert report.unseen == ()
    return [(one.wall.id, one.thing) for one in report.drifts]


@pytest.mark.parametrize(
    ("statement", "wall"),
    [
        (_statement("*"), "access-point-opened"),
        (_statement({"AWS": STRANGER}), "access-point-opened"),
        (_statement({"AWS": STRANGER}, "*"), "access-point-opened"),
        (
            _statement({"AWS": STRANGER}, f"arn:aws:s3:eu-central-1:{HOME}:accesspoint/*/object/2026/*"),
            "access-point-opened",
        ),
        (_statement({"AWS": EVE}), "access-point-lets-write"),
        (
            _statement(
                {"AWS": f"arn:aws:sts::{HOME}:assumed-role/reports-write/gr-1"}, Action="s3:GetObject"
            ),
            "access-point-names-session",
        ),
        (
            _statement(
                {"AWS": f"arn:aws:sts::{HOME}:assumed-role/LiftgateBroker/i-1"}, Action="s3:GetObject"
            ),
            "access-point-names-broker",
        ),
    ],
)
def test_who_is_let_in_through_an_access_point_is_told_as_at_the_bucket(
    statement: dict[str, Any], wall: str
) -> None:
    assert _told(_with_point(_policy(statement))) == [(wall, POINT)]


@pytest.mark.parametrize(
    "statement",
    [
        _statement("*", Action="s3:GetObject"),  # everyday access is nobody's entitlement
        _statement({"AWS": STRANGER}, f"{POINT}/object/elsewhere/*", Action="s3:PutObject"),
        _statement({"AWS": f"arn:aws:iam::{HOME}:role/liftgate/reports-write"}),
        _statement({"AWS": f"arn:aws:iam::{HOME}:root"}),
    ],
)
def test_what_gives_nobody_an_entitlement_is_not_told(statement: dict[str, Any]) -> None:
    assert _told(_with_point(_policy(statement))) == []


def test_a_deny_counts_only_as_far_as_it_certainly_reaches() -> None:
    opened, deny = _statement({"AWS": STRANGER}), _statement("*", Effect="Deny")
    anywhere = {**deny, "Resource": f"arn:aws:s3:eu-central-1:{HOME}:accesspoint/h*"}
    assert _told(_with_point(_policy(opened, deny))) == []
    assert _told(_with_point(_policy(opened, anywhere))) == [("access-point-opened", POINT)]


def test_an_access_point_without_a_policy_lets_nobody_in_and_one_that_cannot_be_read_is_said() -> None:
    assert _told(_with_point(Absent())) == []
    unseen = Unseen(thing=POINT, why="refused")
    assert compare(AGAINST, _with_point(unseen)).unseen == (unseen,)


def test_who_is_meant_is_not_told() -> None:
    meant = replace(AGAINST, expected=Expected((STRANGER,)))
    assert _told(_with_point(_policy(_statement({"AWS": STRANGER}))), meant) == []


def test_nobody_reaches_log_files_through_an_access_point() -> None:
    logs = f"arn:aws:s3:::{AGAINST.plan.watching.log_bucket}"
    found = _with_point(_policy(_statement({"AWS": EVE}, Action="s3:GetObject")), logs)
    assert _told(found) == [("log-bucket-opened", POINT)]


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        (f"{POINT}/object/2026/q3/*", [("standing-permission", EVE)]),
        (f"arn:aws:s3:eu-central-1:{HOME}:accesspoint/*", [("standing-permission", EVE)]),
        (f"{POINT}/object/elsewhere/*", []),
        (f"arn:aws:s3:eu-central-1:{HOME}:accesspoint/other/object/*", []),
    ],
)
def test_a_right_on_an_access_point_is_a_standing_permission(
    resource: str, told: list[tuple[str, str]]
) -> None:
    text = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": resource},
    }
    grant = SeenGrant(
        holder=Holder.USER, holder_name="eve", name="Handy", inline=parse_policy(json.dumps(text))
    )
    found, iam = _with_point(Absent()), AS_PLANNED.iam[HOME]
    assert isinstance(iam, SeenIam)
    eve = SeenPrincipal(arn=EVE, grants=(grant,), boundary=None)
    principals = replace(iam, principals={**iam.principals, EVE: eve})
    assert _told(replace(found, iam={**AS_PLANNED.iam, HOME: principals})) == told


@pytest.mark.parametrize(
    ("of_account", "told"),
    [
        (frozenset(BLOCK), []),
        (frozenset(BLOCK[1:]), [("public-block-off", REPORTS)]),
        (Absent(), [("public-block-off", REPORTS)]),
    ],
)
def test_what_is_blocked_for_the_whole_account_is_blocked_for_its_bucket(
    of_account: Looked[frozenset[str]], told: list[tuple[str, str]]
) -> None:
    bucket = AS_PLANNED.buckets[REPORTS]
    assert isinstance(bucket, SeenBucket)
    buckets = {**AS_PLANNED.buckets, REPORTS: replace(bucket, public_block=Absent())}
    blocks = {**AS_PLANNED.account_blocks, HOME: of_account, OTHER: frozenset(BLOCK)}
    assert _told(replace(AS_PLANNED, buckets=buckets, account_blocks=blocks)) == told


class _InTwoPages:
    """A client of S3's control calls."""

    def list_access_points(self, *, AccountId: str, NextToken: str | None = None) -> dict[str, Any]:  # noqa: N803
        assert AccountId == HOME
        page = [("a", "reports"), ("b", "payroll")] if NextToken is None else [("c", "reports")]
        found = [
            {"Name": name, "Bucket": bucket, "AccessPointArn": PATTERN.replace("*", name)}
            for name, bucket in page
        ]
        return {"AccessPointList": found, **({"NextToken": "more"} if NextToken is None else {})}

    def get_access_point_policy(self, *, AccountId: str, Name: str) -> dict[str, Any]:  # noqa: N803
        assert AccountId == HOME
        return {"Policy": to_json(_policy(_statement({"AWS": EVE}, PATTERN.replace("*", Name))))}


def test_all_pages_are_read_and_only_those_of_buckets_that_are_looked_at() -> None:
    found = read_access_points(_InTwoPages(), HOME, {"reports"}.__contains__)
    assert [(one.arn, one.bucket_arn) for one in found] == [
        (PATTERN.replace("*", name), REPORTS) for name in "ac"
    ]
    assert all(isinstance(one.policy, Policy) for one in found)
