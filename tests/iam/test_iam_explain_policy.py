"""Policies in plain sentences: each element in words, nothing lost, and no text from a policy taken for the explainer's."""

import json
import re
import time
import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.iam.iam_examples import KMS_KEY, TWENTY_MINUTES, scope
from tests.iam.test_iam_contain import policies

from liftgate.iam.compile import compile_session_policy
from liftgate.iam.contain import contains
from liftgate.iam.explain import explain_policy, explain_scope
from liftgate.iam.explaining.grouping import grouped
from liftgate.iam.language.condition import OPERATORS
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Principals, Qualifier, Statement
from liftgate.iam.scope import Location, Scope

B = "arn:aws:s3:::b"


def explained(*statements: dict[str, Any], kind: Kind = Kind.IDENTITY) -> tuple[str, ...]:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return explain_policy(parse_policy(text, kind), kind)


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return allow(action, resource, **more) | {"Effect": "Deny"}


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (allow(["s3:GetObject", "s3:PutObject"], f"{B}/*"), "May read and write anywhere in s3://b/."),
        (allow("S3:getobject", f"{B}/a.csv"), "May read on the object s3://b/a.csv."),
        (allow("s3:ListBucket", B), "May list on the bucket s3://b itself."),
        (
            allow("s3:ListBucket", B, Condition={"StringLike": {"s3:prefix": ["2026/*", "2027/*"]}}),
            "May list under s3://b/2026/ and under s3://b/2027/.",
        ),
        (
            allow("s3:ListBucket", B, Condition={"StringLike": {"s3:prefix": ["2026/*", ""]}}),
            "May list on the bucket s3://b itself, only if the prefix that is listed matches `2026/*` or the empty text.",
        ),
        (allow("*"), "May do EVERYTHING on ANY RESOURCE."),
        (allow("*:*"), "May do EVERYTHING on ANY RESOURCE."),
        (
            allow("s3:*", "arn:aws:s3:::*"),
            "May do EVERYTHING in S3 on EVERY bucket and object in S3 (`arn:aws:s3:::*`).",
        ),
        (
            allow("s3:*ObjectTagging", [f"{B}*", "arn:aws-cn:s3:::c/d*"]),
            "May change tags on what begins with s3://c/d (in aws-cn) and on what matches `arn:aws:s3:::b*`.",
        ),
        (
            allow(["s3:Put*", "ec2:DescribeImages", "acme:*Badge"]),
            (
                "May CHANGE WHO MAY DO WHAT (what matches `s3:Put*`) and use ec2:DescribeImages (list), "
                "what matches `acme:*Badge` and what matches `s3:Put*` (38 actions: tagging, write and permissions management) on ANY RESOURCE."
            ),
        ),
        (
            allow(["iam:PassRole", "iam:GetRole", "lambda:A*"], "arn:aws:iam::111122223333:role/r"),
            (
                "May CHANGE WHO MAY DO WHAT (iam:PassRole, what matches `lambda:A*`) and use iam:GetRole (read) and what matches "
                "`lambda:A*` (2 actions: permissions management) on arn:aws:iam::111122223333:role/r."
            ),
        ),
        (allow(["kms:Decrypt"], KMS_KEY), f"May decrypt with the KMS key {KMS_KEY}."),
        (
            {"Effect": "Allow", "NotAction": ["iam:*", "s3:GetObject"], "NotResource": [B, f"{B}/*"]},
            (
                "May do EVERYTHING EXCEPT all of IAM and s3:GetObject on EVERY RESOURCE EXCEPT the bucket s3://b itself and "
                "anywhere in s3://b/; this says nothing about those actions or those places."
            ),
        ),
        (
            {"Effect": "Deny", "NotAction": "s3:Get*", "Resource": "*"},
            (
                "MAY NOT do anything EXCEPT what matches `s3:Get*` on ANY RESOURCE, whatever other policies allow; "
                "this says nothing about those actions."
            ),
        ),
        (
            deny(["s3:DeleteObject", "s3:Put*", "kms:*"], f"{B}/keep/*"),
            (
                "MAY NOT do anything in KMS, delete (s3:DeleteObject) or use what matches `s3:Put*` under s3://b/keep/, "
                "whatever other policies allow."
            ),
        ),
        (
            deny(["s3:PutBucketAcl", "s3:PutBucketPolicy"]),
            "MAY NOT use s3:PutBucketAcl or s3:PutBucketPolicy on ANY RESOURCE, whatever other policies allow.",
        ),
        (
            allow("sts:AssumeRole", "arn:aws:iam::111122223333:role/x"),
            "May assume the role on arn:aws:iam::111122223333:role/x.",
        ),
        (deny("*"), "MAY NOT do anything at all on ANY RESOURCE, whatever other policies allow."),
        (
            allow("s3:GetObject", f"{B}/${{aws:username}}/${{aws:PrincipalTag/t, 'none'}}/${{*}}"),
            (
                "May read on what matches `s3://b/${aws:username}/${aws:PrincipalTag/t, 'none'}/${*}`; for `${aws:username}` IAM "
                "fills in the caller's user name; for `${aws:PrincipalTag/t, 'none'}` IAM fills in the caller's tag `t`, or else "
                "`none`; for `${*}` IAM fills in a star itself."
            ),
        ),
    ],
)
def test_actions_and_places_in_words(statement: dict[str, Any], words: str) -> None:
    assert explained(statement)[0] == words


