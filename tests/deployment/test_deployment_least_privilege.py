"""What the generated roles may do, decided by Liftgate's engine and by iam-simulate: each call that Liftgate makes, and no more."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import botocore.session
import pytest
from botocore import xform_name
from tests.deployment.deployed import (
    EVERYTHING,
    HOME,
    OTHER,
    Asked,
    Caller,
    Judges,
    as_lent,
    boundary_of,
    brought,
    case,
    in_place,
    planned,
    policies_of,
)
from tools.generate_deploy_docs import ROOT

from liftgate.deployment.calls import CALLS, By, On, looking_calls
from liftgate.deployment.model import Plan, Role
from liftgate.deployment.options import BROKER_NAME, REVOKER_NAME
from liftgate.deployment.places import account_of
from liftgate.iam.policy import to_document

USER = f"arn:aws:iam::{HOME}:user/ops/lifter"
BROUGHT = (USER, f"arn:aws:iam::{HOME}:role/ops/lifter")
Broker: TypeAlias = tuple[Plan, Caller]
KEY = "arn:aws:kms:eu-central-1:111122223333:key/6f0d7c0e-58a4-4a36-9f0e-0c6a4b8d2e11"
BY_THE_SESSION = {"s3:AbortMultipartUpload"}  # in drills, as the lent session
NEEDS_NO_PERMISSION = {"sts:GetCallerIdentity"}
OF_A_PERSON = {"cloudtrail:ListPublicKeys"}  # `liftgate replay --verify`, with the caller's own credentials
OTHER_NAMES = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
BESIDE_ASSUME_ROLE = {"sts:TagSession", "sts:SetSourceIdentity"}  # asked for by what the call carries
NO_METHODS_OF_AWS = {
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:RevokeGrant",
    "kms:Verify",
    "kms:Sign",
}  # of our own, named alike


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(trail_key_arn=KEY)


@pytest.fixture(params=[None, *BROUGHT], ids=["its own role", "a user", "a role of one's own"])
def broker(request: pytest.FixtureRequest, plan: Plan) -> Broker:
    """Each kind of broker, in its plan."""
    if request.param is None:
        return plan, plan.role(BROKER_NAME)
    return brought(request.param, trail_key_arn=KEY)


def test_the_table_names_every_call_that_the_source_makes() -> None:
    # People call by themselves what is in these, and `drift` looks by the auditor.
    called = calls_in(lambda folder: folder not in {"demo", "cli", "setup", "drift"})
    table = {one.action for one in CALLS if one.by is not By.AUDITOR}
    assert called - BY_THE_SESSION - NEEDS_NO_PERMISSION - OF_A_PERSON == table - BESIDE_ASSUME_ROLE - {
        "kms:Decrypt"
    }


def test_the_auditors_part_of_the_table_names_every_call_that_a_check_makes() -> None:
    called = calls_in(lambda folder: folder == "drift") - {"sts:AssumeRole"} - NEEDS_NO_PERMISSION
    assert called == set(looking_calls())


def calls_in(is_looked_in: Callable[[str], bool]) -> set[str]:
    """The actions of IAM that some folders of the source call."""
    session = botocore.session.get_session()
    operations = {
        xform_name(name): {f"{service}:{name}"}
        for service in ("kms", "events", "cloudtrail", "s3", "sqs", "iam", "sts")
        for name in session.get_service_model(service).operation_names
    }
    for name in session.get_service_model("s3control").operation_names:
        if xform_name(name) not in operations:
            operations[xform_name(name)] = {f"s3:{name}"}  # the rest is for buckets of Outposts, but this:
    operations["get_public_access_block"].add("s3:GetAccountPublicAccessBlock")
    named = {
        action
        for path in (ROOT / "src" / "liftgate").rglob("*.py")
        if is_looked_in(path.relative_to(ROOT).parts[2])
        for name in _names_in(path)
        for action in operations.get(name, ())
    }
    return {OTHER_NAMES.get(one, one) for one in named - NO_METHODS_OF_AWS}


def _names_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node.attr
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "get_paginator"
        ):
            yield ast.literal_eval(node.args[0])


def things(plan: Plan, on: On, account: str) -> list[str]:
    """The things of one kind in an account."""
    roles = [one for one in plan.roles if one.account == account]
    watching = plan.watching
    return {
        On.ELEVATED: [one.arn for one in roles if one.concern == "elevated-roles"],
        On.HELD: [one.arn for one in plan.bounded],
        On.SIGNED_IN: [f"arn:aws:iam::{HOME}:role/baseline", f"arn:aws:iam::{HOME}:role/people/baseline"]
        if not plan.bounded and account == HOME
        else [],
        On.REVOKERS: [one.arn for one in plan.roles if one.name == REVOKER_NAME],
        On.POLICIES: ["arn:aws:iam::aws:policy/ReadOnlyAccess", f"arn:aws:iam::{account}:policy/a/Boundary"]
        if plan.bounded
        else [],
        On.ANYTHING: ["*"] if plan.bounded else [],
        On.QUEUES: [watching.queues.arn, str(watching.queues.dead_letters_arn)],
        On.LOG_BUCKET: [f"arn:aws:s3:::{watching.log_bucket}"],
        On.LOG_FILES: [
            f"arn:aws:s3:::{watching.log_bucket}/AWSLogs/{OTHER}/CloudTrail/eu-central-1/2026/11/29/a.json.gz"
        ],
        On.LOG_KEY: [watching.log_key_arn] if watching.log_key_arn else [],
    }[on]


def every_call(plan: Plan, who: Caller) -> list[Asked]:
    """Each call of the table that the broker or a revoker makes, on each thing, as it is made."""
    found = []
    for one in CALLS:
        if one.by is By.AUDITOR or (one.by is By.BROKER and who.arn != plan.broker_arn):
            continue  # of the auditor: test_deployment_auditor.py
        if one.action.startswith("sts:"):
            continue  # see below: with what the role's trust policy says
        found += [
            Asked(action=one.action, resource=arn, context=_under(plan, arn) if one.under_boundary else {})
            for arn in things(plan, one.on, account_of(who.arn))
        ]
    return found


def _under(plan: Plan, role_arn: str) -> dict[str, str]:
    boundary = next((one.boundary for one in plan.bounded if one.arn == role_arn), None)
    return {
        "iam:PermissionsBoundary": boundary
        or next(one.boundary or "" for one in plan.roles if one.arn == role_arn)
    }


def test_the_broker_and_the_revoker_can_do_each_call_that_liftgate_makes(judges: Judges, plan: Plan) -> None:
    opened = in_place()
    callers: list[tuple[Plan, Caller]] = [
        (plan, plan.role(BROKER_NAME)),
        (plan, plan.role(REVOKER_NAME, OTHER)),
        (opened, opened.role(BROKER_NAME)),
        *(brought(arn, trail_key_arn=KEY) for arn in BROUGHT),
        *((one, one.brought) for arn in BROUGHT if (one := in_place(broker_arn=arn)).brought),
    ]
    cases = [_called(where, who, one) for where, who in callers for one in every_call(where, who)]
    assert len(cases) > 45
    assert {one["request"]["action"] for one in cases} == {
        one.action for one in CALLS if one.by is not By.AUDITOR and not one.action.startswith("sts:")
    }
    assert set(judges.decide(cases)) == {"allow"}


def _called(plan: Plan, who: Caller, asked: Asked) -> dict[str, Any]:
    """The policy of a key must let the account's own count; AWS's own policies are anybody's to read."""
    of_key = {
        **EVERYTHING,
        "Statement": {**EVERYTHING["Statement"], "Principal": {"AWS": f"arn:aws:iam::{HOME}:root"}},
    }
    owner = account_of(who.arn) if ":iam::aws:" in asked.resource else None
    return case(
        plan, who, asked, resource_policy=of_key if asked.action.startswith("kms:") else None, owner=owner
    )


