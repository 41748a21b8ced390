"""The name that CloudTrail gives to a call of S3's API, from what stands in its method, path, query and headers.

Sources: the request syntax of each operation in the Amazon S3 API Reference; "Amazon S3 CloudTrail events", Amazon S3 User
Guide, for the names that differ from the API's.
"""

from collections.abc import Mapping
from typing import Final

from liftgate.demo.trail.seen import SeenCall

# What stands in a query, and what is then got, put or deleted.
_OF_BUCKETS: Final[Mapping[str, str]] = {
    "abac": "BucketAbac",
    "accelerate": "AccelerateConfiguration",
    "acl": "BucketAcl",
    "analytics": "AnalyticsConfiguration",
    "cors": "BucketCors",
    "encryption": "BucketEncryption",
    "intelligent-tiering": "IntelligentTieringConfiguration",
    "inventory": "InventoryConfiguration",
    "lifecycle": "BucketLifecycle",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "metadataConfiguration": "BucketMetadataConfiguration",
    "metadataTable": "BucketMetadataTableConfiguration",
    "metadataInventoryTable": "BucketMetadataInventoryTableConfiguration",
    "metadataJournalTable": "BucketMetadataJournalTableConfiguration",
    "metadataAnnotationTable": "BucketMetadataAnnotationTableConfiguration",
    "metrics": "MetricsConfiguration",
    "notification": "BucketNotification",
    "object-lock": "BucketObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "replication": "BucketReplication",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
_OF_OBJECTS: Final[Mapping[str, str]] = {
    "acl": "ObjectAcl",
    "annotation": "ObjectAnnotation",
    "attributes": "ObjectAttributes",
    "encryption": "ObjectEncryption",
    "legal-hold": "ObjectLegalHold",
    "retention": "ObjectRetention",
    "tagging": "ObjectTagging",
    "torrent": "ObjectTorrent",
}
_LISTED: Final = frozenset({"analytics", "intelligent-tiering", "inventory", "metrics"})  # without an id
_CREATED: Final = frozenset({"metadataConfiguration", "metadataTable"})
_UPDATED: Final = frozenset({"metadataInventoryTable", "metadataJournalTable", "metadataAnnotationTable"})
_VERBS: Final[Mapping[str, str]] = {"GET": "Get", "HEAD": "Get", "PUT": "Put", "DELETE": "Delete"}

_BUCKET_CALLS: Final[Mapping[tuple[str, str], str]] = {
    ("GET", "uploads"): "ListMultipartUploads",
    ("GET", "versions"): "ListObjectVersions",
    ("GET", "session"): "CreateSession",
    ("POST", "delete"): "DeleteObjects",
}
_PLAIN_BUCKET_CALLS: Final[Mapping[str, str]] = {
    "GET": "ListObjects",
    "HEAD": "HeadBucket",
    "PUT": "CreateBucket",
    "DELETE": "DeleteBucket",
    "POST": "PostObject",
}
_OBJECT_CALLS: Final[Mapping[tuple[str, str], str]] = {
    ("POST", "uploads"): "CreateMultipartUpload",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
    ("GET", "uploadId"): "ListParts",
    ("POST", "restore"): "RestoreObject",
    ("POST", "select"): "SelectObjectContent",
    ("PUT", "renameObject"): "RenameObject",
    ("PUT", "encryption"): "UpdateObjectEncryption",
}
_PLAIN_OBJECT_CALLS: Final[Mapping[str, str]] = {
    "GET": "GetObject",
    "HEAD": "HeadObject",
    "PUT": "PutObject",
    "DELETE": "DeleteObject",
}


def s3_operation(call: SeenCall, *, has_bucket: bool, has_key: bool) -> str | None:
    """CloudTrail's name for a call of S3; None where it is none that S3 knows."""
    if has_key:
        return _object_call(call)
    if has_bucket:
        return _bucket_call(call)
    return "ListBuckets" if call.method == "GET" else None


def _bucket_call(call: SeenCall) -> str | None:
    for name in call.names:
        special = _BUCKET_CALLS.get((call.method, name))
        if special is not None:
            return special
    for name, thing in _OF_BUCKETS.items():
        if name in call.names:
            return _of_setting(call, name, thing)
    return _PLAIN_BUCKET_CALLS.get(call.method)


def _of_setting(call: SeenCall, name: str, thing: str) -> str | None:
    if call.method == "GET" and name in _LISTED and "id" not in call.names:
        return f"List{thing}s"
    if call.method == "POST":
        return f"Create{thing}" if name in _CREATED else None
    if call.method == "PUT" and name in _UPDATED:
        return f"Update{thing}"
    verb = _VERBS.get(call.method)
    return verb and verb + thing


def _object_call(call: SeenCall) -> str | None:
    if call.method == "PUT" and {"uploadId", "partNumber"} <= call.names:
        return "UploadPartCopy" if "x-amz-copy-source" in call.headers else "UploadPart"
    for name in call.names:
        special = _OBJECT_CALLS.get((call.method, name))
        if special is not None:
            return special
    for name, thing in _OF_OBJECTS.items():
        if name in call.names:
            lists = name == "annotation" and call.method == "GET" and "annotationName" not in call.names
            verb = _VERBS.get(call.method)
            return f"List{thing}s" if lists else verb and verb + thing
    if call.method == "PUT" and "x-amz-copy-source" in call.headers:
        return "CopyObject"
    return _PLAIN_OBJECT_CALLS.get(call.method)
