"""Lent sessions on an AWS that enforces: what they may, where, and when."""

import json
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.elevation.elevation_examples import request
from tests.elevation.elevation_stage import Stage, is_refused, keys_of

from liftgate.clock import system_clock
from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import BASELINE_ROLE, BROKER, PAYROLL, REPORTS, keys_from
from liftgate.elevation.errors import GrantNotActive, LendingRefused
from liftgate.elevation.lend import TRIAL_FROM, lend_order, trial_order, within_window
from liftgate.elevation.ports import LendOrder, Lent
from liftgate.elevation.service import try_scope
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope

pytestmark = pytest.mark.slow

EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


def test_a_lent_session_writes_where_it_may(stage: Stage) -> None:
    s3 = stage.session(stage.granted("write"))
    s3.put_object(Bucket=REPORTS, Key="2026/q3/new.csv", Body=b"a,b\n")
    found = stage.root("s3").get_object(Bucket=REPORTS, Key="2026/q3/new.csv")
    assert found["Body"].read() == b"a,b\n"


ELSEWHERE: list[tuple[str, dict[str, str]]] = [
    ("put_object", {"Bucket": REPORTS, "Key": "2026/q4/new.csv"}),  # in the ceiling, not in the scope
    ("put_object", {"Bucket": REPORTS, "Key": "2026/q3"}),
    ("put_object", {"Bucket": REPORTS, "Key": "2026/q33/new.csv"}),
    ("put_object", {"Bucket": REPORTS, "Key": "archive/2025.csv"}),
    ("put_object", {"Bucket": REPORTS, "Key": "x/2026/q3/new.csv"}),
    ("put_object", {"Bucket": PAYROLL, "Key": "2026/q3/new.csv"}),
    ("delete_object", {"Bucket": REPORTS, "Key": "2026/q3/summary.csv"}),
    ("get_object", {"Bucket": PAYROLL, "Key": "2026/salaries.csv"}),
    ("list_objects_v2", {"Bucket": PAYROLL}),
    ("list_objects_v2", {"Bucket": REPORTS}),
    ("list_objects_v2", {"Bucket": REPORTS, "Prefix": "2026/"}),
    ("list_objects_v2", {"Bucket": REPORTS, "Prefix": "2026/q4/"}),
    ("put_bucket_policy", {"Bucket": REPORTS, "Policy": EVERYTHING}),
    ("delete_bucket", {"Bucket": REPORTS}),
    ("list_buckets", {}),
    ("put_object_acl", {"Bucket": REPORTS, "Key": "2026/q3/summary.csv", "ACL": "public-read"}),
]


def test_a_lent_session_is_refused_everywhere_else(stage: Stage) -> None:
    s3 = stage.session(stage.granted("write"))
    assert not is_refused(s3.put_object, Bucket=REPORTS, Key="2026/q3/witness.csv")  # the session is good
    let_through = [
        (call, arguments) for call, arguments in ELSEWHERE if not is_refused(getattr(s3, call), **arguments)
    ]
    assert let_through == []


def test_several_objects_are_deleted_one_by_one(stage: Stage) -> None:
    s3 = stage.session(stage.granted("write"))
    names = [{"Key": "2026/q3/summary.csv"}, {"Key": "archive/2025.csv"}]
    try:
        answer = s3.delete_objects(Bucket=REPORTS, Delete={"Objects": names})
        assert [error["Code"] for error in answer["Errors"]] == ["AccessDenied", "AccessDenied"]
    except ClientError as refusal:
        assert refusal.response["Error"]["Code"] == "AccessDenied"  # noqa: PT017  # either form is a refusal
    for name in names:
        stage.root("s3").head_object(Bucket=REPORTS, **name)


