"""Decides one request against the policies that apply to it, and says why.

``prepare`` compiles policies once; what it gives back decides hundreds of thousands of requests a second. The order
is AWS's: any deny, then resource and service control policies at each level, then the resource policy, identity
policies, the permissions boundary and session policies, as far as the caller and the owner of the resource make them
count. Sources: "Policy evaluation logic" and the pages below it ("… for requests within a single account",
"Cross-account policy evaluation logic", "How AWS enforcement code logic evaluates requests"), IAM User Guide.

>>> from liftgate.iam.parse import parse_policy
>>> from liftgate.iam.request import Context, Request
>>> read = parse_policy('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}')
>>> verdict = evaluate(Request(action="s3:PutObject", resource="arn:aws:s3:::reports/a"), identity=[read])
>>> verdict.decision.value, str(verdict.because[0])
('implicit_deny', 'the identity policy says nothing of this action on this resource')
"""

from collections.abc import Sequence
from functools import lru_cache

from liftgate.iam.evaluation.caller import FILLED, Caller, Standing, known_of
from liftgate.iam.evaluation.layer import Layer
from liftgate.iam.evaluation.order import Owed, beyond_denial, beyond_rcps, may_ask, owed, still_needed
from liftgate.iam.evaluation.plan import Allows, Plan, plan_for
from liftgate.iam.evaluation.principal import Reach
from liftgate.iam.evaluation.verdict import Decision, Reason, Verdict, Wall, Why, of_wall
from liftgate.iam.policy import Policy
from liftgate.iam.request import Context, Request

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
    of_resources = [Layer(Wall.RCP, level, number) for number, level in enumerate(rcps)]
    of_callers = [Layer(Wall.SCP, level, number) for number, level in enumerate(scps)]
    own = [Layer(Wall.IDENTITY, identity)]
    if boundary is not None:
        own.append(Layer(Wall.BOUNDARY, (boundary,)))
    if session is not None:
        own.append(Layer(Wall.SESSION, session))
    bounded = boundary is not None
    resource = None if resource_policy is None else Layer(Wall.RESOURCE, (resource_policy,), bounded=bounded)
    return Prepared(of_resources, of_callers, resource, own, resource_account)


class Prepared:
    """Policies, compiled; may be asked from many threads."""

    __slots__ = ("_account", "_beyond_rcps", "_fills", "_limits", "_own", "_plans", "_resource")

    def __init__(
        self,
        rcps: Sequence[Layer],
        scps: Sequence[Layer],
        resource: Layer | None,
        own: Sequence[Layer],
        account: str | None,
    ) -> None:
        """Use ``prepare``."""
        self._limits, self._resource, self._own = (*rcps, *scps), resource, own
        self._account = account
        self._beyond_rcps = Prepared((), scps, resource, own, account) if rcps else None
        asked = (*self._limits, *own) if resource is None else (*self._limits, *own, resource)
        self._fills = any(not FILLED.isdisjoint(layer.keys) for layer in asked)
        self._plans: tuple[dict[str, Plan], ...] = tuple({} for _ in Standing)

    def evaluate(self, request: Request) -> Verdict:
        """AWS's answer to ``request``."""
        caller, arn, context = request.caller, request.resource, request.carried
        if self._beyond_rcps is not None and beyond_rcps(request.name, arn):
            return self._beyond_rcps.evaluate(request)
        owner = self._account or request.owner
        if self._fills:
            context = {**known_of(caller, owner), **context}
        plan = self._plans[caller.standing].get(request.name) or self._plan(caller.standing, request.name)
        denials = []
        for rule in plan.denies.few or plan.denies.near(arn):
            judged = rule.judge(arn, context)
            if judged is rule.matched and (rule.speaks is None or rule.speaks(caller, context)):
                denials.append(judged)
        if denials and (binding := _binding(denials, request.name, caller, owner)):
            return Verdict(Decision.EXPLICIT_DENY, binding, binding[0].wall)
        because = [*plan.given]
        refusal = _refusal(plan.limits, arn, context, because)
        if refusal is not None:
            return refusal
        own = plan.own
        if not plan.is_alone or owner != caller.account:
            owes = owed(request.name, arn)
            reach = _reach(plan.resource, arn, context, caller, because)
            needed = still_needed(own, caller, reach, owner=owner, owes=owes)
            if needed is None:
                return _without_resource(plan.resource, arn, context, caller, owes)
            own = needed
        refusal = _refusal(own, arn, context, because)
        if refusal is not None:
            return refusal
        return Verdict(Decision.ALLOW, tuple(because) or (of_wall(Wall.IDENTITY, Why.ROOT),))

    def _plan(self, standing: Standing, name: str) -> Plan:
        plans = self._plans[standing]
        if len(plans) >= _MOST_ACTIONS:  # names come from callers: remember no flood of them
            plans.clear()
        plan = plans[name] = plan_for(name, standing, self._limits, self._resource, self._own)
        return plan


_MOST_ACTIONS = 4096


def _binding(denials: list[Reason], name: str, caller: Caller, owner: str | None) -> tuple[Reason, ...]:
    """The denials without those that AWS passes over."""
    if not beyond_denial(name, caller, owner):
        return tuple(denials)
    return tuple(one for one in denials if one.wall is not Wall.RESOURCE)


def _refusal(walls: tuple[Allows, ...], arn: str, context: Context, because: list[Reason]) -> Verdict | None:
    """The verdict of the first wall that does not allow; else None, and what allowed is added to ``because``."""
    for layer, found, sure in walls:
        if sure:
            because += sure
            continue
        lacking, before = [], len(because)
        for rule in found.few or found.near(arn):
            judged = rule.judge(arn, context)
            if judged is rule.matched:
                because.append(rule.matched)
            elif judged is not None:
                lacking.append(judged)
        if len(because) == before:
            return layer.refusal(lacking)
    return None


def _reach(
    resource: Allows | None, arn: str, context: Context, caller: Caller, because: list[Reason]
) -> Reach:
    """How directly the resource's policy allows the caller; what allowed is added to ``because``."""
    reach = Reach.NONE
    for rule in () if resource is None else resource[1].near(arn):
        if rule.judge(arn, context) is rule.matched:
            spoken = Reach.DIRECT if rule.speaks is None else rule.speaks(caller, context)
            if spoken:
                reach = max(reach, spoken)
                because.append(rule.matched)
    return reach


def _without_resource(
    resource: Allows | None, arn: str, context: Context, caller: Caller, owes: Owed
) -> Verdict:
    if not may_ask(owes, caller):
        return Verdict(Decision.IMPLICIT_DENY, (of_wall(Wall.RESOURCE, Why.UNABLE),), Wall.RESOURCE)
    if resource is None:
        return Verdict(Decision.IMPLICIT_DENY, (of_wall(Wall.RESOURCE, Why.ABSENT),), Wall.RESOURCE)
    layer, found, _ = resource
    asked = (rule for rule in found.near(arn) if rule.speaks is None or rule.speaks(caller, context))
    return layer.refusal([judged for rule in asked if (judged := rule.judge(arn, context)) is not None])