@pytest.mark.parametrize(
    ("principal", "words"),
    [
        ({"Principal": "*"}, "ANYONE, signed in or not, may read"),
        ({"Principal": {"AWS": ["*", "111122223333"]}}, "ANYONE, signed in or not, may read"),
        ({"Principal": {"AWS": "111122223333"}}, "Account 111122223333 (whomever it lets) may read"),
        (
            {
                "Principal": {
                    "AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/a/ann"]
                }
            },
            "Account 111122223333 (whomever it lets) and the user a/ann of account 111122223333 may read",
        ),
        (
            {"Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/ops/ann@example.com"}},
            "The session `ann@example.com` of the role ops of account 111122223333 may read",
        ),
        (
            {"Principal": {"Service": ["cloudtrail.amazonaws.com", "s3.eu-west-1.amazonaws.com"]}},
            "The service cloudtrail and the service `s3.eu-west-1.amazonaws.com` may read",
        ),
        (
            {
                "Principal": {
                    "Federated": ["accounts.google.com", "arn:aws:iam::111122223333:saml-provider/idp"]
                }
            },
            (
                "Whoever signs in through accounts.google.com and whoever signs in through the SAML provider idp of account "
                "111122223333 may read"
            ),
        ),
        (
            {"Principal": {"CanonicalUser": "79a59d900b949e55"}},
            "The account with the canonical id 79a59d900b949e55 may read",
        ),
        ({"Principal": {"AWS": "AROAEXAMPLE"}}, "The principal `AROAEXAMPLE` may read"),
        (
            {"NotPrincipal": {"AWS": "111122223333"}},
            "ANYONE, signed in or not, EXCEPT account 111122223333 (whomever it lets) may read",
        ),
    ],
)
def test_principals_in_words(principal: dict[str, Any], words: str) -> None:
    (said,) = explained(allow("s3:GetObject", f"{B}/*", **principal), kind=Kind.RESOURCE)
    assert said.startswith(f"{words} anywhere in s3://b/")


def test_denied_principals_in_words() -> None:
    everyone = explained(deny("s3:GetObject", f"{B}/*", Principal="*"), kind=Kind.RESOURCE)
    assert everyone[0].startswith("NOBODY, signed in or not, MAY read (s3:GetObject) anywhere in s3://b/")
    others = explained(
        deny("s3:GetObject", f"{B}/*", NotPrincipal={"AWS": "111122223333"}), kind=Kind.RESOURCE
    )
    assert others[0] == (
        "NOBODY EXCEPT account 111122223333 (whomever it lets) MAY read (s3:GetObject) anywhere in s3://b/, "
        "whatever other policies allow; this says nothing about those callers."
    )
    one = explained(deny("s3:GetObject", Principal={"Service": "s3.amazonaws.com"}), kind=Kind.RESOURCE)
    assert one[0].startswith("The service s3 MAY NOT read (s3:GetObject) on ANY RESOURCE")


