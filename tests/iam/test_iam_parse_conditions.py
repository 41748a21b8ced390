"""Operators, keys and values of conditions, as AWS takes them."""

import json
from typing import Any

import pytest

from liftgate.iam.errors import PolicyFault
from liftgate.iam.evaluate import allows
from liftgate.iam.language.condition import OPERATORS
from liftgate.iam.parse import parse_policy
from liftgate.iam.policy import Condition, Qualifier
from liftgate.iam.request import Request

DATES = [name for name in OPERATORS if name.startswith("Date")]


def read(block: Any, version: str = "2012-10-17") -> tuple[Condition, ...]:
    text = block if isinstance(block, str) else json.dumps(block)
    statement = f'{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {text}}}'
    return parse_policy(f'{{"Version": "{version}", "Statement": {statement}}}').statements[0].conditions


def fault(block: Any) -> PolicyFault:
    with pytest.raises(PolicyFault) as caught:
        read(block)
    return caught.value


@pytest.mark.parametrize("operator", [*OPERATORS, "Null"])
@pytest.mark.parametrize("qualifier", [None, *Qualifier])
@pytest.mark.parametrize("if_exists", [False, True])
@pytest.mark.parametrize("change", [str, str.lower, str.upper])
def test_every_operator_is_known_in_any_case(
    operator: str, qualifier: Qualifier | None, if_exists: bool, change: Any
) -> None:
    value = "true" if operator == "Null" else "2026-11-24T09:00:00Z"
    meant = Condition(operator, "aws:username", (value,), qualifier, if_exists)
    if operator == "Null" and if_exists:
        said = fault({change(meant.spelling): {"aws:username": value}})
        assert "is not a condition operator" in said.sentence
        assert said.advice == "write `Null`: it asks whether the key is there"
    else:
        assert read({change(meant.spelling): {"aws:username": value}}) == (meant,)


@pytest.mark.parametrize(
    ("spelling", "advice"),
    [
        ("StringEqual", "did you mean `StringEquals`?"),
        ("string_like", "did you mean `StringLike`?"),
        ("IPAddress ", "did you mean `IpAddress`?"),
        ("DateLessThen", "did you mean `DateLessThan`?"),
        ("ForAnyValues:StringLike", "did you mean `ForAnyValue:StringLike`?"),
        ("ForAllValue:StringLikeIfExists", "did you mean `ForAllValues:StringLikeIfExists`?"),
        ("IfExists", "use an operator such as `StringLike`"),
        ("", "use an operator such as `StringLike`"),
        ("x" * 500, "use an operator such as `StringLike`"),
    ],
)
def test_an_unknown_operator_is_answered_with_the_nearest(spelling: str, advice: str) -> None:
    said = fault({spelling: {"a:b": "c"}})
    assert "is not a condition operator" in said.sentence
    assert len(said.sentence) < 130
    assert said.advice == advice


def test_one_operator_in_two_cases_is_refused_like_a_key_that_stands_twice() -> None:
    said = fault({"StringLike": {"a:b": "c"}, "stringlike": {"a:d": "e"}})
    assert "stands here twice" in said.sentence
    assert (said.where or "").startswith("$.Statement.Condition.stringlike:")


def test_one_key_in_two_cases_is_two_conditions_that_both_must_hold() -> None:
    twice = read({"StringLike": {"aws:username": "a*", "aws:UserName": "*b"}})
    assert [one.key for one in twice] == ["aws:username", "aws:UserName"]
    policy = parse_policy(
        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",'
        ' "Condition": {"StringLike": {"aws:username": "a*", "aws:UserName": "*b"}}}}'
    )
    for name, allowed in (("ab", True), ("a", False), ("b", False)):
        asked = Request(action="s3:GetObject", resource="arn:aws:s3:::b/k", context={"aws:username": name})
        assert allows(policy, asked) is allowed


@pytest.mark.parametrize(
    ("spelled", "meant"),
    [
        ("10", "10"),
        ("-0", "-0"),
        ("1.50", "1.50"),
        ("1e3", "1000"),
        ("1.5E-2", "0.015"),
        ("9" * 60, "9" * 60),
        ("true", "true"),
        ("false", "false"),
        ('"as it is"', "as it is"),
    ],
)
def test_a_number_or_boolean_is_the_text_that_it_stands_for(spelled: str, meant: str) -> None:
    for block in (f'{{"StringEquals": {{"a:b": {spelled}}}}}', f'{{"StringEquals": {{"a:b": [{spelled}]}}}}'):
        assert read(block)[0].values == (meant,)


