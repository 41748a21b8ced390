"""The roles that the broker takes up for itself: who may do so, by which name, and what bounds them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from liftgate.deployment.model import Concern, ManagedPolicy, Role
from liftgate.deployment.places import Places
from liftgate.deployment.statements import allow_who, policy
from liftgate.elevation.session_name import broker_session_name
from liftgate.iam.policy import Condition, Policy, Principals


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """The broker, and what it says and is when it takes up a role of one account."""

    broker: str  # ARN
    external_id: str | None = field(repr=False)  # none at home
    organization: str | None  # none at home, and where nobody asks for it

    def alone(self) -> Policy:
        """The trust policy that lets in nobody else, by one name."""
        who = Principals((("AWS", self.broker),))
        called = (broker_session_name(self.broker.rsplit("/", 1)[-1]),)
        by = [
            *([Condition("StringEquals", "sts:ExternalId", (self.external_id,))] if self.external_id else []),
            *(
                [Condition("StringEquals", "aws:PrincipalOrgID", (self.organization,))]
                if self.organization
                else []
            ),
        ]
        source = Condition("StringEquals", "sts:SourceIdentity", called)
        named = Condition("StringEquals", "sts:RoleSessionName", called)
        return policy(
            allow_who("TheBrokerAlone", who, ["sts:AssumeRole"], None, *by, named, source),
            allow_who("NameTheBroker", who, ["sts:SetSourceIdentity"], None, source),
        )


def taken_up(
    concern: Concern,
    name: str,
    places: Places,
    account: str,
    *,
    by: Taker,
    found: Sequence[ManagedPolicy],
    most: Policy,
    why: str,
) -> tuple[list[ManagedPolicy], Role]:
    """The role of an account with the policies that were ``found`` for it, and a boundary that says ``most``."""
    boundary = ManagedPolicy(
        concern=concern,
        account=account,
        partition=places.partition,
        name=f"{name}Boundary",
        document=most,
        why=f"The {concern}'s permissions boundary: whatever policy is added to it, it does no more than this.",
    )
    role = Role(
        concern=concern,
        account=account,
        partition=places.partition,
        name=name,
        trust=by.alone(),
        policies=tuple(one.arn for one in found),
        boundary=boundary.arn,
        why=why,
        takes_external_id=by.external_id is not None,
    )
    return [*found, boundary], role