def test_a_trust_policy_speaks_of_no_place() -> None:
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/git.example"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"git.example:sub": "repo:o/r:ref:refs/heads/main"}},
    }
    assert explained(trust, kind=Kind.TRUST) == (
        (
            "Whoever signs in through the OpenID provider git.example of account 111122223333 may assume the role "
            "with a web identity, only if `git.example:sub` is `repo:o/r:ref:refs/heads/main`."
        ),
    )


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-11-24"}}, "only after 24 Nov 2026 00:00 UTC"),
        (
            {
                "DateGreaterThanEquals": {"aws:CurrentTime": "2026-11-24T13:00:00+01:00"},
                "DateLessThan": {"aws:EpochTime": "1795523999"},
            },
            "only from 24 Nov 2026 12:00 UTC until before 12:39:59 UTC",
        ),
        (
            {
                "DateGreaterThan": {"aws:CurrentTime": "2026-11-24T12:00:00Z"},
                "DateLessThanEquals": {"aws:CurrentTime": "2026-11-24T12:00:00Z"},
            },
            "only after 24 Nov 2026 12:00 UTC until and including 12:00 UTC (NEVER: it ends before it begins)",
        ),
        (
            {"DateLessThan": {"aws:CurrentTime": ["2026-11-24", "2026-02-28"]}},
            "only if the time is before 24 Nov 2026 00:00 UTC or 28 Feb 2026 00:00 UTC",
        ),
        (
            {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.1"]}},
            "only if the caller's address is in `10.0.0.0/8` or `192.0.2.1`",
        ),
        (
            {"NotIpAddress": {"aws:sourceip": ["10.0.0.0/8", "192.0.2.1"]}},
            "only if the caller's address is neither in `10.0.0.0/8` nor `192.0.2.1` (or the request does not carry it)",
        ),
        ({"Bool": {"aws:SecureTransport": "true"}}, "only if the call is encrypted in transit"),
        ({"Bool": {"aws:SecureTransport": "false"}}, "only if the call is NOT encrypted in transit"),
        (
            {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}},
            "only if the caller signed in with MFA (or the request does not carry it)",
        ),
        (
            {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
            "only if the number of seconds since the caller's sign-in with MFA is less than 3600",
        ),
        (
            {"NumericLessThan": {"s3:max-keys": "ten"}},
            "only if the number of names asked of the list is less than `ten`, which is no number",
        ),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "only if the caller's organization is `o-1`"),
        ({"StringLike": {"aws:SourceVpce": "vpce-1"}}, "through which the call comes is `vpce-1`"),
        (
            {"StringNotEquals": {"aws:ResourceTag/team": ["red", "blue"]}},
            "only if the resource's tag `team` is neither `red` nor `blue` (or the request does not carry it)",
        ),
        (
            {"StringLike": {"aws:userid": "*:gr-1"}},
            "only if the caller's unique id, with the session's name, matches `*:gr-1`",
        ),
        (
            {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
            "only if each of the names of the tags in the request is `a` or `b` (or there is none)",
        ),
        (
            {"ForAnyValue:StringNotLike": {"aws:TagKeys": ["a", "b"]}},
            "only if at least one of the names of the tags in the request matches neither `a` nor `b`",
        ),
        (
            {"Null": {"aws:TokenIssueTime": "true"}},
            "only if the request does not carry the time at which the caller's credentials were issued (`aws:TokenIssueTime`)",
        ),
        ({"Null": {"x:Y": "false"}}, "only if the request carries `x:Y`"),
        ({"Null": {"x:Y": ["true", "false"]}}, "only if the request carries `x:Y` or not"),
        ({"StringEqualsIfExists": {"x:Y": "z"}}, "only if `x:Y` is `z` (or the request does not carry it)"),
        (
            {"StringEqualsIgnoreCase": {"x:Y": "z"}},
            "only if `x:Y` is, in small or capital letters, `z`",
        ),
        (
            {"ArnLike": {"aws:PrincipalArn": "*"}},
            "only if the caller's ARN matches `*` (NEVER: it is not an ARN of six parts)",
        ),
        (
            {"ForAnyValue:ArnEquals": {"aws:PrincipalArn": ["*", "arn:*"]}},
            "matches `*` or `arn:*` (NEVER: none is an ARN of six parts)",
        ),
        (
            {"ArnLikeIfExists": {"aws:PrincipalArn": "*"}},
            "only if the caller's ARN matches `*` (or the request does not carry it)",
        ),
        (
            {"ArnLike": {"aws:PrincipalArn": ["*", "arn:*:*:*:*:*"]}},
            "only if the caller's ARN matches `*` or `arn:*:*:*:*:*`",
        ),
        (
            {"IpAddress": {"aws:SourceIp": "office"}},
            "only if the caller's address is in `office` (NEVER: it is not an address or a network)",
        ),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::b*"}}, "calls matches `arn:aws:s3:::b*`"),
        (
            {"StringEquals": {"aws:PrincipalTag/a": "1", "aws:PrincipalTag/b": "2"}},
            "only if the caller's tag `a` is `1` and, at the same time, the caller's tag `b` is `2`",
        ),
        (
            {"StringEquals": {"s3:prefix": "${aws:username}"}},
            "only if the prefix that is listed is `${aws:username}`; for `${aws:username}` IAM fills in the caller's user name",
        ),
    ],
)
def test_conditions_in_words(condition: dict[str, Any], words: str) -> None:
    (said,) = explained(allow("s3:GetObject", f"{B}/*", Condition=condition))
    assert words in said
    assert said.startswith("May read anywhere in s3://b/, only ")


