"""What CloudTrail writes under ``requestParameters``: of S3 the query, some headers and some bodies, of STS and IAM the parameters.

What could be used to sign, or to read what was sealed, is never written: names are allowed one by one.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from xml.etree import ElementTree as ET

from liftgate.demo.trail.seen import SeenCall

LONGEST_BODY: Final = 64 * 1024  # bytes of a body that may be recorded

_HEADERS: Final = frozenset(
    {
        "if-match",
        "if-none-match",
        "x-amz-acl",
        "x-amz-bucket-namespace",
        "x-amz-bucket-object-lock-enabled",
        "x-amz-bypass-governance-retention",
        "x-amz-copy-source",
        "x-amz-expected-bucket-owner",
        "x-amz-grant-full-control",
        "x-amz-grant-read",
        "x-amz-grant-read-acp",
        "x-amz-grant-write",
        "x-amz-grant-write-acp",
        "x-amz-metadata-directive",
        "x-amz-object-attributes",
        "x-amz-object-lock-legal-hold",
        "x-amz-object-lock-mode",
        "x-amz-object-lock-retain-until-date",
        "x-amz-object-ownership",
        "x-amz-request-payer",
        "x-amz-server-side-encryption",
        "x-amz-server-side-encryption-aws-kms-key-id",
        "x-amz-server-side-encryption-bucket-key-enabled",
        "x-amz-server-side-encryption-customer-algorithm",
        "x-amz-storage-class",
        "x-amz-tagging",
        "x-amz-tagging-directive",
        "x-amz-website-redirect-location",
    }
)
# Of what makes up a signature in a query, what CloudTrail writes; the rest of it is left out.
_SIGNING: Final = frozenset({"X-Amz-Algorithm", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders"})
# CloudTrail writes a bucket's policy under this name, and as an object.
_POLICY: Final = "bucketPolicy"
# Of objects, the settings whose bodies are written. All those of buckets are.
_OBJECT_BODIES: Final = frozenset({"PutObjectRetention", "PutObjectLegalHold"})
_BUCKET_BODIES: Final = ("PutBucket", "Create", "Put")
_SECRET: Final = frozenset(
    {
        "password",
        "oldpassword",
        "newpassword",
        "webidentitytoken",
        "samlassertion",
        "tokencode",
        "authenticationcode1",
        "authenticationcode2",
        "privatekey",
        "secretaccesskey",
        "sessiontoken",
    }
)
_OF_THE_PATH: Final = frozenset({"bucketName", "Host", "key"})
_PROTOCOL: Final = frozenset({"Version", "Action"})


def s3_parameters(
    call: SeenCall, operation: str, *, bucket: str | None, key: str | None, body: bytes
) -> dict[str, Any]:
    """Of a call to S3."""
    found: dict[str, Any] = {}
    if bucket:
        found["bucketName"] = bucket
    found["Host"] = call.headers.get("host", "")
    if key:
        found["key"] = key
    for name, value in call.query:
        is_signing = name.lower().startswith("x-amz-") and name.lower() not in _HEADERS
        # `?key=…` is the caller's own, and must not pass for the path.
        if name not in _OF_THE_PATH and (not is_signing or name in _SIGNING):
            found[name] = value
    found |= {name: value for name, value in call.headers.items() if name in _HEADERS}
    return found | _body(operation, has_key=key is not None, body=body)


def query_parameters(said: Mapping[str, Any]) -> dict[str, Any] | None:
    """Of a call to STS or IAM: names begin in lower case, and ``Tags.member.1.Key`` stands in a list."""
    tree: dict[str, Any] = {}
    for name, value in said.items():
        if name in _PROTOCOL or name.lower().startswith("x-amz-") or _is_secret(name):
            continue
        _put(tree, [_lower(part) for part in name.split(".")], value)
    listed: Any = _listed(tree)
    return listed or None


def records_body(operation: str, *, has_key: bool) -> bool:
    """Whether CloudTrail writes what was sent."""
    return operation in _OBJECT_BODIES if has_key else operation.startswith(_BUCKET_BODIES)


def _body(operation: str, *, has_key: bool, body: bytes) -> dict[str, Any]:
    if not body or len(body) > LONGEST_BODY or not records_body(operation, has_key=has_key):
        return {}
    try:
        if operation == "PutBucketPolicy":
            return {_POLICY: json.loads(body)}
        root = ET.fromstring(body)  # noqa: S314 - short, by a caller who signed, and expat bounds what entities become
    except (ValueError, ET.ParseError):
        return {}
    return {_local(root.tag): _element(root)}


def _element(element: ET.Element) -> Any:
    """An element as CloudTrail turns XML into JSON: text, an object, or a list where a name stands more than once."""
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        name, value = _local(child.tag), _element(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _is_secret(name: str) -> bool:
    return name.rpartition(".")[2].lower() in _SECRET


def _lower(part: str) -> str:
    return part[:1].lower() + part[1:]


def _put(tree: dict[str, Any], parts: Iterable[str], value: Any) -> None:
    *outer, last = parts
    for part in outer:
        inner = tree.setdefault(part, {})
        if not isinstance(inner, dict):
            return  # a name that is both a value and an object: AWS takes no such call
        tree = inner
    tree[last] = value


def _listed(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    members = tree.get("member")
    if isinstance(members, dict) and all(name.isdigit() for name in members):
        return [_listed(members[name]) for name in sorted(members, key=int)]
    return {name: _listed(value) for name, value in tree.items()}
