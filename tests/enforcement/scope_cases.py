"""What is tried of a scope: the actions and places that are granted, one call, and whether it must be allowed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tests.enforcement.stage import HERE, KEPT, KEY, NEIGHBOUR, PAYROLL, REPORTS

Call: TypeAlias = Callable[[Any, Any], Any]  # (the session's client, the owner's client)

OUT: Final = "2026/q4/a.csv"
WHOLE: Final = f"s3://{REPORTS}/"
STRANGE: Final = "2026/ünï côde+%41 &=(1)'\"~/"
EVERY_GROUP: Final = (
    "read", "read-versions", "list", "write", "tag", "delete", "delete-versions", "restore",
)  # fmt: skip
_PARTS: Final = {"Bucket": REPORTS}


@dataclass(frozen=True, slots=True)
class ScopeCase:
    """One call under one scope."""

    actions: tuple[str, ...]
    at: tuple[str, ...]
    call: Call
    allowed: bool


def does(operation: str, bucket: str, key: str | None = None, **rest: Any) -> Call:
    """One call of boto3's."""
    place = {"Bucket": bucket, **({} if key is None else {"Key": key})}
    return lambda session, _: getattr(session, operation)(**place, **rest)


def put(key: str = KEY, bucket: str = REPORTS, **rest: Any) -> Call:
    return does("put_object", bucket, key, Body=b"new", **rest)


def get(key: str = KEY, bucket: str = REPORTS) -> Call:
    return does("get_object", bucket, key)


def remove(key: str = KEY) -> Call:
    return does("delete_object", REPORTS, key)


def listing(prefix: str | None, bucket: str = REPORTS) -> Call:
    return does("list_objects_v2", bucket, **({} if prefix is None else {"Prefix": prefix}))


def copy(source: str, target: str, bucket: str = REPORTS) -> Call:
    return does("copy_object", REPORTS, target, CopySource={"Bucket": bucket, "Key": source})


def removes_both(session: Any, _: Any) -> None:
    """One call for two keys: what is refused of it stands in its answer."""
    keys = [{"Key": KEY}, {"Key": OUT}]
    session.delete_objects(Bucket=REPORTS, Delete={"Objects": keys})


def multipart(key: str) -> Call:
    def upload(session: Any, _: Any) -> None:
        place = {"Bucket": REPORTS, "Key": key}
        number = session.create_multipart_upload(**place)["UploadId"]
        part = session.upload_part(**place, UploadId=number, PartNumber=1, Body=b"new")["ETag"]
        session.list_parts(**place, UploadId=number)
        parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
        session.complete_multipart_upload(**place, UploadId=number, MultipartUpload=parts)

    return upload


def in_upload(operation: str, key: str, **rest: Any) -> Call:
    """One call in an upload that the owner began."""

    def call(session: Any, owner: Any) -> None:
        number = owner.create_multipart_upload(Bucket=REPORTS, Key=key)["UploadId"]
        getattr(session, operation)(Bucket=REPORTS, Key=key, UploadId=number, **rest)

    return call


def of_version(operation: str, key: str) -> Call:
    def call(session: Any, owner: Any) -> None:
        version = owner.put_object(Bucket=KEPT, Key=key, Body=b"x")["VersionId"]
        owner.put_object(Bucket=KEPT, Key=key, Body=b"y")
        getattr(session, operation)(Bucket=KEPT, Key=key, VersionId=version)

    return call


_W, _D, _T, _R, _L = ("write",), ("delete",), ("tag",), ("read",), ("list",)
_IN, _KEPT = (HERE,), (f"s3://{KEPT}/2026/",)
_ALL: Final = (EVERY_GROUP, (WHOLE,))
_TAGS: Final = {"TagSet": [{"Key": "a", "Value": "b"}]}
_COPIES: Final = (("write", "read"), _IN)

