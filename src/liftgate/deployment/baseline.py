"""The read-only role that people hold all day: a policy for it, its boundary where it is opened in place, and itself if wanted."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from liftgate.catalogue.model import Entitlement
from liftgate.deployment.elevated import longest_session
from liftgate.deployment.errors import CeilingsTooLarge
from liftgate.deployment.model import Bounded, Concern, ManagedPolicy, Role, role_arn
from liftgate.deployment.options import NewBaseline
from liftgate.deployment.places import Places, account_of
from liftgate.deployment.statements import allow_who, policy
from liftgate.iam.compile import ROLE_LIMIT, roles_policy
from liftgate.iam.policy import Condition, Policy, Principals, to_json
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.scope import Location, Scope

READ_ONLY: Final = "LiftgateReadOnly"
# What `liftgate uploads` looks at: uploads that a window left half done.
_UNFINISHED: Final = ("s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts")


def read_only_policies(places: Places, account: str) -> list[ManagedPolicy]:
    """To list and get in the buckets of an account's entitlements, and nothing else."""
    chunks = _chunks(everyday_reads(places, account))
    return [
        ManagedPolicy(
            concern=Concern.BASELINE,
            account=account,
            partition=places.partition,
            name=f"{READ_ONLY}{'' if number == 1 else number}",
            document=document,
            why="Everyday access: list and get in the buckets of which more can be asked for, nothing else.",
        )
        for number, document in enumerate(chunks, 1)
    ]


def held_boundary(places: Places, role_arn: str, entitlements: Sequence[Entitlement]) -> ManagedPolicy:
    """What a role that is opened in place may ever do: read, and the ceilings. Raises ``CeilingsTooLarge``."""
    account, name = account_of(role_arn), role_arn.rsplit("/", 1)[-1]
    document = roles_policy(
        [*everyday_reads(places, account), *dict.fromkeys(one.ceiling for one in entitlements)]
    )
    if len(to_json(document)) > ROLE_LIMIT:
        raise CeilingsTooLarge(
            f"the boundary of `{role_arn}`, which is opened in place, would have {len(to_json(document)):,} characters; IAM takes "
            f"{ROLE_LIMIT:,}",
            advice="let fewer entitlements be given in place on one role: `mechanism: session` for the others",
            value=role_arn,
        )
    return ManagedPolicy(
        concern=Concern.BASELINE,
        account=account,
        partition=places.partition,
        name=f"{name}InPlaceBoundary"[:128],
        document=document,
        why=f"The permissions boundary of {name}, which is opened in place for {', '.join(one.name for one in entitlements)}: it "
        "may read, and never do more than that and their ceilings.",
    )


def new_role(
    places: Places, baseline: NewBaseline, policies: Sequence[str], boundaries: dict[str, str]
) -> Role:
    """The read-only role, where it is to be made: each user may take it up by their own name alone."""
    arn = role_arn(places.partition, places.account, baseline.name)
    held = places.held.get(arn, ())
    return Role(
        concern=Concern.BASELINE,
        account=places.account,
        partition=places.partition,
        name=baseline.name,
        trust=_each_by_name(baseline.users),
        policies=tuple(policies),
        boundary=boundaries.get(arn, policies[0] if len(policies) == 1 else None),  # IAM takes one
        max_session=longest_session(held) if held else longest_session(()),
        why="The role that people hold all day. Each session bears the name of the user who took it up, and so proves who asks.",
    )


def bounded_roles(places: Places, boundaries: dict[str, str], made: str | None) -> tuple[Bounded, ...]:
    """Roles that are there already, and on which somebody has to put the boundary."""
    return tuple(Bounded(arn=arn, boundary=boundaries[arn]) for arn in places.held if arn != made)


def _each_by_name(users: Sequence[str]) -> Policy:
    own = Condition("StringEquals", "sts:RoleSessionName", ("${aws:username}",))
    who = Principals(tuple(("AWS", arn) for arn in sorted(set(users))))
    return policy(allow_who("EachByTheirOwnName", who, ["sts:AssumeRole"], None, own))


def everyday_reads(places: Places, account: str) -> list[Scope]:
    """A scope for each bucket: whole buckets, since who asks must first be able to look."""
    keys = frozenset(places.keys_of(account))
    return [
        Scope(
            actions=expand_actions(["list", "read", *_UNFINISHED]),
            locations=frozenset(
                {Location(bucket=arn.rsplit(":", 1)[-1], key="*", partition=places.partition)}
            ),
            kms_keys=keys,
        )
        for arn in places.buckets_of(account)
    ]


def _chunks(scopes: Sequence[Scope]) -> list[Policy]:
    """The fewest policies within IAM's limit, bucket by bucket in order."""
    found: list[Policy] = []
    at = 0
    while at < len(scopes):
        end = at + _how_many_fit(scopes[at:])
        found.append(roles_policy(scopes[at:end]))
        at = end
    return found


def _how_many_fit(scopes: Sequence[Scope]) -> int:
    """Of the first scopes, one at least. To write a policy of many takes long, so as few as can be are tried."""

    def is_too_large(count: int) -> bool:
        return len(to_json(roles_policy(scopes[:count]))) > ROLE_LIMIT

    fit, tried = 1, min(2, len(scopes))
    while fit < tried and not is_too_large(tried):
        fit, tried = tried, min(2 * tried, len(scopes))
    return fit + bisect_left(range(fit + 1, tried), True, key=is_too_large)
