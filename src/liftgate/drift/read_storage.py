"""Reads buckets and keys: each part by a call of its own, so that one refusal hides no more than that."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from liftgate.drift.model import Absent, Unseen
from liftgate.drift.reading import look, policy_of
from liftgate.drift.seen import Looked, SeenAccessPoint, SeenBucket, SeenKey
from liftgate.iam.parse import Kind
from liftgate.iam.policy import Policy

_NO_BUCKET: Final = ("NoSuchBucket",)
_NO_BLOCK: Final = ("NoSuchPublicAccessBlockConfiguration",)


def read_bucket(client: Any, arn: str) -> Looked[SeenBucket]:
    """A bucket. Raises nothing that is AWS's."""
    name = arn.rsplit(":", 1)[-1]
    there = look(arn, lambda: client.get_bucket_versioning(Bucket=name), absent=_NO_BUCKET)
    if isinstance(there, Absent):
        return there
    return SeenBucket(
        policy=_policy(client, arn, name),
        public_block=look(arn, lambda: _on(client.get_public_access_block(Bucket=name)), absent=_NO_BLOCK),
        is_versioned=there if isinstance(there, Unseen) else there.get("Status") == "Enabled",
        expires_days=_expires(client, arn, name),
    )


def read_account_block(client: Any, arn: str) -> Looked[frozenset[str]]:
    """What is on of the block of public access for all buckets of an account, which the ARN of its root names."""
    account = arn.split(":")[4]
    return look(arn, lambda: _on(client.get_public_access_block(AccountId=account)), absent=_NO_BLOCK)


def read_access_points(
    client: Any, account: str, is_wanted: Callable[[str], bool]
) -> tuple[SeenAccessPoint, ...]:
    """Those of an account and region. ``is_wanted`` is asked by the bucket's name. Raises what boto3 raises."""
    found: list[Any] = []
    more: dict[str, str] = {}
    while True:
        answer = client.list_access_points(AccountId=account, **more)
        found += answer["AccessPointList"]
        if not answer.get("NextToken"):
            break
        more = {"NextToken": answer["NextToken"]}
    return tuple(_access_point(client, account, one) for one in found if is_wanted(one["Bucket"]))


def _access_point(client: Any, account: str, one: Mapping[str, Any]) -> SeenAccessPoint:
    arn, name = one["AccessPointArn"], one["Name"]
    text = look(
        arn,
        lambda: client.get_access_point_policy(AccountId=account, Name=name)["Policy"],
        absent=("NoSuchAccessPointPolicy",),
    )
    return SeenAccessPoint(
        arn=arn,
        bucket_arn=f"arn:{arn.split(':')[1]}:s3:::{one['Bucket']}",
        policy=text if isinstance(text, Unseen | Absent) else policy_of(text, Kind.RESOURCE, arn),
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


def _on(answer: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(part for part, on in answer["PublicAccessBlockConfiguration"].items() if on is True)


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
