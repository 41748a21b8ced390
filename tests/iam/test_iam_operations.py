"""S3's operations as IAM actions: every operation of the API, its parameters, and what CloudTrail says of a call."""

from datetime import UTC, datetime
from pathlib import Path
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
    names = {name for service in ("s3", "s3control") for name in _model(service).operation_names}
    assert names - set(NEEDS) - set(UNMAPPED) == set()
    assert set(NEEDS) - names == BESIDE_THE_MODEL
    assert set(NEEDS) >= {name for name in names if f"s3:{name}" in ACTIONS}
    assert all(NEEDS[name] for name in NEEDS)
    assert set(UNMAPPED) <= names
    assert not set(NEEDS) & set(UNMAPPED)


def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def test_parameters_are_those_of_the_api() -> None:
    model = _model("s3")
    for name in set(NEEDS) & set(model.operation_names):
        shape = model.operation_model(name).input_shape
        members = set(shape.members if shape else ())
        for need in NEEDS[name]:
            assert not need.when or any(_stands_in(shape, one) for one in need.when), name
            if need.versioned and name not in {"CopyObject", "UploadPartCopy"}:
                assert "VersionId" in members or name == "DeleteObjects", name
            assert need.on is not On.OBJECT or "Key" in members or name == "DeleteObjects", name


def _stands_in(shape: Any, name: str) -> bool:
    """Whether the API's model has the parameter, or with ``Outer.inner`` what stands inside of one."""
    for part in name.split("."):
        shape = shape and shape.type_name == "structure" and shape.members.get(part)
    return bool(shape)


def test_every_action_exists_and_works_on_what_it_is_asked_on() -> None:
    types = {On.OBJECT: "object", On.SOURCE: "object", On.BUCKET: "bucket"}
    for name, needs in NEEDS.items():
        for need in needs:
            for action in filter(None, (need.action, need.versioned)):
                if action.startswith("s3:"):
                    kinds = ACTIONS[action].resource_types
                    assert (
                        types.get(need.on) in kinds
                        or (not kinds and need.on is On.ACCOUNT)
                        or ("object" not in kinds and need.on is On.BESIDE)
                    ), (name, action)


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
        ("PutAccessPointPolicy", {}, ["s3:PutAccessPointPolicy *"]),
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


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        (
            "CreateBucket",
            {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}, "BucketNamespace": "global"},
            {"s3:locationconstraint": "eu-west-1", "s3:x-amz-bucket-namespace": "global"},
        ),
        ("CreateBucket", {"CreateBucketConfiguration": {}}, {}),
        ("CreateBucket", {"CreateBucketConfiguration": "eu-west-1"}, {}),
        (
            "PutObjectRetention",
            {
                "Key": "k",
                "Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": datetime(2027, 1, 1, tzinfo=UTC)},
            },
            {
                "s3:object-lock-mode": "GOVERNANCE",
                "s3:object-lock-retain-until-date": "2027-01-01T00:00:00+00:00",
            },
        ),
        ("PutObjectRetention", {"Key": "k", "Retention": {}}, {}),
        (
            "PutObjectLegalHold",
            {"Key": "k", "LegalHold": {"Status": "OFF"}},
            {"s3:object-lock-legal-hold": "OFF"},
        ),
        (
            "PutBucketInventoryConfiguration",
            {"InventoryConfiguration": {"OptionalFields": ["Size", "ETag"]}},
            {"s3:InventoryAccessibleOptionalFields": ("Size", "ETag")},
        ),
        (
            "PutObjectTagging",
            {"Key": "k", "Tagging": {"TagSet": [{"Key": "team", "Value": "blue"}]}},
            {"s3:RequestObjectTagKeys": ("team",), "s3:RequestObjectTag/team": "blue"},
        ),
        ("ListObjectsV2", {"MaxKeys": 0}, {"s3:max-keys": "0"}),
    ],
)
def test_what_stands_in_a_body_is_carried_too(
    operation: str, parameters: dict[str, Any], expected: dict[str, str | tuple[str, ...]]
) -> None:
    (asked,) = calls_of(operation, {"Bucket": "b"} | parameters)
    assert asked.context == expected


def test_a_bucket_that_is_made_with_tags_is_tagged() -> None:
    tags = {"Tags": [{"Key": "team", "Value": "blue"}]}
    made, tagged = calls_of("CreateBucket", {"Bucket": "b", "CreateBucketConfiguration": tags})
    assert (made.action, tagged.action) == ("s3:CreateBucket", "s3:TagResource")
    assert made.context == tagged.context == {"aws:TagKeys": ("team",), "aws:RequestTag/team": "blue"}


