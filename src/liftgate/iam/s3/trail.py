"""CloudTrail's ``requestParameters`` of an S3 event, as the parameters of the API.

CloudTrail writes what stood in the request's path, query and headers, by their names there, and of some operations the
body, by the name of its root. Source: "Amazon S3 CloudTrail events", Amazon S3 User Guide, and the request syntax of each
operation in the Amazon S3 API Reference.

>>> parameters_of({"bucketName": "reports", "key": "a.csv", "x-amz-copy-source": "other/b", "Host": "s3.amazonaws.com"})
{'Bucket': 'reports', 'Key': 'a.csv', 'CopySource': 'other/b'}
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_NAMES = {
    "bucketname": "Bucket",
    "key": "Key",
    "versionid": "VersionId",
    "prefix": "Prefix",
    "delimiter": "Delimiter",
    "max-keys": "MaxKeys",
    "uploadid": "UploadId",
    "partnumber": "PartNumber",
    "x-amz-acl": "ACL",
    "x-amz-grant-full-control": "GrantFullControl",
    "x-amz-grant-read": "GrantRead",
    "x-amz-grant-read-acp": "GrantReadACP",
    "x-amz-grant-write": "GrantWrite",
    "x-amz-grant-write-acp": "GrantWriteACP",
    "x-amz-copy-source": "CopySource",
    "x-amz-metadata-directive": "MetadataDirective",
    "x-amz-tagging": "Tagging",
    "x-amz-tagging-directive": "TaggingDirective",
    "x-amz-storage-class": "StorageClass",
    "x-amz-website-redirect-location": "WebsiteRedirectLocation",
    "x-amz-server-side-encryption": "ServerSideEncryption",
    "x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
    "x-amz-server-side-encryption-customer-algorithm": "SSECustomerAlgorithm",
    "x-amz-object-lock-mode": "ObjectLockMode",
    "x-amz-object-lock-retain-until-date": "ObjectLockRetainUntilDate",
    "x-amz-object-lock-legal-hold": "ObjectLockLegalHoldStatus",
    "x-amz-bucket-object-lock-enabled": "ObjectLockEnabledForBucket",
    "x-amz-object-ownership": "ObjectOwnership",
    "x-amz-bucket-namespace": "BucketNamespace",
    "x-amz-bypass-governance-retention": "BypassGovernanceRetention",
    "if-match": "IfMatch",
    "if-none-match": "IfNoneMatch",
}
_BODIES = frozenset({"CreateBucketConfiguration", "ReplicationConfiguration", "Retention", "LegalHold"})

_MAY_BE_EMPTY = frozenset({"Prefix", "Delimiter"})


def parameters_of(request_parameters: Mapping[str, Any] | None) -> dict[str, Any]:
    """What of an event's ``requestParameters``, which may be null, the API's parameters say; the rest is left out."""
    found: dict[str, Any] = {}
    for name, value in (request_parameters or {}).items():
        ours = parameter_named(name)
        if name in _BODIES:
            if isinstance(value, Mapping):
                found[name] = value
            continue
        one = value[0] if isinstance(value, list) and value else value  # headers may stand as lists
        if ours is not None and one not in (None, []) and (one != "" or ours in _MAY_BE_EMPTY):
            found[ours] = one
    return found


@lru_cache(maxsize=1024)
def parameter_named(name: str) -> str | None:
    """The API's parameter that a name in ``requestParameters`` stands for; None where it is left out."""
    return name if name in _BODIES else _NAMES.get(name.lower())
