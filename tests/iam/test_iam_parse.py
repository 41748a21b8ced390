import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.iam.test_iam_contain import policies

from liftgate.iam.contain import Contained, contains
from liftgate.iam.errors import PolicyFault
from liftgate.iam.evaluate import allows
from liftgate.iam.parse import LONGEST_TEXT, Kind, parse_policy
from liftgate.iam.policy import Effect, Patterns, Principals, Qualifier, to_document, to_json
from liftgate.iam.request import Request

FULL = """{
  "Version": "2012-10-17",
  "Id": "mine",
  "Statement": [
    {
      "Sid": "One",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:Put*"],
      "Resource": "arn:aws:s3:::reports/${aws:username}/*",
      "Condition": {
        "ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a*", "b"]},
        "NumericLessThan": {"s3:max-keys": 10},
        "Bool": {"aws:SecureTransport": true}
      }
    },
    {"Effect": "Deny", "NotAction": "s3:*", "NotResource": ["*"]}
  ]
}"""


def test_every_element_is_read() -> None:
    policy = parse_policy(FULL)
    one, two = policy.statements
    assert (policy.id, policy.version, one.sid, one.effect) == ("mine", "2012-10-17", "One", Effect.ALLOW)
    assert one.actions == Patterns(("s3:GetObject", "s3:Put*"))
    assert two.actions == Patterns(("s3:*",), negated=True)
    assert two.resources == Patterns(("*",), negated=True)
    tags, keys, secure = one.conditions
    assert (tags.operator, tags.qualifier, tags.if_exists, tags.values) == (
        "StringLike", Qualifier.FOR_ANY, True, ("a*", "b")
    )  # fmt: skip
    assert (keys.values, secure.values) == (("10",), ("true",))


def test_what_is_read_is_written_with_the_same_meaning() -> None:
    policy = parse_policy(FULL)
    assert parse_policy(to_json(policy)) == policy
    assert to_document(policy)["Statement"][1] == {"Effect": "Deny", "NotAction": "s3:*", "NotResource": "*"}


@given(policies(limited=True))
def test_any_policy_survives_writing_and_reading(policy: object) -> None:
    text = to_json(policy)  # type: ignore[arg-type]  # the strategy is typed by its own module
    again = parse_policy(text)
    assert to_json(again) == text
    assert contains(again, policy) == contains(policy, again) == Contained()  # type: ignore[arg-type]


def test_principals_are_read_where_they_belong() -> None:
    text = '{"Statement": {"Effect": "Allow", "Principal": %s, "Action": "sts:AssumeRole"}}'
    everyone = parse_policy(text % '"*"', Kind.TRUST).statements[0]
    assert everyone.principals == Principals((("*", "*"),))
    assert everyone.resources is None
    some = parse_policy(
        text % '{"AWS": ["111122223333", "AIDACKCEVSQ6C2EXAMPLE"], "Service": "ec2.amazonaws.com"}',
        Kind.TRUST,
    ).statements[0]
    assert some.principals == Principals(
        (("AWS", "111122223333"), ("AWS", "AIDACKCEVSQ6C2EXAMPLE"), ("Service", "ec2.amazonaws.com"))
    )


def test_the_old_version_has_no_variables() -> None:
    text = '{%s"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}"}}'
    old, new = parse_policy(text % ""), parse_policy(text % '"Version": "2012-10-17", ')
    literal = Request(
        action="s3:GetObject", resource="arn:aws:s3:::b/${aws:username}", context={"aws:username": "ada"}
    )
    filled = Request(action="s3:GetObject", resource="arn:aws:s3:::b/ada", context={"aws:username": "ada"})
    assert (allows(old, literal), allows(old, filled)) == (True, False)
    assert (allows(new, literal), allows(new, filled)) == (False, True)


STATEMENT = '"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"'


