"""``contains`` on every kind of condition, against brute force over the values that tell conditions apart."""

from collections.abc import Iterable, Iterator
from itertools import product
from math import prod
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.iam.iam_reference import reference_allows
from tests.iam.test_iam_contain_variables import check

from liftgate.iam.contain import Contained, NotContained, contains
from liftgate.iam.evaluate import evaluate
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Principals, Qualifier, Statement
from liftgate.iam.request import Request

KEYS = {
    "Ip": "aws:SourceIp",
    "Not": "aws:SourceIp",
    "Numeric": "s3:max-keys",
    "Bool": "aws:SecureTransport",
    "Arn": "aws:PrincipalArn",
    "String": "aws:PrincipalTag/team",
    "Date": "aws:TokenIssueTime",
    "Null": "aws:PrincipalTag/team",
}


def when(operator: str, *values: str, key: str | None = None, effect: Effect = Effect.ALLOW) -> Statement:
    """A statement under one condition, on a key that suits the operator."""
    qualifier, _, name = operator.rpartition(":")
    chosen = key or next(one for kind, one in KEYS.items() if name.startswith(kind))
    condition = Condition(
        name.removesuffix("IfExists"),
        chosen,
        values,
        Qualifier(qualifier) if qualifier else None,
        name.endswith("IfExists"),
    )
    return Statement(
        effect=effect, actions=Patterns(("s3:*",)), resources=Patterns(("*",)), conditions=(condition,)
    )


def both(one: Statement, other: Statement) -> Statement:
    return Statement(
        effect=one.effect,
        actions=one.actions,
        resources=one.resources,
        conditions=(*one.conditions, *other.conditions),
    )


ALL = Statement(effect=Effect.ALLOW, actions=Patterns(("s3:*",)), resources=Patterns(("*",)))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([when("IpAddress", "10.1.0.0/16")], [when("IpAddress", "10.0.0.0/9", "::/0")]),
        ([when("IpAddress", "10.0.0.0/8")], [when("IpAddress", "10.0.0.0/9"), when("IpAddress", "10.128.0.0/9")]),
        ([when("IpAddress", "10.0.0.0/8")], [when("NotIpAddress", "11.0.0.0/8")]),
        ([when("NotIpAddress", "10.0.0.0/8")], [when("NotIpAddress", "10.1.0.0/16")]),
        ([both(when("IpAddress", "10.0.0.0/8"), when("NotIpAddress", "10.0.0.0/7"))], []),
        ([when("NumericLessThan", "5")], [when("NumericLessThanEquals", "5.0")]),
        ([when("NumericEquals", "3")], [both(when("NumericGreaterThan", "2"), when("NumericLessThan", "4"))]),
        ([ALL], [when("NumericLessThan", "5"), when("NumericGreaterThanEqualsIfExists", "5"), when("NumericNotEquals", "5")]),
        ([when("Bool", "true")], [when("Bool", "true", "false")]),
        ([ALL], [when("BoolIfExists", "true"), when("Bool", "false")]),
        ([when("ArnLike", "arn:aws:iam::111122223333:role/a*")], [when("ArnEquals", "arn:aws:iam::*:role/*")]),
        ([when("ArnLike", "not-an-arn")], []),
        ([when("StringEqualsIgnoreCase", "Blue")], [when("StringEqualsIgnoreCase", "bLUE", "red")]),
        ([when("StringNotEqualsIgnoreCase", "blue", "red")], [when("StringNotEqualsIgnoreCase", "BLUE")]),
        ([when("Null", "true")], [when("StringEqualsIfExists", "x")]),
        ([when("StringLike", "x*")], [when("Null", "false")]),
        ([when("DateLessThan", "2026-01-01T00:00:00Z")], [when("DateLessThan", "1767225600")]),
        ([when("ForAnyValue:StringLike", "a", key="aws:TagKeys")], [when("ForAnyValue:StringLike", "a*", key="aws:TagKeys")]),
        ([when("ForAllValues:StringEquals", "a", key="aws:TagKeys")], [when("ForAllValues:StringEquals", "a", "b", key="aws:TagKeys")]),
        ([when("ForAllValues:StringNotLike", "a*", "b", key="aws:TagKeys")], [when("ForAllValues:StringNotLike", "b", key="aws:TagKeys")]),
    ],
)  # fmt: skip
def test_what_is_inside(a: list[Statement], b: list[Statement]) -> None:
    assert contains(Policy(statements=tuple(a)), Policy(statements=tuple(b))) == Contained()


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([when("IpAddress", "10.0.0.0/8")], [when("IpAddress", "10.0.0.0/9"), when("IpAddress", "10.128.0.0/10")]),
        ([when("NotIpAddress", "0.0.0.0/0")], []),  # an address of IPv6
        ([when("IpAddress", "0.0.0.0/0")], [when("IpAddress", "::/0")]),
        ([when("NumericLessThanEquals", "5")], [when("NumericLessThan", "5")]),
        ([when("NumericGreaterThan", "2")], [when("NumericGreaterThanEquals", "2.1")]),
        ([ALL], [when("NumericLessThan", "5"), when("NumericGreaterThanEquals", "5")]),  # no number at all
        ([when("Bool", "true")], [when("Bool", "false")]),
        ([ALL], [ALL, when("Bool", "false", effect=Effect.DENY)]),
        ([when("ArnLike", "arn:aws:iam::*:role/*")], [when("ArnLike", "arn:aws:iam::1*:role/*")]),
        ([when("ArnLike", "arn:aws:s*:::x")], [when("ArnLike", "arn:aws:s3:::x")]),
        ([when("StringEqualsIgnoreCase", "blue")], [when("StringEquals", "blue")]),
        ([when("StringEqualsIfExists", "x")], [when("StringEquals", "x")]),
        ([when("ForAnyValue:StringLike", "a*", key="aws:TagKeys")], [when("ForAnyValue:StringLike", "a", key="aws:TagKeys")]),
        ([when("ForAllValues:StringLike", "a", key="aws:TagKeys")], [when("ForAnyValue:StringLike", "a", key="aws:TagKeys")]),
    ],
)  # fmt: skip
def test_what_escapes(a: list[Statement], b: list[Statement]) -> None:
    here, there = Policy(statements=tuple(a)), Policy(statements=tuple(b))
    answer = contains(here, there)
    assert isinstance(answer, NotContained)
    assert reference_allows(here, answer.witness)
    assert not reference_allows(there, answer.witness)


