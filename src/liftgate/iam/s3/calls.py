"""One call of S3's API, as the requests that IAM decides: each action on its resource, with the keys that it carries.

>>> for request in calls_of("CopyObject", {"Bucket": "to", "Key": "b", "CopySource": "from/a?versionId=3", "ACL": "private"}):
...     print(request)
s3:GetObjectVersion on arn:aws:s3:::from/a with s3:versionid=3
s3:PutObject on arn:aws:s3:::to/b with s3:x-amz-acl=private, s3:x-amz-copy-source=from/a?versionId=3
s3:PutObjectAcl on arn:aws:s3:::to/b with s3:x-amz-acl=private
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote

from liftgate.iam.errors import UnknownOperation, UnknownTarget
from liftgate.iam.request import Request
from liftgate.iam.s3.actions import ACTIONS
from liftgate.iam.s3.need import Need, On
from liftgate.iam.s3.operations import NEEDS, UNMAPPED

# Parameters of a call, to the condition keys that say the same. Source: "Actions, resources, and condition keys for
# Amazon S3", Service Authorization Reference.
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
    "ObjectLockMode": "s3:object-lock-mode",
    "ObjectLockRetainUntilDate": "s3:object-lock-retain-until-date",
    "ObjectLockLegalHoldStatus": "s3:object-lock-legal-hold",
    "ObjectOwnership": "s3:x-amz-object-ownership",
    "IfMatch": "s3:if-match",
    "IfNoneMatch": "s3:if-none-match",
}

_MAY_BE_EMPTY = frozenset({"Prefix", "Delimiter"})  # `?prefix=` is carried, as an empty text
Parameters: TypeAlias = Mapping[str, Any]


def calls_of(operation: str, parameters: Parameters, *, partition: str = "aws") -> tuple[Request, ...]:
    """The requests that one call makes of IAM; at least one.

    ``operation`` is the API's name for it or CloudTrail's, ``parameters`` are those of the API by its own names, as
    boto3 takes them. A ``DeleteObjects`` makes one request for each key. A copy that takes its source's tags along,
    which no parameter tells, needs tagging permissions that are not here. What is not known is not guessed: raises
    ``UnknownOperation``, and ``UnknownTarget`` where a bucket, a key, a copy's source or the keys of a
    ``DeleteObjects`` are not told, as in CloudTrail's event of the last.
    """
    needs = NEEDS.get(operation)
    if needs is None:
        why = UNMAPPED.get(operation, "it is not an operation of S3 that is known here")
        raise UnknownOperation(
            f"`{operation[:80]}` cannot be said in actions: {why}",
            advice="judge it by hand; where it is new, bring src/liftgate/iam/s3/operations.py up to date",
            value=operation[:80],
        )
    return tuple(
        request
        for one in _each(operation, parameters)
        for need in needs
        for request in _asked(need, one, partition)
    )


def _each(operation: str, parameters: Parameters) -> list[Parameters]:
    """The call itself, or one for each object that it deletes."""
    if operation != "DeleteObjects":
        return [parameters]
    deleted = parameters.get("Delete")
    listed = deleted.get("Objects") if isinstance(deleted, Mapping) else None
    if not isinstance(listed, list) or not listed or not all(isinstance(one, Mapping) for one in listed):
        raise _untold("the keys that are deleted", parameters)
    rest = {name: value for name, value in parameters.items() if name != "Delete"}
    return [rest | {name: one[name] for name in ("Key", "VersionId") if one.get(name)} for one in listed]


def _untold(what: str, parameters: Parameters) -> UnknownTarget:
    bucket = str(parameters.get("Bucket") or "")[:80]
    return UnknownTarget(
        f"the call does not tell {what}{f', only the bucket `{bucket}`' if bucket else ''}",
        advice="take it as reaching anything there",
        value=bucket or None,
    )


def _asked(need: Need, parameters: Parameters, partition: str) -> Iterator[Request]:
    if need.when and not any(_is_given(parameters.get(name)) for name in need.when):
        return
    if need.on is On.KMS_KEY:
        yield from _sealed(need, parameters)
        return
    if need.on is On.SOURCE:
        parameters = _source(parameters.get("CopySource") or "")
    has_version = need.versioned is not None and _is_given(parameters.get("VersionId"))
    action = need.versioned if has_version and need.versioned else need.action
    yield Request(
        action=action,
        resource=_resource(need.on, parameters, partition),
        context=_context(action, parameters),
    )


def _is_given(value: object) -> bool:
    return value not in (None, False, "") and str(value).lower() != "false"


def _resource(on: On, parameters: Parameters, partition: str) -> str:
    if on is On.ACCOUNT:
        # AWS's examples allow what reaches the account on `*` or on `arn:aws:s3:::*`; one bucket's name allows it nowhere.
        return f"arn:{partition}:s3:::*"
    bucket = str(parameters.get("Bucket") or "")
    if not bucket:
        raise _untold("its bucket", parameters)
    is_access_point = bucket.startswith("arn:")
    whole = bucket if is_access_point else f"arn:{partition}:s3:::{bucket}"
    if on is On.BUCKET:
        return whole
    key = str(parameters.get("Key") or "")
    if not key:
        raise _untold("its key", parameters)
    return f"{whole}/{'object/' if is_access_point else ''}{key}"


def _context(action: str, parameters: Parameters) -> dict[str, str | tuple[str, ...]]:
    """The keys that the action carries, of those that the parameters give."""
    carried = ACTIONS[action].condition_keys
    found: dict[str, str | tuple[str, ...]] = {
        key: _text(parameters[name])
        for name, key in _KEYS.items()
        if key in carried
        and (_is_given(parameters.get(name)) or (name in _MAY_BE_EMPTY and parameters.get(name) == ""))
    }
    tags = _tags(parameters.get("Tagging"))
    if tags and "s3:RequestObjectTagKeys" in carried:
        found["s3:RequestObjectTagKeys"] = tuple(tags)
        found |= {f"s3:RequestObjectTag/{name}": value for name, value in tags.items()}
    return found


def _text(value: object) -> str:
    if isinstance(value, Mapping):  # a copy's source, in parts
        version = f"?versionId={value['VersionId']}" if value.get("VersionId") else ""
        return f"{value.get('Bucket', '')}/{value.get('Key', '')}{version}"
    moment = getattr(value, "isoformat", None)
    return str(moment() if moment is not None else value)


def _tags(value: object) -> dict[str, str]:
    """Tags as a header writes them, ``a=b&c=d``, or as the body of PutObjectTagging has them."""
    if isinstance(value, str):
        return dict(parse_qsl(value, keep_blank_values=True))
    if isinstance(value, Mapping):
        return {str(one.get("Key", "")): str(one.get("Value", "")) for one in value.get("TagSet") or []}
    return {}


def _source(source: object) -> dict[str, str]:
    """A copy's source: ``bucket/key?versionId=…``, perhaps with a slash before and escaped, an access point, or parts."""
    if isinstance(source, Mapping):
        return {name: str(value) for name, value in source.items() if _is_given(value)}
    path, _, query = str(source).partition("?")
    version = dict(parse_qsl(query)).get("versionId")
    path = unquote(path).removeprefix("/")
    if path.startswith("arn:") and "/object/" in path:
        bucket, _, key = path.partition("/object/")
    else:
        bucket, _, key = path.partition("/")
    return {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}


def _sealed(need: Need, parameters: Parameters) -> Iterator[Request]:
    """The call that S3 makes of KMS, where the key is named by its ARN."""
    key = str(parameters.get("SSEKMSKeyId", ""))
    parts = key.split(":")
    if not str(parameters.get("ServerSideEncryption", "")).startswith("aws:kms") or len(parts) < _KMS_PARTS:
        return
    _, partition, _, region, *_ = parts
    service = f"s3.{region}.amazonaws.com{'.cn' if partition == 'aws-cn' else ''}"
    yield Request(action=need.action, resource=key, context={"kms:ViaService": service})


_KMS_PARTS = 6
