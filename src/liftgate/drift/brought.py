"""A broker that was there already: whether it is there, holds the plan's policies and no more, and is under its boundary."""

from collections.abc import Iterator

from liftgate.deployment.model import Bounded, Concern
from liftgate.drift.containing import together
from liftgate.drift.expected import Against
from liftgate.drift.holding import beside, more, not_attached, other_boundary
from liftgate.drift.mending import apply, create_user
from liftgate.drift.model import Drift, Unseen
from liftgate.drift.seen import Holder, SeenIam, SeenPrincipal, Snapshot
from liftgate.drift.walls import WALLS


def brought_drift(against: Against, snapshot: Snapshot) -> Iterator[Drift | Unseen]:
    """As of a role of the plan, but for what is its owner's: who takes it up, and for how long."""
    plan, one = against.plan, against.plan.brought
    iam = snapshot.iam[plan.account]
    if one is None or not isinstance(iam, SeenIam):
        return
    found = iam.principals.get(one.arn)
    if found is None:
        yield Drift(
            wall=WALLS["role-missing"],
            thing=one.arn,
            found="not there",
            wanted=f"the {one.kind} that Liftgate runs as",
            mend=create_user(one) if one.kind == "user" else apply(plan, plan.account, Concern.BROKER),
        )
        return
    yield from _policies(one, against, found, iam)
    if found.boundary != one.boundary:
        yield other_boundary(one.arn, found.boundary, one.boundary)


def _policies(one: Bounded, against: Against, found: SeenPrincipal, iam: SeenIam) -> Iterator[Drift | Unseen]:
    planned = {each.arn: each.document for each in against.plan.policies if each.users or each.roles}
    own = {grant.name for grant in found.grants if grant.holder == one.kind}
    for arn in planned:
        if arn in iam.policies and arn not in own:
            yield not_attached(Holder(one.kind), one.arn, arn)
    if not against.expected.takes(one.arn):
        for grant in beside(found, planned, against):
            yield from more(grant, one.arn, together(*planned.values()), iam)
