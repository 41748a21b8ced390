"""A plan as two evaluators see it: who asks, by which policies, of what; and that both answer alike."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tests.elevation.elevation_examples import NOON, grant, request
from tests.iam.generated.ours import our_decision
from tests.iam.generated.put_to_simulate import DECISIONS, as_simulation
from tests.servers.iam_simulate import Simulate
from tools.generate_deploy_docs import ROOT

from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.parse import load_catalogue
from liftgate.deployment.model import Bounded, ManagedPolicy, Plan, Role
from liftgate.deployment.options import DeployOptions
from liftgate.deployment.plan import plan_for
from liftgate.elevation.lend import lend_order
from liftgate.iam.policy import to_document

HOME: Final = "111122223333"
OTHER: Final = "444455556666"
EXTERNAL_ID: Final = "lg-5f0c1d6be2a94c73"
Caller: TypeAlias = Role | Bounded
"""A role of the plan, or a broker that was there already."""
EVERYTHING: Final[dict[str, Any]] = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}


def two_accounts() -> Catalogue:
    return load_catalogue([ROOT / "examples" / "catalogue-folder"])


def planned(catalogue: Catalogue | None = None, **options: Any) -> Plan:
    """Two accounts, where nothing else is said."""
    ids = {OTHER: EXTERNAL_ID}
    given = {"region": "eu-central-1", "account": HOME, "external_ids": ids, **options}
    return plan_for(catalogue or two_accounts(), DeployOptions(**given))


def in_place(**options: Any) -> Plan:
    return planned(load_catalogue([ROOT / "src" / "liftgate" / "demo" / "catalogue.yaml"]), **options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call, and what it carries."""

    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]]


def brought(arn: str, **options: Any) -> tuple[Plan, Bounded]:
    """Two accounts, and a broker that is there already: a user or role."""
    plan = planned(broker_arn=arn, **options)
    assert plan.brought
    return plan, plan.brought


def session_of(who: Caller, name: str = "s-1") -> str:
    """Who calls: of a role a session, whose ARN has no path."""
    _, partition, _, _, account, named = who.arn.split(":")
    if named.startswith("user/"):
        return who.arn
    return f"arn:{partition}:sts::{account}:assumed-role/{named.rsplit('/', 1)[-1]}/{name}"


def policies_of(plan: Plan, who: Caller) -> list[dict[str, Any]]:
    arns = (
        who.policies
        if isinstance(who, Role)
        else [one.arn for one in plan.policies if one.users or one.roles]
    )
    return [to_document(plan.policy(arn).document) for arn in arns]


def boundary_of(plan: Plan, who: Caller) -> dict[str, Any] | None:
    return to_document(plan.policy(who.boundary).document) if who.boundary else None


def case(
    plan: Plan,
    who: Caller,
    asked: Asked,
    *,
    more: Sequence[dict[str, Any]] = (),
    session: dict[str, Any] | None = None,
    resource_policy: dict[str, Any] | None = None,
    owner: str | None = None,
) -> dict[str, Any]:
    """The call as a user makes it, or a role's session. ``more``: policies that somebody added to the user or role."""
    account = asked.resource.split(":")[4] if ":" in asked.resource else ""
    return {
        "request": {
            "principal": session_of(who),
            "action": asked.action,
            "resource": asked.resource,
            "context": {
                key: value if isinstance(value, str) else list(value) for key, value in asked.context.items()
            },
        },
        "identity": [*policies_of(plan, who), *more],
        "session": None if session is None else [session],
        "boundary": boundary_of(plan, who),
        "resource_policy": resource_policy,
        "resource_account": owner or account or who.arn.split(":")[4],
        "scps": [],
        "rcps": [],
    }


class Judges:
    """Liftgate's own engine, and iam-simulate, which nobody here wrote."""

    def __init__(self, simulate: Simulate) -> None:
        self._simulate = simulate

    def decide(self, cases: Sequence[dict[str, Any]]) -> list[str]:
        """The decision of each, on which both agree."""
        ours = [our_decision(one) for one in cases]
        answers = list(self._simulate.answers(map(as_simulation, cases)))
        theirs = [DECISIONS.get(one.get("decision", ""), json.dumps(one)) for one in answers]
        assert theirs == ours, [
            (mine, other, one["request"])
            for mine, other, one in zip(ours, theirs, cases, strict=True)
            if mine != other
        ]
        assert [one for one in answers if one["ignored"]] == []
        return ours

    def allow(self, one: dict[str, Any]) -> bool:
        return self.decide([one])[0] == "allow"


def as_lent(role: Role, *, without: Sequence[str] = (), **changed: str) -> list[Asked]:
    """The three calls that STS makes of one AssumeRole, with what Liftgate sends for a grant on the role."""
    order = lend_order(grant(request(role_arn=role.arn)), 1, NOON)
    tags = {f"aws:RequestTag/{key}": value for key, value in order.tags}
    sent: dict[str, dict[str, Any]] = {
        "sts:AssumeRole": {
            "sts:RoleSessionName": order.session_name,
            "sts:SourceIdentity": order.source_identity,
            **({"sts:ExternalId": external_id_of(role)} if role.takes_external_id else {}),
            **tags,
            "aws:TagKeys": tuple(key for key, _ in order.tags),
        },
        "sts:TagSession": {**tags, "aws:TagKeys": tuple(key for key, _ in order.tags)},
        "sts:SetSourceIdentity": {"sts:SourceIdentity": order.source_identity},
    }
    return [
        Asked(
            action=action,
            resource=role.arn,
            context={key: changed.get(key, value) for key, value in context.items() if key not in without},
        )
        for action, context in sent.items()
    ]


def external_id_of(role: Role) -> str:
    """The first that the role's trust policy takes."""
    found = [
        value
        for one in role.trust.statements
        for each in one.conditions
        if each.key == "sts:ExternalId"
        for value in each.values
    ]
    return found[0]


def ceiling(plan: Plan, role: Role) -> ManagedPolicy:
    assert role.boundary
    return plan.policy(role.boundary)