SCOPE_CASES: Final[dict[str, ScopeCase]] = {
    "write: put under the prefix": ScopeCase(_W, _IN, put(), True),
    "write: put under another prefix": ScopeCase(_W, _IN, put(OUT), False),
    "write: put beside the prefix, `q3-old/` for `q3/`": ScopeCase(_W, _IN, put("2026/q3-old/a.csv"), False),
    "write: put to the prefix's name without its slash": ScopeCase(_W, _IN, put("2026/q3"), False),
    "write: put under `reports/` where `rep/` is granted": ScopeCase(
        _W, (f"{WHOLE}rep/",), put("reports/a"), False
    ),
    "write: put under the prefix in capitals": ScopeCase(_W, _IN, put("2026/Q3/a.csv"), False),
    "write: put into another bucket": ScopeCase(_W, _IN, put(KEY, PAYROLL), False),
    "write: get": ScopeCase(_W, _IN, get(), False),
    "write: delete": ScopeCase(_W, _IN, remove(), False),
    "write: tag": ScopeCase(_W, _IN, does("put_object_tagging", REPORTS, KEY, Tagging=_TAGS), False),
    "write: put with tags in its header": ScopeCase(_W, _IN, put(Tagging="a=b"), False),
    "write: put with an ACL in its header": ScopeCase(_W, _IN, put(ACL="public-read"), False),
    "write: list under the prefix": ScopeCase(_W, _IN, listing("2026/q3/"), True),
    "write: list under another prefix": ScopeCase(_W, _IN, listing("2026/q4/"), False),
    "write: list under the folder above": ScopeCase(_W, _IN, listing("2026/"), False),
    "write: list the whole bucket": ScopeCase(_W, _IN, listing(None), False),
    "write: list another bucket": ScopeCase(_W, _IN, listing("2026/q3/", PAYROLL), False),
    "multipart: begin, part, list parts, complete": ScopeCase(_W, _IN, multipart(KEY), True),
    "multipart: begin under another prefix": ScopeCase(
        _W, _IN, does("create_multipart_upload", REPORTS, OUT), False
    ),
    "multipart: a part under another prefix": ScopeCase(
        _W, _IN, in_upload("upload_part", OUT, PartNumber=1, Body=b"x"), False
    ),
    "multipart: abort": ScopeCase(_W, _IN, in_upload("abort_multipart_upload", KEY), True),
    "multipart: abort under another prefix": ScopeCase(
        _W, _IN, in_upload("abort_multipart_upload", OUT), False
    ),
    "multipart: list uploads of the bucket, a prefix granted": ScopeCase(
        _W, _IN, does("list_multipart_uploads", REPORTS), False
    ),
    "multipart: list uploads of the bucket, all of it granted": ScopeCase(
        _W, (WHOLE,), does("list_multipart_uploads", REPORTS), True
    ),
    "multipart: copy a part from inside": ScopeCase(
        *_COPIES,
        in_upload("upload_part_copy", KEY, PartNumber=1, CopySource={"Bucket": REPORTS, "Key": KEY}),
        True,
    ),
    "multipart: copy a part from outside": ScopeCase(
        *_COPIES,
        in_upload("upload_part_copy", KEY, PartNumber=1, CopySource={"Bucket": REPORTS, "Key": OUT}),
        False,
    ),
    "copy: inside to inside": ScopeCase(*_COPIES, copy(KEY, "2026/q3/b.csv"), True),
    "copy: inside to outside": ScopeCase(*_COPIES, copy(KEY, OUT), False),
    "copy: outside to inside": ScopeCase(*_COPIES, copy(OUT, KEY), False),
    "copy: another bucket to inside": ScopeCase(*_COPIES, copy(KEY, KEY, PAYROLL), False),
    "copy: inside to inside, write alone granted": ScopeCase(_W, _IN, copy(KEY, "2026/q3/b.csv"), False),
    "delete: under the prefix": ScopeCase(_D, _IN, remove(), True),
    "delete: under another prefix": ScopeCase(_D, _IN, remove(OUT), False),
    "delete: put": ScopeCase(_D, _IN, put(), False),
    "delete: a version, `delete` granted": ScopeCase(_D, _KEPT, of_version("delete_object", KEY), False),
    "delete: a version, `delete-versions` granted": ScopeCase(
        ("delete-versions",), _KEPT, of_version("delete_object", KEY), True
    ),
    "tag: put tags": ScopeCase(_T, _IN, does("put_object_tagging", REPORTS, KEY, Tagging=_TAGS), True),
    "tag: read tags": ScopeCase(_T, _IN, does("get_object_tagging", REPORTS, KEY), True),
    "tag: remove tags": ScopeCase(_T, _IN, does("delete_object_tagging", REPORTS, KEY), True),
    "tag: put tags under another prefix": ScopeCase(
        _T, _IN, does("put_object_tagging", REPORTS, OUT, Tagging=_TAGS), False
    ),
    "tag: put the object": ScopeCase(_T, _IN, put(), False),
    "read: get": ScopeCase(_R, _IN, get(), True),
    "read: head": ScopeCase(_R, _IN, does("head_object", REPORTS, KEY), True),
    "read: get under another prefix": ScopeCase(_R, _IN, get(OUT), False),
    "read: head under another prefix": ScopeCase(_R, _IN, does("head_object", REPORTS, OUT), False),
    "read: put": ScopeCase(_R, _IN, put(), False),
    "read: delete": ScopeCase(_R, _IN, remove(), False),
    "read: a version, `read` granted": ScopeCase(_R, _KEPT, of_version("get_object", KEY), False),
    "versions: get one": ScopeCase(("read-versions",), _KEPT, of_version("get_object", KEY), True),
    "versions: get one elsewhere": ScopeCase(
        ("read-versions",), _KEPT, of_version("get_object", "2025/a.csv"), False
    ),
    "versions: list them": ScopeCase(
        ("read-versions",), _KEPT, does("list_object_versions", KEPT, Prefix="2026/"), True
    ),
    "versions: list them elsewhere": ScopeCase(
        ("read-versions",), _KEPT, does("list_object_versions", KEPT, Prefix="2025/"), False
    ),
    "list: the prefix": ScopeCase(_L, _IN, listing("2026/q3/"), True),
    "list: a folder below it": ScopeCase(_L, _IN, listing("2026/q3/west/"), True),
    "list: the prefix without its slash": ScopeCase(_L, _IN, listing("2026/q3"), False),
    "list: another prefix": ScopeCase(_L, _IN, listing("2026/q4/"), False),
    "list: get": ScopeCase(_L, _IN, get(), False),
    "list: the whole bucket, all of it granted": ScopeCase(_L, (WHOLE,), listing(None), True),
    "one object: put it": ScopeCase(_W, (f"{WHOLE}2026/one.csv",), put("2026/one.csv"), True),
    "one object: put one whose name begins so": ScopeCase(
        _W, (f"{WHOLE}2026/one.csv",), put("2026/one.csv2"), False
    ),
    "one object: list": ScopeCase(_W, (f"{WHOLE}2026/one.csv",), listing("2026/one.csv"), False),
    "whole bucket: put anywhere": ScopeCase(_W, (WHOLE,), put("any/where"), True),
    "whole bucket: put into the bucket whose name begins so": ScopeCase(
        _W, (WHOLE,), put("any/where", NEIGHBOUR), False
    ),
    "wildcard `2026/*/sum.csv`: put a match": ScopeCase(
        _W, (f"{WHOLE}2026/*/sum.csv",), put("2026/q3/sum.csv"), True
    ),
    "wildcard `2026/*/sum.csv`: put another name": ScopeCase(
        _W, (f"{WHOLE}2026/*/sum.csv",), put("2026/q3/a.csv"), False
    ),
    "wildcard `2026/q?/`: put a match": ScopeCase(_W, (f"{WHOLE}2026/q?/",), put("2026/q3/a.csv"), True),
    "wildcard `2026/q?/`: put where two letters stand": ScopeCase(
        _W, (f"{WHOLE}2026/q?/",), put("2026/q33/a.csv"), False
    ),
    "strange key: put under it": ScopeCase(_W, (f"{WHOLE}{STRANGE}",), put(f"{STRANGE}a b"), True),
    "strange key: list under it": ScopeCase(_W, (f"{WHOLE}{STRANGE}",), listing(STRANGE), True),
    "strange key: put where `%41` is read as `A`": ScopeCase(
        _W, (f"{WHOLE}{STRANGE}",), put(f"{STRANGE.replace('%41', 'A')}a b"), False
    ),
    "strange key: put where `+` is read as a space": ScopeCase(
        _W, (f"{WHOLE}{STRANGE}",), put(f"{STRANGE.replace('+', ' ')}a b"), False
    ),
    "two places: put in the second": ScopeCase(_W, (HERE, f"{WHOLE}2026/q4/"), put(OUT), True),
    "two places: put in neither": ScopeCase(_W, (HERE, f"{WHOLE}2026/q4/"), put("2026/q1/a.csv"), False),
    "bucket: where it is": ScopeCase(*_ALL, does("get_bucket_location", REPORTS), True),
    "bucket: make one": ScopeCase(*_ALL, does("create_bucket", "enforced-made"), False),
    "bucket: delete it": ScopeCase(*_ALL, does("delete_bucket", REPORTS), False),
    "bucket: set its policy": ScopeCase(*_ALL, does("put_bucket_policy", REPORTS, Policy="{}"), False),
    "bucket: read its policy": ScopeCase(*_ALL, does("get_bucket_policy", REPORTS), False),
    "bucket: remove its policy": ScopeCase(*_ALL, does("delete_bucket_policy", REPORTS), False),
    "bucket: set its ACL": ScopeCase(*_ALL, does("put_bucket_acl", REPORTS, ACL="private"), False),
    "bucket: switch versioning": ScopeCase(
        *_ALL,
        does("put_bucket_versioning", KEPT, VersioningConfiguration={"Status": "Suspended"}),
        False,
    ),
    "bucket: set its lifecycle": ScopeCase(
        *_ALL,
        does(
            "put_bucket_lifecycle_configuration",
            REPORTS,
            LifecycleConfiguration={
                "Rules": [
                    {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": 9}}
                ]
            },
        ),
        False,
    ),
    "object: set its ACL": ScopeCase(*_ALL, does("put_object_acl", REPORTS, KEY, ACL="private"), False),
    "object: read its ACL": ScopeCase(*_ALL, does("get_object_acl", REPORTS, KEY), False),
}