def test_tags_that_differ_in_case_only_are_two_tags_and_one_key() -> None:
    put, _ = calls_of("PutObject", OBJECT | {"Tagging": "a=1&A=2&b=3"})
    assert put.context["s3:RequestObjectTagKeys"] == ("a", "A", "b")
    assert put.context["s3:RequestObjectTag/a"] == ("1", "2")
    assert put.context["s3:RequestObjectTag/b"] == "3"


def test_replication_passes_its_role_on() -> None:
    role = "arn:aws:iam::111122223333:role/copies"
    put, passed = calls_of(
        "PutBucketReplication", {"Bucket": "b", "ReplicationConfiguration": {"Role": role}}
    )
    assert (put.action, put.resource, put.context) == ("s3:PutReplicationConfiguration", "arn:aws:s3:::b", {})
    assert (passed.action, passed.resource) == ("iam:PassRole", role)
    assert passed.context == {"iam:PassedToService": "s3.amazonaws.com"}
    assert ACTIONS["s3:PutReplicationConfiguration"].needs == {"iam:PassRole"}
    assert needed("PutBucketReplication", Bucket="b") == ["s3:PutReplicationConfiguration arn:aws:s3:::b"]


@pytest.mark.parametrize("operation", ["PutObject", "PostObject", "CopyObject", "CompleteMultipartUpload"])
def test_what_creates_an_object_says_so(operation: str) -> None:
    asked = calls_of(operation, OBJECT | {"CopySource": "from/a"})
    (put,) = (one for one in asked if one.action == "s3:PutObject")
    assert put.context["s3:ObjectCreationOperation"] == "true"


@pytest.mark.parametrize("operation", ["CreateMultipartUpload", "UploadPart", "UploadPartCopy"])
def test_what_creates_no_object_yet_says_so(operation: str) -> None:
    asked = calls_of(operation, OBJECT | {"CopySource": "from/a"})
    (put,) = (one for one in asked if one.action == "s3:PutObject")
    assert put.context["s3:ObjectCreationOperation"] == "false"


def test_new_encryption_names_its_key() -> None:
    encryption = {"ObjectEncryption": {"SSEKMS": {"KMSKeyArn": KEY}}}
    updated, _ = calls_of("UpdateObjectEncryption", OBJECT | encryption)
    assert updated.context == {
        "s3:x-amz-server-side-encryption": "aws:kms",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": KEY,
    }


AT_ACCESS_POINTS = {"s3:DataAccessPointAccount", "s3:DataAccessPointArn"}
# What no parameter tells: who asks and how, what the bucket, the object and the access point are, what the time is.
UNTOLD = {
    "aws:ResourceTag/${TagKey}",
    "s3:AccessGrantsInstanceArn",
    "s3:AccessPointNetworkOrigin",
    "s3:AccessPointTag/${TagKey}",
    "s3:ExistingObjectTag/<key>",
    "s3:ResourceAccount",
    "s3:TlsVersion",
    "s3:authType",
    "s3:isReplicationPauseRequest",
    "s3:object-lock-remaining-retention-days",
    "s3:signatureAge",
    "s3:signatureversion",
    "s3:x-amz-content-sha256",
}
POINT = "arn:aws:s3:eu-west-1:111122223333:accesspoint/mine"
TELLING: dict[str, dict[str, Any]] = {  # calls that carry, between them, all that a call can tell
    "ListObjectsV2": {"Bucket": POINT, "Prefix": "", "Delimiter": "/", "MaxKeys": 1},
    "GetObject": OBJECT | {"VersionId": "v"},
    "DeleteObject": OBJECT | {"IfMatch": "e"},
    "CreateBucket": {
        "Bucket": "b",
        "ACL": "private",
        "ObjectOwnership": "ObjectWriter",
        "BucketNamespace": "global",
        "CreateBucketConfiguration": {"LocationConstraint": "EU", "Tags": [{"Key": "a", "Value": "b"}]},
    },
    "PutBucketInventoryConfiguration": {
        "Bucket": "b",
        "InventoryConfiguration": {"OptionalFields": ["Size"]},
    },
    "CopyObject": OBJECT
    | {"CopySource": "from/a", "Tagging": "a=b", "IfMatch": "e", "IfNoneMatch": "*"}
    | dict.fromkeys(
        ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP"), "x"
    )
    | dict.fromkeys(("MetadataDirective", "StorageClass", "WebsiteRedirectLocation"), "x")
    | dict.fromkeys(("ServerSideEncryption", "SSEKMSKeyId", "SSECustomerAlgorithm"), "x")
    | dict.fromkeys(("ObjectLockMode", "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus"), "x"),
}


