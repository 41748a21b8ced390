"""What is left to ask of a caller's standing and an action: the statements that speak of it, wall by wall."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from liftgate.iam.evaluation.caller import Standing
from liftgate.iam.evaluation.layer import Found, Layer
from liftgate.iam.evaluation.verdict import Reason, Wall
from liftgate.iam.policy import Effect

# A wall, what in it allows, and what it says to every request where it says the same to all.
Allows: TypeAlias = tuple[Layer, Found, tuple[Reason, ...]]

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
    given: tuple[Reason, ...]  # by the organisations' walls, where they allow every request
    limits: tuple[Allows, ...]  # the organisations' walls otherwise
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
        rules = layer.speaking_of(name, Effect.ALLOW)
        sure = all(rule.is_sure for rule in rules)
        return layer, Found(rules), tuple(rule.matched for rule in rules) if sure else ()

    if standing is Standing.FEDERATED and not any(layer.wall is Wall.SESSION for layer in own):
        own = (*own, Layer(Wall.SESSION, ()))
    of_resource = () if resource is None else (resource,)
    every = (*filter(applies, limits), *of_resource, *filter(applies, own))
    limiting = tuple(map(allows, filter(applies, limits)))
    are_open = all(sure for _, _, sure in limiting)
    return Plan(
        given=tuple(reason for _, _, sure in limiting for reason in sure) if are_open else (),
        denies=Found(tuple(rule for layer in every for rule in layer.speaking_of(name, Effect.DENY))),
        limits=() if are_open else limiting,
        resource=None if resource is None else allows(resource),
        own=tuple(map(allows, filter(applies, own))),
        is_alone=resource is None and standing is not Standing.OUTSIDER and not name.startswith(_OWING),
    )