def test_case_is_left_out_letter_by_letter() -> None:
    """A sharp s is no double s, and the Kelvin sign is no k."""
    written = [when("StringEquals", text) for text in ("STRASSE", "STRAßE", "ÄÖÜ", "Σς", "k")]
    folded = [when("StringEqualsIgnoreCase", "Strasse", "straße", "äöü", "σΣ", "K")]
    assert contains(Policy(statements=tuple(written)), Policy(statements=tuple(folded)))
    for other in (
        "strase",
        "strasze",
        "strasSse",
        "äöu",
        "\N{KELVIN SIGN}",
        "\N{LATIN SMALL LETTER LONG S}trasse",
    ):
        beyond = [when("StringEquals", other), *written]
        assert isinstance(
            contains(Policy(statements=tuple(beyond)), Policy(statements=tuple(folded))), NotContained
        )
    assert isinstance(
        contains(Policy(statements=tuple(folded)), Policy(statements=tuple(written))), NotContained
    )


def test_a_number_or_date_that_is_none_is_a_case_where_anyone_may_have_written_it() -> None:
    """A tag may hold any text; the address of a caller is always an address."""
    tag = "aws:PrincipalTag/limit"
    sides = [when("NumericLessThan", "5", key=tag), when("NumericGreaterThanEqualsIfExists", "5", key=tag)]
    assert isinstance(contains(Policy(statements=(ALL,)), Policy(statements=tuple(sides))), NotContained)
    halves = [when("IpAddressIfExists", "0.0.0.0/0"), when("IpAddress", "::/0")]
    assert contains(Policy(statements=(ALL,)), Policy(statements=tuple(halves)))


CHOICES = {
    "aws:SourceIp": (("IpAddress", "NotIpAddress"), ("10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.0.0.1", "::/1", "0.0.0.0/0")),
    "s3:max-keys": (
        ("NumericLessThan", "NumericGreaterThanEquals", "NumericEquals", "NumericNotEquals", "NumericLessThanEquals", "NumericGreaterThan"),
        ("1", "2", "2.5"),
    ),
    "aws:PrincipalTag/team": (("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringEquals"), ("A", "a", "b", "Bb")),
    "aws:SecureTransport": (("Bool", "Null"), ("true", "false")),
    "aws:PrincipalArn": (("ArnLike", "ArnNotLike", "ArnEquals"), ("arn:aws:iam::1:role/a", "arn:aws:iam::*:role/*", "arn:aws:*::1:*", "arn:*")),
    "aws:TagKeys": (("StringLike", "StringNotLike", "StringEquals"), ("a", "a*", "b", "*")),
}  # fmt: skip
ContextValue = str | tuple[str, ...] | None
VALUES: tuple[tuple[ContextValue, ...], ...] = (
    (None, "10.0.0.1", "10.200.0.1", "9.9.9.9", "::1", "ff::"),
    (None, "0", "1", "2", "2.2", "3"),
    (None, "a", "A", "bB", "x"),
    (None, "true", "false"),
    (None, "arn:aws:iam::1:role/a", "arn:aws:iam::2:role/b", "x", "arn:aws:s3::1:q"),
    (None, ("a",), ("b",), ("a", "b"), ("ab", "a")),
)


