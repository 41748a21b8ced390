"""Reads buckets and keys: each part by a call of its own, so that one refusal hides no more than that."""

from typing import Any, Final

from liftgate.drift.model import Absent, Unseen
from liftgate.drift.reading import look, policy_of
from liftgate.drift.seen import Looked, SeenBucket, SeenKey
from liftgate.iam.parse import Kind
from liftgate.iam.policy import Policy

_NO_BUCKET: Final = ("NoSuchBucket",)


def read_bucket(client: Any, arn: str) -> Looked[SeenBucket]:
    """A bucket. Raises nothing that is AWS's."""
    name = arn.rsplit(":", 1)[-1]
    there = look(arn, lambda: client.get_bucket_versioning(Bucket=name), absent=_NO_BUCKET)
    if isinstance(there, Absent):
        return there
    return SeenBucket(
        policy=_policy(client, arn, name),
        public_block=look(
            arn, lambda: _block(client, name), absent=("NoSuchPublicAccessBlockConfiguration",)
        ),
        is_versioned=there if isinstance(there, Unseen) else there.get("Status") == "Enabled",
        expires_days=_expires(client, arn, name),
    )


def read_key(client: Any, arn: str) -> Looked[SeenKey]:
    """A KMS key."""
    state = look(
        arn,
        lambda: str(client.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]),
        absent=("NotFoundException",),
    )
    if isinstance(state, Unseen | Absent):
        return state
    text = look(arn, lambda: client.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
    policy = text if isinstance(text, Unseen | Absent) else policy_of(text, Kind.RESOURCE, arn)
    return SeenKey(state=state, policy=policy)


def _policy(client: Any, arn: str, name: str) -> Looked[Policy]:
    text = look(arn, lambda: client.get_bucket_policy(Bucket=name)["Policy"], absent=("NoSuchBucketPolicy",))
    return text if isinstance(text, Unseen | Absent) else policy_of(text, Kind.RESOURCE, arn)


def _block(client: Any, name: str) -> frozenset[str]:
    found = client.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    return frozenset(part for part, on in found.items() if on is True)


def _expires(client: Any, arn: str, name: str) -> Looked[int]:
    """The soonest of the rules that count; a rule by date deletes all at once."""

    def read() -> list[int]:
        rules = client.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
        ends = [one["Expiration"] for one in rules if one["Status"] == "Enabled" and "Expiration" in one]
        return [0 if "Date" in one else int(one["Days"]) for one in ends if "Date" in one or "Days" in one]

    found = look(arn, read, absent=("NoSuchLifecycleConfiguration",))
    if isinstance(found, Unseen | Absent):
        return found
    return min(found) if found else Absent()
