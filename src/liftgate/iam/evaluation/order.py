"""Which walls count: by who calls, whose the resource is, and how directly the resource's own policy speaks.

Sources: "How AWS enforcement code logic evaluates requests to allow or deny access", "Cross-account policy evaluation
logic", "Permissions boundaries for IAM entities" and, for who is exempt, "Service control policies" and "Resource
control policies", IAM User Guide and AWS Organizations User Guide.
"""

from collections.abc import Sequence
from typing import NamedTuple

from liftgate.iam.evaluation.caller import Caller, Standing
from liftgate.iam.evaluation.layer import Layer
from liftgate.iam.evaluation.principal import Reach
from liftgate.iam.evaluation.verdict import Wall


class Applying(NamedTuple):
    """The policies that apply to a caller, in the order in which AWS asks them."""

    walls: tuple[Layer, ...]  # of the organisations: each must allow
    resource: tuple[Layer, ...]  # the resource's own policy, if there is one
    own: tuple[Layer, ...]  # of the caller: identity, boundary, session


def applying(
    standing: Standing, walls: Sequence[Layer], resource: Layer | None, own: Sequence[Layer]
) -> Applying:
    """What applies to callers of one standing."""
    exempt = {
        Standing.LINKED: {Wall.RCP, Wall.SCP},
        Standing.OUTSIDER: {Wall.SCP, Wall.IDENTITY, Wall.BOUNDARY, Wall.SESSION},
        Standing.ROOT: {Wall.IDENTITY, Wall.BOUNDARY, Wall.SESSION},
    }.get(standing, set())
    return Applying(
        tuple(layer for layer in walls if layer.wall not in exempt),
        () if resource is None else (resource,),
        tuple(layer for layer in own if layer.wall not in exempt),
    )


def owner_of(arn: str, caller: Caller) -> str | None:
    """The account that owns a resource: the one in its ARN, else the caller's."""
    if caller.account is None:
        return None
    parts = arn.split(":", 5)
    return (parts[4] if len(parts) > 4 else "") or caller.account


def owes(name: str, arn: str) -> bool:
    """Whether the resource's own policy must allow, also within one account: KMS keys, and roles that are assumed."""
    if name.startswith("kms:"):
        return ":key/" in arn
    return name.startswith("sts:assumerole") and ":role/" in arn


def still_needed(
    own: tuple[Layer, ...], caller: Caller, reach: Reach, *, owner: str | None, owed: bool
) -> tuple[Layer, ...] | None:
    """Which of the caller's own policies must allow besides; None where the resource's policy had to, and did not."""
    if caller.standing is Standing.UNSAID:
        return () if reach else own
    alone = caller.account == owner and caller.standing is not Standing.OUTSIDER and not owed
    if not reach:
        return own if alone else None
    if caller.account != owner:
        return own
    if reach is Reach.ROLE:
        return tuple(layer for layer in own if layer.wall is not Wall.IDENTITY)
    return () if reach is Reach.DIRECT else own
