"""Access points of watched buckets: other names by which they are reached, each with a policy of its own."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from liftgate.drift.buckets import let_in, log_bucket_arn
from liftgate.drift.expected import Against
from liftgate.drift.mending import without_point_statement
from liftgate.drift.model import Drift, Unseen
from liftgate.drift.seen import SeenAccessPoint, Snapshot
from liftgate.drift.walls import WALLS
from liftgate.iam.policy import Effect, Patterns, Policy, Statement

# As one access point's policy names itself and what is in its bucket; with wildcards before the key it may name more.
_POINT: Final = re.compile(
    r"arn:[^:*?]*:s3:[^:*?]*:[^:*?]*:accesspoint/[^/*?]+(?:/object/(?P<key>.*))?", re.DOTALL
)


def access_points_drift(against: Against, snapshot: Snapshot) -> Iterator[Drift | Unseen]:
    """Of all that could be listed."""
    yield from (one for one in snapshot.access_points.values() if isinstance(one, Unseen))
    for account in against.plan.accounts:
        for point in snapshot.points_of(account):
            if isinstance(point.policy, Unseen):
                yield point.policy
            elif isinstance(point.policy, Policy):
                yield from _policy(point, point.policy, account, against)


def _policy(
    point: SeenAccessPoint, policy: Policy, account: str, against: Against
) -> Iterator[Drift | Unseen]:
    """Held to what holds for the bucket's own. Log files are nobody's to reach in this way, whatever for."""
    if point.bucket_arn == log_bucket_arn(against.plan):
        for one in policy.statements:
            if one.effect is Effect.ALLOW:
                yield _drift("log-bucket-opened", point, policy, one, f"it allows {one.actions.values[0]}")
        return
    pairs = [
        (one, as_bucket) for one in policy.statements if (as_bucket := _of_bucket(one, point.bucket_arn))
    ]
    as_buckets = replace(policy, statements=tuple(as_bucket for _, as_bucket in pairs))
    for found in let_in(as_buckets, point.arn, account, against):
        if isinstance(found, Unseen):
            yield found
            continue
        own = next(one for one, as_bucket in pairs if as_bucket is found.statement)
        yield _drift(f"access-point-{found.how}", point, policy, own, found.who_may_call)


def _drift(wall: str, point: SeenAccessPoint, policy: Policy, one: Statement, found: str) -> Drift:
    return Drift(
        wall=WALLS[wall],
        thing=point.arn,
        found=found,
        wanted="nobody but by a grant",
        mend=without_point_statement(point.arn, policy, one),
    )


def _of_bucket(one: Statement, bucket_arn: str) -> Statement | None:
    """The statement as the bucket's own policy would say it: an Allow never less than it is, a Deny never more."""
    if one.resources is None:
        return one
    is_deny, named = one.effect is Effect.DENY, one.resources
    found = [None] if named.negated else [_place(value, bucket_arn) for value in named.values]
    places = [place or "*" for place in found if place or not is_deny]
    return replace(one, resources=Patterns(tuple(places))) if places else None


def _place(value: str, bucket_arn: str) -> str | None:
    """What a resource of the policy is in the bucket; None: it cannot be told."""
    match = _POINT.fullmatch(value)
    if match is None:
        return None
    return bucket_arn if match["key"] is None else f"{bucket_arn}/{match['key']}"