def test_the_broker_lends_each_elevated_role_as_it_lends(judges: Judges, broker: Broker) -> None:
    plan, who = broker
    elevated = [one for one in plan.roles if one.concern == "elevated-roles"]
    assert {one.account for one in elevated} == {HOME, OTHER}
    cases = [_assumed(plan, role, asked, who) for role in elevated for asked in as_lent(role)]
    assert set(judges.decide(cases)) == {"allow"}


def _assumed(plan: Plan, role: Role, asked: Asked, who: Caller) -> dict[str, Any]:
    return case(plan, who, asked, resource_policy=to_document(role.trust), owner=role.account)


ELEVATED = f"arn:aws:iam::{HOME}:role/liftgate/reports-write"
CEILING = f"arn:aws:iam::{HOME}:policy/liftgate/reports-writeCeiling"
ITSELF = f"arn:aws:iam::{HOME}:role/{BROKER_NAME}"
OWN_BOUNDARY = f"arn:aws:iam::{HOME}:policy/{BROKER_NAME}Boundary"
TRAIL = f"arn:aws:cloudtrail:eu-central-1:{HOME}:trail/liftgate"
RULE = f"arn:aws:events:eu-central-1:{HOME}:rule/liftgate-cloudtrail"
QUEUE = f"arn:aws:sqs:eu-central-1:{HOME}:liftgate-cloudtrail"
LOGS = f"arn:aws:s3:::liftgate-trail-{HOME}-eu-central-1"
NEVER = [
    # read, write or delete an object, or the evidence
    ("s3:GetObject", "arn:aws:s3:::reports/2026/q3.csv"),
    ("s3:PutObject", "arn:aws:s3:::reports/2026/q3.csv"),
    ("s3:DeleteObject", "arn:aws:s3:::reports/2026/q3.csv"),
    ("s3:ListBucket", "arn:aws:s3:::reports"),
    ("s3:GetObject", f"{LOGS}/elsewhere"),
    ("s3:PutObject", f"{LOGS}/AWSLogs/{HOME}/CloudTrail/x.json.gz"),
    ("s3:DeleteObject", f"{LOGS}/AWSLogs/{HOME}/CloudTrail/x.json.gz"),
    ("s3:PutBucketPolicy", LOGS),
    # widen a role, or take its walls away
    ("iam:PutRolePolicy", ELEVATED),  # without a boundary
    ("iam:AttachRolePolicy", ELEVATED),
    ("iam:UpdateAssumeRolePolicy", ELEVATED),
    ("iam:UpdateRole", ELEVATED),
    ("iam:PutRolePermissionsBoundary", ELEVATED),
    ("iam:DeleteRolePermissionsBoundary", ELEVATED),
    ("iam:DeleteRole", ELEVATED),
    ("iam:CreatePolicyVersion", CEILING),
    ("iam:SetDefaultPolicyVersion", CEILING),
    # itself
    ("iam:PutRolePolicy", ITSELF),
    ("iam:DeleteRolePolicy", ITSELF),
    ("iam:AttachRolePolicy", ITSELF),
    ("iam:DeleteRolePermissionsBoundary", ITSELF),
    ("iam:PutRolePermissionsBoundary", ITSELF),
    ("iam:UpdateAssumeRolePolicy", ITSELF),
    ("iam:CreatePolicyVersion", OWN_BOUNDARY),
    ("iam:SetDefaultPolicyVersion", OWN_BOUNDARY),
    # somebody new
    ("iam:CreateRole", f"arn:aws:iam::{HOME}:role/Another"),
    ("iam:PassRole", ITSELF),
    ("iam:CreateUser", f"arn:aws:iam::{HOME}:user/another"),
    ("iam:CreateAccessKey", f"arn:aws:iam::{HOME}:user/ada"),
    # stop logging, or be blind
    ("cloudtrail:StopLogging", TRAIL),
    ("cloudtrail:DeleteTrail", TRAIL),
    ("cloudtrail:UpdateTrail", TRAIL),
    ("cloudtrail:PutEventSelectors", TRAIL),
    ("events:DisableRule", RULE),
    ("events:RemoveTargets", RULE),
    ("events:DeleteRule", RULE),
    ("sqs:PurgeQueue", QUEUE),
    ("sqs:DeleteQueue", QUEUE),
    ("sqs:SetQueueAttributes", QUEUE),
    ("sqs:AddPermission", QUEUE),
    ("kms:ScheduleKeyDeletion", KEY),
    ("kms:DisableKey", KEY),
]
ITSELF_A_USER = [
    ("iam:AddUserToGroup", f"arn:aws:iam::{HOME}:group/administrators"),
    *(
        (f"iam:{action}", USER)
        for action in (
            *("PutUserPolicy", "DeleteUserPolicy", "AttachUserPolicy", "DetachUserPolicy"),
            *("PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary"),
            *("CreateAccessKey", "UpdateAccessKey", "CreateLoginProfile", "UpdateUser", "DeleteUser"),
        )
    ),
]