def test_a_lent_session_may_do_nothing_but_s3(stage: Stage) -> None:
    credentials = keys_of(stage.lent(stage.granted("write"))[1])
    iam, sts = stage.aws.client("iam", credentials), stage.aws.client("sts", credentials)
    assert is_refused(iam.list_roles)
    assert is_refused(iam.get_role_policy, RoleName=stage.role_name, PolicyName="LiftgateRevocations")
    assert is_refused(iam.delete_role_policy, RoleName=stage.role_name, PolicyName="LiftgateRevocations")
    assert is_refused(
        iam.put_role_policy, RoleName=stage.role_name, PolicyName="Mine", PolicyDocument=EVERYTHING
    )
    assert is_refused(sts.assume_role, RoleArn=stage.role_arn, RoleSessionName="again")
    assert is_refused(stage.aws.client("sqs", credentials).create_queue, QueueName="q")


def test_the_scope_is_usable_with_the_reads_that_it_needs(stage: Stage) -> None:
    s3 = stage.session(stage.granted("write"))
    listed = s3.list_objects_v2(Bucket=REPORTS, Prefix="2026/q3/")
    assert "2026/q3/summary.csv" in {item["Key"] for item in listed["Contents"]}


def test_a_large_object_is_uploaded_in_parts_and_another_is_given_up(stage: Stage) -> None:
    s3 = stage.session(stage.granted("write"))
    place = {"Bucket": REPORTS, "Key": "2026/q3/large.bin"}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    body = b"x" * (5 * 1024 * 1024)
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(**upload, PartNumber=number, Body=part)["ETag"]}
        for number, part in enumerate((body, b"end"), start=1)
    ]
    assert len(s3.list_parts(**upload)["Parts"]) == 2
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert stage.root("s3").head_object(**place)["ContentLength"] == len(body) + 3
    s3.abort_multipart_upload(**place, UploadId=s3.create_multipart_upload(**place)["UploadId"])
    assert is_refused(s3.create_multipart_upload, Bucket=REPORTS, Key="2026/q4/large.bin")


def test_an_object_is_copied_inside_the_prefix_and_not_into_or_out_of_it(stage: Stage) -> None:
    s3 = stage.session(stage.granted("read", "write"))
    inside = {"Bucket": REPORTS, "Key": "2026/q3/summary.csv"}
    s3.copy_object(Bucket=REPORTS, Key="2026/q3/copy.csv", CopySource=inside)
    assert is_refused(s3.copy_object, Bucket=REPORTS, Key="2026/q4/copy.csv", CopySource=inside)
    for elsewhere in (
        {"Bucket": REPORTS, "Key": "archive/2025.csv"},
        {"Bucket": PAYROLL, "Key": "2026/salaries.csv"},
    ):
        assert is_refused(s3.copy_object, Bucket=REPORTS, Key="2026/q3/c.csv", CopySource=elsewhere)


def test_a_grant_to_delete_deletes_and_does_not_write(stage: Stage) -> None:
    stage.root("s3").put_object(Bucket=REPORTS, Key="2026/q3/old.csv")
    s3 = stage.session(stage.granted("delete"))
    s3.delete_object(Bucket=REPORTS, Key="2026/q3/old.csv")
    assert is_refused(s3.put_object, Bucket=REPORTS, Key="2026/q3/old.csv")


def test_a_key_of_odd_letters_is_written_where_it_is_meant(stage: Stage) -> None:
    s3 = stage.session(stage.granted("write", at=f"s3://{REPORTS}/2026/ü $ and +/"))
    assert not is_refused(s3.put_object, Bucket=REPORTS, Key="2026/ü $ and +/表.csv")
    assert is_refused(s3.put_object, Bucket=REPORTS, Key="2026/u $ and +/x.csv")


def test_aws_knows_the_session_by_its_grant(stage: Stage) -> None:
    given = stage.granted()
    answer = stage.session(given, "sts").get_caller_identity()
    assert answer["Arn"].endswith(f":assumed-role/{stage.role_name}/{given.id}-1")
    assert answer["UserId"].endswith(f":{given.id}-1")


