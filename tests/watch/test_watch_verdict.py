"""What is thought of a call."""

from datetime import timedelta
from typing import Any

import pytest
from tests.watch.watch_examples import NOON, ROLE, event, grant, known, scope

from liftgate.iam.scope import Window
from liftgate.watch.attribution import attribute
from liftgate.watch.known import KnownGrant
from liftgate.watch.verdict import Judged, Verdict, judge


def judged(operation: str = "PutObject", of: KnownGrant | None = None, **changed: Any) -> Judged:
    one = event(operation, **changed)
    return judge(one, attribute(one, known(of or grant())))


def at(bucket: str = "reports", key: str | None = "2026/a.csv", **more: Any) -> dict[str, Any]:
    return {"bucketName": bucket, **({} if key is None else {"key": key}), **more}


KMS = {"eventSource": "kms.amazonaws.com", "readOnly": True}
CASES = [
    ("PutObject", {}, Verdict.EXPECTED),
    ("PutObject", {"requestParameters": at(key="2025/a.csv")}, Verdict.OUTSIDE_SCOPE),
    (
        "PutObject",
        {"requestParameters": at(key="2025/a.csv"), "errorCode": "AccessDenied"},
        Verdict.OUTSIDE_SCOPE,
    ),
    ("PutObject", {"requestParameters": at("other")}, Verdict.OUTSIDE_SCOPE),
    ("UploadPart", {"requestParameters": at(uploadId="u", partNumber=1)}, Verdict.EXPECTED),
    ("GetObject", {}, Verdict.OUTSIDE_SCOPE),
    ("DeleteObject", {}, Verdict.OUTSIDE_SCOPE),
    ("ListObjects", {"requestParameters": at(key=None, prefix="2026/")}, Verdict.EXPECTED),
    ("ListObjects", {"requestParameters": at(key=None, prefix="")}, Verdict.OUTSIDE_SCOPE),
    ("GetBucketLocation", {"requestParameters": at(key=None)}, Verdict.EXPECTED),
    ("PutObject", {"requestParameters": at(**{"x-amz-acl": "public-read"})}, Verdict.OUTSIDE_SCOPE),
    ("CopyObject", {"requestParameters": at(**{"x-amz-copy-source": "secret/x"})}, Verdict.OUTSIDE_SCOPE),
    ("PutBucketPolicy", {"requestParameters": at(key=None)}, Verdict.TAMPERING),
    ("PutBucketAcl", {"requestParameters": at(key=None)}, Verdict.TAMPERING),
    ("PutObjectAcl", {}, Verdict.TAMPERING),
    ("PutBucketPublicAccessBlock", {"requestParameters": at(key=None)}, Verdict.TAMPERING),
    ("DeleteBucketLifecycle", {"requestParameters": at(key=None)}, Verdict.TAMPERING),
    ("StopLogging", {"eventSource": "cloudtrail.amazonaws.com"}, Verdict.TAMPERING),
    ("PutRolePolicy", {"eventSource": "iam.amazonaws.com", "errorCode": "AccessDenied"}, Verdict.TAMPERING),
    ("AssumeRole", {"eventSource": "sts.amazonaws.com", "readOnly": True}, Verdict.TAMPERING),
    ("ScheduleKeyDeletion", {"eventSource": "kms.amazonaws.com"}, Verdict.TAMPERING),
    ("GetCallerIdentity", {"eventSource": "sts.amazonaws.com", "readOnly": True}, Verdict.EXPECTED),
    ("ListUsers", {"eventSource": "iam.amazonaws.com", "readOnly": True}, Verdict.OUTSIDE_SCOPE),
    ("Decrypt", KMS, Verdict.OUTSIDE_SCOPE),
    ("SendCommand", {"eventSource": "ssm.amazonaws.com"}, Verdict.OUTSIDE_SCOPE),
    ("PutObject", {"eventTime": "2026-11-02T11:59:59Z"}, Verdict.OUTSIDE_WINDOW),
    ("PutObject", {"eventTime": "2026-11-02T13:00:00Z"}, Verdict.OUTSIDE_WINDOW),
    ("PutObject", {"eventTime": "2026-11-02T12:59:59Z"}, Verdict.EXPECTED),
    ("RenameObject", {}, Verdict.UNCLEAR),
    # What S3 Control keeps: CloudTrail writes it as S3's, and without a bucket.
    ("PutAccessPointPolicy", {"requestParameters": {"name": "p"}}, Verdict.TAMPERING),
    ("CreateAccessGrant", {"requestParameters": None, "errorCode": "AccessDenied"}, Verdict.TAMPERING),
    ("GetDataAccess", {"requestParameters": {"target": "s3://x/*"}, "readOnly": True}, Verdict.TAMPERING),
    ("CreateJob", {"requestParameters": {"accountId": "1"}}, Verdict.OUTSIDE_SCOPE),
    ("ListAccessPoints", {"requestParameters": {"accountId": "1"}}, Verdict.OUTSIDE_SCOPE),
    ("PutBucketPolicy", {"eventSource": "s3express.amazonaws.com"}, Verdict.TAMPERING),
    ("PutTableBucketPolicy", {"eventSource": "s3tables.amazonaws.com"}, Verdict.TAMPERING),
    # A query that S3 passes over, and a record that says two things.
    ("PutObject", {"requestParameters": at(key="2025/a", Key="2026/a.csv")}, Verdict.OUTSIDE_SCOPE),
    ("ListObjects", {"requestParameters": at(key=None, Prefix="2026/")}, Verdict.OUTSIDE_SCOPE),
    ("PutObject", {"requestParameters": at("payroll", bucketname="reports")}, Verdict.OUTSIDE_SCOPE),
    (
        "PutObject",
        {"requestParameters": {"bucketName": "reports", "key": ["2026/a.csv", "2025/a"]}},
        Verdict.UNCLEAR,
    ),
    # Two tags whose names differ in case only are two tags.
    ("PutObject", {"requestParameters": at(**{"x-amz-tagging": "a=1&A=2"})}, Verdict.OUTSIDE_SCOPE),
]