@pytest.mark.parametrize("operator", [*OPERATORS, "Null"])
@pytest.mark.parametrize("qualifier", [None, *Qualifier])
def test_every_operator_has_words(operator: str, qualifier: Qualifier | None) -> None:
    values = ("false",) if operator == "Null" else ("1", "2")
    said = {
        if_exists: explain_policy(
            one_statement(conditions=(Condition(operator, "x:Y", values, qualifier, if_exists),))
        )
        for if_exists in (False, True)
    }
    assert f"`{operator}`" not in said[False][0]
    assert "`x:Y`" in said[False][0]
    assert operator == "Null" or all(value in said[False][0] for value in values)


def one_statement(**parts: Any) -> Policy:
    given_: dict[str, Any] = {
        "effect": Effect.ALLOW,
        "actions": Patterns(("s3:GetObject",)),
        "resources": Patterns(("*",)),
    }
    return Policy(statements=(Statement(**(given_ | parts)),))


def test_the_session_policy_of_a_grant_reads_well() -> None:
    text = compile_session_policy(scope(["write", "delete"], "s3://reports/2026/"), TWENTY_MINUTES)
    assert explain_policy(parse_policy(text), Kind.SESSION) == (
        "This policy grants nothing by itself: it says what the session may do at most.",
        "All of this holds only from 24 Nov 2026 12:00 UTC until before 12:20 UTC.",
        "May write, delete and see the parts of uploads under s3://reports/2026/.",
        "May look up the Region on the bucket s3://reports itself.",
        "May list under s3://reports/2026/.",
    )


def test_a_window_that_one_statement_lacks_is_said_where_it_counts() -> None:
    until = {"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-11-24T12:20:00Z"}}}
    limited, unlimited = explained(allow("s3:GetObject", f"{B}/*", **until), allow("s3:PutObject", f"{B}/*"))
    assert limited == "May read anywhere in s3://b/, only until before 24 Nov 2026 12:20 UTC."
    assert unlimited == "May write anywhere in s3://b/."


