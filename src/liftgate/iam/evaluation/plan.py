"""What is left to ask of a caller's standing and an action: the statements that speak of it, wall by wall."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from liftgate.iam.evaluation.caller import Standing
from liftgate.iam.evaluation.layer import Found, Layer
from liftgate.iam.evaluation.verdict import Wall
from liftgate.iam.policy import Effect

Allows: TypeAlias = tuple[Layer, Found]  # a wall, and what in it allows

_EXEMPT = {
    Standing.UNSAID: frozenset[Wall](),
    Standing.MEMBER: frozenset[Wall](),
    Standing.LINKED: frozenset({Wall.RCP, Wall.SCP}),
    Standing.FEDERATED: frozenset[Wall](),
    Standing.ROOT: frozenset({Wall.IDENTITY, Wall.BOUNDARY, Wall.SESSION}),
    Standing.OUTSIDER: frozenset({Wall.SCP, Wall.IDENTITY, Wall.BOUNDARY, Wall.SESSION}),
}


_OWING = ("kms:", "sts:")  # services with resources whose own policies must allow


class Plan(NamedTuple):
    """The walls that apply to callers of one standing, in AWS's order, with their statements for one action."""

    denies: Found  # of all walls
    limits: tuple[Allows, ...]  # the organisations' walls
    resource: Allows | None  # the resource's own policy, if there is one
    own: tuple[Allows, ...]  # of the caller: identity, boundary, session
    is_alone: bool  # at home, the caller's own policies decide


def plan_for(
    name: str, standing: Standing, limits: Sequence[Layer], resource: Layer | None, own: Sequence[Layer]
) -> Plan:
    """The plan for an action, its name in lower case.

    Service-linked roles are exempt from the organisations' policies, services and callers without credentials from
    service control policies; a root user has no policies of its own; a federated user without session policies has no
    permissions. Sources: "Permissions for GetFederationToken", IAM User Guide; "Service control policies (SCPs)" and
    "Resource control policies (RCPs)", AWS Organizations User Guide.
    """

    def applies(layer: Layer) -> bool:
        return layer.wall not in _EXEMPT[standing]

    def allows(layer: Layer) -> Allows:
        return layer, Found(layer.speaking_of(name, Effect.ALLOW))

    if standing is Standing.FEDERATED and not any(layer.wall is Wall.SESSION for layer in own):
        own = (*own, Layer(Wall.SESSION, ()))
    of_resource = () if resource is None else (resource,)
    every = (*filter(applies, limits), *of_resource, *filter(applies, own))
    return Plan(
        denies=Found(tuple(rule for layer in every for rule in layer.speaking_of(name, Effect.DENY))),
        limits=tuple(map(allows, filter(applies, limits))),
        resource=None if resource is None else allows(resource),
        own=tuple(map(allows, filter(applies, own))),
        is_alone=resource is None and standing is not Standing.OUTSIDER and not name.startswith(_OWING),
    )
