"""IAM's limits on what a plan holds: asked of every plan, so that nobody learns of one from a stack that fails."""

from typing import Final

from liftgate.deployment.errors import TooLongForIam
from liftgate.deployment.model import Plan
from liftgate.iam.compile import ROLE_LIMIT
from liftgate.iam.policy import Policy, to_json

TRUST_LIMIT: Final = 2_048  # characters of a trust policy, where nobody asked AWS for more (IAM quotas)


def check_sizes(plan: Plan) -> None:
    """Raise ``TooLongForIam`` for the first policy that IAM would not take."""
    for policy in plan.policies:
        _check(
            policy.document, ROLE_LIMIT, f"the policy `{policy.name}`", "name fewer places in the catalogue"
        )
    for role in plan.roles:
        _check(role.trust, TRUST_LIMIT, f"the trust policy of `{role.name}`", "let fewer be named in it")


def _check(document: Policy, limit: int, what: str, advice: str) -> None:
    length = len(to_json(document))
    if length > limit:
        raise TooLongForIam(
            f"{what} would have {length:,} characters, and IAM takes {limit:,}", advice=advice
        )
