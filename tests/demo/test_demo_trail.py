"""The embedded AWS writes of each call what CloudTrail would, and the watch reads back from it what was called."""

import json
import re
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any

import msgspec
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from tests.servers.trail_queue import Trail
from tests.servers.trail_queue import trail as trail  # noqa: PLC0414 - a fixture

from liftgate.demo.embedded_aws import OTHER_ACCOUNT, Keys
from liftgate.demo.sample_account import PAYROLL, REPORTS, keys_from
from liftgate.iam.s3.calls import calls_of
from liftgate.iam.s3.trail import parameters_of
from liftgate.iam.scope import Location, Scope, Window
from liftgate.watch.attribution import UnderGrant, attribute
from liftgate.watch.event import Event
from liftgate.watch.known import KnownGrant, KnownSession, known_in_memory

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("trail")]

GRANT = "gr-0123456789abcdef"
NAME = f"{GRANT}-1"
AWKWARD = "2026/a b+c%2F&=é.csv"


@dataclass
class Lent:
    """A session on the elevated role."""

    trail: Trail
    keys: Keys
    role_arn: str

    @cached_property
    def s3(self) -> Any:
        return self.trail.account.aws.client("s3", self.keys)

    @cached_property
    def iam(self) -> Any:
        return self.trail.account.aws.client("iam", self.keys)

    def records(self) -> list[dict[str, Any]]:
        return self.trail.of(self.keys)


@pytest.fixture
def lent(trail: Trail) -> Lent:
    role_arn = trail.account.elevated_role_arns["LiftgateReportsWriter"]
    answer = trail.sts.assume_role(RoleArn=role_arn, RoleSessionName=NAME, SourceIdentity="ada")
    return Lent(trail, keys_from(answer["Credentials"]), role_arn)


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("PutObject", {"Key": AWKWARD, "Body": b"twelve bytes"}),
    (
        "PutObject",
        {
            "Key": "2026/sealed.csv",
            "Body": b"x",
            "ACL": "bucket-owner-full-control",
            "StorageClass": "STANDARD_IA",
            "Tagging": "team=data&kind=report",
            "ServerSideEncryption": "aws:kms",
            "SSEKMSKeyId": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        },
    ),
    ("GetObject", {"Key": AWKWARD}),
    ("GetObject", {"Key": AWKWARD, "VersionId": "null"}),
    ("HeadObject", {"Key": AWKWARD}),
    ("GetObjectTagging", {"Key": AWKWARD}),
    ("GetObjectAcl", {"Key": AWKWARD}),
    ("PutObjectAcl", {"Key": AWKWARD, "ACL": "public-read"}),
    ("CopyObject", {"Key": "2026/copy.csv", "CopySource": {"Bucket": PAYROLL, "Key": "2026/salaries.csv"}}),
    ("DeleteObject", {"Key": AWKWARD}),
    ("DeleteObject", {"Key": AWKWARD, "VersionId": "null"}),
    ("CreateMultipartUpload", {"Key": "2026/large.csv"}),
    ("UploadPart", {"Key": "2026/large.csv", "UploadId": "of-none", "PartNumber": 1, "Body": b"part"}),
    (
        "CompleteMultipartUpload",
        {
            "Key": "2026/large.csv",
            "UploadId": "of-none",
            "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": "e"}]},
        },
    ),
    ("AbortMultipartUpload", {"Key": "2026/large.csv", "UploadId": "of-none"}),
    ("ListParts", {"Key": "2026/large.csv", "UploadId": "of-none"}),
    ("ListObjects", {"Prefix": "2026/", "Delimiter": "/", "MaxKeys": 7}),
    ("ListObjectsV2", {"Prefix": "2026/a b+c"}),
    ("ListObjectVersions", {}),
    ("ListMultipartUploads", {}),
    ("HeadBucket", {}),
    ("GetBucketPolicy", {}),
    ("PutBucketPolicy", {"Policy": '{"Version":"2012-10-17","Statement":[]}'}),
    ("DeleteBucketPolicy", {}),
    ("PutBucketAcl", {"ACL": "public-read"}),
    ("PutBucketVersioning", {"VersioningConfiguration": {"Status": "Suspended"}}),
    ("PutBucketLifecycleConfiguration", {"LifecycleConfiguration": {"Rules": []}}),
    ("DeletePublicAccessBlock", {}),
    ("PutObjectLegalHold", {"Key": AWKWARD, "LegalHold": {"Status": "ON"}}),
]


