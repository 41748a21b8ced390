"""What a scope means, as policy statements: the actions at the locations, and the companions that make them usable.

None of them carries a window: ``compile`` adds it to every statement, and a role's own policy has none.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from liftgate.iam.errors import BadKey, EmptyScope
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Statement
from liftgate.iam.s3.actions import S3Action, action
from liftgate.iam.s3.kms_key import parse_kms_key, s3_service
from liftgate.iam.scope import Location, Scope

_LIST = "s3:ListBucket"
_LIST_VERSIONS = "s3:ListBucketVersions"
_PARTS = "s3:ListMultipartUploadParts"
_UPLOADS = "s3:ListBucketMultipartUploads"
_REGION_OF = "s3:GetBucketLocation"
_MULTIPART = frozenset({"s3:PutObject", "s3:AbortMultipartUpload"})
# Writing under SSE-KMS takes a data key; reading, and joining the parts of an upload, opens one.
# Source: "Protecting data with SSE-KMS" and "Multipart upload API and permissions", Amazon S3 User Guide.
_SEALS = frozenset({"s3:PutObject"})
_OPENS = frozenset({"s3:PutObject", "s3:GetObject", "s3:GetObjectVersion"})


@lru_cache(maxsize=4096)
def scope_policy(scope: Scope) -> Policy:
    """Exactly the scope's actions at its locations.

    Object actions stand on object ARNs. Bucket actions stand on the bucket's ARN where a location is the whole
    bucket; where it is a prefix, those that ``s3:prefix`` can limit stand there with that limit, and the others
    mean nothing there and are left out: see ``check_meaning``.
    """
    actions = _actions(scope)
    places = sorted(scope.locations)
    statements = [
        _allow((one.name for one in actions if one.on_objects), (place.object_arn for place in places)),
        _allow((one.name for one in actions if one.on_buckets), _whole_bucket_arns(places)),
        *_by_prefix([one.name for one in actions if one.by_prefix], places),
    ]
    return Policy(statements=tuple(statement for statement in statements if statement is not None))


@lru_cache(maxsize=4096)
def companions(scope: Scope) -> Policy:
    """What else the scope needs to be usable; reads only, but for the data keys of its own KMS keys.

    Listing under its prefixes, the parts of multipart uploads, the bucket's Region, and its KMS keys, these only
    through S3 in the key's Region. Uploads in progress can be listed only where a whole bucket is in scope,
    because no condition limits that list to a prefix.
    """
    names = frozenset(one.name for one in _actions(scope))
    places = sorted(scope.locations)
    listing = _listing(names)
    whole = [*listing, *([_UPLOADS] if names & _MULTIPART else [])]
    statements = [
        _allow([_PARTS] if names & _MULTIPART else [], (place.object_arn for place in places)),
        _allow(whole, _whole_bucket_arns(places)),
        *_by_prefix(listing, places),
        _allow([_REGION_OF], (place.bucket_arn for place in places)),
        *_kms(names, scope.kms_keys),
    ]
    return Policy(statements=tuple(statement for statement in statements if statement is not None))


def check_meaning(scope: Scope) -> None:
    """Raises ``EmptyScope`` for an action that would mean nothing at any of the scope's locations."""
    for one in _actions(scope):
        if any(_means_something(one, place) for place in scope.locations):
            continue
        wanted = "a prefix that ends with `/`" if one.by_prefix else "a whole bucket, `s3://bucket/`"
        raise EmptyScope(
            f"`{one.name}` means nothing at `{min(scope.locations)}`",
            advice=f"ask for {wanted}, or leave the action out",
            value=one.name,
        )


def _actions(scope: Scope) -> list[S3Action]:
    if not scope.actions or not scope.locations:
        missing = "actions" if not scope.actions else "locations"
        raise EmptyScope(f"a scope without {missing} allows nothing", advice=f"name the {missing}")
    for place in scope.locations:
        if "${" in place.object_arn:  # INVARIANT: no value that IAM would fill in ever reaches a policy
            raise BadKey("the key has `${`, which IAM reads as a variable", advice="write the key itself")
    return [action(name) for name in sorted(scope.actions)]


def _means_something(one: S3Action, place: Location) -> bool:
    if one.on_objects:
        return True
    return one.on_buckets and (place.key == "*" or (one.by_prefix and place.key.endswith("*")))


def _listing(names: frozenset[str]) -> list[str]:
    objects = [name for name in names if action(name).on_objects]
    versions = any("Version" in name for name in objects)
    return [*([_LIST] if objects else []), *([_LIST_VERSIONS] if versions else [])]


def _whole_bucket_arns(places: list[Location]) -> list[str]:
    return [place.bucket_arn for place in places if place.key == "*"]


def _by_prefix(names: list[str], places: list[Location]) -> list[Statement | None]:
    """Listing under prefixes. A key that does not end with ``*`` has none: its list would show its neighbours."""
    prefixes = [place for place in places if place.key.endswith("*") and place.key != "*"]
    return [
        _allow(names, [arn], Condition("StringLike", "s3:prefix", tuple(place.key for place in group)))
        for arn, group in groupby(prefixes, key=lambda place: place.bucket_arn)
    ]


def _kms(names: frozenset[str], keys: frozenset[str]) -> list[Statement | None]:
    wanted = [
        *(["kms:Decrypt"] if names & _OPENS else []),
        *(["kms:GenerateDataKey"] if names & _SEALS else []),
    ]
    return [
        _allow(wanted, group, Condition("StringEquals", "kms:ViaService", (service,)))
        for service, group in groupby(sorted(map(parse_kms_key, keys), key=s3_service), key=s3_service)
    ]


def _allow(names: Iterable[str], arns: Iterable[str], *conditions: Condition) -> Statement | None:
    actions, resources = tuple(sorted(set(names))), tuple(sorted(set(arns)))
    if not actions or not resources:
        return None
    return Statement(
        effect=Effect.ALLOW, actions=Patterns(actions), resources=Patterns(resources), conditions=conditions
    )
