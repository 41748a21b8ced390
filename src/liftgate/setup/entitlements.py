"""What may be asked for by the answers: one entitlement, and one elevated role, for each bucket."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from liftgate.iam.explain import explain_scope
from liftgate.iam.s3.actions import GROUPS, expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope
from liftgate.setup.errors import BadAnswer
from liftgate.setup.model import Draft
from liftgate.setup.people import partition_of

_LONGEST_NAME: Final = 64  # of an entitlement, and of a role of IAM
_LONGEST_DESCRIPTION: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An entitlement that is to be written, its role by the same name."""

    name: str
    description: str
    role_arn: str
    locations: tuple[str, ...]
    kms_keys: tuple[str, ...]


def entitlements(draft: Draft) -> tuple[Planned, ...]:
    """One for each bucket, in the order of the answers. Raises what the catalogue's parsers say of actions and locations."""
    partition = partition_of(draft)
    by_bucket = _by_bucket(draft)
    for bucket, _ in map(_key, draft.kms_keys):
        if bucket and bucket not in by_bucket:
            raise BadAnswer(
                f"nothing is asked for in `{bucket[:63]}`",
                advice="write BUCKET=ARN for one of the locations' buckets",
            )
    names = _names(by_bucket, _purpose(draft))
    return tuple(
        Planned(
            name=name,
            description=_description(draft, bucket, locations, partition),
            role_arn=f"arn:{partition}:iam::{draft.account}:role/liftgate/{name}",
            locations=tuple(locations),
            kms_keys=tuple(dict.fromkeys(arn for of, arn in map(_key, draft.kms_keys) if of in {"", bucket})),
        )
        for name, (bucket, locations) in zip(names, by_bucket.items(), strict=True)
    )


def buckets_of(draft: Draft) -> tuple[str, ...]:
    """The buckets of the locations, each once. Raises what the catalogue's parser says of a location."""
    return tuple(_by_bucket(draft))


def _by_bucket(draft: Draft) -> dict[str, list[str]]:
    partition = partition_of(draft)
    found: dict[str, list[str]] = {}
    for location in dict.fromkeys(draft.locations):
        found.setdefault(parse_location(location, partition=partition).bucket, []).append(location)
    return found


def _key(written: str) -> tuple[str, str]:
    """The bucket that a key is for, empty for all, and its ARN."""
    bucket, _, arn = written.rpartition("=")
    return bucket, arn


def _names(buckets: dict[str, list[str]], purpose: str) -> Iterator[str]:
    taken: set[str] = set()
    for bucket in buckets:
        name, number = _name(bucket, purpose), 1
        while name in taken:  # long names of buckets that begin alike
            number += 1
            name = _name(bucket, f"{purpose}-{number}")
        taken.add(name)
        yield name


def _name(bucket: str, purpose: str) -> str:
    return f"{bucket[: _LONGEST_NAME - 1 - len(purpose)]}-{purpose}"


def _purpose(draft: Draft) -> str:
    first = draft.actions[0] if draft.actions else ""
    return first if first in GROUPS else "access"


def _description(draft: Draft, bucket: str, locations: list[str], partition: str) -> str:
    places = frozenset(parse_location(one, partition=partition) for one in locations)
    text = explain_scope(Scope(actions=expand_actions(draft.actions), locations=places))
    return f"{text[:1].upper()}{text[1:]}" if len(text) <= _LONGEST_DESCRIPTION else f"Objects in {bucket}"
