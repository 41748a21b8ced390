"""Whether the resource's policy must speak, and which of the caller's own policies still count once it has.

Sources: "How AWS enforcement code logic evaluates requests to allow or deny access", "Cross-account policy evaluation
logic" and "Permissions boundaries for IAM entities", IAM User Guide.
"""

from enum import Enum

from liftgate.iam.evaluation.caller import Caller, Standing
from liftgate.iam.evaluation.plan import Allows
from liftgate.iam.evaluation.principal import Reach
from liftgate.iam.evaluation.verdict import Wall


def owner_of(arn: str, caller: Caller) -> str | None:
    """The account that owns a resource: the one in its ARN, else the caller's, if it has one."""
    parts = arn.split(":", 5)
    return (parts[4] if len(parts) > 4 else "") or caller.account


class Owed(Enum):
    """Whether the resource's own policy must allow, even where identity policies do."""

    NOTHING = "nothing"
    KEY_POLICY = "key policy"
    TRUST = "trust policy"


_OF_TRUST = ("sts:assumerole", "sts:setsourceidentity", "sts:tagsession")


def owed(name: str, arn: str) -> Owed:
    """What an action, its name in lower case, needs of the resource's own policy: on KMS keys, and on roles to assume."""
    if name.startswith("kms:") and ":key/" in arn:
        return Owed.KEY_POLICY
    return Owed.TRUST if name.startswith(_OF_TRUST) and ":role/" in arn else Owed.NOTHING


def beyond_rcps(name: str, arn: str) -> bool:
    """Whether no resource control policy limits it. Source: "Resource control policies (RCPs)", AWS Organizations."""
    return name == "kms:retiregrant" or ":role/aws-service-role/" in arn


def still_needed(
    own: tuple[Allows, ...], caller: Caller, reach: Reach, *, owner: str | None, owes: Owed
) -> tuple[Allows, ...] | None:
    """Which of the caller's own policies must allow besides; None where the resource's policy had to, and did not."""
    if caller.standing is Standing.UNSAID:
        return () if reach else own
    at_home = caller.account == owner
    if not reach:
        needs_it = not at_home or caller.standing is Standing.OUTSIDER or owes is not Owed.NOTHING
        return None if needs_it else own
    if not at_home or reach is Reach.ACCOUNT:
        return own
    if reach is Reach.ROLE:
        return tuple(one for one in own if one[0].wall is not Wall.IDENTITY)
    if owes is Owed.TRUST:  # "Update a role trust policy", IAM User Guide: a boundary still counts
        return tuple(one for one in own if one[0].wall is Wall.BOUNDARY)
    return ()
