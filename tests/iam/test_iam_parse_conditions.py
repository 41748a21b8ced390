"""Operators, keys and values of conditions, as AWS takes them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liftgate.iam.errors import PolicyFault
from liftgate.iam.evaluate import allows
from liftgate.iam.language.condition import OPERATORS, holds
from liftgate.iam.parse import parse_policy
from liftgate.iam.policy import Condition, Qualifier
from liftgate.iam.request import Request

DATE_LIKE = r"[0-9]{1,5}(-[0-9]{1,2}){0,2}([Tt][0-9]{1,2}(:[0-9]{1,2}){0,2}([.][0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
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
        "0001-01-01",
        "9999-12-31T23:59:59.999999999Z",
        "253402300799",
        "0",
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
        "9999999999999",
        "253402300800",
        "10000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-00:01",
        "0000-01-01",
        "-1",
        "12-1-1",
        "2030-1-1",
        "2030-02-31",
        "2030-02-31T00:00:00Z",
        "2030-01-01T9:00:00Z",
        "2030-01-01T09Z",
        "2030-01-01T09",
        "2030-01-01T09:00:00+99:99",
        "2030-01-01T09:00:00+24:00",
        "2030",
        "${a:b}",
        "٢٠٢٦",
    ],
)
def test_what_is_no_date_is_refused_as_iam_refuses_it(date: str) -> None:
    said = fault({"DateLessThan": {"aws:CurrentTime": ["2026-11-24", date]}})
    assert "is not a date" in said.sentence
    assert (said.where or "").startswith('$.Statement.Condition.DateLessThan["aws:CurrentTime"][1]:1:')


@given(st.from_regex(DATE_LIKE, fullmatch=True) | st.from_regex(r"[0-9]{1,20}", fullmatch=True))
@settings(max_examples=300)
def test_a_date_that_is_taken_is_read_when_a_request_is_decided(date: str) -> None:
    """Every moment is before, at or after it: one of three conditions is met, and one deny counts."""
    try:
        conditions = {
            operator: read({operator: {"aws:CurrentTime": date}})[0]
            for operator in ("DateLessThan", "DateEquals", "DateGreaterThan")
        }
    except PolicyFault:
        return
    now = {"aws:currenttime": ("2026-11-24T09:00:00Z",)}
    assert sum(holds(one, now) for one in conditions.values()) == 1


def test_a_deny_until_a_date_that_nobody_reads_is_refused_and_not_passed_over() -> None:
    until = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    for date in ("2030-1-1", "9999999999999", "2030-02-31"):
        text = {"Statement": until | {"Condition": {"DateLessThan": {"aws:CurrentTime": date}}}}
        with pytest.raises(PolicyFault, match="is not a date"):
            parse_policy(json.dumps(text))


def test_four_digits_may_be_a_year_or_seconds_and_are_refused_with_both_said() -> None:
    said = fault({"DateGreaterThan": {"aws:CurrentTime": 2030}})
    assert said.advice == "write `2030-01-01T00:00:00Z`: four digits may be a year, or seconds since 1970"


@pytest.mark.parametrize(
    "number", [".5", "1.", "1e2", "9" * 31, " 1", "1,000", "1_000", "--1", "0." + "1" * 31]
)
@pytest.mark.parametrize("operator", [name for name in OPERATORS if name.startswith("Numeric")])
def test_what_looks_like_a_number_and_is_none_is_refused(operator: str, number: str) -> None:
    said = fault({f"{operator}IfExists": {"s3:max-keys": ["1", number]}})
    assert "is not a number" in said.sentence
    assert (said.where or "").startswith(f'$.Statement.Condition.{operator}IfExists["s3:max-keys"][1]:1:')


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.0/33",
        " 10.0.0.0/8",
        "10.0.0.0/8 ",
        "10.0.0/8",
        "203.0.113.0/0.0.0.255",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/",
        "10.0.0.256",
        "2001:db8::/129",
        "fe80::1%1",
    ],
)
@pytest.mark.parametrize("operator", ["IpAddress", "NotIpAddress"])
def test_what_looks_like_an_address_and_is_none_is_refused(operator: str, address: str) -> None:
    said = fault({operator: {"aws:SourceIp": ["203.0.113.0/24", address]}})
    assert "is not an address or a network" in said.sentence
    assert "203.0.113.0/24" in said.advice
    assert (said.where or "").startswith(f'$.Statement.Condition.{operator}["aws:SourceIp"][1]:1:')


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("NumericLessThan", "many"),
        ("NumericEquals", "*"),
        ("NumericEquals", "${aws:PrincipalTag/most}"),
        ("IpAddress", "203.0.113.*"),
        ("IpAddress", "${aws:PrincipalTag/office}"),
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
