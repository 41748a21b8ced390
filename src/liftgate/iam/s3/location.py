"""Reads S3 locations as people write them, and refuses what could not be proved or seen.

>>> from liftgate.iam.s3.location import parse_location, readings
>>> parse_location("s3://reports/2026/").object_arn
'arn:aws:s3:::reports/2026/*'
>>> sorted(location.key for location in readings("s3://reports/2026"))
['2026', '2026/*']
"""

import re

from liftgate.iam.errors import NotALocation
from liftgate.iam.s3.bucket_name import check_bucket
from liftgate.iam.s3.key_pattern import check_key
from liftgate.iam.scope import Location

PARTITIONS = ("aws", "aws-cn", "aws-us-gov")

_LONGEST = 3 * 1024  # a bucket, a key of 1,024 bytes, and room for an ARN's head: more is not worth reading
_CONSOLE = re.compile(r"https?://[^/]*\b(console\.aws|amazonaws\.|console\.amazonaws)", re.IGNORECASE)
_WRITE_IT = "write `s3://bucket/prefix/` for all under a prefix, or `s3://bucket/key` for one object"


def parse_location(text: str, *, partition: str = "aws") -> Location:
    """The one place that ``text`` names: ``s3://bucket/key`` or ``arn:aws:s3:::bucket/key``.

    A trailing ``/`` means everything under it, a bucket alone means all of it; otherwise the key is taken as it
    stands, with ``*`` and ``?`` as IAM's wildcards. ``partition`` is that of ``s3://`` forms; an ARN says its own.
    Raises ``NotALocation``, ``BadBucket`` or ``BadKey``, which say what is wrong, where, and what would be right.
    """
    bucket, key, partition = _take_apart(text, partition)
    check_bucket(bucket, text)
    check_key(key, text)
    return Location(bucket=bucket, key=_pattern(key), partition=partition)


def readings(text: str, *, partition: str = "aws") -> frozenset[Location]:
    """The places that a requester may mean: ``s3://b/p`` is the object ``p``, or everything under ``p/``.

    Text with a wildcard or a trailing ``/`` has one reading. Raises as ``parse_location`` does.
    """
    exact = parse_location(text, partition=partition)
    if any(wildcard in exact.key for wildcard in "*?"):
        return frozenset({exact})
    return frozenset({exact, Location(exact.bucket, f"{exact.key}/*", exact.partition)})


def _take_apart(text: str, partition: str) -> tuple[str, str, str]:
    if partition not in PARTITIONS:
        raise ValueError(f"not a partition: {partition}")
    if not text.strip():
        raise NotALocation("a location is missing", advice=_WRITE_IT)
    if len(text) > _LONGEST:
        raise NotALocation(
            f"a location of {len(text)} characters is longer than any S3 key",
            advice="write a prefix and a `/`; keys have at most 1,024 bytes",
        )
    if text != text.strip():
        raise NotALocation(
            f"`{_shown(text)}` has white space around it", advice=f"write `{text.strip()}`", value=text
        )
    if text[:4].lower() == "arn:":
        return _from_arn(text)
    return (*_from_url(text), partition)


def _from_url(text: str) -> tuple[str, str]:
    scheme, slashes, rest = text.partition("://")
    if not slashes:
        hint = f"write `s3://{text.lstrip('/')}`" if re.match(r"/?[a-z0-9]", text) else _WRITE_IT
        raise NotALocation(f"`{_shown(text)}` does not begin with `s3://`", advice=hint, value=text)
    if _CONSOLE.match(text):
        raise NotALocation(
            f"`{_shown(text)}` is a web address, not a location",
            advice="open the object in the console and copy its S3 URI",
            value=text,
        )
    if scheme != "s3":
        raise NotALocation(
            f"`{_shown(scheme)}://` is not how a location begins",
            advice=f"write `s3://{rest}`" if scheme.lower() in {"s3", "s3a", "s3n"} else _WRITE_IT,
            value=text,
        )
    bucket, _, key = rest.partition("/")
    if not bucket:
        raise NotALocation(f"`{_shown(text)}` names no bucket", advice=_WRITE_IT, value=text)
    return bucket, key


def _from_arn(text: str) -> tuple[str, str, str]:
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        raise NotALocation(
            f"`{_shown(text)}` is not a whole ARN",
            advice="an S3 location's ARN is `arn:aws:s3:::bucket/key`",
            value=text,
        )
    _, partition, service, region, account, resource = parts
    if service in {"s3-outposts", "s3-object-lambda", "s3express", "s3tables", "s3vectors"}:
        raise NotALocation(
            f"`{service}` is a service of its own, with other actions than S3",
            advice="name the bucket that stands behind it: `arn:aws:s3:::bucket/key`",
            value=text,
        )
    if service != "s3":
        raise NotALocation(
            f"an ARN of `{_shown(service)}` is no S3 location",
            advice="an S3 location's ARN is `arn:aws:s3:::bucket/key`",
            value=text,
        )
    if partition not in PARTITIONS:
        raise NotALocation(
            f"`{_shown(partition)}` is not a partition of AWS",
            advice=f"write one of {', '.join(f'`{name}`' for name in PARTITIONS)}",
            value=text,
        )
    if region or account:
        _refuse_regional(text, resource)
    bucket, _, key = resource.partition("/")
    if not bucket:
        raise NotALocation(
            f"`{_shown(text)}` names no bucket", advice="write `arn:aws:s3:::bucket/key`", value=text
        )
    return bucket, key, partition


def _refuse_regional(text: str, resource: str) -> None:
    if resource.startswith(("accesspoint", "outpost")):
        raise NotALocation(
            f"`{_shown(text)}` is an access point, which has rules of its own",
            advice="name the bucket that stands behind it: `arn:aws:s3:::bucket/key`",
            value=text,
        )
    raise NotALocation(
        f"`{_shown(text)}` has a region or account, which the ARN of a bucket or object has not",
        advice="write `arn:aws:s3:::bucket/key`, with three colons after `s3`",
        value=text,
    )


def _pattern(key: str) -> str:
    if not key or key.endswith("/"):
        return f"{key}*"
    return re.sub(r"\*{2,}", "*", key)


def _shown(text: str) -> str:
    short = text if len(text) <= 80 else f"{text[:77]}…"
    return "".join(
        character if character.isprintable() else f"<U+{ord(character):04X}>" for character in short
    )