@pytest.mark.parametrize("more", [[], [EVERYTHING]], ids=["as it is", "with AdministratorAccess added"])
def test_the_broker_can_never(judges: Judges, broker: Broker, more: list[dict[str, Any]]) -> None:
    plan, who = broker
    never = [(action, who.arn if arn == ITSELF else arn) for action, arn in NEVER if _is_of(who, arn)]
    cases = [
        case(plan, who, Asked(action=action, resource=arn, context={}), more=more)
        for action, arn in (*never, *ITSELF_A_USER)
    ]
    allowed = [
        one["request"]
        for one, decision in zip(cases, judges.decide(cases), strict=True)
        if decision == "allow"
    ]
    assert allowed == []


def _is_of(who: Caller, arn: str) -> bool:
    """A broker that is a user is not a role that could be changed."""
    return arn != ITSELF or ":role/" in who.arn


@pytest.mark.parametrize(("arn", "decision"), [(USER, "allow"), (BROUGHT[1], "implicit_deny")])
def test_a_bucket_policy_that_names_the_user_is_not_held_by_its_boundary(
    judges: Judges, arn: str, decision: str
) -> None:
    plan, who = brought(arn)
    named = {
        **EVERYTHING,
        "Statement": {**EVERYTHING["Statement"], "Principal": {"AWS": arn}},
    }
    asked = Asked(action="s3:GetObject", resource="arn:aws:s3:::reports/2026/q3.csv", context={})
    assert judges.decide([case(plan, who, asked, resource_policy=named, owner=HOME)]) == [decision]


