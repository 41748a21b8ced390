"""Who is named, in every spelling that AWS takes, and what it refuses."""

import json
from typing import Any

import pytest

from liftgate.iam.errors import PolicyFault
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Principals

CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"


def read(principal: Any, element: str = "Principal") -> Principals | None:
    statement = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", element: principal}
    return parse_policy(json.dumps({"Statement": [statement]}), Kind.RESOURCE).statements[0].principals


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS", "*"),
        ("AWS", "111122223333"),
        ("AWS", "arn:aws:iam::111122223333:root"),
        ("AWS", "arn:aws-cn:iam::111122223333:root"),
        ("AWS", "arn:aws-us-gov:iam::111122223333:user/a.b+c=d,e@f_g-h"),
        ("AWS", "arn:aws:iam::111122223333:user/division/team/Ada"),
        ("AWS", "arn:aws:iam::111122223333:role/team!x/dev"),
        ("AWS", 'arn:aws:iam::111122223333:role/a"b$c:d~/{e}/\x7f/dev'),
        ("AWS", "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC"),
        ("AWS", "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
        ("AWS", "arn:aws:sts::111122223333:assumed-role/dev/ada@example.com"),
        ("AWS", "arn:aws:sts::111122223333:federated-user/fiona"),
        ("AWS", "AIDACKCEVSQ6C2EXAMPLE"),
        ("AWS", "AROADBQP57FF2AEXAMPLE"),
        ("Service", "ec2.amazonaws.com"),
        ("Service", "logs.eu-west-1.amazonaws.com"),
        ("Service", "ec2.amazonaws.com.cn"),
        ("Federated", "accounts.google.com"),
        ("Federated", "cognito-identity.amazonaws.com"),
        ("Federated", "arn:aws:iam::111122223333:saml-provider/Example.Org"),
        ("Federated", "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0A1B"),
        ("CanonicalUser", CANONICAL),
    ],
)
def test_a_principal_is_read_as_it_is_spelled(kind: str, name: str, element: str) -> None:
    negated = element == "NotPrincipal"
    assert (
        read({kind: name}, element) == read({kind: [name]}, element) == Principals(((kind, name),), negated)
    )


def test_everyone_has_two_spellings() -> None:
    assert read("*") == Principals((("*", "*"),))
    assert read({"AWS": "*"}) == Principals((("AWS", "*"),))
    assert read("*", "NotPrincipal") == Principals((("*", "*"),), negated=True)


def test_several_kinds_stand_side_by_side() -> None:
    assert read({"AWS": ["*", "111122223333"], "CanonicalUser": CANONICAL}) == Principals(
        (("AWS", "*"), ("AWS", "111122223333"), ("CanonicalUser", CANONICAL))
    )


@pytest.mark.parametrize(
    ("principal", "place", "word", "advice"),
    [
        ("111122223333", "", "a principal is a JSON object", '{"AWS"'),
        (["*"], "", "a principal is a JSON object", "everyone"),
        ({}, "", "names nobody", "account id"),
        ({"AWS": []}, ".AWS", "the list has no principal", "at least one"),
        ({"AWS": [7]}, ".AWS[0]", "a string", "quotes"),
        ({"aws": "*"}, ".aws", "`aws` is not an element", "did you mean `AWS`?"),
        ({"Services": "ec2.amazonaws.com"}, ".Services", "`Services`", "did you mean `Service`?"),
        ({"Group": "x"}, ".Group", "`Group`", "`Federated`"),
        ({"AWS": "arn:aws:iam::111122223333:role/dev-*"}, ".AWS", "no wildcards", "aws:PrincipalArn"),
        (
            {"AWS": ["*", "arn:aws:sts::111122223333:assumed-role/dev/*"]},
            ".AWS[1]",
            "no wildcards",
            "PrincipalArn",
        ),
        ({"AWS": "arn:aws:iam::111122223333:role/team*/dev"}, ".AWS", "no wildcards", "PrincipalArn"),
        ({"AWS": "arn:aws:iam::111122223333:role/te?m/dev"}, ".AWS", "no wildcards", "PrincipalArn"),
        ({"AWS": "arn:aws:iam::111122223333:role/${aws:username}/dev"}, ".AWS", "not a principal", "role"),
        ({"AWS": "arn:aws:iam::111122223333:role/team x/dev"}, ".AWS", "not a principal", "role"),
        ({"AWS": "arn:aws:iam::111122223333:role/team/de!v"}, ".AWS", "not a principal", "role"),
        ({"AWS": "arn:aws:iam::111122223333:role/tëam/dev"}, ".AWS", "not a principal", "role"),
        ({"AWS": "11112222333?"}, ".AWS", "no wildcards", "PrincipalArn"),
        ({"Service": "*"}, ".Service", "no wildcards", "ec2.amazonaws.com"),
        ({"Federated": "*.google.com"}, ".Federated", "no wildcards", "provider"),
        ({"AWS": "arn:aws:iam::111122223333:group/admins"}, ".AWS", "a group is no principal", "a role"),
        ({"AWS": "arn:aws:iam::111122223333:user/${aws:username}"}, ".AWS", "not a principal", "account id"),
        ({"AWS": "1111-2222-3333"}, ".AWS", "not a principal of the kind `AWS`", "111122223333"),
        ({"AWS": "arn:aws:iam::11112222333:root"}, ".AWS", "not a principal", "root"),
        ({"AWS": "arn:aws:iam::111122223333:role/"}, ".AWS", "not a principal", "role"),
        ({"AWS": "ec2.amazonaws.com"}, ".AWS", "not a principal", "account id"),
        ({"AWS": ""}, ".AWS", "not a principal", "account id"),
        ({"Service": "ec2"}, ".Service", "not a principal of the kind `Service`", "ec2.amazonaws.com"),
        ({"CanonicalUser": "ada"}, ".CanonicalUser", "not a principal", "hexadecimal"),
    ],
)
def test_what_is_no_principal_is_refused_where_it_stands(
    principal: Any, place: str, word: str, advice: str
) -> None:
    with pytest.raises(PolicyFault) as caught:
        read(principal)
    assert word in caught.value.sentence
    assert advice in caught.value.advice
    assert (caught.value.where or "").startswith(f"$.Statement[0].Principal{place}:1:")
