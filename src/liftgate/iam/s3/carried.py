"""The condition keys that one call of S3's API carries, by what its parameters tell.

Sources: "Actions, resources, and condition keys for Amazon S3", Service Authorization Reference; "Enforce conditional
writes on Amazon S3 buckets", Amazon S3 User Guide.

>>> carried("s3:CreateBucket", "CreateBucket", {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}})
{'s3:locationconstraint': 'eu-west-1'}
"""

from collections.abc import Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from liftgate.iam.language.context import lower
from liftgate.iam.s3.actions import ACTIONS

Parameters: TypeAlias = Mapping[str, Any]
Values: TypeAlias = dict[str, str | tuple[str, ...]]

# Parameters of a call, to the condition keys that say the same.
_KEYS = {
    "Prefix": "s3:prefix",
    "Delimiter": "s3:delimiter",
    "MaxKeys": "s3:max-keys",
    "VersionId": "s3:versionid",
    "ACL": "s3:x-amz-acl",
    "GrantFullControl": "s3:x-amz-grant-full-control",
    "GrantRead": "s3:x-amz-grant-read",
    "GrantReadACP": "s3:x-amz-grant-read-acp",
    "GrantWrite": "s3:x-amz-grant-write",
    "GrantWriteACP": "s3:x-amz-grant-write-acp",
    "CopySource": "s3:x-amz-copy-source",
    "MetadataDirective": "s3:x-amz-metadata-directive",
    "StorageClass": "s3:x-amz-storage-class",
    "WebsiteRedirectLocation": "s3:x-amz-website-redirect-location",
    "ServerSideEncryption": "s3:x-amz-server-side-encryption",
    "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "SSECustomerAlgorithm": "s3:x-amz-server-side-encryption-customer-algorithm",
    "ObjectEncryption.SSEKMS.KMSKeyArn": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "ObjectLockMode": "s3:object-lock-mode",
    "Retention.Mode": "s3:object-lock-mode",
    "ObjectLockRetainUntilDate": "s3:object-lock-retain-until-date",
    "Retention.RetainUntilDate": "s3:object-lock-retain-until-date",
    "ObjectLockLegalHoldStatus": "s3:object-lock-legal-hold",
    "LegalHold.Status": "s3:object-lock-legal-hold",
    "ObjectOwnership": "s3:x-amz-object-ownership",
    "BucketNamespace": "s3:x-amz-bucket-namespace",
    "CreateBucketConfiguration.LocationConstraint": "s3:locationconstraint",
    "InventoryConfiguration.OptionalFields": "s3:InventoryAccessibleOptionalFields",
    "IfMatch": "s3:if-match",
    "IfNoneMatch": "s3:if-none-match",
}
_MAY_BE_EMPTY = frozenset({"Prefix", "Delimiter"})  # `?prefix=` is carried, as an empty text

# What an operation always carries.
_CREATES = {"s3:ObjectCreationOperation": "true"}
_CREATES_NOTHING_YET = {"s3:ObjectCreationOperation": "false"}
_ALWAYS: dict[str, dict[str, str]] = {
    "PutObject": _CREATES,
    "PostObject": _CREATES,
    "CopyObject": _CREATES,
    "CompleteMultipartUpload": _CREATES,
    "CreateMultipartUpload": _CREATES_NOTHING_YET,
    "UploadPart": _CREATES_NOTHING_YET,
    "UploadPartCopy": _CREATES_NOTHING_YET,
    "UpdateObjectEncryption": {"s3:x-amz-server-side-encryption": "aws:kms"},  # the one kind that it takes
}
_ACCESS_POINT_PARTS = 6

# Tags: the parameter that has them, and the keys for one tag and for the names of all.
_TAGS = (
    ("Tagging", "s3:RequestObjectTag/", "s3:RequestObjectTagKeys"),
    ("CreateBucketConfiguration.Tags", "aws:RequestTag/", "aws:TagKeys"),
)


def carried(action: str, operation: str, parameters: Parameters) -> Values:
    """The keys that a request for ``action`` carries, of those that the call tells."""
    known = ACTIONS[action].condition_keys
    always = _ALWAYS.get(operation, {})
    return (
        {key: value for key, value in always.items() if key in known}
        | _of_access_point(parameters)  # these keys are the resource's, whatever the action
        | _plain(parameters, known)
        | _tags(parameters, known)
    )


def told(parameters: Parameters, name: str) -> Any:
    """A parameter, or with ``Outer.inner`` what stands inside of one; None where the call does not tell it."""
    value: Any = parameters
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def is_given(value: object) -> bool:
    """Whether a parameter says something: not nothing, and not that a thing is switched off."""
    return value is not None and str(value).lower() not in {"", "false", "[]", "{}"}


def _plain(parameters: Parameters, known: frozenset[str]) -> Values:
    found: Values = {}
    for name, key in _KEYS.items():
        value = told(parameters, name) if key in known else None
        if is_given(value) or (name in _MAY_BE_EMPTY and value == ""):
            found[key] = tuple(map(_text, value)) if isinstance(value, list | tuple) else _text(value)
    return found


def _of_access_point(parameters: Parameters) -> dict[str, str]:
    bucket = str(parameters.get("Bucket") or "")
    parts = bucket.split(":", 5)
    is_one = len(parts) == _ACCESS_POINT_PARTS and parts[2] == "s3" and parts[5].startswith("accesspoint/")
    return {"s3:DataAccessPointArn": bucket, "s3:DataAccessPointAccount": parts[4]} if is_one else {}


def _tags(parameters: Parameters, known: frozenset[str]) -> Values:
    found: Values = {}
    for name, one, names in _TAGS:
        tags = _read_tags(told(parameters, name))
        if tags and names in known:
            found[names] = tuple(tags)
            found |= _one_by_one(one, tags)
    return found


def _one_by_one(one: str, tags: Mapping[str, str]) -> Values:
    """A key for each tag. Tags may differ in case only, keys cannot: such tags share one, with all their values."""
    alike: dict[str, list[str]] = {}
    for tag in tags:
        alike.setdefault(lower(tag), []).append(tag)
    return {
        f"{one}{first}": tuple(tags[tag] for tag in (first, *others)) if others else tags[first]
        for first, *others in alike.values()
    }


def _read_tags(value: object) -> dict[str, str]:
    """Tags as a header writes them, ``a=b&c=d``, or as a body has them: a list, perhaps inside a ``TagSet`` or ``Tag``."""
    if isinstance(value, str):
        return dict(parse_qsl(value, keep_blank_values=True))
    while isinstance(value, Mapping) and "Key" not in value:
        value = value.get("TagSet") or value.get("Tag")
    listed = value if isinstance(value, list | tuple) else [value]
    return {str(one.get("Key", "")): str(one.get("Value", "")) for one in listed if isinstance(one, Mapping)}


def _text(value: object) -> str:
    if isinstance(value, Mapping):  # a copy's source, in parts
        version = f"?versionId={value['VersionId']}" if value.get("VersionId") else ""
        return f"{value.get('Bucket', '')}/{value.get('Key', '')}{version}"
    moment = getattr(value, "isoformat", None)
    return str(moment() if moment is not None else value)
