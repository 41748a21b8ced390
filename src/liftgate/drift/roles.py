"""Roles and policies of the plan: whether each is there, as wide as planned, and inside its boundary."""

from collections.abc import Iterator
from typing import Final

from liftgate.deployment.model import Bounded, Concern, ManagedPolicy, Plan, Role
from liftgate.drift.containing import beyond, together
from liftgate.drift.expected import Against
from liftgate.drift.holding import beside, more, not_attached, other_boundary
from liftgate.drift.mending import apply, put_longest, put_version
from liftgate.drift.model import Absent, Drift, Unseen
from liftgate.drift.seen import Holder, Looked, SeenIam, SeenPrincipal, SeenRole, Snapshot
from liftgate.drift.trusts import trust_drift
from liftgate.drift.walls import WALLS
from liftgate.elevation.in_place.statements import POLICY_NAME as IN_PLACE
from liftgate.iam.policy import Policy

_WIDENED: Final = {
    Concern.BROKER: "broker-widened",
    Concern.REVOKER: "revoker-widened",
    Concern.AUDITOR: "auditor-widened",
    Concern.BASELINE: "baseline-widened",
    Concern.ELEVATED: "ceiling-widened",
}


def planned_roles(plan: Plan) -> tuple[Role, ...]:
    """Those that lend, take back and are held, and those that forward events, each once."""
    return tuple(
        {one.arn: one for one in (*plan.roles, *(each.role for each in plan.watching.forwards))}.values()
    )


def roles_drift(against: Against, snapshot: Snapshot) -> Iterator[Drift | Unseen]:
    """Of all roles and policies in accounts whose IAM could be read."""
    plan = against.plan
    for role in planned_roles(plan):
        iam = snapshot.iam[role.account]
        if isinstance(iam, SeenIam):
            yield from _role(role, against, iam)
            yield from _settings(role, snapshot.roles.get(role.arn, Absent()))
    for policy in plan.policies:
        iam = snapshot.iam[policy.account]
        if isinstance(iam, SeenIam):
            yield from _policy(policy, plan, iam)
    for one in plan.bounded:
        iam = snapshot.iam[one.arn.split(":")[4]]
        if isinstance(iam, SeenIam):
            yield from _bounded(one, plan, snapshot.roles.get(one.arn, Absent()))


def _role(role: Role, against: Against, iam: SeenIam) -> Iterator[Drift | Unseen]:
    found = iam.principals.get(role.arn)
    if found is None:
        yield Drift(
            wall=WALLS["role-missing"],
            thing=role.arn,
            found="not there",
            wanted=role.why,
            mend=apply(against.plan, role.account, role.concern),
        )
        return
    if isinstance(found.trust, Policy):
        yield from trust_drift(role, found.trust)
    else:
        yield found.trust or Unseen(thing=role.arn, why="AWS shows no trust policy of it")
    for arn in role.policies:
        if arn in iam.policies and arn not in found.attached:
            yield not_attached(Holder.ROLE, role.arn, arn)
    yield from _added(role, against, found, iam)


def _added(role: Role, against: Against, found: SeenPrincipal, iam: SeenIam) -> Iterator[Drift | Unseen]:
    plan, held = against.plan, against.places.held
    wanted = together(
        *(plan.policy(arn).document for arn in role.policies), *([role.inline] if role.inline else [])
    )
    for grant in beside(found, role.policies, against):
        within = wanted
        if grant.name == IN_PLACE and not grant.is_managed and role.arn in held and role.boundary:
            within = plan.policy(role.boundary).document
        yield from more(grant, role.arn, within, iam)


def _settings(role: Role, found: Looked[SeenRole]) -> Iterator[Drift | Unseen]:
    """Boundary and longest session; a role that is not there is told already."""
    if isinstance(found, Unseen):
        yield found
    if not isinstance(found, SeenRole):
        return
    if role.boundary is not None and found.boundary != role.boundary:
        yield other_boundary(role.arn, found.boundary, role.boundary)
    if found.longest != role.max_session:
        yield Drift(
            wall=WALLS["session-too-short" if found.longest < role.max_session else "session-too-long"],
            thing=role.arn,
            found=f"{int(found.longest.total_seconds()):,} s",
            wanted=f"{int(role.max_session.total_seconds()):,} s",
            mend=put_longest(role),
        )


def _policy(policy: ManagedPolicy, plan: Plan, iam: SeenIam) -> Iterator[Drift | Unseen]:
    found = iam.policies.get(policy.arn)
    if found is None:
        yield Drift(
            wall=WALLS["policy-missing"],
            thing=policy.arn,
            found="not there",
            wanted=policy.why,
            mend=apply(plan, policy.account, policy.concern),
        )
        return
    if isinstance(found, Unseen):
        yield found
        return
    yield from _width(policy, found)


def _width(policy: ManagedPolicy, found: Policy) -> Iterator[Drift | Unseen]:
    wider = beyond(found, policy.document, policy.arn)
    narrower = beyond(policy.document, found, policy.arn) if wider is None else None
    for wall, answer in ((_WIDENED[policy.concern], wider), ("policy-narrowed", narrower)):
        if isinstance(answer, Unseen):
            yield answer
        elif answer is not None:
            said = f"it allows {answer}" if answer is wider else f"it no longer allows {answer}"
            yield Drift(
                wall=WALLS[wall],
                thing=policy.arn,
                found=said,
                wanted="the plan's document",
                mend=put_version(policy),
            )


def _bounded(one: Bounded, plan: Plan, found: Looked[SeenRole]) -> Iterator[Drift | Unseen]:
    """A role that people hold, and that is opened in place."""
    if isinstance(found, Unseen):
        yield found
    elif isinstance(found, Absent):
        yield Drift(
            wall=WALLS["role-missing"],
            thing=one.arn,
            found="not there",
            wanted="the role that people hold, which is opened in place",
            mend=apply(plan, one.arn.split(":")[4], Concern.BASELINE),
        )
    elif found.boundary != one.boundary:
        yield other_boundary(one.arn, found.boundary, one.boundary)