def test_a_record_reads_back_to_the_very_call_and_to_its_grant(lent: Lent) -> None:
    refused = [_try(partial(_call, lent.s3, operation, parameters)) for operation, parameters in CALLS]

    records = lent.records()

    known = _known(lent)
    assert len(records) == len(CALLS)
    for record, (operation, parameters), code in zip(records, CALLS, refused, strict=True):
        event = msgspec.json.decode(json.dumps(record), type=Event)
        attribution = attribute(event, known)
        assert isinstance(attribution, UnderGrant)
        assert attribution.by == "access key"
        sent = {name: value for name, value in parameters.items() if name not in {"Body", "MultipartUpload"}}
        assert calls_of(event.event_name, parameters_of(event.request_parameters)) == calls_of(
            operation, {"Bucket": REPORTS, **sent}
        )
        assert event.was_refused == (code in {"AccessDenied", "403"}), operation
        assert (event.error_code is None) == (code is None), operation
        assert (event.user_agent or "").startswith("[Boto3/")
        assert event.read_only == operation.startswith(("Get", "Head", "List"))
        assert event.source_ip_address == "127.0.0.1"


def test_it_names_the_session_as_cloudtrail_does(lent: Lent) -> None:
    lent.s3.put_object(Bucket=REPORTS, Key="2026/named.csv", Body=b"twelve bytes")

    (record,) = lent.records()
    caller = record["userIdentity"]
    role_id = caller["sessionContext"]["sessionIssuer"]["principalId"]
    assert role_id.startswith("AROA")
    assert caller == {
        "type": "AssumedRole",
        "principalId": f"{role_id}:{NAME}",
        "arn": f"arn:aws:sts::111122223333:assumed-role/LiftgateReportsWriter/{NAME}",
        "accountId": "111122223333",
        "accessKeyId": lent.keys.access_key_id,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": role_id,
                "arn": lent.role_arn,
                "accountId": "111122223333",
                "userName": "LiftgateReportsWriter",
            },
            "attributes": {
                "creationDate": caller["sessionContext"]["attributes"]["creationDate"],
                "mfaAuthenticated": "false",
            },
            "sourceIdentity": "ada",
        },
    }
    assert record["resources"] == [
        {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{REPORTS}/2026/named.csv"},
        {"accountId": "111122223333", "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{REPORTS}"},
    ]
    assert record["additionalEventData"]["bytesTransferredIn"] == 12
    assert record["additionalEventData"]["bytesTransferredOut"] == 0
    assert record["eventCategory"] == "Data"


def test_a_deletion_of_many_names_the_bucket_and_not_the_keys(lent: Lent) -> None:
    lent.s3.delete_objects(Bucket=REPORTS, Delete={"Objects": [{"Key": "2026/secret-name"}]})

    (record,) = lent.records()
    assert record["eventName"] == "DeleteObjects"
    assert record["requestParameters"]["bucketName"] == REPORTS
    assert "secret-name" not in json.dumps(record)


def test_a_presigned_call_is_on_record_without_its_signature(lent: Lent) -> None:
    signing = lent.trail.account.aws.client("s3", lent.keys, config=Config(signature_version="s3v4"))
    url = signing.generate_presigned_url("put_object", Params={"Bucket": REPORTS, "Key": "2026/pre.csv"})
    sent = urllib.request.Request(url, data=b"by a link", method="PUT")
    with urllib.request.urlopen(sent) as answer:
        assert answer.status == 200

    (record,) = lent.records()
    assert record["eventName"] == "PutObject"
    assert record["additionalEventData"]["AuthenticationMethod"] == "QueryString"
    assert record["requestParameters"]["key"] == "2026/pre.csv"
    _holds_no_secret(record, lent.keys)


def test_keys_that_customers_seal_with_and_signatures_are_nowhere(lent: Lent) -> None:
    _try(
        lambda: lent.s3.put_object(
            Bucket=REPORTS,
            Key="2026/own-key.csv",
            Body=b"x",
            SSECustomerAlgorithm="AES256",
            SSECustomerKey="0123456789abcdef0123456789abcdef",
        )
    )

    (record,) = lent.records()
    assert record["requestParameters"]["x-amz-server-side-encryption-customer-algorithm"] == "AES256"
    assert "MDEyMzQ1Njc4OWFi" not in json.dumps(record)
    _holds_no_secret(record, lent.keys)


def test_the_loan_itself_is_on_record_without_what_was_lent(trail: Trail, lent: Lent) -> None:
    (record,) = [
        one
        for one in trail.of(trail.account.broker)
        if (one["responseElements"] or {}).get("credentials", {}).get("accessKeyId")
        == lent.keys.access_key_id
    ]
    assert (record["eventSource"], record["eventName"]) == ("sts.amazonaws.com", "AssumeRole")
    assert record["userIdentity"]["type"] == "IAMUser"
    assert record["userIdentity"]["arn"] == trail.account.broker_arn
    assert record["requestParameters"] == {
        "roleArn": lent.role_arn,
        "roleSessionName": NAME,
        "sourceIdentity": "ada",
    }
    assert record["resources"][0]["ARN"] == lent.role_arn
    _holds_no_secret(record, lent.keys)


def test_a_call_to_iam_that_was_refused_is_on_record_with_the_reason(lent: Lent) -> None:
    refused = _try(
        lambda: lent.iam.put_role_policy(
            RoleName="LiftgateReportsWriter", PolicyName="More", PolicyDocument="{}"
        )
    )

    (record,) = lent.records()
    assert refused == record["errorCode"] == "AccessDenied"
    assert "iam:PutRolePolicy" in record["errorMessage"]
    assert (record["eventSource"], record["eventName"]) == ("iam.amazonaws.com", "PutRolePolicy")
    assert record["requestParameters"] == {
        "roleName": "LiftgateReportsWriter",
        "policyName": "More",
        "policyDocument": "{}",
    }
    assert record["readOnly"] is False


def test_lists_stand_as_lists_and_passwords_nowhere(trail: Trail, lent: Lent) -> None:
    iam = lent.iam
    _try(lambda: iam.create_login_profile(UserName="ada", Password="correct-horse-1"))
    _try(lambda: iam.tag_user(UserName="ada", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]))

    login, tagged = lent.records()
    assert login["requestParameters"] == {"userName": "ada"}
    assert tagged["requestParameters"]["tags"] == [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
    del trail


def test_root_is_told_without_its_key(trail: Trail) -> None:
    trail.s3.put_object(Bucket=REPORTS, Key="by-root", Body=b"x")

    told = trail.until("by-root")

    assert trail.account.aws.root.access_key_id not in json.dumps(told)
    caller = next(one for one in told if one["detail"]["requestParameters"].get("key") == "by-root")
    assert caller["detail"]["userIdentity"]["type"] == "Root"


def test_the_root_of_a_further_account_is_told_by_its_account(trail: Trail) -> None:
    aws = trail.account.aws
    aws.client("s3", aws.other_root).create_bucket(Bucket="elsewhere-bucket")
    trail.s3.put_object(Bucket=REPORTS, Key="after-elsewhere", Body=b"x")

    told = trail.until("after-elsewhere")

    (created,) = [one["detail"] for one in told if one["detail"]["eventName"] == "CreateBucket"]
    assert created["userIdentity"] == {
        "type": "Root",
        "principalId": OTHER_ACCOUNT,
        "arn": f"arn:aws:iam::{OTHER_ACCOUNT}:root",
        "accountId": OTHER_ACCOUNT,
    }
    assert created["recipientAccountId"] == OTHER_ACCOUNT
    assert aws.other_root.access_key_id not in json.dumps(told)


def test_nobody_is_blamed_for_a_call_that_they_did_not_sign(lent: Lent) -> None:
    forged = Keys(
        access_key_id=lent.keys.access_key_id,
        secret_access_key="not the secret",
        session_token=lent.keys.session_token,
    )
    assert (
        _try(
            lambda: lent.trail.account.aws.client("s3", forged).put_object(
                Bucket=REPORTS, Key="2026/forged", Body=b""
            )
        )
        == "SignatureDoesNotMatch"
    )

    assert lent.records() == []


def test_it_comes_in_the_envelope_of_eventbridge(trail: Trail) -> None:
    trail.s3.put_object(Bucket=REPORTS, Key="in-envelope", Body=b"x")

    told = trail.until("in-envelope")[-1]

    detail = told.pop("detail")
    assert told == {
        "version": "0",
        "id": told["id"],
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.s3",
        "account": "111122223333",
        "time": detail["eventTime"],
        "region": "us-east-1",
        "resources": [],
    }
    assert told["id"] != detail["eventID"]


def _known(lent: Lent) -> Any:
    scope = Scope(
        actions=frozenset({"s3:PutObject"}), locations=frozenset({Location(bucket=REPORTS, key="2026/*")})
    )
    now = datetime.now(UTC).replace(microsecond=0)
    grant = KnownGrant(
        id=GRANT,
        request_id="rq-0123456789abcdef",
        person="ada",
        entitlement="reports",
        account="111122223333",
        role_arn=lent.role_arn,
        scope=scope,
        window=Window(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1)),
    )
    session = KnownSession(grant_id=GRANT, number=1, name=NAME, access_key_id=lent.keys.access_key_id)
    return known_in_memory([grant], [session])


