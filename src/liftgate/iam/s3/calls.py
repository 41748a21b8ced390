"""One call of S3's API, as the requests that IAM decides: each action on its resource, with the keys that it carries.

>>> for request in calls_of("CopyObject", {"Bucket": "to", "Key": "b", "CopySource": "from/a?versionId=3", "ACL": "private"}):
...     print(request)
s3:GetObjectVersion on arn:aws:s3:::from/a with s3:versionid=3
s3:PutObject on arn:aws:s3:::to/b with s3:objectcreationoperation=true, s3:x-amz-acl=private, s3:x-amz-copy-source=from/a?versionId=3
s3:PutObjectAcl on arn:aws:s3:::to/b with s3:x-amz-acl=private
"""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, unquote

from liftgate.iam.errors import UnknownOperation, UnknownTarget
from liftgate.iam.request import Request
from liftgate.iam.s3.carried import Parameters, carried, is_given, told
from liftgate.iam.s3.kms_key import s3_service
from liftgate.iam.s3.need import Need, On
from liftgate.iam.s3.operations import NEEDS, UNMAPPED


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
        for request in _asked(need, operation, one, partition)
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


def _asked(need: Need, operation: str, parameters: Parameters, partition: str) -> Iterator[Request]:
    if need.when and not any(is_given(told(parameters, name)) for name in need.when):
        return
    if need.on is On.KMS_KEY:
        yield from _sealed(need, parameters)
        return
    if need.on is On.ROLE:
        yield Request(
            action=need.action,
            resource=str(told(parameters, need.when[0])),
            context={"iam:PassedToService": "s3.amazonaws.com"},
        )
        return
    if need.on is On.SOURCE:
        parameters = _source(parameters.get("CopySource") or "")
    has_version = need.versioned is not None and is_given(parameters.get("VersionId"))
    action = need.versioned if has_version and need.versioned else need.action
    yield Request(
        action=action,
        resource=_resource(need.on, parameters, partition),
        context=carried(action, operation, parameters),
    )


def _resource(on: On, parameters: Parameters, partition: str) -> str:
    if on is On.ACCOUNT:
        # AWS's examples allow what reaches the account on `*` or on `arn:aws:s3:::*`; one bucket's name allows it nowhere.
        return f"arn:{partition}:s3:::*"
    if on is On.BESIDE:
        return "*"
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


def _source(source: object) -> dict[str, str]:
    """A copy's source: ``bucket/key?versionId=…``, perhaps with a slash before and escaped, an access point, or parts."""
    if isinstance(source, Mapping):
        return {name: str(value) for name, value in source.items() if is_given(value)}
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
    if (
        not str(parameters.get("ServerSideEncryption", "")).startswith("aws:kms")
        or key.count(":") < _KMS_COLONS
    ):
        return
    yield Request(action=need.action, resource=key, context={"kms:ViaService": s3_service(key)})


_KMS_COLONS = 5
