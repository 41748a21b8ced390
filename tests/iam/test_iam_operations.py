"""S3's operations as IAM actions: every operation of the API, its parameters, and what CloudTrail says of a call."""

from typing import Any

import botocore.session
import pytest

from liftgate.iam.errors import UnknownOperation, UnknownTarget
from liftgate.iam.evaluate import evaluate
from liftgate.iam.lint import Code, lint
from liftgate.iam.policy import Effect, Patterns, Policy, Statement
from liftgate.iam.s3.actions import ACTIONS
from liftgate.iam.s3.calls import calls_of
from liftgate.iam.s3.need import On
from liftgate.iam.s3.operations import NEEDS, OPERATIONS, UNMAPPED
from liftgate.iam.s3.trail import parameters_of

# Names that CloudTrail, or another part of the API, has for operations.
BESIDE_THE_MODEL = {
    "PostObject",
    "GetBucketPublicAccessBlock",
    "PutBucketPublicAccessBlock",
    "DeleteBucketPublicAccessBlock",
    "GetBucketObjectLockConfiguration",
    "PutBucketObjectLockConfiguration",
    "GetAccountPublicAccessBlock",
    "PutAccountPublicAccessBlock",
    "DeleteAccountPublicAccessBlock",
    *(f"{verb}AccelerateConfiguration" for verb in ("Get", "Put")),
    *(
        f"{verb}{short}Configuration{'s' if verb == 'List' else ''}"
        for short in ("Analytics", "IntelligentTiering", "Inventory", "Metrics")
        for verb in ("Get", "Put", "Delete", "List")
    ),
}
OBJECT = {"Bucket": "b", "Key": "k/x"}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def needed(operation: str, **parameters: Any) -> list[str]:
    return [f"{one.action} {one.resource}" for one in calls_of(operation, parameters)]


def test_every_operation_of_the_api_is_mapped_or_says_why_not() -> None:
    model = botocore.session.get_session().get_service_model("s3")
    names = set(model.operation_names)
    assert names - set(NEEDS) - set(UNMAPPED) == set()
    assert set(NEEDS) - names == BESIDE_THE_MODEL
    assert all(NEEDS[name] for name in NEEDS)
    assert set(UNMAPPED) <= names
    assert not set(NEEDS) & set(UNMAPPED)


def test_parameters_are_those_of_the_api() -> None:
    model = botocore.session.get_session().get_service_model("s3")
    for name in set(NEEDS) - BESIDE_THE_MODEL:
        shape = model.operation_model(name).input_shape
        members = set(shape.members if shape else ())
        for need in NEEDS[name]:
            assert not need.when or members & set(need.when), name
            if need.versioned and name not in {"CopyObject", "UploadPartCopy"}:
                assert "VersionId" in members or name == "DeleteObjects", name
            assert need.on is not On.OBJECT or "Key" in members or name == "DeleteObjects", name