@st.composite
def condition_sets(draw: st.DrawFn) -> tuple[Condition, ...]:
    found = []
    for key in draw(st.lists(st.sampled_from(sorted(CHOICES)), max_size=3, unique=True)):
        operators, values = CHOICES[key]
        operator = draw(st.sampled_from(operators))
        found.append(
            Condition(
                operator,
                key,
                tuple(draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))),
                draw(st.sampled_from([None, *Qualifier])) if key == "aws:TagKeys" else None,
                operator != "Null" and draw(st.integers(0, 4)) == 0,
            )
        )
    return tuple(found)


limited = st.builds(
    Statement,
    effect=st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.DENY]),
    actions=st.just(Patterns(("s3:GetObject",))),
    resources=st.just(Patterns(("*",))),
    conditions=condition_sets(),
)
limited_policies = st.lists(limited, min_size=1, max_size=4).map(
    lambda found: Policy(statements=tuple(found))
)


# Seeded by the example; drawing each value through Hypothesis took more time than all that is tested.
CHANCES = st.randoms(use_true_random=True)


def contexts(chance: Random, count: int, *asked: Policy) -> Iterator[Request]:
    """The contexts that the conditions of some policies can tell apart: all of them where they are few, or some."""
    keys = {each.key for policy in asked for one in policy.statements for each in one.conditions}
    sides = {key: values for key, values in zip(CHOICES, VALUES, strict=True) if key in keys}
    if prod(len(values) for values in sides.values()) <= count:
        drawn: Iterable[tuple[ContextValue, ...]] = product(*sides.values())
    else:
        drawn = (tuple(map(chance.choice, sides.values())) for _ in range(count))
    for found in drawn:
        context = {key: value for key, value in zip(sides, found, strict=True) if value is not None}
        yield Request(action="s3:GetObject", resource="arn:aws:s3:::b/k", context=context)


@pytest.mark.slow
@given(limited_policies, limited_policies, CHANCES)
@settings(max_examples=60)
def test_conditions_are_decided_as_by_brute_force(a: Policy, b: Policy, chance: Random) -> None:
    check(a, b, contexts(chance, 100, a, b))


@pytest.mark.slow
@given(limited_policies, limited, CHANCES)
@settings(max_examples=60)
def test_with_a_statement_changed_too(a: Policy, other: Statement, chance: Random) -> None:
    changed = Policy(statements=(*a.statements[1:], other))
    check(a, changed, contexts(chance, 100, a, changed))
    check(changed, a, contexts(chance, 100, a, changed))


@pytest.mark.slow
@given(limited_policies, limited_policies, limited, CHANCES)
@settings(max_examples=400, deadline=None)
def test_many_policies_with_conditions(a: Policy, b: Policy, other: Statement, chance: Random) -> None:
    changed = Policy(statements=(*a.statements[1:], other))
    check(a, b, contexts(chance, 300, a, b))
    check(a, changed, contexts(chance, 300, a, changed))


ROLE, ACCOUNT = '{"AWS": "arn:aws:iam::111122223333:role/x"}', '{"AWS": "111122223333"}'


def bucket_policy(*parts: tuple[str, str]) -> Policy:
    written = (
        f'{{"Effect": "{effect}", "Principal": {principal}, "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}}'
        for effect, principal in parts
    )
    return parse_policy(f'{{"Version": "2012-10-17", "Statement": [{",".join(written)}]}}', Kind.RESOURCE)


@pytest.mark.parametrize("principal", [ROLE, ACCOUNT, '"*"', '{"Service": "cloudtrail.amazonaws.com"}'])
def test_a_policy_that_names_callers_contains_itself_and_is_inside_everyones(principal: str) -> None:
    named = bucket_policy(("Allow", principal))
    again = bucket_policy(("Deny", '{"AWS": "444455556666"}'), ("Allow", principal))
    assert contains(again, named)
    assert contains(named, bucket_policy(("Allow", '"*"')))
    assert contains(named, bucket_policy(("Allow", ACCOUNT), ("Allow", principal)))


ROOT = '{"AWS": "arn:aws:iam::111122223333:root"}'
OTHERS = '{"AWS": ["arn:aws:iam::111122223333:role/x", "444455556666"]}'


