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

from liftgate.iam.errors import UnknownTarget

# Of the path and the query: S3 knows them in this spelling alone, and passes over `?Prefix=`, which a caller may add.
_PATH_AND_QUERY = {
    "bucketName": "Bucket",
    "key": "Key",
    "versionId": "VersionId",
    "prefix": "Prefix",
    "delimiter": "Delimiter",
    "max-keys": "MaxKeys",
    "uploadId": "UploadId",
    "partNumber": "PartNumber",
}
_HEADERS = {  # in any case
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
    """What of an event's ``requestParameters``, which may be null, the API's parameters say; the rest is left out.

    Raises ``UnknownTarget`` where they say two things of one parameter: which of them S3 took is not known.
    """
    found: dict[str, Any] = {}
    for name, value in (request_parameters or {}).items():
        ours = parameter_named(name)
        if name in _BODIES:
            if isinstance(value, Mapping):
                found[name] = value
            continue
        if ours is None:
            continue
        one = _only(name, value) if isinstance(value, list) else value  # headers may stand as lists
        if one is None or (one == "" and ours not in _MAY_BE_EMPTY):
            continue
        if found.setdefault(ours, one) != one:
            raise _told_twice(name)
    return found


def _only(name: str, values: list[Any]) -> Any:
    """What a list says, which may say it several times; None where it is empty."""
    if any(value != values[0] for value in values):
        raise _told_twice(name)
    return values[0] if values else None


def _told_twice(name: str) -> UnknownTarget:
    return UnknownTarget(
        f"the call tells `{name[:80]}` twice, and each time another",
        advice="take it as reaching anything there",
        value=name[:80],
    )


@lru_cache(maxsize=1024)
def parameter_named(name: str) -> str | None:
    """The API's parameter that a name in ``requestParameters`` stands for; None where it is left out."""
    return name if name in _BODIES else _PATH_AND_QUERY.get(name) or _HEADERS.get(name.lower())
