"""The templates, made by an AWS that enforces: what lending and taking back do on these roles, and what nobody can do on them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.elevation.elevation_examples import grant, request, scope
from tests.elevation.elevation_stage import is_refused
from tests.server.embedded_server import ADDRESS, settings_on
from tests.server.embedded_server import as_broker as broker_keys
from tests.servers.new_database import new_database

from liftgate.clock import system_clock
from liftgate.demo.deployed_account import deploy_account
from liftgate.demo.embedded_aws import Keys, running_embedded_aws
from liftgate.demo.sample_account import BROKER, PAYROLL, REPORTS, SampleAccount
from liftgate.demo.world import CATALOGUE
from liftgate.elevation.deny import deny_policy
from liftgate.elevation.iam_roles import IamRolePolicies
from liftgate.elevation.in_place.iam_role import IamHeldRoles
from liftgate.elevation.lend import lend_order
from liftgate.elevation.model import Credentials, Deny
from liftgate.elevation.sts import StsLender
from liftgate.iam.scope import Window
from liftgate.server.diagnosis import diagnose
from liftgate.server.parts import running_parts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployed")]
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
TAGS = [{"Key": "liftgate-grant", "Value": "gr-0123456789abcdef"}, {"Key": "liftgate-person", "Value": "ada"}]
WRITER = "LiftgateReportsWriter"


@pytest.fixture(scope="module")
def account() -> Iterator[SampleAccount]:
    with running_embedded_aws() as aws:
        yield deploy_account(aws, CATALOGUE)


def as_broker(account: SampleAccount, service: str) -> Any:
    return account.aws.client(service, account.broker)


def lent(account: SampleAccount) -> tuple[Any, Any]:
    """A grant of writing in a folder, and S3 as its session."""
    now = system_clock().replace(microsecond=0)
    asked = request(
        role_arn=account.elevated_role_arns[WRITER], scope=scope(["write"], f"s3://{REPORTS}/2026/q3/")
    )
    made = grant(asked, window=Window(starts_at=now, ends_at=now + timedelta(minutes=20)))
    answer = StsLender(as_broker(account, "sts")).lend(lend_order(made, 1, now))
    return made, account.aws.client("s3", keys_of(answer.credentials))


def keys_of(credentials: Credentials) -> Keys:
    return Keys(
        access_key_id=credentials.access_key_id,
        secret_access_key=credentials.secret_access_key,
        session_token=credentials.session_token,
    )


def whole(account: SampleAccount) -> Any:
    """S3 as a session without a session policy: what somebody gets who stole the broker's keys."""
    answer = as_broker(account, "sts").assume_role(
        RoleArn=account.elevated_role_arns[WRITER],
        RoleSessionName="gr-0123456789abcdef-1",
        SourceIdentity="ada",
        Tags=[
            {"Key": "liftgate-grant", "Value": "gr-0123456789abcdef"},
            {"Key": "liftgate-person", "Value": "ada"},
        ],
    )["Credentials"]
    keys = Keys(
        access_key_id=answer["AccessKeyId"],
        secret_access_key=answer["SecretAccessKey"],
        session_token=answer["SessionToken"],
    )
    return account.aws.client("s3", keys)


def test_a_lent_session_does_what_was_granted_and_a_deny_takes_it_back(account: SampleAccount) -> None:
    made, s3 = lent(account)
    put = {"Bucket": REPORTS, "Key": "2026/q3/a.csv", "Body": b"a"}
    assert not is_refused(s3.put_object, **put)
    assert is_refused(s3.put_object, **{**put, "Key": "2026/q4/a.csv"})
    policies = IamRolePolicies(lambda _: as_broker(account, "iam"))
    deny = deny_policy(
        [
            Deny(
                grant_id=made.id,
                person=made.requester,
                ended_at=made.window.starts_at,
                until=made.window.ends_at,
            )
        ]
    )
    assert deny
    policies.write(made.role_arn, deny)
    assert is_refused(s3.put_object, **put)
    policies.remove(made.role_arn)
    assert not is_refused(s3.put_object, **put)


