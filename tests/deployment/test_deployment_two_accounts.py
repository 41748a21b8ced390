"""Two accounts, made from the templates, on an AWS that enforces: asked, approved, lent, refused and taken back in the other account."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.deployment.deployed import EVERYTHING, EXTERNAL_ID, HOME, OTHER
from tests.deployment.two_accounts import CATALOGUE, WRITER, TwoAccounts, deployed
from tests.elevation.elevation_stage import is_refused
from tests.server.accounts_world import PLACES, Serve, Served, asked, serving, write
from tests.servers.other_account import HARBOUR

from liftgate.demo.sample_account import BROKER, create_user, keys_from
from liftgate.deployment.options import REVOKER_NAME
from liftgate.elevation.deny import POLICY_NAME
from liftgate.elevation.session_name import broker_session_name

__all__ = ["deployed"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployed-two-accounts")]
THERE, AT_HOME = PLACES["there-writer"], PLACES["home-writer"]
ALL = json.dumps(EVERYTHING)
BY_THE_BROKER = broker_session_name(BROKER)
TAGS = [{"Key": "liftgate-grant", "Value": "gr-0123456789abcdef"}, {"Key": "liftgate-person", "Value": "ada"}]


@pytest.fixture
def serve(deployed: TwoAccounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    return serving(deployed.other, WRITER, CATALOGUE, tmp_path, monkeypatch)


def approved(run: Served, entitlement: str) -> str:
    """A grant that was asked for by Ada and approved by Grace."""
    waiting = run.post("ada", "/requests", asked(entitlement))
    assert (waiting["state"], waiting["grant"]) == ("pending", None), waiting
    answer = {"answer": "approve", "comment": "go ahead"}
    said = run.post("grace", f"/requests/{waiting['id']}/reviews", answer)
    grant_id: str = said["grant"]["id"]
    return grant_id


def test_each_account_has_the_roles_and_policies_of_the_plan_and_no_other(deployed: TwoAccounts) -> None:
    for account in (HOME, OTHER):
        iam = deployed.client("iam", account)
        there = {one["Arn"] for one in iam.list_roles()["Roles"]}
        assert there == {one.arn for one in deployed.plan.roles if one.account == account}
        policies = {one["Arn"] for one in iam.list_policies(Scope="Local")["Policies"]}
        assert policies == {one.arn for one in deployed.plan.policies if one.account == account}
        inline = [
            name
            for role in deployed.plan.roles
            if role.account == account
            for name in iam.list_role_policies(RoleName=role.name)["PolicyNames"]
        ]
        assert inline == []


def test_what_was_asked_for_and_approved_is_done_in_the_other_account_and_nothing_beyond_it(
    serve: Serve,
) -> None:
    with serve() as run:
        s3 = run.lent(approved(run, "there-writer"))
        assert write(s3, THERE) == "written"
        for place in (
            f"s3://{HARBOUR}/2026/q4/",  # in the ceiling, and not in the grant
            f"s3://{HARBOUR}/2025/q3/",
            AT_HOME,
        ):
            assert write(s3, place) == "AccessDenied", place
        key = THERE.removeprefix(f"s3://{HARBOUR}/") + "new.csv"
        assert is_refused(s3.get_object, Bucket=HARBOUR, Key=key)
        assert is_refused(s3.delete_object, Bucket=HARBOUR, Key=key)  # the ceiling's, and nobody asked for it


def test_a_revocation_bites_there_and_the_role_of_that_name_at_home_goes_on(
    serve: Serve, deployed: TwoAccounts
) -> None:
    with serve() as run:
        there, more, home = (approved(run, one) for one in ("there-writer", "there-writer", "home-writer"))
        away, going_on, at_home = run.lent(there), run.lent(more), run.lent(home)
        assert [write(away, THERE), write(at_home, AT_HOME)] == ["written", "written"]
        assert run.revoked(there) == "in_place"
        assert write(away, THERE) == "AccessDenied"
        assert [write(going_on, THERE), write(at_home, AT_HOME)] == ["written", "written"]
        assert write(at_home, THERE) == "AccessDenied"
        stands = [
            POLICY_NAME in deployed.client("iam", one).list_role_policies(RoleName=WRITER)["PolicyNames"]
            for one in (OTHER, HOME)
        ]
        assert stands == [True, False]
        for one in (more, home):
            run.revoked(one)
        assert [write(going_on, THERE), write(at_home, AT_HOME)] == ["AccessDenied", "AccessDenied"]


def test_the_drill_proves_that_a_revocation_bites_there(serve: Serve, deployed: TwoAccounts) -> None:
    with serve() as run:
        said = run.post("grace", "/drills", {"entitlement": "there-writer"})
    assert said["role_arn"] == deployed.plan.role(WRITER, OTHER).arn, said
    assert said["refused_after_ms"] is not None


# What nobody gets


def as_broker(deployed: TwoAccounts, role: str, session: str, **given: Any) -> Any:
    """A session that whoever has the broker's keys gets of a role of the other account."""
    home = deployed.other.home
    answer = home.aws.client("sts", home.broker).assume_role(
        RoleArn=deployed.plan.role(role, OTHER).arn,
        RoleSessionName=session,
        SourceIdentity="ada",
        **{"ExternalId": EXTERNAL_ID, **given},
    )
    return keys_from(answer["Credentials"])


