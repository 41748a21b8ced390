"""The names of S3's operations, held against the requests that botocore makes of S3's own model of them."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from liftgate.demo.trail.operations import s3_operation
from liftgate.demo.trail.seen import seen_call

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
# CloudTrail's names, where they are not the API's ("Amazon S3 CloudTrail events", Amazon S3 User Guide).
TRAIL_NAMES = {
    "DeleteBucketAnalyticsConfiguration": "DeleteAnalyticsConfiguration",
    "DeleteBucketIntelligentTieringConfiguration": "DeleteIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration": "DeleteInventoryConfiguration",
    "DeleteBucketMetricsConfiguration": "DeleteMetricsConfiguration",
    "DeletePublicAccessBlock": "DeleteBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketAnalyticsConfiguration": "GetAnalyticsConfiguration",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "GetBucketLifecycleConfiguration": "GetBucketLifecycle",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "ListBucketAnalyticsConfigurations": "ListAnalyticsConfigurations",
    "ListBucketIntelligentTieringConfigurations": "ListIntelligentTieringConfigurations",
    "ListBucketInventoryConfigurations": "ListInventoryConfigurations",
    "ListBucketMetricsConfigurations": "ListMetricsConfigurations",
    "ListDirectoryBuckets": "ListBuckets",
    "ListObjectsV2": "ListObjects",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "PutBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "PutBucketLifecycleConfiguration": "PutBucketLifecycle",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
NOT_ASKED_FOR_BY_A_BUCKET = {"WriteGetObjectResponse"}

CLIENT: Any = boto3.session.Session().client(
    "s3",
    region_name="us-east-1",
    endpoint_url="http://127.0.0.1:1",
    aws_access_key_id="AKIAEXAMPLEEXAMPLE12",
    aws_secret_access_key="secret",
)
MODEL = CLIENT.meta.service_model
OPERATIONS = sorted(set(MODEL.operation_names) - NOT_ASKED_FOR_BY_A_BUCKET)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_name_of_each_operation_is_told_from_its_request(operation: str) -> None:
    url, method, headers = _request(operation)
    path, _, query = url.partition("?")
    scope = {"method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode()}
    signed = [
        (
            b"authorization",
            b"AWS4-HMAC-SHA256 Credential=AKIAEXAMPLEEXAMPLE12/20261102/us-east-1/s3/aws4_request",
        )
    ]
    raw = [*signed, *((name.encode(), value.encode()) for name, value in headers.items())]

    call = seen_call(scope, raw, NOW)

    assert call is not None
    bucket, _, key = call.resource.partition("/")
    found = s3_operation(call, has_bucket=bool(bucket), has_key=bool(key))
    assert found == TRAIL_NAMES.get(operation, operation)


def _request(operation: str) -> tuple[str, str, dict[str, str]]:
    model = MODEL.operation_model(operation)
    shape = model.input_shape
    said = {name: _example(shape.members[name], name) for name in shape.required_members} if shape else {}
    request = CLIENT._serializer.serialize_to_request(said, model)
    query = "&".join(f"{name}={value}" for name, value in request["query_string"].items())
    path = request["url_path"]
    joined = path + ("&" if "?" in path and query else "?" if query else "") + query
    return joined, request["method"], {str(k).lower(): str(v) for k, v in request["headers"].items()}


def _example(shape: Any, name: str) -> Any:
    if shape.type_name == "structure":
        needed = list(shape.members)[:1] if shape.is_tagged_union else shape.required_members
        return {inner: _example(shape.members[inner], inner) for inner in needed}
    if shape.type_name == "list":
        return [_example(shape.member, name)]
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else f"{name.lower():x<20}"
    return {"integer": 1, "long": 1, "boolean": True, "blob": b"x", "timestamp": NOW}[shape.type_name]
