"""What a user or role of the plan holds: the plan's policies, no wider ones beside them, and its boundary."""

from collections.abc import Collection, Iterator

from liftgate.drift.containing import beyond
from liftgate.drift.expected import Against
from liftgate.drift.mending import attach, name_of, put_boundary, take_off
from liftgate.drift.model import Drift, Unseen
from liftgate.drift.seen import Holder, SeenGrant, SeenIam, SeenPrincipal
from liftgate.drift.walls import WALLS
from liftgate.iam.policy import Policy


def beside(found: SeenPrincipal, planned: Collection[str], against: Against) -> Iterator[SeenGrant]:
    """The policies that are neither the plan's nor meant."""
    for grant in found.grants:
        if grant.name not in planned and not against.expected.takes(grant.name):
            yield grant


def more(grant: SeenGrant, thing: str, within: Policy, iam: SeenIam) -> Iterator[Drift | Unseen]:
    """A policy that allows more than the plan. Denies are welcome: Liftgate's own stand there too."""
    document = iam.document(grant)
    answer = document if isinstance(document, Unseen) else beyond(document, within, thing)
    if isinstance(answer, Unseen):
        yield answer
    elif answer is not None:
        yield Drift(
            wall=WALLS["policy-added"],
            thing=thing,
            found=f"`{grant.name}` allows {answer}",
            wanted="the plan's policies alone",
            mend=take_off(grant),
        )


def other_boundary(arn: str, found: str | None, wanted: str) -> Drift:
    """It has no boundary, or not the plan's."""
    return Drift(
        wall=WALLS["boundary-missing"],
        thing=arn,
        found=found or "none",
        wanted=wanted,
        mend=put_boundary(arn, wanted),
    )


def not_attached(holder: Holder, arn: str, policy_arn: str) -> Drift:
    """A policy of the plan is not on it."""
    return Drift(
        wall=WALLS["policy-missing"],
        thing=arn,
        found=f"`{policy_arn}` is not attached to it",
        wanted="attached",
        mend=attach(holder, name_of(arn), policy_arn),
    )
