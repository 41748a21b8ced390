"""On any policy at all: an answer, the same one each time, soon, and about the policy."""

import json
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.iam import iam_examples
from tests.iam.iam_examples import NOON, TWENTY_MINUTES, scopes
from tests.iam.lint_examples import FAULTY, SOUND, allow, document

from liftgate.elevation.deny import deny_policy
from liftgate.elevation.model import Deny
from liftgate.iam.compile import compile_session_policy, role_policy
from liftgate.iam.errors import EmptyScope, ScopeTooLarge
from liftgate.iam.evaluate import allows
from liftgate.iam.language.condition import OPERATORS
from liftgate.iam.lint import Code, Severity, fixes_session_name, lint, lint_text
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import (
    Condition,
    Effect,
    Patterns,
    Policy,
    Principals,
    Qualifier,
    Statement,
    to_document,
)
from liftgate.iam.request import Request
from liftgate.iam.scope import Scope, Window

ACTIONS = st.sampled_from(
    [
        "*",
        "s3:*",
        "s3:GetObject",
        "S3:getobjct",
        "s?:*",
        "iam:Pass*",
        "sts:AssumeRole",
        "nope:X",
        "kms:Decrypt",
        "*:*a*",
    ]
) | st.text(alphabet="s3:*?Getiam", min_size=1, max_size=12)
RESOURCES = st.sampled_from(
    [
        "*",
        "arn:aws:s3:::b",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b/${aws:username}/*",
        "arn:aws:iam::*:role/*",
        "arn:*",
    ]
) | st.text(alphabet="arn:s3*?/b${}", min_size=1, max_size=20)
KEYS = st.sampled_from(
    [
        "aws:SourceIp",
        "AWS:TagKeys",
        "s3:prefix",
        "sts:RoleSessionName",
        "aws:CurrentTime",
        "aws:nope",
        "x",
        "",
        ":",
    ]
)
VALUES = st.sampled_from(
    [
        "",
        "*",
        "true",
        "2026-11-24",
        "10.0.0.0/8",
        "::1",
        "5",
        "arn:aws:iam::1:role/x",
        "${aws:username}",
        "o-1",
        "\x00",
        "${",
    ]
) | st.text(max_size=5)
CONDITIONS = st.builds(
    Condition,
    operator=st.sampled_from([*OPERATORS]),
    key=KEYS,
    values=st.lists(VALUES, min_size=1, max_size=3).map(tuple),
    qualifier=st.none() | st.sampled_from(Qualifier),
    if_exists=st.booleans(),
) | st.builds(
    Condition,
    operator=st.just("Null"),
    key=KEYS,
    values=st.sampled_from([("true",), ("false",), ("true", "False")]),
)
PRINCIPALS = st.builds(
    Principals,
    st.lists(
        st.tuples(
            st.sampled_from(["AWS", "Service", "Federated", "*", "CanonicalUser"]),
            st.sampled_from(
                ["*", "111122223333", "ec2.amazonaws.com", "arn:aws:iam::111122223333:root", "x", ""]
            ),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    st.booleans(),
)


def _patterns(of: st.SearchStrategy[str]) -> st.SearchStrategy[Patterns]:
    return st.builds(Patterns, st.lists(of, min_size=1, max_size=4).map(tuple), st.booleans())


STATEMENTS = st.builds(
    Statement,
    effect=st.sampled_from(Effect),
    actions=_patterns(ACTIONS),
    resources=st.none() | _patterns(RESOURCES),
    conditions=st.lists(CONDITIONS, max_size=3).map(tuple),
    principals=st.none() | PRINCIPALS,
)
POLICIES = st.builds(Policy, statements=st.lists(STATEMENTS, min_size=1, max_size=4).map(tuple))


@pytest.mark.slow
@given(POLICIES, st.sampled_from(Kind))
@settings(max_examples=60)
def test_an_answer_and_the_same_one_each_time(policy: Policy, kind: Kind) -> None:
    lints = lint(policy, kind)
    assert lints == lint(policy, kind)
    assert len(lints) == len(set(lints))
    for one in lints:
        assert one.statement is not None
        assert one.path[:2] == ("Statement", one.statement)
        assert one.where.startswith(f"$.Statement[{one.statement}]")
        assert str(one).isprintable()
        assert one.sentence[0].islower() or one.sentence[0] == "`"


@given(POLICIES)
@settings(max_examples=60)
def test_the_session_name_always_has_an_answer(policy: Policy) -> None:
    assert fixes_session_name(policy) == fixes_session_name(policy)


@given(POLICIES, st.integers(0, 3000))
@settings(max_examples=40)
def test_fewer_steps_never_find_more(policy: Policy, steps: int) -> None:
    """But for the advice, which may lack the nearest name."""
    few = {(one.code, one.path) for one in lint(policy, steps=steps)}
    assert few <= {(one.code, one.path) for one in lint(policy)}


@pytest.mark.parametrize("example", [*FAULTY, *SOUND], ids=lambda one: str(one.code))
def test_every_place_is_there_as_the_policy_is_written(example: Any) -> None:
    policy = parse_policy(document(*example.statements), example.kind)
    for one in lint(policy, example.kind):
        at: Any = to_document(policy)
        for step in one.path:
            at = at[step]
        assert at is not None


@given(scopes)
@settings(max_examples=40)
def test_what_liftgate_writes_is_free_of_errors(scope: Scope) -> None:
    try:
        texts = [
            (compile_session_policy(scope, TWENTY_MINUTES), Kind.SESSION),
            (role_policy(scope), Kind.IDENTITY),
        ]
    except (EmptyScope, ScopeTooLarge):
        return
    for text, kind in texts:
        assert [one for one in lint_text(text, kind) if one.severity is Severity.ERROR] == []


def test_a_session_policy_is_free_of_all_but_permission_wildcards() -> None:
    day = Window(starts_at=NOON, ends_at=NOON + timedelta(days=1))
    for groups in (["read", "list"], ["write"], ["read", "delete", "tag"]):
        text = compile_session_policy(iam_examples.scope(groups, "s3://reports/2026/", "s3://logs"), day)
        assert {one.code for one in lint_text(text, Kind.SESSION)} <= {Code.REACHES_PERMISSION_MANAGEMENT}


def test_the_policy_that_takes_sessions_back_is_free_of_errors() -> None:
    denies = [
        Deny(grant_id=f"gr-{n:016d}", person="ada", until=NOON, ended_at=NOON + timedelta(seconds=n))
        for n in range(300)
    ]
    for wanted in (denies[:1], denies):
        text = deny_policy(wanted)
        assert text is not None
        assert lint_text(text) == ()


SMALL = st.builds(
    Statement,
    effect=st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.DENY]),
    actions=st.builds(
        Patterns,
        st.lists(
            st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*Object", "s3:PutObjct"]),
            min_size=1,
            max_size=2,
        ).map(tuple),
        st.sampled_from([False, False, False, True]),
    ),
    resources=st.builds(
        Patterns,
        st.lists(
            st.sampled_from(
                ["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/a*", "arn:aws:s3:::b/*b", "arn:aws:s3:::b"]
            ),
            min_size=1,
            max_size=2,
        ).map(tuple),
        st.sampled_from([False, False, False, True]),
    ),
    conditions=st.lists(
        st.builds(
            Condition,
            operator=st.sampled_from(["StringEquals", "StringNotEquals", "StringLike", "Null"]),
            key=st.just("aws:username"),
            values=st.sampled_from([("alice",), ("a*",), ("true",), ("alice", "bob")]),
        ),
        max_size=2,
    ).map(tuple),
)
ASKED = [
    Request(action=action, resource=resource, context=context)
    for action in ("s3:GetObject", "s3:PutObject", "s3:GetObjectAcl", "s3:DeleteObject")
    for resource in (
        "arn:aws:s3:::b/a",
        "arn:aws:s3:::b/ab",
        "arn:aws:s3:::b/b",
        "arn:aws:s3:::b/x",
        "arn:aws:s3:::c/a",
    )
    for context in ({}, {"aws:username": "alice"}, {"aws:username": "bob"}, {"aws:username": "a*"})
]


def test_what_has_no_effect_can_be_taken_out() -> None:
    """Shown by the evaluator on every request of a small world."""
    reported: list[Code] = []

    @given(st.lists(SMALL, min_size=2, max_size=4))
    @settings(max_examples=150)
    def check(statements: list[Statement]) -> None:
        policy = Policy(statements=tuple(statements))
        idle = {Code.SHADOWED, Code.GRANTS_NOTHING, Code.DENIES_NOTHING}
        lints = [one for one in lint(policy) if one.code in idle]
        reported.extend(one.code for one in lints)
        out = {one.statement for one in lints}
        left = tuple(one for number, one in enumerate(statements) if number not in out)
        before = [allows(policy, request) for request in ASKED]
        assert before == [allows(Policy(statements=left), request) for request in ASKED]

    check()
    assert Counter(reported)[Code.SHADOWED] > 20
    assert Counter(reported)[Code.GRANTS_NOTHING] > 20


BOMBS = {
    "many statements": [allow("s3:GetObject", f"arn:aws:s3:::b/{n}*{n}*") for n in range(170)],
    "many statements that overlap": [
        allow(f"s3:*{'a?' * (n % 7)}*", f"arn:aws:s3:::*{n}*") for n in range(200)
    ],
    "many negations": [
        {
            "Effect": "Deny" if n % 3 else "Allow",
            "NotAction": f"*:*{chr(97 + n % 26)}*",
            "NotResource": f"arn:*:*{n}*",
        }
        for n in range(150)
    ],
    "many denials": [
        *(allow("s3:*", f"arn:aws:s3:::*{n}*") for n in range(100)),
        *(allow("s3:G*", f"arn:aws:s3:::*{chr(97 + n % 26)}*") | {"Effect": "Deny"} for n in range(100)),
    ],
    "many actions": [allow([f"*:*a*{n}*" for n in range(1500)])],
    "many unknown actions": [allow([f"ec2:DescribInstanc{n}" for n in range(700)])],
    "many resources": [allow(["s3:*", "ec2:*", "iam:*"], [f"arn:aws:*:*:*:*{n}*/*a*a*" for n in range(600)])],
    "stars": [allow("s3:" + "*a" * 500, "arn:aws:s3:::" + "*a" * 4000)],
    "many keys": [
        allow("*", "*", Condition={"StringEquals": {f"aws:Principl{n}": "a*" for n in range(700)}})
    ],
    "many values": [
        allow(
            "s3:GetObject",
            "*",
            Condition={
                "StringLike": {"aws:username": [f"*{n}*a*" for n in range(600)]},
                "StringNotLike": {"aws:username": [f"*a*{n}*" for n in range(600)]},
            },
        )
    ],
}


@pytest.mark.parametrize("name", BOMBS)
def test_the_longest_policies_take_a_bounded_time(name: str) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": BOMBS[name]}, separators=(",", ":"))
    assert len(text) <= 24_000
    policy = parse_policy(text, largest=24_000)
    start = time.process_time()  # not of the other work on the machine
    lint(policy)
    assert time.process_time() - start < 5
