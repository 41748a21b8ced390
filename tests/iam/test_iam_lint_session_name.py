"""Whether a trust policy fixes the session's name: yes only where nobody can choose."""

from typing import Any

import pytest
from tests.iam.lint_examples import ACCOUNT, ALICE, GITHUB, ROOT, SAML, SSO, Written, document, trust

from liftgate.iam.lint import Fixed, NotFixed, fixes_session_name
from liftgate.iam.parse import Kind, parse_policy

BOB = ALICE.replace("alice", "bob")
ELSEWHERE = ROOT.replace(ACCOUNT, "444455556666")
ALL = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]


def named(principal: Any, name: Any, operator: str = "StringEquals", **more: Any) -> Written:
    return trust(principal, Condition={operator: {"sts:RoleSessionName": name}}, **more)


def refusing(name: str, action: str | list[str], principal: Any = "*") -> Written:
    only = {"StringNotEquals": {"sts:RoleSessionName": name}}
    return {"Effect": "Deny", "Principal": principal, "Action": action, "Condition": only}


FIXED = [
    (trust({"Service": "lambda.amazonaws.com"}),),
    (trust({"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "ec2.amazonaws.com.cn"]}),),
    (trust({"Federated": SSO}, "sts:AssumeRoleWithSAML"),),
    (trust({"Federated": SSO}, ["sts:AssumeRoleWithSAML", "sts:TagSession"]),),
    (named({"AWS": ROOT}, "${aws:username}"),),
    (named({"AWS": ROOT}, "${ aws:UserName }", "StringLike"),),
    (named({"AWS": ROOT}, "${aws:userid}"),),
    (named({"AWS": ROOT}, "person-${aws:username}"),),
    (named({"AWS": ALICE}, "alice"),),
    (named({"AWS": [ROOT, ELSEWHERE]}, "shared"),),
    (named({"AWS": [ROOT, ALICE, ACCOUNT]}, "${aws:username}"),),
    (named({"AWS": ALICE}, "alice"), named({"AWS": BOB}, "bob")),
    (named({"Federated": GITHUB}, "deploy", Action="sts:AssumeRoleWithWebIdentity"),),
    (named({"AWS": ROOT}, "${aws:username}"), trust({"AWS": ROOT}, "sts:TagSession")),
    (trust({"AWS": ROOT}), refusing("${aws:username}", "sts:*")),
    (trust({"AWS": ROOT}), refusing("${aws:username}", ALL, {"AWS": "*"})),
    (trust({"AWS": ROOT}), refusing("${aws:username}", "sts:AssumeRole*")),
]

NOT_FIXED = [
    (trust({"AWS": ROOT}),),
    (trust({"AWS": ALICE}),),
    (trust("*"),),
    (trust({"Service": "lambda.amazonaws.com", "AWS": ALICE}),),
    (trust({"Service": "lambda.amazonaws.com.example.org"}),),
    (trust({"Service": "unheard-of.amazonaws.com"}),),
    (trust({"Federated": SAML}, "sts:AssumeRoleWithSAML"),),
    (trust({"Federated": f"{SSO}_COPY"}, "sts:AssumeRoleWithSAML"),),
    (trust({"Federated": SSO}, "sts:*"),),
    (trust({"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity"),),
    (named({"AWS": ROOT}, "*", "StringLike"),),
    (named({"AWS": ROOT}, "${aws:username}*", "StringLike"),),
    (named({"AWS": ROOT}, "${aws:username}?", "StringLike"),),
    (named({"AWS": ROOT}, ["${aws:username}", "other"]),),
    (named({"AWS": ROOT}, "${aws:username}", "StringEqualsIfExists"),),
    (named({"AWS": ROOT}, "${aws:username}", "ForAllValues:StringEquals"),),
    (named({"AWS": ROOT}, "${aws:username}", "StringNotEquals"),),
    (named({"AWS": ROOT}, "${aws:username}", "StringEqualsIgnoreCase"),),
    (named({"AWS": ROOT}, "${sts:ExternalId}"),),
    (named({"AWS": ROOT}, "${aws:PrincipalTag/name}"),),
    (named({"AWS": ROOT}, "${aws:username, 'anybody'}"),),
    (named({"AWS": ROOT}, "${*}"),),
    (trust({"AWS": ROOT}, Condition={"StringEquals": {"sts:SourceIdentity": "${aws:username}"}}),),
    (named({"AWS": ROOT}, "${aws:username}"), trust({"AWS": ALICE})),
    (named({"AWS": ALICE}, "alice"), named({"AWS": ALICE}, "bob")),
    (named({"AWS": ALICE}, "alice"), named({"AWS": ROOT}, "${aws:username}")),
    (trust({"AWS": ROOT}), refusing("${aws:username}", "sts:AssumeRole")),
    (trust({"AWS": ROOT}), refusing("${aws:username}", ALL, {"AWS": ALICE})),
    (trust({"AWS": ALICE}, "sts:*"),),
    ({"Effect": "Allow", "Principal": {"AWS": ALICE}, "NotAction": "sts:TagSession"},),
    ({"Effect": "Allow", "NotPrincipal": {"AWS": ALICE}, "Action": "sts:AssumeRole"},),
    ({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"},),
    (trust({"AWS": ALICE}, "sts:TagSession"),),
    (named("*", "${aws:username}"),),
    (named({"AWS": "*"}, "deploy"),),
    (named({"AWS": [ROOT, ELSEWHERE]}, "${aws:username}"),),
    (named({"AWS": ROOT}, "${aws:username}"), named({"AWS": ELSEWHERE}, "${aws:username}")),
    (named({"AWS": [ROOT, "AIDAEXAMPLE"]}, "${aws:username}"),),
    (trust("*"), refusing("${aws:username}", "sts:*")),
    (trust({"AWS": [ROOT, ELSEWHERE]}), refusing("${aws:username}", "sts:*")),
]


@pytest.mark.parametrize("statements", FIXED)
def test_nobody_chooses(statements: tuple[Written, ...]) -> None:
    answer = fixes_session_name(parse_policy(document(*statements), Kind.TRUST))
    assert isinstance(answer, Fixed), answer
    assert answer
    assert answer.by


@pytest.mark.parametrize("statements", NOT_FIXED)
def test_somebody_may_choose(statements: tuple[Written, ...]) -> None:
    answer = fixes_session_name(parse_policy(document(*statements), Kind.TRUST))
    assert isinstance(answer, NotFixed), answer
    assert not answer
    assert answer.because


def test_the_answer_says_what_fixes_the_name() -> None:
    policy = parse_policy(
        document(trust({"Service": "ec2.amazonaws.com"}), named({"AWS": ROOT}, "${aws:username}")), Kind.TRUST
    )
    assert fixes_session_name(policy) == Fixed(
        (
            "`ec2.amazonaws.com` names its sessions",
            "the condition on `sts:RoleSessionName`: `${aws:username}`",
        )
    )


def test_the_answer_says_who_may_choose() -> None:
    policy = parse_policy(document(trust({"AWS": ACCOUNT})), Kind.TRUST)
    assert fixes_session_name(policy) == NotFixed(f"`{ACCOUNT}` may take up the role under any session name")