def test_the_revoker_can_never_either(judges: Judges, plan: Plan) -> None:
    who = plan.role(REVOKER_NAME, OTHER)
    there = [(action, arn.replace(HOME, OTHER).replace(BROKER_NAME, REVOKER_NAME)) for action, arn in NEVER]
    cases = [
        case(plan, who, Asked(action=action, resource=arn, context={}), more=more)
        for action, arn in there
        for more in ([], [EVERYTHING])
    ]
    assert "allow" not in judges.decide(cases)


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        (
            "iam:PutRolePolicy",
            ELEVATED,
            {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"},
        ),
        ("iam:PutRolePolicy", f"arn:aws:iam::{HOME}:role/baseline", {"iam:PermissionsBoundary": CEILING}),
        ("iam:DeleteRolePolicy", f"arn:aws:iam::{HOME}:role/baseline", {}),
        (
            "sts:AssumeRole",
            f"arn:aws:iam::{HOME}:role/Admin",
            {"sts:RoleSessionName": "gr-0123456789abcdef-1"},
        ),
        ("iam:GetRole", f"arn:aws:iam::{HOME}:role/Admin", {}),
        ("sqs:ReceiveMessage", f"arn:aws:sqs:eu-central-1:{HOME}:orders", {}),
    ],
)
def test_the_broker_touches_what_the_table_names_alone(
    judges: Judges, plan: Plan, action: str, resource: str, context: dict[str, str]
) -> None:
    assert not judges.allow(
        case(plan, plan.role(BROKER_NAME), Asked(action=action, resource=resource, context=context))
    )


def test_of_all_actions_of_aws_the_broker_has_those_of_the_table() -> None:
    for where in (planned(trail_key_arn=KEY), in_place(), *(brought(arn)[0] for arn in BROUGHT)):
        roles = [one for one in where.roles if one.name in {BROKER_NAME, REVOKER_NAME}]
        callers: list[Caller] = [*roles, *([where.brought] if where.brought else [])]
        assert callers
        for who in callers:
            named = {
                action
                for policy in policies_of(where, who)
                for one in policy["Statement"]
                for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
            }
            assert named <= {one.action for one in CALLS}  # each spelled out: no wildcard stands for another
            boundary = boundary_of(where, who)
            assert boundary is not None
            assert all("*" not in str(one["Action"]) for one in boundary["Statement"])
