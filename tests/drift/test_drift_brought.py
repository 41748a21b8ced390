"""A broker that is there already, on snapshots: what is told of it, what is not told twice, and what is its owner's business."""

from dataclasses import replace

import pytest
from tests.deployment.deployed import HOME, planned, two_accounts
from tests.drift.as_planned import snapshot_as_planned

from liftgate.deployment.options import DeployOptions
from liftgate.deployment.places import places_of
from liftgate.drift.compare import compare
from liftgate.drift.expected import Against, Expected
from liftgate.drift.model import Drift, Unseen
from liftgate.drift.seen import Holder, SeenGrant, SeenIam, SeenPrincipal, Snapshot
from liftgate.iam.parse import parse_policy

WRITE_ALL = parse_policy(
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
)
DENY_ALL = parse_policy('{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}')
USER = f"arn:aws:iam::{HOME}:user/ops/lifter"
ROLE = f"arn:aws:iam::{HOME}:role/ops/lifter"
BOUNDARY = f"arn:aws:iam::{HOME}:policy/LiftgateBrokerBoundary"


def against(arn: str) -> Against:
    options = DeployOptions(region="eu-central-1", account=HOME, broker_arn=arn)
    return Against(plan=planned(broker_arn=arn), places=places_of(two_accounts(), options))


def changed(arn: str, broker: SeenPrincipal | None) -> Snapshot:
    """As planned, but for the broker; None: it is gone."""
    snapshot = snapshot_as_planned(against(arn))
    iam = iam_of(snapshot)
    others = {each: one for each, one in iam.principals.items() if each != arn}
    there = {**others, arn: broker} if broker else others
    return replace(snapshot, iam={**snapshot.iam, HOME: replace(iam, principals=there)})


def iam_of(snapshot: Snapshot) -> SeenIam:
    found = snapshot.iam[HOME]
    assert isinstance(found, SeenIam)
    return found


def as_planned(arn: str) -> SeenPrincipal:
    return iam_of(snapshot_as_planned(against(arn))).principals[arn]


def drifts(arn: str, broker: SeenPrincipal | None, *expected: str) -> list[Drift]:
    report = compare(replace(against(arn), expected=Expected(expected)), changed(arn, broker))
    assert report.unseen == ()
    return list(report.drifts)


@pytest.mark.parametrize("arn", [USER, ROLE])
def test_one_that_is_as_planned_has_no_drift_and_is_one_thing_more(arn: str) -> None:
    report = compare(against(arn), changed(arn, as_planned(arn)))
    assert (report.drifts, report.unseen) == ((), ())
    own = replace(against(arn), plan=planned())
    assert report.looked_at == compare(own, snapshot_as_planned(own)).looked_at  # in place of our own role


@pytest.mark.parametrize(("arn", "kind"), [(USER, "user"), (ROLE, "role")])
@pytest.mark.parametrize("boundary", [None, f"arn:aws:iam::{HOME}:policy/LiftgateReadOnly"])
def test_a_boundary_that_is_missing_or_another_is_told_with_the_command_that_puts_it_on(
    arn: str, kind: str, boundary: str | None
) -> None:
    (found,) = drifts(arn, replace(as_planned(arn), boundary=boundary))
    assert (found.wall.id, found.thing, found.found) == ("boundary-missing", arn, boundary or "none")
    assert found.mend.command == (
        *("aws", "iam", f"put-{kind}-permissions-boundary", f"--{kind}-name", "lifter"),
        *("--permissions-boundary", BOUNDARY),
    )


def test_one_that_is_gone_is_told_once_and_a_user_is_made_anew_under_its_boundary() -> None:
    (user,), (role,) = drifts(USER, None), drifts(ROLE, None)
    assert [(one.wall.id, one.thing) for one in (user, role)] == [
        ("role-missing", USER),
        ("role-missing", ROLE),
    ]
    assert " ".join(user.mend.command) == (
        f"aws iam create-user --path /ops/ --user-name lifter --permissions-boundary {BOUNDARY}"
    )
    assert "account-111122223333/broker.yaml" in role.mend.command


def test_a_policy_by_which_it_may_write_is_told_once_and_not_as_standing_permission() -> None:
    grant = replace(as_planned(USER).grants[0], name="Handy", inline=WRITE_ALL)
    bare = replace(as_planned(USER), boundary=None, grants=(*as_planned(USER).grants, grant))
    assert [one.wall.id for one in drifts(USER, bare)] == ["boundary-missing", "policy-added"]
    for expected in ("Handy", USER):  # and no word takes the missing boundary away
        assert [one.wall.id for one in drifts(USER, bare, expected)] == ["boundary-missing"]


@pytest.mark.parametrize("by_a_group", [False, True])
def test_a_policy_of_the_plan_is_on_the_broker_itself_or_it_is_told(by_a_group: bool) -> None:
    first, *others = as_planned(USER).grants
    moved = [replace(first, holder=Holder.GROUP, holder_name="operators")] if by_a_group else []
    (found,) = drifts(USER, replace(as_planned(USER), grants=(*moved, *others)))
    assert (found.wall.id, found.thing) == ("policy-missing", USER)
    assert found.mend.command[2:] == (
        *("attach-user-policy", "--user-name", "lifter"),
        *("--policy-arn", first.name),
    )


def test_a_deny_on_it_is_welcome() -> None:
    grant = replace(as_planned(USER).grants[0], name="Closed", inline=DENY_ALL)
    assert drifts(USER, replace(as_planned(USER), grants=(*as_planned(USER).grants, grant))) == []


def test_a_policy_that_cannot_be_read_is_said_and_does_not_count_as_fine() -> None:
    lost = Unseen(thing=USER, why="a policy of it cannot be read")
    grant = SeenGrant(holder=as_planned(USER).grants[0].holder, holder_name="lifter", name="Odd", inline=lost)
    broker = replace(as_planned(USER), grants=(*as_planned(USER).grants, grant))
    assert compare(against(USER), changed(USER, broker)).unseen == (lost,)


def test_where_iam_cannot_be_read_nothing_is_said_of_it_but_that() -> None:
    snapshot = snapshot_as_planned(against(USER))
    refused = Unseen(thing=f"arn:aws:iam::{HOME}:root", why="refused")
    report = compare(against(USER), replace(snapshot, iam={**snapshot.iam, HOME: refused}))
    assert report.unseen == (refused,)
    assert [one for one in report.drifts if one.thing == USER] == []


def test_one_of_its_name_under_another_path_is_another() -> None:
    other = replace(as_planned(USER), arn=USER.replace("/ops/", "/"))
    gone = changed(USER, None)
    iam = iam_of(gone)
    there = replace(iam, principals={**iam.principals, other.arn: other})
    report = compare(against(USER), replace(gone, iam={**gone.iam, HOME: there}))
    assert [(one.wall.id, one.thing) for one in report.drifts] == [("role-missing", USER)]