def test_every_action_exists_and_works_on_what_it_is_asked_on() -> None:
    types = {On.OBJECT: "object", On.SOURCE: "object", On.BUCKET: "bucket"}
    for name, needs in NEEDS.items():
        for need in needs:
            for action in filter(None, (need.action, need.versioned)):
                if action.startswith("s3:"):
                    kinds = ACTIONS[action].resource_types
                    assert types.get(need.on) in kinds or (not kinds and need.on is On.ACCOUNT), (
                        name,
                        action,
                    )


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("HeadObject", OBJECT, ["s3:GetObject arn:aws:s3:::b/k/x"]),
        ("GetObject", OBJECT | {"VersionId": "v"}, ["s3:GetObjectVersion arn:aws:s3:::b/k/x"]),
        (
            "GetObjectAttributes",
            OBJECT | {"VersionId": "v"},
            ["s3:GetObjectVersion arn:aws:s3:::b/k/x", "s3:GetObjectVersionAttributes arn:aws:s3:::b/k/x"],
        ),
        ("PutObject", OBJECT, ["s3:PutObject arn:aws:s3:::b/k/x"]),
        (
            "PutObject",
            OBJECT
            | {
                "Tagging": "a=b",
                "ACL": "private",
                "ObjectLockMode": "GOVERNANCE",
                "ObjectLockLegalHoldStatus": "ON",
            },
            [
                f"s3:{action} arn:aws:s3:::b/k/x"
                for action in (
                    "PutObject",
                    "PutObjectTagging",
                    "PutObjectAcl",
                    "PutObjectRetention",
                    "PutObjectLegalHold",
                )
            ],
        ),
        (
            "PutObject",
            OBJECT | {"GrantRead": "id=1"},
            ["s3:PutObject arn:aws:s3:::b/k/x", "s3:PutObjectAcl arn:aws:s3:::b/k/x"],
        ),
        (
            "CreateMultipartUpload",
            OBJECT | {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY},
            ["s3:PutObject arn:aws:s3:::b/k/x", f"kms:GenerateDataKey {KEY}", f"kms:Decrypt {KEY}"],
        ),
        ("PutObject", OBJECT | {"ServerSideEncryption": "aws:kms"}, ["s3:PutObject arn:aws:s3:::b/k/x"]),
        ("UploadPart", OBJECT | {"PartNumber": 1}, ["s3:PutObject arn:aws:s3:::b/k/x"]),
        ("AbortMultipartUpload", OBJECT, ["s3:AbortMultipartUpload arn:aws:s3:::b/k/x"]),
        ("ListParts", OBJECT, ["s3:ListMultipartUploadParts arn:aws:s3:::b/k/x"]),
        (
            "CopyObject",
            OBJECT | {"CopySource": "/from/a%20b"},
            ["s3:GetObject arn:aws:s3:::from/a b", "s3:PutObject arn:aws:s3:::b/k/x"],
        ),
        (
            "UploadPartCopy",
            OBJECT | {"CopySource": {"Bucket": "from", "Key": "a", "VersionId": "7"}},
            ["s3:GetObjectVersion arn:aws:s3:::from/a", "s3:PutObject arn:aws:s3:::b/k/x"],
        ),
        ("DeleteObject", OBJECT, ["s3:DeleteObject arn:aws:s3:::b/k/x"]),
        (
            "DeleteObject",
            OBJECT | {"VersionId": "v", "BypassGovernanceRetention": True},
            ["s3:DeleteObjectVersion arn:aws:s3:::b/k/x", "s3:BypassGovernanceRetention arn:aws:s3:::b/k/x"],
        ),
        (
            "DeleteObjects",
            {"Bucket": "b", "Delete": {"Objects": [{"Key": "a"}, {"Key": "c", "VersionId": "1"}]}},
            ["s3:DeleteObject arn:aws:s3:::b/a", "s3:DeleteObjectVersion arn:aws:s3:::b/c"],
        ),
        ("ListObjectsV2", {"Bucket": "b", "Prefix": "p/"}, ["s3:ListBucket arn:aws:s3:::b"]),
        ("ListObjectVersions", {"Bucket": "b"}, ["s3:ListBucketVersions arn:aws:s3:::b"]),
        ("HeadBucket", {"Bucket": "b"}, ["s3:ListBucket arn:aws:s3:::b"]),
        ("ListBuckets", {}, ["s3:ListAllMyBuckets arn:aws:s3:::*"]),
        ("GetAccountPublicAccessBlock", {}, ["s3:GetAccountPublicAccessBlock arn:aws:s3:::*"]),
        ("DeleteAccountPublicAccessBlock", {}, ["s3:PutAccountPublicAccessBlock arn:aws:s3:::*"]),
        ("GetBucketEncryption", {"Bucket": "b"}, ["s3:GetEncryptionConfiguration arn:aws:s3:::b"]),
        ("DeleteBucketLifecycle", {"Bucket": "b"}, ["s3:PutLifecycleConfiguration arn:aws:s3:::b"]),
        ("ListBucketMetricsConfigurations", {"Bucket": "b"}, ["s3:GetMetricsConfiguration arn:aws:s3:::b"]),
        ("DeletePublicAccessBlock", {"Bucket": "b"}, ["s3:PutBucketPublicAccessBlock arn:aws:s3:::b"]),
        ("DeleteBucketPolicy", {"Bucket": "b"}, ["s3:DeleteBucketPolicy arn:aws:s3:::b"]),
        (
            "CreateBucket",
            {"Bucket": "b", "ObjectLockEnabledForBucket": True, "ACL": "private"},
            [
                f"s3:{action} arn:aws:s3:::b"
                for action in (
                    "CreateBucket",
                    "PutBucketAcl",
                    "PutBucketObjectLockConfiguration",
                    "PutBucketVersioning",
                )
            ],
        ),
    ],
)
def test_an_operation_needs_these_actions(
    operation: str, parameters: dict[str, Any], expected: list[str]
) -> None:
    assert needed(operation, **parameters) == expected


@pytest.mark.parametrize(
    ("resource", "partition", "allowed"),
    [
        ("*", "aws", True),
        ("arn:aws:s3:::*", "aws", True),
        ("arn:aws:s3:::*", "aws-cn", False),
        ("arn:aws-cn:s3:::*", "aws-cn", True),
        ("arn:aws:s3:::b", "aws", False),
        ("arn:aws:s3:::b*", "aws", False),
        ("arn:aws:s3:::*/*", "aws", False),
    ],
)
def test_what_reaches_the_account_is_allowed_on_all_buckets(
    resource: str, partition: str, allowed: bool
) -> None:
    for operation, action in (
        ("ListBuckets", "s3:ListAllMyBuckets"),
        ("GetAccountPublicAccessBlock", "s3:GetAccountPublicAccessBlock"),
    ):
        allowing = Statement(
            effect=Effect.ALLOW, actions=Patterns((action,)), resources=Patterns((resource,))
        )
        policy = Policy(statements=(allowing,))
        (call,) = calls_of(operation, {}, partition=partition)
        assert evaluate(call, identity=[policy]).allowed is allowed
        grants_nothing = Code.GRANTS_NOTHING in {one.code for one in lint(policy)}
        assert grants_nothing is (resource not in {"*", "arn:aws:s3:::*", "arn:aws-cn:s3:::*"})


