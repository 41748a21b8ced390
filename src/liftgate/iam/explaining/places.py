"""Says where: S3's ARNs as ``s3://…``, other resources by their ARN.

>>> place("arn:aws:s3:::reports/2026/*"), place("arn:aws:s3:::reports"), place("*")
('under s3://reports/2026/', 'on the bucket s3://reports itself', 'on ANY RESOURCE')
"""

import re
from collections.abc import Iterable, Sequence

from liftgate.iam.explaining.listing import count, joined
from liftgate.iam.explaining.quoting import quoted, shown
from liftgate.iam.policy import Patterns
from liftgate.iam.scope import Location

_S3 = re.compile(r"arn:(aws|aws-cn|aws-us-gov):s3:::([^/*?]+)(?:/(.+))?", re.DOTALL)
_ALL_OF_S3 = re.compile(r"arn:[a-z*-]+:s3:::\*+(/\*+)?")
_KMS_KEY = re.compile(r"arn:[a-z-]+:kms:[^*?]*:key/[^*?]+")
_MANY = 8  # places from which on their number is said first


def location(place: Location, *, on: str = "") -> str:
    """Where a location is. ``on`` stands before an object, where the verb wants it: ``on the object s3://…``."""
    key = place.key
    head = key.rstrip("*")
    away = "" if place.partition == "aws" else f" (in {place.partition})"
    written = f"{shown(str(place))}{away}"
    if not head:
        return f"anywhere in {written}"
    if "*" in head or "?" in head:
        return f"what matches {written}"
    if key == head:
        return f"{on}the object {written}"
    return (
        f"under {written}"
        if head.endswith("/")
        else f"what begins with {shown(str(place).rstrip('*'))}{away}"
    )


def place(arn: str) -> str:
    """Where one pattern of ``Resource`` reaches."""
    if not arn.strip("*"):
        return "on ANY RESOURCE"
    if _ALL_OF_S3.fullmatch(arn):
        whole = "EVERY object in S3" if "/" in arn else "EVERY bucket and object in S3"
        return f"on {whole} ({quoted(arn)})"
    found = _S3.fullmatch(arn)
    if found is None:
        if _KMS_KEY.fullmatch(arn):
            return f"with the KMS key {shown(arn)}"
        return f"on what matches {quoted(arn)}" if _wild(arn) else f"on {shown(arn)}"
    partition, bucket, key = found.groups()
    if key is None:
        away = "" if partition == "aws" else f" (in {partition})"
        return f"on the bucket {shown(f's3://{bucket}')} itself{away}"
    where = location(Location(bucket, re.sub(r"\*{2,}", "*", key), partition), on="on ")
    return f"on {where}" if where.startswith("what ") else where


def places(resources: Patterns | None) -> str:
    """Where a statement reaches; empty in a trust policy, where the role itself is meant."""
    if resources is None:
        return ""
    where = [place(arn) for arn in sorted(set(resources.values), key=_widest_first)]
    if resources.negated:
        return f"on EVERY RESOURCE EXCEPT {joined([_bare(one) for one in where])}"
    return f"in {count(len(where), 'place')}: {joined(where)}" if len(where) > _MANY else joined(where)


def scope_places(locations: Iterable[Location]) -> str:
    """Where a scope reaches."""
    where: Sequence[str] = [location(one) for one in sorted(locations)]
    return joined(where)


def _wild(arn: str) -> bool:
    return "*" in arn or "?" in arn


def _bare(words: str) -> str:
    return words.removeprefix("on ")


def _widest_first(arn: str) -> tuple[bool, str]:
    return (bool(arn.strip("*")) and not _ALL_OF_S3.fullmatch(arn), arn)
