"""What the files about roles and policies are about: the same in each tool."""

from collections.abc import Iterator, Mapping
from typing import Final

from liftgate.deployment.model import Concern, ManagedPolicy, Plan, Role

ABOUT: Final[Mapping[Concern, str]] = {
    Concern.BROKER: "Liftgate's own rights.",
    Concern.REVOKER: "The role by which Liftgate takes access back in this account.",
    Concern.AUDITOR: "The role by which Liftgate sees whether this account is still as it was deployed.",
    Concern.BASELINE: "Everyday access: to list and to get, and nothing else.",
    Concern.ELEVATED: "The roles that Liftgate lends, each no wider than its entitlements.",
}


def by_concern(plan: Plan) -> Iterator[tuple[str, Concern, list[ManagedPolicy], list[Role]]]:
    """The policies and roles of each account and concern that has any; those of watching are written elsewhere."""
    for account in plan.accounts:
        for concern in ABOUT:
            policies = [one for one in plan.policies if (one.account, one.concern) == (account, concern)]
            roles = [one for one in plan.roles if (one.account, one.concern) == (account, concern)]
            if policies or roles:
                yield account, concern, policies, roles
