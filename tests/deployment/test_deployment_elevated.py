"""An elevated role: whoever holds a session never does more than the ceiling, and only the broker gets one, as it lends."""

from dataclasses import replace
from typing import Any

import pytest
from tests.deployment.deployed import (
    EVERYTHING,
    EXTERNAL_ID,
    HOME,
    OTHER,
    Asked,
    Judges,
    as_lent,
    case,
    ceiling,
    external_id_of,
    planned,
    two_accounts,
)

from liftgate.catalogue.model import Catalogue
from liftgate.deployment.errors import CeilingsTooLarge
from liftgate.deployment.model import Plan, Role
from liftgate.deployment.options import AUDITOR_NAME, BROKER_NAME, REVOKER_NAME
from liftgate.elevation.broker import Broker
from liftgate.elevation.lending_trust import too_wide
from liftgate.iam.compile import role_policy
from liftgate.iam.contain import contains
from liftgate.iam.parse import parse_policy
from liftgate.iam.policy import to_document, to_json
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope

WRITER = "reports-write"
INSIDE = "arn:aws:s3:::reports/2026/q3.csv"
OUTSIDE = [
    ("s3:PutObject", "arn:aws:s3:::reports/2025/q3.csv"),
    ("s3:PutObject", "arn:aws:s3:::payroll/2026/q3.csv"),
    ("s3:GetObject", INSIDE),
    ("s3:DeleteObject", INSIDE),
    ("s3:PutObjectAcl", INSIDE),
    ("s3:PutBucketPolicy", "arn:aws:s3:::reports"),
    ("s3:DeleteBucket", "arn:aws:s3:::reports"),
    ("iam:PutRolePolicy", f"arn:aws:iam::{HOME}:role/liftgate/reports-write"),
    ("iam:DeleteRolePermissionsBoundary", f"arn:aws:iam::{HOME}:role/liftgate/reports-write"),
    ("iam:CreateUser", f"arn:aws:iam::{HOME}:user/another"),
    ("sts:AssumeRole", f"arn:aws:iam::{HOME}:role/liftgate/reports-purge"),
    ("kms:Decrypt", f"arn:aws:kms:eu-central-1:{HOME}:key/6f0d7c0e-58a4-4a36-9f0e-0c6a4b8d2e11"),
    ("cloudtrail:StopLogging", f"arn:aws:cloudtrail:eu-central-1:{HOME}:trail/liftgate"),
]


@pytest.mark.parametrize(
    ("session", "added"),
    [(None, []), (EVERYTHING, []), (EVERYTHING, [EVERYTHING])],
    ids=["no session policy", "session policy `*`", "and a policy `*` put on the role"],
)
def test_a_session_never_exceeds_the_ceiling(
    judges: Judges, plan: Plan, session: dict[str, Any] | None, added: list[dict[str, Any]]
) -> None:
    who = plan.role(WRITER)
    cases = [
        case(
            plan, who, Asked(action=action, resource=arn, context={}), session=session, more=added, owner=HOME
        )
        for action, arn in [("s3:PutObject", INSIDE), *OUTSIDE]
    ]
    first, *others = judges.decide(cases)
    assert first == "allow"
    assert set(others) == {"implicit_deny"}


def test_policy_and_boundary_of_a_role_are_one_and_are_its_ceiling(plan: Plan) -> None:
    catalogue = two_accounts()
    for role in (one for one in plan.roles if one.concern == "elevated-roles"):
        assert role.policies == (role.boundary,)
        wanted = catalogue.entitlements[role.name].ceiling
        assert to_json(ceiling(plan, role).document) == role_policy(wanted)


def _assumed(plan: Plan, role: Role, asked: Asked, by: Role | None = None) -> dict[str, Any]:
    return case(
        plan, by or plan.role(BROKER_NAME), asked, resource_policy=to_document(role.trust), owner=role.account
    )


@pytest.mark.parametrize(
    ("without", "changed"),
    [
        (["sts:SourceIdentity"], {}),
        (["sts:RoleSessionName"], {}),
        (["aws:RequestTag/liftgate-grant"], {}),
        (["aws:RequestTag/liftgate-person"], {}),
        ([], {"sts:RoleSessionName": "ada"}),
        ([], {"sts:RoleSessionName": "gr-0123-1"}),
        ([], {"aws:RequestTag/liftgate-grant": "none"}),
        (["sts:ExternalId"], {}),
        ([], {"sts:ExternalId": "lg-of-somebody-else"}),
    ],
)
def test_without_grant_and_person_nobody_gets_a_session(
    judges: Judges, plan: Plan, without: list[str], changed: dict[str, str]
) -> None:
    role = plan.role("uploads-quarantine", OTHER)
    asked = as_lent(role, without=without, **changed)[0]
    assert asked != as_lent(role)[0]
    assert not judges.allow(_assumed(plan, role, asked))
    assert judges.allow(_assumed(plan, role, as_lent(role)[0]))