# the window


def test_aws_itself_opens_and_closes_the_window_to_the_second(stage: Stage) -> None:
    starts_at = system_clock().replace(microsecond=0) + timedelta(seconds=2)
    given = stage.granted(starts_at=starts_at, lasts=timedelta(seconds=2))
    lent = stage.lender.lend(lend_order(given, 1, system_clock()))  # too early: the service would refuse
    s3 = stage.aws.client("s3", keys_of(lent.credentials))
    seen: dict[str, set[bool]] = {"before": set(), "inside": set(), "after": set()}
    while not seen["after"]:
        asked_at = system_clock()
        refused = is_refused(s3.put_object, Bucket=REPORTS, Key="2026/q3/window.csv")
        answered_at = system_clock()
        if answered_at < given.window.starts_at:
            seen["before"].add(refused)
        elif asked_at >= given.window.ends_at:
            seen["after"].add(refused)
        elif asked_at >= given.window.starts_at and answered_at < given.window.ends_at:
            seen["inside"].add(refused)
        Event().wait(0.05)
    assert seen == {"before": {True}, "inside": {False}, "after": {True}}
    assert lent.credentials.expires_at > system_clock()  # the credentials live; the window is over
    with pytest.raises(GrantNotActive):
        stage.lent(given)


def test_the_expiry_told_is_that_of_the_window_and_not_the_later_one_of_sts(stage: Stage) -> None:
    given = stage.granted(lasts=timedelta(minutes=5))
    by_sts = stage.lender.lend(lend_order(given, 7, system_clock())).credentials
    assert by_sts.expires_at > given.window.ends_at
    session, credentials = stage.lent(given)
    assert credentials.expires_at == session.expires_at == given.window.ends_at
    assert within_window(by_sts, given.window).expires_at == given.window.ends_at


def test_a_longer_window_is_lent_in_sessions_of_the_longest_that_the_role_allows(stage: Stage) -> None:
    given = stage.granted(lasts=timedelta(hours=8))
    before = system_clock()
    expires_at = stage.lent(given)[1].expires_at
    assert timedelta(minutes=59) < expires_at - before <= timedelta(hours=1, seconds=5)


# the walls that stand without Liftgate


@pytest.mark.parametrize("who", ["ada", "baseline", "elevated", "another elevated"])
def test_nobody_but_the_broker_enters_the_role(who: str, stage: Stage) -> None:
    account = stage.account
    keys: dict[str, Any] = {
        "ada": lambda: account.people["ada"],
        "baseline": lambda: account.as_baseline("ada"),
        "elevated": lambda: keys_of(stage.lent(stage.granted())[1]),
        "another elevated": lambda: _raw_session(
            stage, role_arn=next(iter(account.elevated_role_arns.values()))
        ),
    }
    sts = stage.aws.client("sts", keys[who]())
    assert is_refused(sts.assume_role, RoleArn=stage.role_arn, RoleSessionName="ada")


def _raw_session(stage: Stage, *, role_arn: str | None = None, **more: Any) -> Keys:
    """What a compromised broker could take: no window, no scope."""
    sts = stage.aws.client("sts", stage.account.broker)
    answer = sts.assume_role(RoleArn=role_arn or stage.role_arn, RoleSessionName="anything", **more)
    return keys_from(answer["Credentials"])


@pytest.mark.parametrize("policy", [EVERYTHING, None])
def test_the_ceiling_holds_whatever_the_broker_asks_for(policy: str | None, stage: Stage) -> None:
    stage.root("iam").put_role_policy(
        RoleName=stage.role_name, PolicyName="SomebodysMistake", PolicyDocument=EVERYTHING
    )
    keys = _raw_session(stage, **({"Policy": policy} if policy else {}))
    s3 = stage.aws.client("s3", keys)
    assert not is_refused(s3.put_object, Bucket=REPORTS, Key="2026/anywhere.csv")
    assert is_refused(s3.put_object, Bucket=REPORTS, Key="archive/2025.csv")
    assert is_refused(s3.get_object, Bucket=PAYROLL, Key="2026/salaries.csv")
    assert is_refused(s3.put_bucket_policy, Bucket=REPORTS, Policy=EVERYTHING)
    assert is_refused(stage.aws.client("iam", keys).list_roles)