@pytest.mark.parametrize(
    ("one", "other"), [(ROLE, ACCOUNT), (ROLE, ROOT), (ROOT, ACCOUNT), (ROLE, OTHERS), (OTHERS, '"*"')]
)
def test_a_caller_is_inside_its_account(one: str, other: str) -> None:
    narrow, wide = bucket_policy(("Allow", one)), bucket_policy(("Allow", other))
    assert contains(narrow, wide)
    assert not contains(wide, narrow)
    everyone = ("Allow", '"*"')
    refused, spared = bucket_policy(everyone, ("Deny", other)), bucket_policy(everyone, ("Deny", one))
    assert contains(refused, spared)
    assert not contains(spared, refused)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([("Allow", ACCOUNT)], [("Allow", ROLE)]),
        ([("Allow", '"*"')], [("Allow", ROLE)]),
        ([("Allow", ROLE)], [("Allow", ROLE.replace("role/x", "role/y"))]),
        ([("Allow", '{"Service": "cloudtrail.amazonaws.com"}')], [("Allow", ACCOUNT)]),
        ([("Allow", '"*"')], [("Allow", '"*"'), ("Deny", ROLE)]),
    ],
)
def test_a_caller_who_escapes_is_named(a: list[tuple[str, str]], b: list[tuple[str, str]]) -> None:
    here, there = bucket_policy(*a), bucket_policy(*b)
    answer = contains(here, there)
    assert isinstance(answer, NotContained)
    assert answer.witness.principal is not None
    for bucket, allowed in (
        (here, True),
        (there, False),
    ):  # as in another account, where a bucket's policy must speak
        verdict = evaluate(
            answer.witness,
            identity=[Policy(statements=(ALL,))],
            resource_policy=bucket,
            resource_account="444455556666",
        )
        assert verdict.allowed is allowed


NAMES = [
    ("AWS", "111122223333"),
    ("AWS", "arn:aws:iam::111122223333:root"),
    ("AWS", "arn:aws:iam::111122223333:role/x"),
    ("AWS", "arn:aws:iam::111122223333:role/path/x"),
    ("AWS", "arn:aws:sts::111122223333:assumed-role/x/s"),
    ("AWS", "arn:aws:iam::444455556666:user/u"),
    ("Service", "s3.amazonaws.com"),
    ("Federated", "cognito-identity.amazonaws.com"),
    ("CanonicalUser", "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"),
    ("*", "*"),
]
CALLERS = [
    None,
    "*",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:user/u",
    "arn:aws:iam::111122223333:role/x",
    "arn:aws:sts::111122223333:assumed-role/x/s",
    "arn:aws:sts::111122223333:assumed-role/x/t",
    "arn:aws-cn:iam::111122223333:user/u",
    "arn:aws:iam::444455556666:user/u",
    "arn:aws:sts::444455556666:federated-user/f",
    "s3.amazonaws.com",
    "sns.amazonaws.com",
    "cognito-identity.amazonaws.com",
]
named_statements = st.builds(
    Statement,
    effect=st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.DENY]),
    actions=st.just(Patterns(("s3:GetObject",))),
    resources=st.just(Patterns(("*",))),
    principals=st.builds(
        Principals,
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(tuple),
        st.integers(0, 3).map(lambda drawn: drawn == 0),
    ),
)
named_policies = st.lists(named_statements, min_size=1, max_size=3).map(
    lambda one: Policy(statements=tuple(one))
)


def speaks(bucket: Policy, caller: str | None) -> bool:
    """Whether a bucket in another account lets the caller in."""
    request = Request(action="s3:GetObject", resource="arn:aws:s3:::b/k", principal=caller)
    everything = [Policy(statements=(ALL,))] if caller is not None else []
    return evaluate(
        request, identity=everything, resource_policy=bucket, resource_account="777788889999"
    ).allowed


@given(named_policies, named_policies)
@settings(max_examples=200)
def test_callers_are_never_taken_for_others(a: Policy, b: Policy) -> None:
    answer = contains(a, b)
    if isinstance(answer, NotContained):
        assert speaks(a, answer.witness.principal)
        assert not speaks(b, answer.witness.principal)
    elif isinstance(answer, Contained):
        assert not [caller for caller in CALLERS if speaks(a, caller) and not speaks(b, caller)]


def test_lists_of_hundreds_of_networks_are_compared_in_the_steps_there_are() -> None:
    """As companies list their offices and partners: the cost does not grow with the square of their number."""
    ours = [f"10.{number % 256}.{number // 256}.0/24" for number in range(900)]
    a, b = (
        Policy(statements=(when("IpAddress", *ours),)),
        Policy(statements=(when("IpAddress", *ours[::-1], "::/0"),)),
    )
    assert contains(a, b) == Contained()
    assert isinstance(contains(b, a), NotContained)
    split = Policy(statements=tuple(when("IpAddress", *ours[part::3]) for part in range(3)))
    assert contains(a, split) == Contained()
    theirs = Policy(
        statements=(when("NotIpAddress", *(f"11.0.{number % 256}.0/24" for number in range(250))),)
    )
    assert contains(a, theirs) == Contained()