def test_a_session_bears_no_tag_but_grant_and_person(judges: Judges, plan: Plan) -> None:
    role = plan.role(WRITER)
    tagged = as_lent(role)[1]
    more = replace(
        tagged, context={**tagged.context, "aws:TagKeys": ("liftgate-grant", "liftgate-person", "team")}
    )
    assert judges.decide([_assumed(plan, role, tagged), _assumed(plan, role, more)]) == [
        "allow",
        "implicit_deny",
    ]


def test_nobody_but_the_broker_gets_a_session(judges: Judges, plan: Plan) -> None:
    role = plan.role(WRITER)
    others = [plan.role("reports-purge"), plan.role(REVOKER_NAME, OTHER)]
    cases = [
        {**_assumed(plan, role, one, other), "identity": [EVERYTHING], "boundary": None}
        for other in others
        for one in as_lent(role)
    ]
    assert "allow" not in judges.decide(cases)


@pytest.mark.parametrize(
    ("name", "account"), [(REVOKER_NAME, OTHER), (AUDITOR_NAME, OTHER), (AUDITOR_NAME, HOME)]
)
def test_revoker_and_auditor_are_taken_up_by_the_broker_alone_by_its_name_and_external_id(
    judges: Judges, plan: Plan, name: str, account: str
) -> None:
    role = plan.role(name, account)
    carried = {
        "sts:RoleSessionName": f"liftgate-{BROKER_NAME}",
        "sts:SourceIdentity": f"liftgate-{BROKER_NAME}",
        **({"sts:ExternalId": EXTERNAL_ID} if account == OTHER else {}),
    }
    right = Asked(action="sts:AssumeRole", resource=role.arn, context=carried)
    source = Asked(
        action="sts:SetSourceIdentity",
        resource=role.arn,
        context={"sts:SourceIdentity": f"liftgate-{BROKER_NAME}"},
    )
    wrong = [replace(right, context={**carried, key: "lg-another"}) for key in carried]
    lacking = [
        replace(right, context={name: value for name, value in carried.items() if name != key})
        for key in carried
    ]
    decisions = judges.decide([_assumed(plan, role, one) for one in (right, source, *wrong, *lacking)])
    assert decisions == ["allow", "allow", *["implicit_deny"] * len(wrong + lacking)]
    others = [one for one in plan.roles if one.account == HOME and one.name != BROKER_NAME]
    cases = [_assumed(plan, role, one, by=who) for who in others for one in (right, source)]
    assert "allow" not in judges.decide(cases)


@pytest.mark.parametrize("organization", [None, "o-a1b2c3d4e5"])
def test_liftgate_itself_finds_nothing_too_wide_in_the_trust_policies_of_other_accounts(
    organization: str | None,
) -> None:
    plan = planned(organization=organization)
    broker = Broker(account=HOME, arn=f"arn:aws:sts::{HOME}:assumed-role/{BROKER_NAME}/i-0a1b")
    role = plan.role("uploads-quarantine", OTHER)
    assert too_wide(to_json(role.trust), broker, external_id_of(role)) is None
    assert external_id_of(role) == "liftgate-uploads"  # the entitlement's own goes before the account's


def _changed(catalogue: Catalogue, **by_name: dict[str, Any]) -> Catalogue:
    made = {
        name: replace(one, **by_name.get(name.replace("-", "_"), {}))
        for name, one in catalogue.entitlements.items()
    }
    return replace(catalogue, entitlements=made)


def test_entitlements_that_share_a_role_share_its_ceiling_and_no_action_gets_to_the_others_places() -> None:
    shared = f"arn:aws:iam::{HOME}:role/shared"
    catalogue = _changed(
        two_accounts(), reports_write={"role_arn": shared}, reports_purge={"role_arn": shared}
    )
    found = planned(catalogue)
    document = ceiling(found, found.role("shared")).document
    for name in ("reports-write", "reports-purge"):
        assert contains(parse_policy(role_policy(catalogue.entitlements[name].ceiling)), document)
    drafts = Scope(
        actions=expand_actions(["delete"]), locations=frozenset({parse_location("s3://report-drafts/")})
    )
    assert not contains(parse_policy(role_policy(drafts)), document)


def test_ceilings_that_fit_into_no_boundary_together_are_refused_with_their_names() -> None:
    shared = f"arn:aws:iam::{HOME}:role/shared"

    def large(letter: str) -> dict[str, Any]:
        places = frozenset(parse_location(f"s3://reports/{letter}{n:03}/{'x' * 80}/") for n in range(28))
        return {"role_arn": shared, "ceiling": Scope(actions=expand_actions(["write"]), locations=places)}

    catalogue = _changed(two_accounts(), reports_write=large("a"), reports_purge=large("b"))
    with pytest.raises(CeilingsTooLarge, match="`reports-purge`, `reports-write` share one role"):
        planned(catalogue)


def test_the_longest_session_is_what_the_entitlement_says(plan: Plan) -> None:
    assert {
        one.name: one.max_session.total_seconds() for one in plan.roles if one.concern == "elevated-roles"
    } == {
        "reports-purge": 3_600,
        "reports-write": 3_600,
        "uploads-quarantine": 7_200,
    }