def test_the_broker_itself_may_lend_and_take_back_and_nothing_else(stage: Stage) -> None:
    broker = stage.account.broker
    s3, iam = stage.aws.client("s3", broker), stage.aws.client("iam", broker)
    assert is_refused(s3.get_object, Bucket=REPORTS, Key="2026/q3/summary.csv")
    assert is_refused(s3.put_object, Bucket=REPORTS, Key="2026/q3/x.csv")
    assert is_refused(iam.list_roles)
    assert is_refused(iam.put_role_policy, RoleName=BASELINE_ROLE, PolicyName="x", PolicyDocument=EVERYTHING)
    assert is_refused(iam.put_user_policy, UserName=BROKER, PolicyName="x", PolicyDocument=EVERYTHING)
    assert is_refused(iam.update_assume_role_policy, RoleName=stage.role_name, PolicyDocument=EVERYTHING)
    assert is_refused(iam.delete_role_permissions_boundary, RoleName=stage.role_name)
    assert is_refused(
        stage.aws.client("sts", broker).assume_role,
        RoleArn=stage.account.baseline_role_arn,
        RoleSessionName="ada",
    )


def test_a_role_that_is_not_there_is_refused_and_on_record(stage: Stage) -> None:
    given = stage.granted()
    stage.root("iam").delete_role_permissions_boundary(RoleName=stage.role_name)
    for attached in stage.root("iam").list_attached_role_policies(RoleName=stage.role_name)[
        "AttachedPolicies"
    ]:
        stage.root("iam").detach_role_policy(RoleName=stage.role_name, PolicyArn=attached["PolicyArn"])
    stage.root("iam").delete_role(RoleName=stage.role_name)
    with pytest.raises(LendingRefused):
        stage.lent(given)
    with stage.store.read() as view:
        (session,) = view.sessions(given.id)
    assert (session.failure or "").startswith("lending_refused: ")


# the trial of a big scope


class _Remembering:
    """Lends, and keeps what a trial throws away."""

    def __init__(self, stage: Stage) -> None:
        self.lender = stage.lender
        self.lent: list[Lent] = []

    def lend(self, order: LendOrder) -> Lent:
        self.lent.append(self.lender.lend(order))
        return self.lent[-1]


def test_the_credentials_of_a_trial_can_do_nothing(stage: Stage) -> None:
    folders = [f"2026/department-{number:02}/" for number in range(16)]
    asked = request(
        role_arn=stage.role_arn,
        scope=Scope(
            actions=expand_actions(["read", "write", "delete"]),
            locations=frozenset(parse_location(f"s3://{REPORTS}/{folder}") for folder in folders),
        ),
    )
    assert len(trial_order(asked).session_policy) >= TRIAL_FROM
    lender = _Remembering(stage)
    try_scope(asked, store=stage.store, lender=lender, clock=system_clock)
    s3, root = stage.aws.client("s3", keys_of(lender.lent[0].credentials)), stage.root("s3")
    for folder in folders[::5]:
        root.put_object(Bucket=REPORTS, Key=f"{folder}x")
        assert is_refused(s3.put_object, Bucket=REPORTS, Key=f"{folder}x")
        assert is_refused(s3.get_object, Bucket=REPORTS, Key=f"{folder}x")
        assert is_refused(s3.delete_object, Bucket=REPORTS, Key=f"{folder}x")
        assert is_refused(s3.list_objects_v2, Bucket=REPORTS, Prefix=folder)
