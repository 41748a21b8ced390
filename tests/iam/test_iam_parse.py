import sys

import pytest

from liftgate.iam.errors import PolicyFault
from liftgate.iam.evaluate import allows
from liftgate.iam.parse import Kind, parse_policy
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

_TRAILING_COMMA = (  # Python 3.13 points at the comma, older ones at what follows it
    '{"Statement": {%, "Sid": "A", "Sid": "B"¦, }}'
    if sys.version_info >= (3, 13)
    else '{"Statement": {%, "Sid": "A", "Sid": "B", ¦}}'
)


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
        (
            '{"Statement": {%, "Condition": {"Bool": {¦"a\\uDfff": "true"}}}}',
            '$.Statement.Condition.Bool["a\\udfff"]',
            "surrogate",
            "whole",
        ),
        (
            '{"Statement": {%, "Condition": {"Bool": {"a": ¦NaN}}}}',
            "$.Statement.Condition.Bool.a",
            "`NaN`",
            "number",
        ),
        ('{"Statement": [-1, ¦-Infinity]}', "$.Statement[1]", "`-Infinity`", "number"),
        ("¦\ufeff{}", "$", "byte order mark", "UTF-8 without"),
        ('{"Statement": {%, "Sid": "a¦\n"}}', "$", "control character", "quotes"),
        (_TRAILING_COMMA, "$", "not JSON", "commas"),
        ('{"Statement": {%}} ¦{}', "$", "extra data", "brackets"),
        ('{"statement": ¦{%}}', "$.statement", "`statement`", "did you mean `Statement`?"),
        ('{"Statement": {%, "resource": ¦"*"}}', "$.Statement.resource", "`resource`", "`Resource`"),
        ('{"Statement": {"Effect": ¦["Allow"]}}', "$.Statement.Effect", "neither `Allow`", "Allow"),
        ('{"Version": ¦[], "Statement": {%}}', "$.Version", "not a version", "2012-10-17"),
        ('{"Version": ¦null, "Statement": {%}}', "$.Version", "not a version", "2012-10-17"),
        ('{"Id": ¦7, "Statement": {%}}', "$.Id", "string", "quotes"),
        ('{"Statement": {%, "Sid": ¦7}}', "$.Statement.Sid", "string", "quotes"),
        ('{"Statement": {%, "Sid": ¦"a b"}}', "$.Statement.Sid", "no `Sid` that IAM takes", "letters"),
        (
            '{"Statement": {"Effect": "Deny", "Action": ["*", ¦7], "Resource": "*"}}',
            "$.Statement.Action[1]",
            "string",
            "quotes",
        ),
        (
            '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": ¦[]}}',
            "$.Statement.Resource",
            "no resource",
            "at least one",
        ),
        (
            '{"Statement": {%, "Condition": {"Bool": {"x": ["true", ¦{}]}}}}',
            "$.Statement.Condition.Bool.x[1]",
            "string",
            "quotes",
        ),
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


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("null", "null"),
        ("true", "true"),
        ("2012", "2012"),
        ("1.50e1", "1.50e1"),
        ('["2012-10-17"]', '["2012-10-17"]'),
        ('{"a": "1", "b": [2, null, "ü"]}', '{"a": "1", "b": [2, null, "ü"]}'),
        ('"2013-10-17"', "2013-10-17"),
    ],
)
def test_what_stands_in_a_policy_is_quoted_as_json(written: str, shown: str) -> None:
    statement = '{"Effect": "Allow", "Action": "*", "Resource": "*"}'
    with pytest.raises(PolicyFault) as caught:
        parse_policy(f'{{"Version": {written}, "Statement": {statement}}}')
    assert caught.value.sentence == f"`{shown}` is not a version of the policy language"
    with pytest.raises(PolicyFault) as caught:
        parse_policy(f'{{"Statement": {statement.replace(chr(34) + "Allow" + chr(34), written)}}}')
    assert caught.value.sentence.endswith(f": `{shown}`")