@pytest.mark.parametrize("number", ["1e100", "1e-999999999999", "1E+123456789012345678901234567890"])
def test_a_number_that_nobody_could_write_out_is_refused(number: str) -> None:
    said = fault(f'{{"NumericEquals": {{"a:b": [1, {number}]}}}}')
    assert "beyond all that AWS compares" in said.sentence
    assert (said.where or "").startswith('$.Statement.Condition.NumericEquals["a:b"][1]:1:')


@pytest.mark.parametrize("operator", DATES)
@pytest.mark.parametrize(
    "date",
    [
        "2026-11-24T09:00:00Z",
        "2026-11-24T09:00:00.123456789+05:30",
        "2026-11-24T09:00Z",
        "2026-11-24t09:00:00z",
        "2026-11-24",
        "2026-11",
        "2026",
        "1795510800",
        1795510800,
    ],
)
def test_a_date_is_taken_in_every_form_that_iam_takes(operator: str, date: str | int) -> None:
    assert read({operator: {"aws:CurrentTime": [date]}})[0].values == (str(date),)


@pytest.mark.parametrize(
    "date",
    [
        "soon",
        "",
        "2026-13-01",
        "2026-11-32",
        "2026-11-24T24:00:00Z",
        "2026-11-24T09:60Z",
        "9" * 20,
        "${a:b}",
        "٢٠٢٦",
    ],
)
def test_what_is_no_date_is_refused_as_iam_refuses_it(date: str) -> None:
    said = fault({"DateLessThan": {"aws:CurrentTime": ["2026-11-24", date]}})
    assert "is not a date" in said.sentence
    assert (said.where or "").startswith('$.Statement.Condition.DateLessThan["aws:CurrentTime"][1]:1:')


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("NumericLessThan", "many"),
        ("Bool", "perhaps"),
        ("IpAddress", "here"),
        ("BinaryEquals", "%"),
        ("ArnLike", "x"),
    ],
)
def test_a_value_that_never_matches_is_kept_for_the_linter_to_tell(operator: str, value: str) -> None:
    assert read({operator: {"a:b": value}})[0].values == (value,)


def test_an_operator_without_keys_asks_nothing() -> None:
    assert read({}) == read({"StringEquals": {}}) == ()


@pytest.mark.parametrize(
    ("block", "place", "word"),
    [
        ({"StringEquals": {"a:b": []}}, '.StringEquals["a:b"]', "the list has no value"),
        ({"StringEquals": {"a:b": None}}, '.StringEquals["a:b"]', "a string"),
        ({"StringEquals": {"a:b": ["c", ["d"]]}}, '.StringEquals["a:b"][1]', "a string"),
        ({"StringEquals": {"": "c"}}, '.StringEquals[""]', "names no key"),
        ({"StringEquals": ["a:b"]}, ".StringEquals", "followed by an object"),
        ([], "", "a `Condition` is an object"),
        ({"Null": {"a:b": ["true", "yes"]}}, '.Null["a:b"][1]', "`true` or `false`"),
    ],
)
def test_a_block_of_another_form_is_refused(block: Any, place: str, word: str) -> None:
    said = fault(block)
    assert word in said.sentence
    assert (said.where or "").startswith(f"$.Statement.Condition{place}:1:")


@pytest.mark.parametrize(
    "value", ["${aws:username}", "${*}", "${aws:PrincipalTag/team, 'none'}", "$${", "a${b"]
)
def test_the_older_version_means_what_it_spells(value: str) -> None:
    (condition,) = read({"StringLike": {"aws:username": value}}, "2008-10-17")
    policy = parse_policy(
        json.dumps(
            {
                "Statement": {
                    "Effect": "Allow",
                    "Action": "*",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"a:b": value}},
                }
            }
        )
    )
    asked = Request(
        action="s3:GetObject", resource="arn:aws:s3:::b/k", context={"a:b": value, "aws:username": "ada"}
    )
    assert allows(policy, asked)
    assert condition.values[0].replace("${$}{", "${") == value
