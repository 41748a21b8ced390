"""Many statements are found through an index: the decision and its reasons are those of asking each."""

import random

import pytest
from tests.iam.iam_reference import reference_allows

from liftgate.iam.evaluate import Decision, Why, prepare
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Statement
from liftgate.iam.request import Request

ARNS = [
    f"arn:aws:s3:::{bucket}{key}"
    for bucket in ("a", "ab", "b")
    for key in ("", "/", "/x", "/x/y", "/xx", "/y*")
]
PATTERNS = [
    *ARNS,
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::a*",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::?/x*",
    "arn:aws:s3:::*/y",
    "arn:aws:s3:::ab/x/?",
]
ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:Get*", "*", "S3:PUT?BJECT"]


def many(source: random.Random, count: int) -> Policy:
    return Policy(statements=tuple(_statement(source) for _ in range(count)))


def _statement(source: random.Random) -> Statement:
    when = Condition("StringLike", "s3:prefix", (source.choice(["x*", "y"]),))
    return Statement(
        effect=Effect.DENY if source.random() < 0.15 else Effect.ALLOW,
        actions=Patterns((source.choice(ACTIONS),), negated=source.random() < 0.1),
        resources=Patterns(
            tuple(source.sample(PATTERNS, source.randint(1, 3))), negated=source.random() < 0.05
        ),
        conditions=(when,) if source.random() < 0.3 else (),
    )


@pytest.mark.parametrize("seed", range(12))
def test_an_index_changes_no_decision(seed: int) -> None:
    source = random.Random(seed)  # noqa: S311 - no secret
    policy = many(source, source.choice([17, 40, 120]))
    prepared = prepare(identity=[policy])
    alone = [prepare(identity=[Policy(statements=(one,))]) for one in policy.statements]
    for arn in ARNS:
        for action in ("s3:GetObject", "s3:PutObject", "kms:Decrypt"):
            for context in ({}, {"s3:prefix": "xy"}):
                request = Request(action=action, resource=arn, context=context)
                verdict = prepared.evaluate(request)
                assert verdict.allowed is reference_allows(policy, request), str(request)
                apart = {
                    (number, reason.why)
                    for number, one in enumerate(alone)
                    for reason in one.evaluate(request).because
                    if reason.statement is not None
                }
                said = [
                    (reason.statement, reason.why)
                    for reason in verdict.because
                    if reason.statement is not None
                ]
                assert set(said) <= apart
                assert len(said) == len(set(said))
                if verdict.decision is Decision.ALLOW:
                    assert set(said) == {one for one in apart if one[1] is Why.MATCHED}


def test_a_flood_of_action_names_is_not_remembered() -> None:
    allow = Policy(
        statements=(
            Statement(effect=Effect.ALLOW, actions=Patterns(("s3:Get*",)), resources=Patterns(("*",))),
        )
    )
    prepared = prepare(identity=[allow])
    for number in range(10_000):
        assert prepared.evaluate(Request(action=f"s3:Get{number}", resource="arn:aws:s3:::b")).allowed
    remembered = prepared._plans
    assert max(map(len, remembered)) <= 4096
