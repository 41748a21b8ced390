"""What is read and written again means the same, for every kind of policy and for AWS's own examples."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.iam.parse_examples import corpus, documents
from tests.iam.test_iam_contain import policies

from liftgate.iam.contain import Contained, contains
from liftgate.iam.evaluate import allows
from liftgate.iam.parse import LONGEST_TEXT, Kind, parse_policy
from liftgate.iam.policy import (
    Condition,
    Effect,
    Patterns,
    Policy,
    Principals,
    Statement,
    to_document,
    to_json,
)
from liftgate.iam.request import Request

CORPUS = corpus()


@pytest.mark.slow
@pytest.mark.parametrize("kind", Kind)
@given(st.data())
def test_reading_what_was_written_gives_the_same_policy(kind: Kind, data: st.DataObject) -> None:
    text = json.dumps(
        data.draw(documents(kind)),
        ensure_ascii=data.draw(st.booleans()),
        indent=data.draw(st.sampled_from([None, 2])),
    )
    policy = parse_policy(text, kind, largest=LONGEST_TEXT)
    written = to_json(policy)
    assert parse_policy(written, kind, largest=LONGEST_TEXT) == policy
    assert written.isascii()
    assert to_json(parse_policy(written, kind, largest=LONGEST_TEXT)) == written


@pytest.mark.parametrize(
    ("kind", "text"),
    [(kind, text) for kind, _, text in CORPUS],
    ids=[f"{kind}: {name}" for kind, name, _ in CORPUS],
)
def test_an_example_of_the_documentation_survives(kind: Kind, text: str) -> None:
    policy = parse_policy(text, kind)
    assert parse_policy(to_json(policy), kind) == policy
    if '"2012-10-17"' in text:  # the older version is said in today's words
        assert _lists(json.loads(to_json(policy))) == _lists(_as_texts(json.loads(text)))


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_examples(kind: Kind) -> None:
    assert sum(one is kind for one, _, _ in CORPUS) >= 2


@given(policies(limited=True))
def test_any_policy_survives_writing_and_reading(policy: Policy) -> None:
    text = to_json(policy)
    again = parse_policy(text)
    assert to_json(again) == text
    assert contains(again, policy) == contains(policy, again) == Contained()


def test_a_key_that_one_operator_asks_twice_gets_two_spellings() -> None:
    asked = (
        Condition("StringLike", "aws:PrincipalTag/team", ("a*",)),
        Condition("StringLike", "aws:PrincipalTag/team", ("*b", "*c")),
        Condition("StringLike", "aws:PrincipalTag/team", ("a*",)),
    )
    policy = Policy(
        statements=(
            Statement(
                effect=Effect.ALLOW, actions=Patterns(("*",)), resources=Patterns(("*",)), conditions=asked
            ),
        )
    )
    block = to_document(policy)["Statement"][0]["Condition"]["StringLike"]
    assert [key.lower() for key in block] == ["aws:principaltag/team"] * 2
    assert all(key.endswith("/team") for key in block)
    again = parse_policy(to_json(policy))
    for team, allowed in (("ab", True), ("ac", True), ("a", False), ("b", False)):
        request = Request(
            action="s3:GetObject", resource="arn:aws:s3:::b/k", context={"aws:PrincipalTag/team": team}
        )
        assert allows(policy, request) is allows(again, request) is allowed


def test_a_key_without_spellings_left_is_refused() -> None:
    asked = tuple(Condition("StringLike", "1:2", (value,)) for value in "ab")
    policy = Policy(
        statements=(
            Statement(
                effect=Effect.DENY, actions=Patterns(("*",)), resources=Patterns(("*",)), conditions=asked
            ),
        )
    )
    with pytest.raises(ValueError, match="no more spellings"):
        to_json(policy)


def test_everyone_among_others_is_written_as_aws_takes_it() -> None:
    named = Principals((("*", "*"), ("Service", "ec2.amazonaws.com")))
    policy = Policy(
        statements=(
            Statement(
                effect=Effect.DENY, actions=Patterns(("*",)), resources=Patterns(("*",)), principals=named
            ),
        )
    )
    assert to_document(policy)["Statement"][0]["Principal"] == {"AWS": "*", "Service": "ec2.amazonaws.com"}
    parse_policy(to_json(policy), Kind.RESOURCE)


def _lists(value: Any) -> Any:
    """The same with every single value in a list, and lists of one statement."""
    if isinstance(value, dict):
        return {key: _lists(one if isinstance(one, dict | list) else [one]) for key, one in value.items()}
    if isinstance(value, list):
        return [_lists(one) for one in value]
    return value


def _as_texts(document: dict[str, Any]) -> dict[str, Any]:
    """The same with conditions' numbers and booleans as the strings that they stand for, and statements in a list."""
    statements = document["Statement"]
    statements = [statements] if isinstance(statements, dict) else statements
    for statement in statements:
        for keys in statement.get("Condition", {}).values():
            for key, value in keys.items():
                keys[key] = json.dumps(value) if isinstance(value, bool | int) else value
    return document | {"Statement": statements}
