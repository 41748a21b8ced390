"""Decides one request against the policies that apply to it, and says why.

``prepare`` compiles policies once; what it gives back decides hundreds of thousands of requests a second. The order
is AWS's: any deny, then resource and service control policies at each level, then the resource policy, identity
policies, the permissions boundary and session policies, as far as the caller and the owner of the resource make them
count. Sources: "Policy evaluation logic" and the pages below it ("… for requests within a single account",
"Cross-account policy evaluation logic", "How AWS enforcement code logic evaluates requests"), IAM User Guide.

>>> from liftgate.iam.parse import parse_policy
>>> from liftgate.iam.request import Request
>>> read = parse_policy('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}')
>>> verdict = evaluate(Request(action="s3:PutObject", resource="arn:aws:s3:::reports/a"), identity=[read])
>>> verdict.decision.value, str(verdict.because[0])
('implicit_deny', 'the identity policy says nothing of this action on this resource')
"""

from collections.abc import Sequence
from functools import lru_cache

from liftgate.iam.evaluation.caller import FILLED, Standing, caller_of, known_of
from liftgate.iam.evaluation.layer import Layer
from liftgate.iam.evaluation.order import applying, owes, owner_of, still_needed
from liftgate.iam.evaluation.principal import Reach
from liftgate.iam.evaluation.verdict import Decision, Reason, Verdict, Wall, Why, of_wall
from liftgate.iam.policy import Policy
from liftgate.iam.request import Request

__all__ = ["Decision", "Prepared", "Reason", "Verdict", "Wall", "Why", "allows", "evaluate", "prepare"]


def evaluate(
    request: Request,
    *,
    identity: Sequence[Policy] = (),
    session: Sequence[Policy] | None = None,
    boundary: Policy | None = None,
    resource_policy: Policy | None = None,
    scps: Sequence[Sequence[Policy]] = (),
    rcps: Sequence[Sequence[Policy]] = (),
    resource_account: str | None = None,
) -> Verdict:
    """AWS's answer to one ``request``; see ``prepare`` for the policies."""
    return prepare(
        identity=identity,
        session=session,
        boundary=boundary,
        resource_policy=resource_policy,
        scps=scps,
        rcps=rcps,
        resource_account=resource_account,
    ).evaluate(request)


def allows(policy: Policy, request: Request) -> bool:
    """Whether ``policy`` by itself allows the request."""
    return _alone(policy).evaluate(request).allowed


@lru_cache(maxsize=256)
def _alone(policy: Policy) -> "Prepared":
    return prepare(identity=(policy,))


def prepare(
    *,
    identity: Sequence[Policy] = (),
    session: Sequence[Policy] | None = None,
    boundary: Policy | None = None,
    resource_policy: Policy | None = None,
    scps: Sequence[Sequence[Policy]] = (),
    rcps: Sequence[Sequence[Policy]] = (),
    resource_account: str | None = None,
) -> "Prepared":
    """Policies compiled for many requests.

    Args:
        identity: the caller's identity policies, of which one must allow.
        session: the session's policies; None is a session without any, an empty list allows nothing.
        boundary: the permissions boundary, if there is one.
        resource_policy: the policy of the resource: a bucket policy, a key policy, a role's trust policy.
        scps: service control policies on the caller's account: one list for each level from the root down; empty
            for an account without an organisation, or the organisation's management account.
        rcps: resource control policies on the resource's account, in the same way.
        resource_account: the account that owns the resource, 12 digits; None: the one in its ARN, else the caller's.

    """
    walls = [
        *(Layer(Wall.RCP, level, number) for number, level in enumerate(rcps)),
        *(Layer(Wall.SCP, level, number) for number, level in enumerate(scps)),
    ]
    own = [Layer(Wall.IDENTITY, identity)]
    if boundary is not None:
        own.append(Layer(Wall.BOUNDARY, (boundary,)))
    if session is not None:
        own.append(Layer(Wall.SESSION, session))
    of_resource = None if resource_policy is None else Layer(Wall.RESOURCE, (resource_policy,))
    return Prepared(walls, of_resource, own, resource_account)


class Prepared:
    """Policies, compiled; may be asked from many threads."""

    __slots__ = ("_account", "_applying", "_fills")

    def __init__(
        self, walls: Sequence[Layer], resource: Layer | None, own: Sequence[Layer], account: str | None
    ) -> None:
        """Use ``prepare``."""
        self._account = account
        self._applying = {standing: applying(standing, walls, resource, own) for standing in Standing}
        asked = (*walls, *own) if resource is None else (*walls, *own, resource)
        self._fills = any(not FILLED.isdisjoint(layer.keys) for layer in asked)

    def evaluate(self, request: Request) -> Verdict:
        """AWS's answer to ``request``."""
        caller, name, arn = caller_of(request.principal), request.name, request.resource
        owner = self._account or owner_of(arn, caller)
        context = request.carried
        if self._fills:
            context = {**known_of(caller, owner), **context}
        walls, resource, own = self._applying[caller.standing]
        denials = [
            reason
            for layer in (*walls, *resource, *own)
            for reason in layer.denials(name, arn, context, caller)
        ]
        if denials:
            return Verdict(Decision.EXPLICIT_DENY, tuple(denials), denials[0].wall)
        because: list[Reason] = []
        for layer in walls:
            reasons = layer.allowing(name, arn, context)
            if not reasons:
                return _refused(layer.wall, layer.lacking(name, arn, context, caller))
            because += reasons
        reach = Reach.NONE
        for layer in resource:
            reach, reasons = layer.reaching(name, arn, context, caller)
            because += reasons
        needed = still_needed(own, caller, reach, owner=owner, owed=owes(name, arn))
        if needed is None:
            lacking = [one for layer in resource for one in layer.lacking(name, arn, context, caller)]
            return _refused(Wall.RESOURCE, lacking)
        for layer in needed:
            reasons = layer.allowing(name, arn, context)
            if not reasons:
                return _refused(layer.wall, layer.lacking(name, arn, context, caller))
            because += reasons
        return Verdict(Decision.ALLOW, tuple(because or [of_wall(Wall.IDENTITY, Why.ROOT)]))


def _refused(wall: Wall, lacking: Sequence[Reason]) -> Verdict:
    return Verdict(Decision.IMPLICIT_DENY, tuple(lacking) or (of_wall(wall, Why.ABSENT),), wall)