def _call(client: Any, operation: str, parameters: dict[str, Any]) -> None:
    getattr(client, xform_name(operation))(Bucket=REPORTS, **parameters)


def _try(call: Callable[[], object]) -> str | None:
    """The code with which it was refused; None where it was not."""
    try:
        call()
    except ClientError as refusal:
        return str(refusal.response["Error"]["Code"])
    return None


def _holds_no_secret(record: dict[str, Any], keys: Keys) -> None:
    text = json.dumps(record)
    assert keys.secret_access_key not in text
    assert keys.session_token
    assert keys.session_token not in text
    assert "Signature=" not in text
    assert not {"X-Amz-Signature", "X-Amz-Security-Token", "X-Amz-Credential"} & set(
        record["requestParameters"]
    )


def test_log_files_hold_what_the_queue_brings(trail: Trail) -> None:
    marker = f"marker-{uuid.uuid4()}"
    with pytest.raises(ClientError):
        trail.s3.get_object(Bucket=REPORTS, Key=marker)

    [filed] = [
        one for one in trail.delivered(marker) if (one["requestParameters"] or {}).get("key") == marker
    ]

    assert filed == trail.until(marker)[-1]["detail"]
    for key in trail.read:
        assert re.fullmatch(
            r"AWSLogs/(\d{12})/CloudTrail/us-east-1/\d{4}/\d\d/\d\d/"
            r"\1_CloudTrail_us-east-1_\d{8}T\d{4}Z_[0-9a-f]{16}\.json\.gz",
            key,
        )


def test_reading_the_log_files_fills_no_further_ones(trail: Trail) -> None:
    bucket, marker = trail.account.aws.trail_bucket, f"marker-{uuid.uuid4()}"
    trail.s3.list_objects_v2(Bucket=bucket)
    with pytest.raises(ClientError):
        trail.s3.get_object(Bucket=bucket, Key="AWSLogs/none")
    trail.s3.get_bucket_location(Bucket=bucket)  # of the bucket itself, that is on record
    with pytest.raises(ClientError):
        trail.s3.get_object(Bucket=REPORTS, Key=marker)

    of_trail = [
        one["eventName"]
        for one in trail.delivered(marker)
        if (one["requestParameters"] or {}).get("bucketName") == bucket
    ]

    assert set(of_trail) == {"GetBucketLocation"}
