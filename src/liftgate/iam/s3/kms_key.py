"""Reads the ARNs of KMS keys, and says by which name S3 uses them."""

import re

from liftgate.iam.errors import BadKmsKey

_KEY = re.compile(
    r"arn:(aws|aws-cn|aws-us-gov):kms:[a-z]{2}(-[a-z]+)+-\d:\d{12}:key/"
    r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)


def parse_kms_key(text: str) -> str:
    """The ARN of one KMS key, as it stands. Raises ``BadKmsKey`` for aliases, wildcards and all else."""
    if _KEY.fullmatch(text):
        return text
    shown = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text[:120]
    )
    if "alias/" in text:
        why = "is an alias, which can be moved to another key"
    elif "*" in text or "?" in text:
        why = "has a wildcard"
    else:
        why = "is not the ARN of a KMS key"
    raise BadKmsKey(
        f"`{shown}` {why}",
        advice="write the key's own ARN, `arn:aws:kms:<region>:<account>:key/<key id>`",
        value=text,
    )


def s3_service(key_arn: str) -> str:
    """How `kms:ViaService` names S3 in the key's Region."""
    _, partition, _, region, *_ = key_arn.split(":")
    return f"s3.{region}.amazonaws.com{'.cn' if partition == 'aws-cn' else ''}"
