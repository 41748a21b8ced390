"""Where access in place is offered, and the one sentence with which it is refused elsewhere."""

import json
from typing import Any

import pytest
from tests.elevation.elevation_examples import caller
from tests.elevation.in_place_examples import (
    CEILING,
    NAMED,
    READS,
    ROLE_ID,
    boundary,
    held_role,
    policy,
    scope,
    session,
    trust,
)

from liftgate.elevation.in_place.offer import NotOffered, Offered, offer
from liftgate.identity.model import Identity, IdentityKind

HERE = scope("write", at="s3://reports/2026/q3/")


def answer(**more: Any) -> Offered | NotOffered:
    identity = more.pop("identity", session())
    of = more.pop("of", HERE)
    ceilings = more.pop("ceilings", [CEILING])
    return offer(of, identity, held_role(**more), ceilings)


def because(**more: Any) -> str:
    refused = answer(**more)
    assert isinstance(refused, NotOffered), refused
    assert refused.advice
    return refused.because


def test_a_session_of_a_role_that_fixes_names_is_offered_only_what_it_lacks() -> None:
    made = answer()
    assert isinstance(made, Offered)
    assert made.user_id == f"{ROLE_ID}:ada"
    [statement] = json.loads(made.policy)["Statement"]
    assert statement["Resource"] == "arn:aws:s3:::reports/2026/q3/*"  # lists and the Region it reads already


def test_companions_that_the_role_lacks_are_added() -> None:
    made = answer(
        own=(), boundary=boundary(), ceilings=[scope("write", "delete", "read", at="s3://reports/2026/")]
    )
    assert isinstance(made, NotOffered)  # its reads everywhere are then more than the ceiling
    ceiling = scope("write", "delete")
    only = json.dumps(json.loads(boundary(ceiling=ceiling)) | {})
    bare = json.loads(only)
    bare["Statement"].remove(READS)
    made = answer(own=(), boundary=json.dumps(bare), ceilings=[ceiling])
    assert isinstance(made, Offered)
    assert "s3:prefix" in made.policy
    assert 'arn:aws:s3:::reports"' in made.policy


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        (caller().identity, "you did not sign in with a session of a role"),
        (
            Identity(
                kind=IdentityKind.AWS, name="arn:aws:iam::111122223333:user/ada", user_id="AIDAEXAMPLEEXAMPLE"
            ),
            "you did not sign in with a session of a role",
        ),
        (session(role="Other"), "you signed in with a session of `Other`, not of `LakesideReadOnly`"),
        (session(role="lakesidereadonly"), "not of `LakesideReadOnly`"),
        (session(role_id="AROAANOTHERANOTHER123"), "was deleted and made anew"),
        (
            Identity(
                kind=IdentityKind.AWS, name=session().name, account="111122223333", user_id=f"{ROLE_ID}:grace"
            ),
            "was deleted and made anew",
        ),
        (
            Identity(
                kind=IdentityKind.AWS,
                name="arn:aws:sts::999999999999:assumed-role/LakesideReadOnly/ada",
                user_id=f"{ROLE_ID}:ada",
            ),
            "not of `LakesideReadOnly`",
        ),
    ],
)
def test_only_a_proved_session_of_this_very_role_is_opened(identity: Identity, words: str) -> None:
    assert words in because(identity=identity)


@pytest.mark.parametrize(
    "document",
    [
        trust(),
        trust(StringLike={"sts:RoleSessionName": "ada*"}),
        trust(StringEqualsIfExists={"sts:RoleSessionName": "ada"}),
        trust(StringEquals={"sts:RoleSessionName": ["ada", "grace"]}),
        policy({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}),
        "{",
    ],
)
def test_a_role_whose_sessions_may_be_named_at_will_is_refused(document: str) -> None:
    assert "whoever assumes `LakesideReadOnly` could take your access" in because(trust=document)


def test_lambda_ec2_and_users_by_name_fix_the_name() -> None:
    service = policy(
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )
    for fixing in (NAMED, service):
        assert isinstance(answer(trust=fixing), Offered)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (None, "no permissions boundary"),
        ("{", "no permissions boundary that can be read"),
        (boundary({"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}), "holds more"),
        (boundary({"Effect": "Allow", "Action": "iam:*", "Resource": "*"}), "holds more"),
        (policy({"Effect": "Allow", "Action": "*", "Resource": "*"}), "holds more"),
        (boundary(ceiling=scope("write", at="s3://reports/")), "holds more"),
    ],
)
def test_a_boundary_wider_than_its_reads_and_the_ceiling_is_refused(document: str | None, words: str) -> None:
    assert words in because(boundary=document)


def test_a_boundary_that_would_refuse_the_scope_is_told_before_anybody_waits() -> None:
    assert "would hold all the same" in because(boundary=policy(READS))
    refusal = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}
    assert "would hold all the same" in because(own=(policy(READS), policy(refusal)))


def test_several_entitlements_on_one_role_share_its_boundary() -> None:
    other = scope("write", at="s3://invoices/")
    wide = boundary(*json.loads(boundary(ceiling=other))["Statement"])
    assert "holds more" in because(boundary=wide)
    assert isinstance(answer(boundary=wide, ceilings=[CEILING, other]), Offered)


def test_what_the_role_may_do_already_is_nothing_to_ask_for() -> None:
    assert "has all of this already" in because(of=scope("read"))
