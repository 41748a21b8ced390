from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.iam.language.condition import OPERATORS, holds, read_date, read_number
from liftgate.iam.policy import Condition, Qualifier
from liftgate.iam.s3.condition_key import has_one_value

KEY = "aws:key"


def met(operator: str, wanted: str | tuple[str, ...], *given_: str, **more: object) -> bool:
    values = (wanted,) if isinstance(wanted, str) else wanted
    condition = Condition(operator, "AWS:Key", values, **more)  # type: ignore[arg-type]  # by keyword, as written below
    return holds(condition, {KEY: given_} if given_ else {})


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", "a*", "a*", True),
        ("StringEqualsIgnoreCase", "Straße", "STRAßE", True),
        ("StringEqualsIgnoreCase", "Straße", "STRASSE", False),
        ("StringEqualsIgnoreCase", "ÄÖ", "äö", True),
        ("StringEqualsIgnoreCase", "k", "\N{KELVIN SIGN}", False),
        ("StringEqualsIgnoreCase", "s", "\N{LATIN SMALL LETTER LONG S}", False),
        ("StringNotEqualsIgnoreCase", "ss", "ß", True),
        ("StringEqualsIgnoreCase", "a", "b", False),
        ("StringLike", "a*c", "abc", True),
        ("StringLike", "a?c", "abbc", False),
        ("StringLike", "a*", "Abc", False),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", "a", "a", False),
        ("StringNotEqualsIgnoreCase", "a", "A", False),
        ("StringNotLike", "a*", "abc", False),
        ("NumericEquals", "10", "10.0", True),
        ("NumericEquals", "10", "ten", False),
        ("NumericNotEquals", "10", "11", True),
        ("NumericLessThan", "10", "9.99", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericGreaterThan", "-1", "0", True),
        ("NumericGreaterThanEquals", "3", "2", False),
        ("NumericLessThan", "10", "NaN", False),
        ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", True),
        ("DateNotEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", True),
        ("DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59.999Z", True),
        ("DateLessThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", False),
        ("DateLessThanEquals", "1767225600", "2026-01-01T00:00:00Z", True),
        ("DateGreaterThan", "2026-01-01", "2026-01-01T00:00:01Z", True),
        ("DateGreaterThanEquals", "2026-01-01", "1767225599", False),
        ("DateGreaterThan", "2026-01-01", "yesterday", False),
        ("Bool", "true", "True", True),
        ("Bool", "true", "false", False),
        ("Bool", "yes", "yes", False),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
        ("BinaryEquals", "QmluYXJ5", "Qmlu", False),
        ("BinaryEquals", "!!", "!!", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.9", True),
        ("IpAddress", "203.0.113.9", "203.0.113.9", True),
        ("IpAddress", "203.0.113.0/24", "203.0.114.9", False),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
        ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
        ("IpAddress", "203.0.113.0/24", "somewhere", False),
        ("NotIpAddress", "203.0.113.0/24", "203.0.114.9", True),
        ("ArnEquals", "arn:aws:s3:::reports/*", "arn:aws:s3:::reports/a:b", True),
        ("ArnLike", "arn:aws:sns:*:123:x*", "arn:aws:sns:eu-west-1:123:xy", True),
        ("ArnLike", "arn:aws:sns:*:x", "arn:aws:sns:eu-west-1:123:x", False),
        ("ArnLike", "arn:*", "arn:aws:sns:eu-west-1:123:x", False),
        ("ArnNotLike", "arn:aws:s3:::a", "arn:aws:s3:::b", True),
        ("ArnNotEquals", "arn:aws:s3:::a", "arn:aws:s3:::a", False),
    ],
)
def test_an_operator_compares(operator: str, wanted: str, value: str, *, expected: bool) -> None:
    assert met(operator, wanted, value) is expected


NETWORKS = st.one_of(
    st.builds("10.0.{}.{}/{}".format, st.integers(0, 3), st.integers(0, 255), st.integers(20, 32)),
    st.builds("2001:db8::{:x}/{}".format, st.integers(0, 255), st.integers(120, 128)),
    st.sampled_from(["0.0.0.0/0", "::/0", "10.0.0.1", "255.255.255.255", "office"]),
)
ADDRESSES = st.one_of(
    st.builds("10.0.{}.{}".format, st.integers(0, 4), st.integers(0, 255)),
    st.builds("2001:db8::{:x}".format, st.integers(0, 300)),
    st.sampled_from(["0.0.0.1", "255.255.255.255", "::", "::ffff:10.0.0.1", "here"]),
)