def test_the_doctor_has_each_of_these_roles_lent_for_nothing(account: SampleAccount, tmp_path: Path) -> None:
    new_database(tmp_path)
    settings = settings_on(account.aws, tmp_path)
    with broker_keys(account.broker), running_parts(settings, audience=ADDRESS) as parts:
        looks = [(one.title, one.state) for one in diagnose(parts, "grace") if one.state != "note"]
    assert looks == [("sts", "ok"), ("aws clock", "ok"), ("broker", "ok"), ("proofs", "ok"), ("role", "ok")]


def test_whoever_stole_the_brokers_keys_gets_no_further_than_the_ceiling_even_with_a_policy_of_their_own(
    account: SampleAccount,
) -> None:
    broker = as_broker(account, "iam")
    broker.put_role_policy(RoleName=WRITER, PolicyName="Mine", PolicyDocument=EVERYTHING)
    try:
        s3 = whole(account)
        assert not is_refused(s3.put_object, Bucket=REPORTS, Key="2026/q1/a.csv", Body=b"a")
        assert is_refused(s3.put_object, Bucket=REPORTS, Key="2025/a.csv", Body=b"a")
        assert is_refused(s3.get_object, Bucket=PAYROLL, Key="2026/salaries.csv")
        assert is_refused(s3.put_bucket_policy, Bucket=REPORTS, Policy="{}")
    finally:
        broker.delete_role_policy(RoleName=WRITER, PolicyName="Mine")