@pytest.mark.parametrize(("operation", "changed", "verdict"), CASES)
def test_a_call_under_a_grant(operation: str, changed: dict[str, Any], verdict: Verdict) -> None:
    found = judged(operation, **changed)
    assert found.verdict is verdict
    assert bool(found.because) is (verdict is not Verdict.EXPECTED)


def test_what_was_granted_is_no_tampering() -> None:
    mine = grant(scope=scope("s3://reports/", actions="PutLifecycleConfiguration"))
    assert judged("PutBucketLifecycle", mine, requestParameters=at(key=None)).verdict is Verdict.EXPECTED
    assert judged("PutBucketPolicy", mine, requestParameters=at(key=None)).verdict is Verdict.TAMPERING


def test_after_the_grant_was_taken_back() -> None:
    mine = grant(ended_at=NOON + timedelta(minutes=10))
    assert judged(of=mine).verdict is Verdict.OUTSIDE_WINDOW
    assert judged(of=mine, eventTime="2026-11-02T12:09:59Z").verdict is Verdict.EXPECTED


@pytest.mark.parametrize(
    ("places", "actions", "bucket", "verdict"),
    [
        (["s3://reports/2026/"], "delete", "reports", Verdict.UNCLEAR),  # some keys may be inside, some not
        (["s3://reports/"], "delete", "reports", Verdict.EXPECTED),
        (["s3://reports/"], "delete", "other", Verdict.OUTSIDE_SCOPE),
        (["s3://reports/"], "write", "reports", Verdict.OUTSIDE_SCOPE),
    ],
)
def test_keys_that_the_record_does_not_tell(
    places: list[str], actions: str, bucket: str, verdict: Verdict
) -> None:
    mine = grant(scope=scope(*places, actions=actions))
    assert judged("DeleteObjects", mine, requestParameters=at(bucket, None)).verdict is verdict


def test_in_place_the_role_may_read_what_it_always_may() -> None:
    user_id = "AROAPEOPLE0000000001:ann"
    mine = grant(user_id=user_id, role_arn="arn:aws:iam::111122223333:role/people")
    identity = {"principalId": user_id, "accessKeyId": "ASIAPEOPLE0000000001", "sessionContext": {}}
    elsewhere = at("other", "x")
    read = judged("GetObject", mine, identity=identity, readOnly=True, requestParameters=elsewhere)
    assert read.verdict is Verdict.EXPECTED
    written = judged("PutObject", mine, identity=identity, requestParameters=elsewhere)
    assert written.verdict is Verdict.OUTSIDE_SCOPE


def test_in_place_the_role_may_read_after_the_grant_was_ended_too() -> None:
    user_id = "AROAPEOPLE0000000001:ann"
    role = "arn:aws:iam::111122223333:role/people"
    mine = grant(user_id=user_id, role_arn=role, ended_at=NOON + timedelta(minutes=5))
    identity = {"principalId": user_id, "accessKeyId": "ASIAPEOPLE0000000001", "sessionContext": {}}
    assert judged("GetObject", mine, identity=identity, readOnly=True).verdict is Verdict.EXPECTED
    assert judged("PutObject", mine, identity=identity).verdict is Verdict.OUTSIDE_WINDOW


OPENING = [
    ("ec2", "DeleteFlowLogs", "what is recorded (VPC flow logs)"),
    ("ec2", "ModifySnapshotAttribute", "who may use a snapshot (EC2)"),
    ("lambda", "AddPermission20150331v2", "who may call a function (Lambda)"),
    ("route53resolver", "DeleteResolverQueryLogConfig", "what is recorded (DNS queries)"),
]


@pytest.mark.parametrize(("service", "operation", "what"), OPENING)
def test_single_calls_that_open_something_or_stop_a_record(service: str, operation: str, what: str) -> None:
    found = judged(operation, eventSource=f"{service}.amazonaws.com")
    assert (found.verdict, found.tampers) == (Verdict.TAMPERING, what)


def test_code_that_runs_with_a_role_of_its_own_is_beyond_the_scope_and_no_tampering() -> None:
    found = judged("UpdateFunctionCode20150331v2", eventSource="lambda.amazonaws.com")
    assert (found.verdict, found.tampers) == (Verdict.OUTSIDE_SCOPE, None)


def test_no_grant_and_a_role_that_was_taken() -> None:
    stranger = {"accessKeyId": "ASIASOMEBODYELSE0001", "principalId": "AROAX:me"}
    assert judged(identity=stranger).verdict is Verdict.NO_GRANT
    taken = judged(
        "AssumeRole",
        eventSource="sts.amazonaws.com",
        requestParameters={"roleArn": ROLE},
        identity={"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/eve"},
    )
    assert taken.verdict is Verdict.ROLE_TAKEN
    assert judged(identity={"type": "IAMUser"}).verdict is Verdict.UNRELATED


def test_a_window_of_a_second() -> None:
    mine = grant(window=Window(starts_at=NOON, ends_at=NOON + timedelta(seconds=1)))
    assert judged(of=mine, eventTime="2026-11-02T12:00:00Z").verdict is Verdict.EXPECTED
    assert judged(of=mine, eventTime="2026-11-02T12:00:01Z").verdict is Verdict.OUTSIDE_WINDOW