@given(st.lists(NETWORKS, min_size=1, max_size=12), ADDRESSES)
def test_an_address_is_in_any_of_many_networks_as_in_each_by_itself(
    networks: list[str], address: str
) -> None:
    try:
        inside = [ip_address(address) in ip_network(one, strict=False) for one in networks if one != "office"]
    except ValueError:
        inside = []
    assert met("IpAddress", tuple(networks), address) is any(inside)


@given(st.text(max_size=4), st.text(max_size=4))
def test_texts_that_are_equal_but_for_case_are_of_one_length(one: str, other: str) -> None:
    assert met("StringEqualsIgnoreCase", one, one)
    for text in (other, one.upper(), one.lower(), one.swapcase(), one.casefold()):
        if met("StringEqualsIgnoreCase", one, text):
            assert len(text) == len(one)
            assert text.isascii() is one.isascii()
    assert met("StringEqualsIgnoreCase", one, other) is met("StringEqualsIgnoreCase", other, one)


def test_several_values_of_a_policy_are_one_or_another_and_negated_none() -> None:
    assert met("StringEquals", ("a", "b"), "b")
    assert not met("StringNotEquals", ("a", "b"), "b")
    assert met("NumericLessThan", ("1", "10"), "5")


@given(st.sampled_from(sorted(OPERATORS)))
def test_an_absent_key_meets_only_negations_and_if_exists(operator: str) -> None:
    assert met(operator, "1") is OPERATORS[operator].negated
    assert met(operator, "1", if_exists=True)
    assert met(operator, "1", qualifier=Qualifier.FOR_ALL)
    assert not met(operator, "1", qualifier=Qualifier.FOR_ANY)


def test_null_asks_whether_the_key_is_absent() -> None:
    assert met("Null", "true")
    assert not met("Null", "true", "x")
    assert met("Null", "False", "x")
    assert not met("Null", "false")


def test_qualifiers_ask_each_value_or_any() -> None:
    assert met("StringLike", ("a*", "b"), "a1", "b", qualifier=Qualifier.FOR_ALL)
    assert not met("StringLike", "a*", "a1", "b", qualifier=Qualifier.FOR_ALL)
    assert met("StringLike", "a*", "a1", "b", qualifier=Qualifier.FOR_ANY)
    assert met("StringNotEquals", "a", "a", "b", qualifier=Qualifier.FOR_ANY)
    assert not met("StringNotEquals", "a", "a", "b", qualifier=Qualifier.FOR_ALL)


def test_variables_are_filled_in_as_plain_text() -> None:
    def like(wanted: str, value: str, **context: tuple[str, ...]) -> bool:
        keys = {name.replace("_", ":"): values for name, values in context.items()}
        return holds(Condition("StringLike", KEY, (wanted,)), {KEY: (value,)} | keys)

    assert like("home/${aws:UserName}/*", "home/ada/x", aws_username=("ada",))
    assert not like("home/${aws:username}/*", "home/bob/x", aws_username=("ada",))
    assert not like("home/${aws:username}/*", "home/bob/x", aws_username=("*",))
    assert like("home/${aws:username}/*", "home/*/x", aws_username=("*",))
    assert not like("home/${aws:username}/*", "home//x")
    assert like("home/${aws:username, 'guest'}/*", "home/guest/x")
    assert like("100${*}${?}${$}", "100*?$")
    assert not like("100${*}", "1000")
    assert not like("${", "x")
    assert like("${aws:unclosed", "${aws:unclosed")
    assert not like("${}", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-13-01",
        "2026-01-01T25:00Z",
        "\u0662\u0660\u0662\u0666-01-01",
        "99999999999999",
        "2026-01-01 00:00",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize("text", ["", "1e5", "0x1", "\u0661", "1_0", "inf", "9" * 50])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None


def test_keys_with_several_values_are_known() -> None:
    assert has_one_value("aws:currenttime")
    assert has_one_value("aws:principaltag/team")
    assert has_one_value("s3:prefix")
    assert has_one_value("s3:existingobjecttag/secret")
    assert not has_one_value("aws:tagkeys")
    assert not has_one_value("s3:requestobjecttagkeys")
    assert not has_one_value("dynamodb:attributes")


def test_an_equality_fills_in_variables_and_knows_no_wildcards() -> None:
    equals = Condition("StringEquals", KEY, ("a*${aws:username}?",))
    assert holds(equals, {KEY: ("a*ada?",), "aws:username": ("ada",)})
    assert not holds(equals, {KEY: ("axxada!",), "aws:username": ("ada",)})
    assert not holds(equals, {KEY: ("a*?",)})