def test_every_key_is_told_by_a_call_or_the_documentation_says_that_none_tells_it() -> None:
    told = {
        key.replace("ObjectTag/a", "ObjectTag/<key>").replace("RequestTag/a", "RequestTag/${TagKey}")
        for operation, parameters in TELLING.items()
        for call in calls_of(operation, parameters)
        for key in call.context
    }
    asked = {
        action
        for needs in NEEDS.values()
        for need in needs
        if need.on is not On.BESIDE  # no scope allows what these are asked on, whatever they carry
        for action in (need.action, need.versioned)
        if action is not None and action in ACTIONS
    }
    known = {key for action in asked for key in ACTIONS[action].condition_keys}
    assert (known | AT_ACCESS_POINTS) - told == UNTOLD
    page = (Path(__file__).parents[2] / "docs" / "iam" / "operations.md").read_text(encoding="utf-8")
    assert {key for key in UNTOLD if f"`{key.partition('/')[0]}" not in page} == set()


def test_access_points_and_partitions() -> None:
    point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/mine"
    assert needed("GetObject", Bucket=point, Key="a/b") == [f"s3:GetObject {point}/object/a/b"]
    assert needed("ListObjectsV2", Bucket=point) == [f"s3:ListBucket {point}"]
    assert (
        needed("CopyObject", **OBJECT, CopySource=f"{point}/object/a")[0] == f"s3:GetObject {point}/object/a"
    )
    (listed,) = calls_of("ListObjectsV2", {"Bucket": point})
    assert listed.context == {"s3:DataAccessPointArn": point, "s3:DataAccessPointAccount": "111122223333"}
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


def test_a_caller_s_own_query_says_nothing_of_path_and_query() -> None:
    told = {"bucketName": "b", "key": "k/x", "Key": "2026/a", "BUCKETNAME": "c", "Prefix": "2026/"}
    assert parameters_of(told) == {"Bucket": "b", "Key": "k/x"}
    assert parameters_of({"X-Amz-Acl": "private", "x-amz-acl": ["private", "private"]}) == {"ACL": "private"}
    assert parameters_of({"bucketName": "b", "key": [], "prefix": ["a/", "a/"]}) == {
        "Bucket": "b",
        "Prefix": "a/",
    }


@pytest.mark.parametrize(
    "told",
    [
        {"key": ["2026/a", "k/x"]},
        {"prefix": ["2026/", ""]},
        {"X-Amz-Copy-Source": "b/2026/a", "x-amz-copy-source": "secret/a"},
        {"x-amz-acl": ["private", "public-read"]},
    ],
)
def test_what_is_told_twice_is_not_told(told: dict[str, Any]) -> None:
    with pytest.raises(UnknownTarget, match="twice"):
        parameters_of({"bucketName": "b"} | told)


def test_cloudtrail_s_bodies_are_read_by_their_roots() -> None:
    xmlns = {"xmlns": "http://s3.amazonaws.com/doc/2006-03-01/"}
    tag = {"Key": "team", "Value": "blue"}
    body = {"LocationConstraint": "eu-west-1", "Tags": {"Tag": tag}, **xmlns}
    made, tagged = calls_of(
        "CreateBucket", parameters_of({"bucketName": "b", "CreateBucketConfiguration": body})
    )
    assert made.context["s3:locationconstraint"] == "eu-west-1"
    assert tagged.context["aws:RequestTag/team"] == "blue"
    role = "arn:aws:iam::111122223333:role/copies"
    replicated = {"bucketName": "b", "replication": "", "ReplicationConfiguration": {"Role": role, **xmlns}}
    assert needed("PutBucketReplication", **parameters_of(replicated))[1] == f"iam:PassRole {role}"
    held = {"bucketName": "b", "key": "k", "retention": "", "Retention": {"Mode": "COMPLIANCE", **xmlns}}
    (kept,) = calls_of("PutObjectRetention", parameters_of(held))
    assert kept.context == {"s3:object-lock-mode": "COMPLIANCE"}
    assert parameters_of({"Retention": "", "LegalHold": None}) == {}


def test_operations_without_their_parameters_are_what_is_told_to_people() -> None:
    assert OPERATIONS["headobject"] == ("s3:GetObject",)
    assert OPERATIONS["copyobject"] == ("s3:GetObject", "s3:PutObject")
    assert OPERATIONS["createmultipartupload"] == ("s3:PutObject",)
    assert all(actions for actions in OPERATIONS.values())