@pytest.fixture(params=[False, True], ids=["as it is", "with a policy `*` added"])
def revoker(deployed: TwoAccounts, request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """Its session, held in by its own policies, and by its boundary alone."""
    iam = deployed.client("iam", OTHER)
    if request.param:
        iam.put_role_policy(RoleName=REVOKER_NAME, PolicyName="All", PolicyDocument=ALL)
    keys = as_broker(deployed, REVOKER_NAME, BY_THE_BROKER)
    yield {one: deployed.other.home.aws.client(one, keys) for one in ("iam", "s3")}
    if request.param:
        iam.delete_role_policy(RoleName=REVOKER_NAME, PolicyName="All")


def test_the_revoker_puts_policies_on_roles_and_does_nothing_else(
    deployed: TwoAccounts, revoker: dict[str, Any]
) -> None:
    iam = revoker["iam"]
    assert is_refused(revoker["s3"].get_object, Bucket=HARBOUR, Key="2026/q3/new.csv")
    assert is_refused(revoker["s3"].put_object, Bucket=HARBOUR, Key="2026/q3/new.csv", Body=b"")
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    for call, given in (
        (iam.put_role_policy, {"RoleName": REVOKER_NAME, "PolicyName": "Mine", "PolicyDocument": ALL}),
        (iam.delete_role_permissions_boundary, {"RoleName": WRITER}),
        (iam.delete_role_permissions_boundary, {"RoleName": REVOKER_NAME}),
        (iam.update_assume_role_policy, {"RoleName": WRITER, "PolicyDocument": ALL}),
        (iam.attach_role_policy, {"RoleName": WRITER, "PolicyArn": administrator}),
        (iam.create_user, {"UserName": "another"}),
    ):
        assert is_refused(call, **given), given
    iam.put_role_policy(RoleName=WRITER, PolicyName="Mine", PolicyDocument=ALL)
    try:
        keys = as_broker(deployed, WRITER, "gr-0123456789abcdef-1", Tags=TAGS)
        s3 = deployed.other.home.aws.client("s3", keys)
        found = [write(s3, place) for place in (THERE, f"s3://{HARBOUR}/2025/", AT_HOME)]
        assert found == [
            "written",
            "AccessDenied",
            "AccessDenied",
        ]  # its boundary, whatever is put on the role
    finally:
        iam.delete_role_policy(RoleName=WRITER, PolicyName="Mine")


def test_the_revoker_reaches_no_role_but_the_elevated_ones(deployed: TwoAccounts) -> None:
    owner = deployed.client("iam", OTHER)
    owner.create_role(RoleName="Another", AssumeRolePolicyDocument=ALL)
    try:
        keys = as_broker(deployed, REVOKER_NAME, BY_THE_BROKER)
        iam = deployed.other.home.aws.client("iam", keys)
        assert not is_refused(iam.get_role, RoleName=WRITER)
        assert is_refused(iam.get_role, RoleName="Another")
        assert is_refused(iam.put_role_policy, RoleName="Another", PolicyName="Mine", PolicyDocument=ALL)
    finally:
        owner.delete_role(RoleName="Another")


@pytest.mark.parametrize(
    ("role", "session", "changed"),
    [
        (WRITER, "gr-0123456789abcdef-1", {"ExternalId": "lg-another", "Tags": TAGS}),
        (WRITER, "ada", {"Tags": TAGS}),
        (WRITER, "gr-0123456789abcdef-1", {"Tags": TAGS[1:]}),
        (REVOKER_NAME, BY_THE_BROKER, {"ExternalId": "lg-another"}),
        (REVOKER_NAME, "ada", {}),
    ],
)
def test_a_role_there_is_lent_by_its_external_id_and_as_liftgate_lends_or_not_at_all(
    deployed: TwoAccounts, role: str, session: str, changed: dict[str, Any]
) -> None:
    right: dict[str, Any] = {"Tags": TAGS} if role == WRITER else {}
    name = "gr-0123456789abcdef-1" if role == WRITER else BY_THE_BROKER
    assert as_broker(deployed, role, name, **right)
    with pytest.raises(ClientError, match="AccessDenied"):
        as_broker(deployed, role, session, **changed)


def test_nobody_else_gets_a_session_there_whatever_their_own_policies_say(deployed: TwoAccounts) -> None:
    home, neighbour = deployed.other.home, deployed.client("iam", OTHER)
    eve = create_user(neighbour, "eve")
    neighbour.put_user_policy(UserName="eve", PolicyName="All", PolicyDocument=ALL)
    deployed.client("iam", HOME).put_user_policy(UserName="linus", PolicyName="All", PolicyDocument=ALL)
    order = {"ExternalId": EXTERNAL_ID, "SourceIdentity": "ada"}
    for who in (home.people["linus"], eve):
        sts = home.aws.client("sts", who)
        lent, revoker = (deployed.plan.role(name, OTHER).arn for name in (WRITER, REVOKER_NAME))
        session = "gr-0123456789abcdef-1"
        assert is_refused(sts.assume_role, RoleArn=lent, RoleSessionName=session, Tags=TAGS, **order)
        assert is_refused(sts.assume_role, RoleArn=revoker, RoleSessionName=BY_THE_BROKER, **order)
