"""Why: the statements, walls and conditions that a verdict names."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from liftgate.iam.evaluate import Decision, Verdict, Wall, Why, evaluate
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Policy
from liftgate.iam.request import Request

ADA = "arn:aws:sts::111122223333:assumed-role/dev/ada"


def policy(effect: str = "Allow", kind: Kind = Kind.IDENTITY, **elements: Any) -> Policy:
    statement: Mapping[str, Any] = {"Effect": effect, "Action": "*", "Resource": "*"} | elements
    return parse_policy(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), kind)


ALL = policy()
NOTHING = policy(Action="ec2:*")


def ask(principal: str | None = ADA, **walls: Any) -> Verdict:
    context = {"aws:PrincipalTag/team": "blue"}
    request = Request(
        action="s3:GetObject", resource="arn:aws:s3:::b/k", principal=principal, context=context
    )
    return evaluate(request, **walls)


def said(verdict: Verdict) -> list[str]:
    return [str(reason) for reason in verdict.because]


@pytest.mark.parametrize(
    ("walls", "sentence"),
    [
        ({}, "the identity policy says nothing of this action on this resource"),
        (
            {"identity": [ALL], "boundary": NOTHING},
            "the permissions boundary says nothing of this action on this resource",
        ),
        (
            {"identity": [ALL], "session": [NOTHING, NOTHING]},
            "the session policy says nothing of this action on this resource",
        ),
        (
            {"identity": [ALL], "scps": [[ALL], [NOTHING]]},
            "the service control policy at level 2 says nothing of this action on this resource",
        ),
        (
            {"identity": [ALL], "resource_account": "444455556666"},
            "the resource policy is missing, and would have to allow it",
        ),
        (
            {"identity": [ALL, policy("Deny", Sid="Never")]},
            "statement 1 (`Never`) of the identity policy 2 denies it",
        ),
        (
            {"identity": [policy(Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})]},
            (
                "statement 1 of the identity policy 1 would allow it, but its condition `StringEquals` on"
                " `aws:PrincipalTag/team` is not met"
            ),
        ),
        (
            {"identity": [policy(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})]},
            (
                "statement 1 of the identity policy 1 would allow it, but its condition `Bool` on"
                " `aws:MultiFactorAuthPresent` finds no such key in the request"
            ),
        ),
    ],
)
def test_a_refusal_says_what_refused(walls: dict[str, Any], sentence: str) -> None:
    verdict = ask(**walls)
    assert not verdict.allowed
    assert said(verdict) == [sentence]


def test_all_statements_that_deny_are_named_in_the_order_of_the_walls() -> None:
    no = policy("Deny")
    verdict = ask(identity=[no], session=[no], boundary=no, scps=[[no]], rcps=[[_of_resource("Deny")]])
    assert verdict.decision is Decision.EXPLICIT_DENY
    assert [reason.wall for reason in verdict.because] == [
        Wall.RCP,
        Wall.SCP,
        Wall.IDENTITY,
        Wall.BOUNDARY,
        Wall.SESSION,
    ]
    assert verdict.refused_by is Wall.RCP


def test_an_allow_names_one_statement_of_each_wall_that_counted() -> None:
    verdict = ask(identity=[NOTHING, ALL], session=[ALL], scps=[[ALL], [ALL]], boundary=ALL)
    assert verdict.allowed
    assert [(reason.wall, reason.level, reason.policy) for reason in verdict.because] == [
        (Wall.SCP, 0, 0),
        (Wall.SCP, 1, 0),
        (Wall.IDENTITY, None, 1),
        (Wall.BOUNDARY, None, 0),
        (Wall.SESSION, None, 0),
    ]


def test_a_root_user_needs_no_identity_policy() -> None:
    verdict = ask("arn:aws:iam::111122223333:root")
    assert verdict.allowed
    assert verdict.because[0].why is Why.ROOT


def test_the_named_session_is_allowed_by_the_resource_policy_alone() -> None:
    direct = _of_resource(Principal={"AWS": ADA})
    verdict = ask(resource_policy=direct, session=[NOTHING], boundary=NOTHING)
    assert [reason.wall for reason in verdict.because] == [Wall.RESOURCE]
    role = _of_resource(Principal={"AWS": "arn:aws:iam::111122223333:role/dev"})
    assert ask(resource_policy=role, session=[NOTHING]).refused_by is Wall.SESSION


def _of_resource(effect: str = "Allow", **elements: Any) -> Policy:
    return policy(effect, Kind.RESOURCE, **({"Principal": "*"} | elements))


def test_a_deny_for_someone_that_cannot_be_known_counts() -> None:
    canonical = _of_resource("Deny", Principal={"CanonicalUser": "79a59df900b949e5"})
    assert ask(identity=[ALL], resource_policy=canonical).decision is Decision.EXPLICIT_DENY
    assert ask(None, identity=[ALL], resource_policy=canonical).decision is Decision.EXPLICIT_DENY


def test_a_trust_policy_that_says_yes_to_whom_may_not_ask_is_said_not_to_be_asked() -> None:
    everyone = parse_policy(
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}',
        Kind.TRUST,
    )
    for principal in ("*", "arn:aws:iam::111122223333:root"):
        request = Request(
            action="sts:AssumeRole", resource="arn:aws:iam::111122223333:role/x", principal=principal
        )
        verdict = evaluate(request, resource_policy=everyone)
        assert (verdict.decision, verdict.refused_by) == (Decision.IMPLICIT_DENY, Wall.RESOURCE)
        assert [one.why for one in verdict.because] == [Why.UNABLE]
        assert said(verdict) == [
            "the resource policy is not asked: root users, federated users and callers without credentials assume no roles"
        ]
