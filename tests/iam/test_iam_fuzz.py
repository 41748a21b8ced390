"""Whatever text comes: a policy, or ``PolicyFault``; and never more work than the text's length accounts for."""

import json
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liftgate.iam.errors import PolicyFault
from liftgate.iam.evaluate import allows
from liftgate.iam.parse import LONGEST_TEXT, Kind, parse_policy
from liftgate.iam.patterns.pattern import matches
from liftgate.iam.policy import Policy, to_json
from liftgate.iam.request import Request

KINDS = st.sampled_from(Kind)
WORDS = [
    "Version", "2012-10-17", "2008-10-17", "Id", "Statement", "Sid", "Effect", "Allow", "Deny", "Action", "NotAction",
    "Resource", "NotResource", "Principal", "NotPrincipal", "AWS", "Service", "Federated", "CanonicalUser", "Condition",
    "StringLike", "ForAllValues:StringEqualsIfExists", "Null", "DateLessThan", "IpAddress", "Bool", "NumericEquals",
    "BinaryEquals", "ArnLike", "*", "s3:*", "arn:aws:s3:::b/*", "${aws:username, 'x'}", "${*}", "true", "", "\u0000", "\ud83d",
    "aws:CurrentTime", "2026-11-24T00:00:00Z", "1e999", "111122223333", "arn:aws:iam::111122223333:root", "İ", "ß",
]  # fmt: skip
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=8)
)
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=25,
)
statements = st.dictionaries(st.sampled_from(WORDS), documents, max_size=7)
GOOD = json.dumps(
    {
        "Version": "2012-10-17",
        "Id": "x",
        "Statement": [
            {
                "Sid": "A",
                "Effect": "Allow",
                "Principal": {"AWS": ["111122223333", "*"], "Service": "s3.amazonaws.com"},
                "Action": ["s3:Get*", "S3:putobject"],
                "Resource": ["arn:aws:s3:::b/${aws:username, 'x'}/*", "*"],
                "Condition": {
                    "ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["a*", 1, True]},
                    "DateLessThan": {"aws:CurrentTime": "2026-11-24T00:00:00Z"},
                    "Null": {"aws:x": False},
                },
            },
            {"Effect": "Deny", "NotPrincipal": "*", "NotAction": "*", "NotResource": "*"},
        ],
    }
)


def read(text: str, kind: Kind) -> Policy | None:
    """The policy, which can be written and read again; None for a fault that says where and what to do."""
    policy = None
    fault = None
    try:
        policy = parse_policy(text, kind)
    except PolicyFault as found:
        fault = found
    if policy is None:
        assert fault is not None
        assert fault.sentence
        assert fault.advice
        assert fault.where is not None
        assert fault.where.startswith("$")
        assert len(str(fault)) < 1200
        assert str(fault).isprintable()
        return None
    again = parse_policy(to_json(policy), kind, largest=LONGEST_TEXT)
    assert again == policy
    allows(policy, Request(action="s3:GetObject", resource="arn:aws:s3:::b/x", context={"aws:username": "*"}))
    return policy


@given(st.text(), KINDS)
@settings(max_examples=300)
def test_any_text(text: str, kind: Kind) -> None:
    read(text, kind)


@pytest.mark.slow
@given(documents, KINDS)
@settings(max_examples=400)
def test_any_document(document: Any, kind: Kind) -> None:
    read(json.dumps(document), kind)


@pytest.mark.slow
@given(st.lists(statements, max_size=3), KINDS)
@settings(max_examples=400)
def test_anything_in_the_shape_of_a_policy(found: list[dict[str, Any]], kind: Kind) -> None:
    read(json.dumps({"Version": "2012-10-17", "Statement": found}), kind)


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(GOOD)), st.integers(0, 12), st.text(max_size=3) | st.sampled_from(WORDS)
        ),
        max_size=3,
    ),
    KINDS,
)
@settings(max_examples=500)
def test_a_good_policy_that_was_damaged(cuts: list[tuple[int, int, str]], kind: Kind) -> None:
    text = GOOD
    for place, length, put in cuts:
        text = text[:place] + put + text[place + length :]
    read(text, kind)


