"""Whether the resource's policy must speak, and which of the caller's own policies still count once it has.

Sources: "How AWS enforcement code logic evaluates requests to allow or deny access", "Cross-account policy evaluation
logic" and "Permissions boundaries for IAM entities", IAM User Guide.
"""

from liftgate.iam.evaluation.caller import Caller, Standing
from liftgate.iam.evaluation.plan import Allows
from liftgate.iam.evaluation.principal import Reach
from liftgate.iam.evaluation.verdict import Wall


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


def beyond_rcps(name: str, arn: str) -> bool:
    """Whether no resource control policy limits it. Source: "Resource control policies (RCPs)", AWS Organizations."""
    return name == "kms:retiregrant" or ":role/aws-service-role/" in arn


def still_needed(
    own: tuple[Allows, ...], caller: Caller, reach: Reach, *, owner: str | None, owed: bool
) -> tuple[Allows, ...] | None:
    """Which of the caller's own policies must allow besides; None where the resource's policy had to, and did not."""
    if caller.standing is Standing.UNSAID:
        return () if reach else own
    alone = caller.account == owner and caller.standing is not Standing.OUTSIDER and not owed
    if not reach:
        return own if alone else None
    if caller.account != owner:
        return own
    if reach is Reach.ROLE:
        return tuple(one for one in own if one[0].wall is not Wall.IDENTITY)
    return () if reach is Reach.DIRECT else own
