"""Whether the resource's policy must speak, and which of the caller's own policies still count once it has.

Sources: "How AWS enforcement code logic evaluates requests to allow or deny access", "Cross-account policy evaluation
logic" and "Permissions boundaries for IAM entities", IAM User Guide.
"""

import re
from enum import Enum

from liftgate.iam.evaluation.caller import Caller, CallerKind, Standing
from liftgate.iam.evaluation.plan import Allows
from liftgate.iam.evaluation.principal import Reach
from liftgate.iam.evaluation.verdict import Wall


class Owed(Enum):
    """Whether the resource's own policy must allow, even where identity policies do."""

    NOTHING = "nothing"
    KEY_POLICY = "key policy"
    TRUST = "trust policy"
    WEB_TRUST = "trust policy, asked without credentials by whom an identity provider vouches for"
    CHAINED_TRUST = "trust policy, and where a role assumes a role its identity policies too"


_OF_TRUST = ("sts:assumerole", "sts:tagsession")


def owed(name: str, arn: str) -> Owed:
    """What an action, its name in lower case, needs of the resource's own policy: on KMS keys, and on roles to assume."""
    if name.startswith("kms:") and ":key/" in arn:
        return Owed.KEY_POLICY
    if not name.startswith("sts:") or ":role/" not in arn:
        return Owed.NOTHING
    # "Monitor and control actions taken with assumed roles", IAM User Guide
    return (
        Owed.CHAINED_TRUST
        if name == "sts:setsourceidentity"
        else Owed.WEB_TRUST
        if name.startswith("sts:assumerolewith")
        else Owed.TRUST
        if name.startswith(_OF_TRUST)
        else Owed.NOTHING
    )


def beyond_rcps(name: str, arn: str) -> bool:
    """Whether no resource control policy limits it: retiring a KMS grant, and assuming a service-linked role.

    Source: "Resource control policies (RCPs)", AWS Organizations User Guide.
    """
    return name == "kms:retiregrant" or (
        name.startswith("sts:assumerole") and _LINKED_ROLE.match(arn) is not None
    )


_LINKED_ROLE = re.compile(r"arn:[^:]*:iam::[^:]*:role/aws-service-role/")


def beyond_denial(name: str, caller: Caller, owner: str | None) -> bool:
    """Whether no bucket policy can deny it: the owner's root user may always read and mend the bucket policy.

    Source: "PutBucketPolicy", "GetBucketPolicy" and "DeleteBucketPolicy", Amazon S3 API Reference.
    """
    return caller.standing is Standing.ROOT and caller.account == owner and name in _OF_BUCKET_POLICY


_OF_BUCKET_POLICY = frozenset({"s3:putbucketpolicy", "s3:getbucketpolicy", "s3:deletebucketpolicy"})


def may_ask(owes: Owed, caller: Caller) -> bool:
    """Whether such a caller may ask for what it takes a trust policy to give: users, roles, services may.

    Source: "Compare AWS STS credentials", IAM User Guide: who can call, and what temporary credentials cannot.
    """
    return caller.kind not in _WITHOUT_ROLES or owes not in _SIGNED


# Tuples: members of an enum are slow to hash.
_SIGNED = (Owed.TRUST, Owed.CHAINED_TRUST)
_WITHOUT_ROLES = (CallerKind.ROOT, CallerKind.FEDERATED, CallerKind.ANONYMOUS)


def still_needed(
    own: tuple[Allows, ...], caller: Caller, reach: Reach, *, owner: str | None, owes: Owed
) -> tuple[Allows, ...] | None:
    """Which of the caller's own policies must allow besides; None where the resource's policy had to and did not, or cannot."""
    if caller.standing is Standing.UNSAID:
        return () if reach else own
    at_home = caller.account == owner
    if not reach or not may_ask(owes, caller):
        needs_it = not at_home or caller.standing is Standing.OUTSIDER or owes is not Owed.NOTHING
        return None if needs_it else own
    chained = owes is Owed.CHAINED_TRUST and caller.kind is CallerKind.ROLE
    if not at_home or chained or reach is Reach.ACCOUNT:
        return own
    if reach is Reach.ROLE:
        return tuple(one for one in own if one[0].wall is not Wall.IDENTITY)
    if (
        owes is Owed.WEB_TRUST or owes in _SIGNED
    ):  # "Update a role trust policy", IAM User Guide: a boundary still counts
        return tuple(one for one in own if one[0].wall is Wall.BOUNDARY)
    return ()