def test_the_gravest_comes_first_and_refusals_last() -> None:
    said = explained(
        deny("s3:DeleteObject"),
        allow("s3:GetObject", f"{B}/*"),
        allow("s3:PutBucketPolicy", B),
        allow("s3:ListBucket"),
    )
    assert [one.split()[1] for one in said] == ["CHANGE", "list", "read", "NOT"]


def test_a_policy_that_only_refuses_says_so() -> None:
    assert explained(deny("s3:DeleteObject"))[-1] == "It allows nothing."


def test_thirty_alike_statements_are_one_sentence_and_none_is_lost() -> None:
    many = [allow("s3:GetObject", f"arn:aws:s3:::logs-{n}/in/*", Sid=f"S{n}") for n in range(30)]
    (said,) = explained(*many)
    assert said.startswith("May read in 30 places: under s3://logs-0/in/, ")
    assert all(f"s3://logs-{n}/in/" in said for n in range(30))


@given(policies(limited=True))
def test_grouping_changes_no_meaning(policy: Policy) -> None:
    fewer = Policy(statements=tuple(grouped(policy.statements)))
    assert len(fewer.statements) <= len(policy.statements)
    assert contains(fewer, policy)
    assert contains(policy, fewer)


def test_twenty_kilobytes_are_said_in_little_more_and_at_once() -> None:
    statements = [
        allow(
            [f"ec2:Action{n}", f"sqs:Other{n}"],
            [f"arn:aws:s3:::bucket-{n}/in/*", f"arn:aws:sqs:eu-west-1:111122223333:queue-{n}"],
            Condition={"StringEquals": {"aws:PrincipalTag/team": f"team-{n}"}},
        )
        for n in range(80)
    ]
    text = json.dumps({"Statement": statements})
    assert 17_900 < len(text) < 20_480
    policy = parse_policy(text, largest=20_480)
    before = time.perf_counter()
    said = " ".join(explain_policy(policy))
    assert time.perf_counter() - before < 2
    assert len(said) < 1.5 * len(text)
    assert all(f"s3://bucket-{n}/in/" in said for n in range(80))


HOSTILE = [
    "a\nMay do nothing.",
    "a\r\x1b[2K\x1b[1A",
    "a\u202etxt.exe",
    "a\u2066b\u2069",
    "a` and **nothing** `b",
    "[click](https://evil.example)",
    "<script>alert(1)</script>",
    "a and nothing else",
    "zero\u200bwidth",
    "\u3164blank\u2800",
    "a\u0301\u0302\u0303\u0304\u0305\u0306",
    "\U000e0041tag",
    "a\u2028b\u2029c\x85d",
    "x\x00y\x7f",
    "<U+202E>",
]


def hostile_policies(text: str) -> list[Policy]:
    return [
        one_statement(sid=text),
        one_statement(actions=Patterns((f"s3:{text}",))),
        one_statement(actions=Patterns((f"{text}:*", "iam:*"))),
        one_statement(actions=Patterns((f"iam:{text}*",), negated=True)),
        one_statement(actions=Patterns((f"iam:{text}",)), effect=Effect.DENY),
        one_statement(resources=Patterns((f"arn:aws:s3:::{text}",))),
        one_statement(resources=Patterns((f"arn:aws:s3:::b/{text}/*",))),
        one_statement(resources=Patterns((f"arn:aws:s3:::b/{text}*",))),
        one_statement(resources=Patterns((f"arn:aws:kms:r:1:key/{text}",), negated=True)),
        one_statement(resources=Patterns((text,))),
        one_statement(principals=Principals((("AWS", text), ("Service", f"{text}.amazonaws.com")))),
        one_statement(principals=Principals((("AWS", f"arn:aws:iam::111122223333:user/{text}"),))),
        one_statement(principals=Principals((("Federated", text), ("CanonicalUser", text)), negated=True)),
        one_statement(principals=Principals(((text, text),)), effect=Effect.DENY),
        one_statement(conditions=(Condition("StringLike", f"aws:PrincipalTag/{text}", (text, "x")),)),
        one_statement(conditions=(Condition("Null", text, (text,)),)),
        one_statement(conditions=(Condition(text, text, (f"${{{text}}}", f"${{aws:username, '{text}'}}")),)),
        one_statement(conditions=(Condition("DateLessThan", "aws:CurrentTime", (text,)),)),
        one_statement(conditions=(Condition("NumericLessThan", "s3:max-keys", (text,)),)),
        Policy(statements=one_statement().statements, id=text),
    ]


