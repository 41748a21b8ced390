"""Elevated roles: policy and boundary are the ceiling, and the trust policy lets in the broker alone, as it lends."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from liftgate.catalogue.model import Entitlement
from liftgate.deployment.errors import CeilingsTooLarge
from liftgate.deployment.model import Concern, ManagedPolicy, Role
from liftgate.deployment.statements import allow_who, policy
from liftgate.elevation.lend import GRANT_TAG, LONGEST
from liftgate.elevation.person import PERSON_TAG
from liftgate.elevation.session_name import ANY_GRANT, ANY_SESSION
from liftgate.iam.compile import ROLE_LIMIT, roles_policy
from liftgate.iam.policy import Condition, Policy, Principals, Qualifier, to_json

_SHORTEST_MAXIMUM: Final = timedelta(hours=1)  # of a role: IAM takes no less
_SOMEBODY: Final = "??*"  # STS takes no source identity under two letters


def elevated_role(
    role_arn: str,
    entitlements: Sequence[Entitlement],
    *,
    broker_arn: str,
    external_ids: Sequence[str],
    organization: str | None,
) -> tuple[Role, ManagedPolicy]:
    """The role of some entitlements, and the one policy that is both what it may do and its boundary."""
    _, partition, _, _, account, resource = role_arn.split(":", 5)
    path, _, name = resource.removeprefix("role").rpartition("/")
    names = ", ".join(one.name for one in entitlements)
    ceiling = ManagedPolicy(
        concern=Concern.ELEVATED,
        account=account,
        partition=partition,
        path=f"{path}/",
        name=f"{name}Ceiling",
        document=ceiling_of(entitlements),
        why=f"The ceiling of {names}: what {name} may do, and its permissions boundary, so that no policy that is added "
        "later lets it do more.",
    )
    role = Role(
        concern=Concern.ELEVATED,
        account=account,
        partition=partition,
        path=f"{path}/",
        name=name,
        trust=elevated_trust(broker_arn, external_ids, organization),
        policies=(ceiling.arn,),
        boundary=ceiling.arn,
        max_session=longest_session(entitlements),
        why=f"Lent for {names}. The broker alone may assume it, by a session name of Liftgate's form, with the person as source "
        "identity and the grant as tag.",
        takes_external_id=bool(external_ids),
    )
    return role, ceiling


def ceiling_of(entitlements: Sequence[Entitlement]) -> Policy:
    """What entitlements that share a role hold, all together. Raises ``CeilingsTooLarge`` beyond IAM's limit."""
    found = roles_policy(dict.fromkeys(one.ceiling for one in entitlements))
    length = len(to_json(found))
    if length > ROLE_LIMIT:
        names = ", ".join(f"`{one.name}`" for one in entitlements)
        raise CeilingsTooLarge(
            f"the ceilings of {names} share one role and have {length:,} characters together; a boundary takes {ROLE_LIMIT:,}",
            advice="give each of them a role of its own in the catalogue",
            value=entitlements[0].role_arn,
        )
    return found


def longest_session(entitlements: Iterable[Entitlement]) -> timedelta:
    """The role's MaxSessionDuration: as the entitlements say, within what IAM takes."""
    return min(LONGEST, max((_SHORTEST_MAXIMUM, *(one.max_session for one in entitlements))))


def elevated_trust(
    broker_arn: str, external_ids: Sequence[str] = (), organization: str | None = None
) -> Policy:
    """Who may assume an elevated role, and how.

    Three statements, since STS knows the session's name and the external id only of AssumeRole itself, and a key that a request
    does not carry fails its condition.
    """
    broker = Principals((("AWS", broker_arn),))
    person = Condition("StringLike", "sts:SourceIdentity", (_SOMEBODY,))
    tags = (
        Condition("StringLike", f"aws:RequestTag/{GRANT_TAG}", (ANY_GRANT,)),
        Condition("StringLike", f"aws:RequestTag/{PERSON_TAG}", (_SOMEBODY,)),
    )
    only = Condition("StringEquals", "aws:TagKeys", (GRANT_TAG, PERSON_TAG), qualifier=Qualifier.FOR_ALL)
    by = [
        *([Condition("StringEquals", "sts:ExternalId", tuple(external_ids))] if external_ids else []),
        *([Condition("StringEquals", "aws:PrincipalOrgID", (organization,))] if organization else []),
    ]
    named = Condition("StringLike", "sts:RoleSessionName", (ANY_SESSION,))
    return policy(
        allow_who("LendToTheBrokerAlone", broker, ["sts:AssumeRole"], None, *by, named, person, *tags),
        allow_who("NameTheGrant", broker, ["sts:TagSession"], None, *tags, only),
        allow_who("NameThePerson", broker, ["sts:SetSourceIdentity"], None, person),
    )