def test_requests_carry_the_keys_that_their_action_knows() -> None:
    (listed,) = calls_of("ListObjectsV2", {"Bucket": "b", "Prefix": "a/", "Delimiter": "/", "MaxKeys": 10})
    assert listed.context == {"s3:prefix": "a/", "s3:delimiter": "/", "s3:max-keys": "10"}
    put, tagged = calls_of("PutObject", OBJECT | {"Tagging": "team=blue&x=", "StorageClass": "GLACIER"})
    assert put.context["s3:x-amz-storage-class"] == "GLACIER"
    assert put.context["s3:RequestObjectTag/team"] == "blue"
    assert put.context["s3:RequestObjectTagKeys"] == ("team", "x")
    assert "s3:x-amz-storage-class" not in tagged.context
    (sealed,) = calls_of("PutObject", OBJECT | {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY})[1:]
    assert sealed.context == {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}


def test_access_points_and_partitions() -> None:
    point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/mine"
    assert needed("GetObject", Bucket=point, Key="a/b") == [f"s3:GetObject {point}/object/a/b"]
    assert needed("ListObjectsV2", Bucket=point) == [f"s3:ListBucket {point}"]
    assert (
        needed("CopyObject", **OBJECT, CopySource=f"{point}/object/a")[0] == f"s3:GetObject {point}/object/a"
    )
    (china,) = calls_of("GetObject", OBJECT, partition="aws-cn")
    assert china.resource == "arn:aws-cn:s3:::b/k/x"


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("DeleteObjects", {"Bucket": "b"}),
        ("DeleteObjects", {"Bucket": "b", "Delete": {"Objects": []}}),
        ("DeleteObjects", {"Bucket": "b", "Delete": {"Objects": ["a"]}}),
        ("DeleteObjects", {"Bucket": "b", "Delete": "x"}),
        ("DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"VersionId": "1"}]}}),
        ("GetObject", {"Bucket": "b"}),
        ("GetObject", {"Key": "k"}),
        ("ListObjectsV2", {}),
        ("CopyObject", OBJECT),
        ("CopyObject", OBJECT | {"CopySource": "bucket"}),
    ],
)
def test_a_call_that_does_not_tell_what_it_reaches_is_no_answer(
    operation: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(UnknownTarget, match="does not tell"):
        calls_of(operation, parameters)


def test_an_empty_prefix_is_carried_and_a_missing_one_is_not() -> None:
    (empty,) = calls_of("ListObjectsV2", parameters_of({"bucketName": "b", "prefix": ""}))
    (missing,) = calls_of("ListObjectsV2", parameters_of({"bucketName": "b"}))
    assert (empty.context, missing.context) == ({"s3:prefix": ""}, {})


@pytest.mark.parametrize("off", [False, None, "", "false", "False"])
def test_what_is_switched_off_is_not_asked_for(off: object) -> None:
    assert len(calls_of("DeleteObject", OBJECT | {"BypassGovernanceRetention": off})) == 1


@pytest.mark.parametrize("name", ["PutObjectt", "CreateSession", "putobject", "", "x" * 5000])
def test_what_is_not_known_is_not_guessed(name: str) -> None:
    with pytest.raises(UnknownOperation) as raised:
        calls_of(name, OBJECT)
    assert len(str(raised.value)) < 300


def test_cloudtrail_says_it_by_other_names() -> None:
    event = {
        "bucketName": "reports",
        "Host": "reports.s3.amazonaws.com",
        "key": "2026/a.csv",
        "x-amz-acl": ["private"],
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": KEY,
        "acl": "",
    }
    asked = [f"{one.action} {one.resource}" for one in calls_of("PutObject", parameters_of(event))]
    assert asked == [
        "s3:PutObject arn:aws:s3:::reports/2026/a.csv",
        "s3:PutObjectAcl arn:aws:s3:::reports/2026/a.csv",
        f"kms:GenerateDataKey {KEY}",
    ]
    listing = parameters_of(
        {"bucketName": "b", "prefix": "a/", "list-type": "2", "max-keys": "50", "delimiter": ""}
    )
    assert listing == {"Bucket": "b", "Prefix": "a/", "MaxKeys": "50", "Delimiter": ""}
    assert parameters_of(None) == {}


def test_operations_without_their_parameters_are_what_is_told_to_people() -> None:
    assert OPERATIONS["headobject"] == ("s3:GetObject",)
    assert OPERATIONS["copyobject"] == ("s3:GetObject", "s3:PutObject")
    assert OPERATIONS["createmultipartupload"] == ("s3:PutObject",)
    assert all(actions for actions in OPERATIONS.values())