def test_a_date_that_a_policy_cannot_have_is_said_to_be_none() -> None:
    built = one_statement(
        conditions=(Condition("DateLessThan", "aws:CurrentTime", ("2026-11-24", "2026-02-31")),)
    )
    (said,) = explain_policy(built)
    assert said.endswith(
        "only if the time is before 24 Nov 2026 00:00 UTC or `2026-02-31`, which is no date."
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_cannot_leave_its_backticks(text: str) -> None:
    for policy in hostile_policies(text):
        for sentence in explain_policy(policy):
            check_clean(sentence)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_no_text_at_all_can_leave_its_backticks(text: str) -> None:
    for policy in hostile_policies(text):
        for sentence in explain_policy(policy):
            check_clean(sentence)
    check_clean(
        explain_scope(
            Scope(
                actions=frozenset({"s3:PutObject", text}),
                locations=frozenset({Location("b", text), Location(text, "*")}),
            )
        )
    )


def check_clean(sentence: str) -> None:
    assert all(one.isprintable() and unicodedata.category(one) != "Cf" for one in sentence)
    assert sentence.count("`") % 2 == 0
    outside = re.sub("`[^`]*`", "``", sentence)
    assert re.fullmatch(r"[A-Za-z0-9 ,.;:()/'=+`-]*", outside), outside


@given(st.text(max_size=12), st.text(max_size=12))
def test_two_texts_never_look_the_same(one: str, other: str) -> None:
    """Of two values one may be written to look like the other's escape."""
    assume(one != other)

    def said(text: str) -> tuple[str, ...]:
        return explain_policy(one_statement(conditions=(Condition("StringEquals", "x:Y", (text,)),)))

    assert said(one) != said(other)


def test_an_escape_that_is_forged_is_escaped_itself() -> None:
    (said,) = explain_policy(one_statement(conditions=(Condition("StringEquals", "x:Y", ("<U+202E>",)),)))
    assert "`<U+003C>U+202E>`" in said


@pytest.mark.parametrize(
    "inside", [" " * 18_000 + "x", "a" + " " * 9_000 + ",'" + " " * 9_000, "${" * 9_000, "a," * 9_000]
)
def test_a_variable_that_is_a_bomb_is_said_at_once(inside: str) -> None:
    policy = one_statement(resources=Patterns((f"arn:aws:s3:::b/${{{inside}}}",)))
    before = time.perf_counter()
    (said,) = explain_policy(policy)
    assert time.perf_counter() - before < 1
    assert len(said) < 2_000


def test_a_very_long_text_is_cut_and_its_length_said() -> None:
    (said,) = explain_policy(one_statement(resources=Patterns((f"arn:aws:s3:::b/{'x' * 5_000}",))))
    assert "(and 4,607 more characters)" in said
    assert len(said) < 600


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("sесret", "cyrillic small letter ie, U+0435"),  # noqa: RUF001 - two Cyrillic letters
        ("שלום", "letters written from right to left, such as U+05E9"),
        ("e\u0301", "letters put together from marks"),
    ],
)
def test_letters_that_pass_for_others_are_pointed_out(text: str, warning: str) -> None:
    policies_ = [
        one_statement(resources=Patterns((f"arn:aws:s3:::b/{text}/*",))),
        one_statement(principals=Principals((("AWS", f"arn:aws:iam::111122223333:role/{text}"),))),
        one_statement(conditions=(Condition("StringEquals", "aws:PrincipalTag/t", (text,)),)),
    ]
    for policy in policies_:
        (said,) = explain_policy(policy)
        assert "look twice" in said
        assert warning in said