def test_the_policy_that_is_damaged_is_good() -> None:
    assert read(GOOD, Kind.RESOURCE) is not None


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 20_000,
        '{"Statement":' * 9_000 + "1" + "}" * 9_000,
        "9" * 120_000,
        f'{{"Statement": {"9" * 100_000}}}',
        '{"Version": 1e400}',
        '{"Statement": [' + "{}," * 30_000 + "{}]}",
        '"' + "\\u0000" * 20_000 + '"',
        "\ufeff{}",
        "",
        " " * 130_000,
        "\x00",
        '{"Statement": NaN}',
        "null",
        '{"\\ud800": 1}',
    ],
    ids=lambda text: text[:16].encode("ascii", "backslashreplace").decode() or "empty",
)
def test_a_bomb_is_a_fault(text: str, kind: Kind) -> None:
    assert read(text, kind) is None


def statement(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"} | elements


def policy(*found: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(found)})


LONG_TEXTS: dict[str, Callable[[int], str]] = {
    "statements": lambda n: policy(*[statement() for _ in range(n)]),
    "sids": lambda n: policy(*[statement(Sid=f"S{number}") for number in range(n)]),
    "actions": lambda n: policy(statement(Action=[f"s3:Get{number}" for number in range(n)])),
    "resources": lambda n: policy(statement(Resource=[f"arn:aws:s3:::b/{number}*" for number in range(n)])),
    "values": lambda n: policy(
        statement(Condition={"StringLike": {"aws:x": [f"v{number}" for number in range(n)]}})
    ),
    "keys": lambda n: policy(
        statement(Condition={"StringLike": {f"aws:{number}": "x" for number in range(n)}})
    ),
    "repeated keys": lambda n: '{"Statement": {' + ", ".join(['"Effect": "Allow"'] * n) + "}}",
    "stars": lambda n: policy(statement(Resource="arn:aws:s3:::" + "*a" * n + "b")),
    "variables": lambda n: policy(statement(Resource="arn:aws:s3:::b/" + "${aws:username}" * n)),
    "open variables": lambda n: policy(statement(Resource="arn:aws:s3:::b/" + "${" * n)),
    "spaces in a variable": lambda n: policy(statement(Resource="arn:aws:s3:::b/${" + " " * n + "x")),
    "unknown elements": lambda n: policy(statement(**{f"E{number}": 1 for number in range(n)})),
    "a long action": lambda n: policy(statement(Action="s3:" + "a*" * n)),
    "a long operator": lambda n: policy(statement(Condition={"ForAllValues:" * n: {"aws:x": "y"}})),
    "white space": lambda n: " " * n + policy(statement()) + "\n" * n,
    "an unfinished text": lambda n: '{"Statement": "' + "a" * n,
    "a deep fault": lambda n: '{"Statement": ' + "[" * min(n, 900) + "]" * min(n, 900) + "}",
}


@pytest.mark.parametrize("name", LONG_TEXTS)
def test_four_times_the_text_is_no_more_than_four_times_the_work(name: str) -> None:
    few, many = (calls_while(partial(_read_long, LONG_TEXTS[name](n))) for n in (100, 400))
    assert many < 4.4 * few + 200, f"{few} calls for 100, {many} for 400"


def _read_long(text: str) -> None:
    try:
        parse_policy(text, Kind.IDENTITY, largest=LONGEST_TEXT)
    except PolicyFault:
        return


@pytest.mark.parametrize("star", ["*a", "*?", "*ab?", "a*a*"])
def test_matching_a_pattern_of_many_stars_is_linear(star: str) -> None:
    """The bomb that takes a backtracking matcher longer than the universe has been."""
    pattern, text = star * 200 + "b", "a" * 2_000
    assert not matches(pattern, text)
    few, many = (calls_while(partial(matches, star * n + "b", "a" * 10 * n)) for n in (50, 200))
    assert many < 4.4 * few + 200


def calls_while(work: Callable[[], object]) -> int:
    """How many calls of functions, in Python and in C, some work makes: a measure that no other load changes."""
    count = 0

    def watch(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        if event in {"call", "c_call"}:
            count += 1

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