def test_the_broker_reads_no_object_and_takes_no_wall_away(account: SampleAccount) -> None:
    iam, s3 = as_broker(account, "iam"), as_broker(account, "s3")
    assert is_refused(s3.get_object, Bucket=REPORTS, Key="2026/q3/summary.csv")
    assert is_refused(iam.delete_role_permissions_boundary, RoleName=WRITER)
    assert is_refused(iam.update_assume_role_policy, RoleName=WRITER, PolicyDocument=EVERYTHING)
    assert is_refused(
        iam.attach_role_policy, RoleName=WRITER, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    assert is_refused(
        iam.put_user_policy, UserName="liftgate-broker", PolicyName="x", PolicyDocument=EVERYTHING
    )
    assert is_refused(
        iam.create_policy_version,
        PolicyArn=f"arn:aws:iam::{account.aws.account}:policy/{WRITER}Ceiling",
        PolicyDocument=EVERYTHING,
    )
    assert is_refused(as_broker(account, "cloudtrail").stop_logging, Name="liftgate")
    assert is_refused(
        as_broker(account, "sts").assume_role, RoleArn=account.baseline_role_arn, RoleSessionName="ada"
    )


def test_a_broker_that_is_a_user_does_no_more_under_its_boundary_even_as_administrator(
    account: SampleAccount,
) -> None:
    owner = account.aws.client("iam", account.aws.root)
    boundary = owner.get_user(UserName=BROKER)["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"]
    owner.attach_user_policy(UserName=BROKER, PolicyArn=ADMINISTRATOR)
    try:
        iam, s3 = as_broker(account, "iam"), as_broker(account, "s3")
        named = {"Bucket": REPORTS, "Key": "2026/q3/summary.csv"}
        assert is_refused(s3.get_object, **named)
        assert is_refused(s3.put_object, **named, Body=b"")
        assert is_refused(iam.delete_user_permissions_boundary, UserName=BROKER)
        assert is_refused(
            iam.put_user_permissions_boundary, UserName=BROKER, PermissionsBoundary=ADMINISTRATOR
        )
        assert is_refused(iam.put_user_policy, UserName=BROKER, PolicyName="x", PolicyDocument=EVERYTHING)
        assert is_refused(iam.create_access_key, UserName="ada")
        assert is_refused(iam.create_policy_version, PolicyArn=boundary, PolicyDocument=EVERYTHING)
        _, session = lent(account)
        assert not is_refused(session.put_object, Bucket=REPORTS, Key="2026/q3/a.csv", Body=b"a")
        owner.delete_user_permissions_boundary(UserName=BROKER)
        assert not is_refused(s3.get_object, **named)  # so it is the boundary that holds it
    finally:
        owner.put_user_permissions_boundary(UserName=BROKER, PermissionsBoundary=boundary)
        owner.detach_user_policy(UserName=BROKER, PolicyArn=ADMINISTRATOR)


def test_a_broker_that_is_a_user_is_closed_at_once_and_what_it_had_lent_by_the_same_on_the_role(
    account: SampleAccount,
) -> None:
    owner, broker = account.aws.client("iam", account.aws.root), as_broker(account, "iam")
    put = {"Bucket": REPORTS, "Key": "2026/q3/a.csv", "Body": b"a"}
    _, session = lent(account)
    assert not is_refused(broker.get_role, RoleName=WRITER)
    with closed(owner, "user", BROKER):
        assert is_refused(broker.get_role, RoleName=WRITER)
        assert is_refused(whole, account=account)
        assert not is_refused(session.put_object, **put)
        with closed(owner, "role", WRITER):
            assert is_refused(session.put_object, **put)
    assert not is_refused(broker.get_role, RoleName=WRITER)


def test_a_key_of_a_broker_that_is_a_user_is_worth_nothing_once_it_is_deleted(account: SampleAccount) -> None:
    owner = account.aws.client("iam", account.aws.root)
    made = owner.create_access_key(UserName=BROKER)["AccessKey"]
    stolen = Keys(access_key_id=made["AccessKeyId"], secret_access_key=made["SecretAccessKey"])
    broker = account.aws.client("iam", stolen)
    assert not is_refused(broker.get_role, RoleName=WRITER)
    owner.delete_access_key(UserName=BROKER, AccessKeyId=stolen.access_key_id)
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        broker.get_role(RoleName=WRITER)
    assert not is_refused(as_broker(account, "iam").get_role, RoleName=WRITER)  # by its other key


@contextmanager
def closed(owner: Any, kind: str, name: str) -> Iterator[None]:
    """A user or role, as docs/roles.md closes it, for as long as the block lasts."""
    one = {f"{kind.title()}Name": name, "PolicyName": "Closed"}
    getattr(owner, f"put_{kind}_policy")(**one, PolicyDocument=EVERYTHING.replace("Allow", "Deny"))
    try:
        yield
    finally:
        getattr(owner, f"delete_{kind}_policy")(**one)


@pytest.mark.parametrize(
    ("who", "name", "tags"),
    [
        ("broker", "ada", TAGS),
        ("broker", "gr-0123456789abcdef-1", TAGS[1:]),
        ("broker", "gr-0123456789abcdef-1", TAGS[:1]),
        ("broker", "gr-0123456789abcdef-1", [*TAGS, {"Key": "team", "Value": "x"}]),
        ("ada", "gr-0123456789abcdef-1", TAGS),
    ],
)
def test_an_elevated_role_is_assumed_by_the_broker_alone_with_grant_and_person(
    account: SampleAccount, who: str, name: str, tags: list[dict[str, str]]
) -> None:
    keys = account.broker if who == "broker" else account.people[who]
    role_arn = account.elevated_role_arns[WRITER]
    assert is_refused(
        account.aws.client("sts", keys).assume_role,
        RoleArn=role_arn,
        RoleSessionName=name,
        SourceIdentity="ada",
        Tags=tags,
    )


def test_everyday_access_reads_and_no_more_and_is_taken_up_by_ones_own_name(account: SampleAccount) -> None:
    s3 = account.aws.client("s3", account.as_baseline("ada"))
    assert not is_refused(s3.get_object, Bucket=REPORTS, Key="2026/q3/summary.csv")
    assert not is_refused(s3.list_multipart_uploads, Bucket=REPORTS)  # `liftgate uploads` does
    assert is_refused(s3.put_object, Bucket=REPORTS, Key="2026/q3/summary.csv", Body=b"")
    assert is_refused(s3.create_multipart_upload, Bucket=REPORTS, Key="2026/q3/summary.csv")
    sts = account.aws.client("sts", account.people["ada"])
    assert is_refused(sts.assume_role, RoleArn=account.baseline_role_arn, RoleSessionName="grace")


def test_a_role_that_is_opened_in_place_is_seen_whole_by_the_broker(account: SampleAccount) -> None:
    held = IamHeldRoles(lambda _: as_broker(account, "iam")).look(account.baseline_role_arn)
    assert held.boundary is not None
    assert "archive/*" in held.boundary
    assert len(held.own) == 1