@pytest.mark.parametrize(
    ("marked", "path", "word", "advice"),  # `¦` marks the place that the fault must name
    [
        ("¦", "$", "not JSON", "quotes"),
        ('{"Statement": [¦}', "$", "not JSON", "quotes"),
        ("¦[]", "$", "a policy is a JSON object", "{"),
        ("¦{}", "$", "no `Statement`", "Statement"),
        ('{"Statement": ¦[]}', "$.Statement", "no list of statements", "at least one"),
        ('{"Statement": [¦3]}', "$.Statement[0]", "a statement is a JSON object", "{"),
        ('{"Version": ¦"2012-10-18", "Statement": []}', "$.Version", "not a version", "2012-10-17"),
        ('{"Statment": ¦[]}', "$.Statment", "`Statment` is not an element", "did you mean `Statement`?"),
        ('{"Statement": {%, "Resorce": ¦"*"}}', "$.Statement.Resorce", "`Resorce`", "`Resource`"),
        ('{"Statement": ¦{"Action": "*", "Resource": "*"}}', "$.Statement.Effect", "no `Effect`", "Allow"),
        ('{"Statement":\n [{"Effect": ¦"allow"}]}', "$.Statement[0].Effect", "neither `Allow`", "Allow"),
        ('{"Statement": ¦{"Effect": "Deny", "Resource": "*"}}', "$.Statement", "neither `Action`", "actions"),
        ('{"Statement": ¦{"Effect": "Deny", "Action": "*"}}', "$.Statement", "neither `Resource`", "`*`"),
        ('{"Statement": {%, "NotAction": ¦"*"}}', "$.Statement.NotAction", "both", "one of them"),
        ('{"Statement": {%, "NotResource": ¦"*"}}', "$.Statement.NotResource", "both", "one of them"),
        (
            '{"Statement": {"Effect": "Deny", "Action": ["*", ¦"GetObject"], "Resource": "*"}}',
            "$.Statement.Action[1]",
            "`GetObject` is not an action",
            "service:Action",
        ),
        (
            '{"Statement": {"Effect": "Deny", "Action": ¦[]}}',
            "$.Statement.Action",
            "no action",
            "at least one",
        ),
        (
            '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": ¦"reports/*"}}',
            "$.Statement.Resource",
            "not an ARN",
            "arn:aws:s3",
        ),
        ('{"Statement": {"Effect": "Deny", "Action": ¦7}}', "$.Statement.Action", "string", "quotes"),
        (
            '{"Statement": {%, "Principal": ¦"*"}}',
            "$.Statement.Principal",
            "names no principals",
            "take it out",
        ),
        (
            '{"Statement": {%, "Condition": {"StringLke": ¦{"a": "b"}}}}',
            "$.Statement.Condition.StringLke",
            "`StringLke` is not a condition operator",
            "did you mean `StringLike`?",
        ),
        ('{"Statement": {%, "Condition": ¦7}}', "$.Statement.Condition", "is an object", "operator"),
        ('{"Statement": {%, "Condition": {"Bool": ¦7}}}', "$.Statement.Condition.Bool", "an object", "key"),
        (
            '{"Statement": {%, "Condition": {"Null": {"a": ¦"b"}}}}',
            "$.Statement.Condition.Null.a",
            "`Null` asks",
            "one of them",
        ),
        ('{"Statement": {%, ¦"Effect": "Deny"}}', "$.Statement.Effect", "for the second time", "put both"),
        (
            '{"Statement": [{"Sid": "A", %}, {"Sid": ¦"A", %}]}',
            "$.Statement[1].Sid",
            "two statements",
            "rename",
        ),
        ('{"Statement": {%, "Sid": ¦"\\ud800"}}', "$.Statement.Sid", "surrogate", "whole"),
    ],
)
def test_a_fault_names_its_place(marked: str, path: str, word: str, advice: str) -> None:
    marked = marked.replace("%", STATEMENT)
    before, _, after = marked.partition("¦")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    with pytest.raises(PolicyFault) as caught:
        parse_policy(before + after)
    assert word in caught.value.sentence
    assert advice in caught.value.advice
    assert caught.value.where == f"{path}:{line}:{column}"


def test_a_trust_policy_has_principals_and_no_resource() -> None:
    with pytest.raises(PolicyFault, match="names no `Principal`"):
        parse_policy('{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}}', Kind.TRUST)
    with pytest.raises(PolicyFault, match="no `Resource`"):
        parse_policy(
            '{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*", "Principal": "*"}}',
            Kind.TRUST,
        )


@pytest.mark.parametrize(
    "text",
    [
        "[" * 10_000,
        '{"Statement":' * 1_400,
        '{"a":' * 900 + "1" + "}" * 900,
        "9" * 15_000,
        '{"Statement": NaN}',
        "x" * (LONGEST_TEXT + 1),
        f'{{"Statement": {{{STATEMENT.replace("*", "arn:" + "*a" * 4000)}}}}}' + " " * LONGEST_TEXT,
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_text_is_refused(text: str) -> None:
    with pytest.raises(PolicyFault):
        parse_policy(text)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["Allow", "*", "s3:GetObject", "arn:aws:s3:::b", ""])
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Version",
                    "Statement",
                    "Effect",
                    "Action",
                    "Resource",
                    "Condition",
                    "StringLike",
                    "Sid",
                    "x",
                ]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values, st.sampled_from(Kind))
def test_any_json_is_a_policy_or_a_policy_fault(value: object, kind: Kind) -> None:
    for document in (
        value,
        {"Statement": value},
        {"Statement": {"Effect": "Allow", "Action": "*", "Condition": value}},
    ):
        try:
            parse_policy(json.dumps(document), kind)
        except PolicyFault as fault:
            assert fault.where  # noqa: PT017 - either outcome is right, and the fault must have a place


@given(st.text(max_size=60))
def test_any_text_is_a_policy_or_a_policy_fault(text: str) -> None:
    for attempt in (text, f'{{"Statement": {text}}}', json.dumps({"Statement": text})):
        with pytest.raises(PolicyFault):
            parse_policy(attempt)
