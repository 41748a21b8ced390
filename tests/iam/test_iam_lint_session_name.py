"""Whether a trust policy fixes the session's name: yes only where nobody can choose."""

from typing import Any

import pytest
from tests.iam.lint_examples import ACCOUNT, ALICE, GITHUB, ROOT, SAML, SSO, Written, document, trust

from liftgate.iam.lint import Code, Fixed, NotFixed, fixes_session_name, lint
from liftgate.iam.parse import Kind, parse_policy

BOB = ALICE.replace("alice", "bob")
DEV = f"arn:aws:iam::{ACCOUNT}:role/Dev"
OPS = f"arn:aws:iam::{ACCOUNT}:role/path/Ops"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Dev/build"
OTHER = "444455556666"
ELSEWHERE = ROOT.replace(ACCOUNT, OTHER)
ALL = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]


def named(principal: Any, name: Any, operator: str = "StringEquals", **more: Any) -> Written:
    return trust(principal, Condition={operator: {"sts:RoleSessionName": name}}, **more)


def refusing(name: str, action: str | list[str], principal: Any = "*") -> Written:
    only = {"StringNotEquals": {"sts:RoleSessionName": name}}
    return {"Effect": "Deny", "Principal": principal, "Action": action, "Condition": only}


FIXED = [
    (trust({"Service": "lambda.amazonaws.com"}),),
    (trust({"Service": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"]}),),
    (trust({"Service": "ecs-tasks.amazonaws.com"}), trust({"Service": "ecs-tasks.amazonaws.com"}, "sts:*")),
    (trust({"Federated": SSO}, "sts:AssumeRoleWithSAML"),),
    (trust({"Federated": SSO}, ["sts:AssumeRoleWithSAML", "sts:TagSession"]),),
    (named({"AWS": ROOT}, "${aws:username}"),),
    (named({"AWS": ROOT}, "${ aws:UserName }", "StringLike"),),
    (named({"AWS": ROOT}, "${aws:userid}"),),
    (named({"AWS": ROOT}, "person-${aws:username}"),),
    (named({"AWS": ALICE}, "alice"),),
    (named({"AWS": ROOT}, "${aws:username}"), named({"AWS": ALICE}, "${ AWS:username }", "StringLike")),
    (named({"AWS": DEV}, "deploy"),),
    (named({"AWS": SESSION}, "deploy"),),
    (named({"AWS": DEV}, "deploy"), named({"AWS": DEV}, "deploy", Action="sts:*")),
    (named({"AWS": [ROOT, ALICE, ACCOUNT]}, "${aws:username}"),),
    (named({"AWS": ALICE}, "alice"), named({"AWS": BOB}, "bob")),
    (named({"AWS": ROOT}, "${aws:username}"), trust({"AWS": ROOT}, "sts:TagSession")),
    (trust({"AWS": [ALICE, BOB]}), refusing("${aws:username}", "sts:*")),
    (trust({"AWS": [ALICE, BOB]}), refusing("${aws:username}", ALL, {"AWS": "*"})),
    (
        trust({"AWS": ALICE}),
        refusing("${aws:username}", "sts:AssumeRole*"),
        trust({"AWS": BOB}, "sts:TagSession"),
    ),
    (trust({"AWS": DEV}), refusing("deploy", "sts:*")),
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
    # A variable that stands for nothing may make a denial invalid: only users have a name.
    (trust({"AWS": ROOT}), refusing("${aws:username}", "sts:*")),
    (trust({"AWS": ROOT}), refusing("${aws:username}", ALL, {"AWS": "*"})),
    (trust({"AWS": ROOT}), refusing("${aws:username}", "sts:AssumeRole*")),
    (trust({"AWS": DEV}), refusing("${aws:username}", "sts:*")),
    (trust({"AWS": [ALICE, DEV]}), refusing("${aws:userid}", "sts:*")),
    (trust({"AWS": ALICE}), trust({"AWS": DEV}, "sts:TagSession"), refusing("${aws:username}", "sts:*")),
    (trust({"AWS": "AIDAEXAMPLE"}), refusing("${aws:username}", "sts:*")),
    (
        trust({"AWS": DEV}),
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sts:*",
            "Condition": {"StringNotLike": {"sts:RoleSessionName": "${aws:username}"}},
        },
    ),
    # A plain name for more than one.
    (named({"AWS": ROOT}, "app"),),
    (named({"AWS": ACCOUNT}, "app"),),
    (named({"AWS": [ROOT, ELSEWHERE]}, "shared"),),
    (named({"AWS": [DEV, OPS]}, "app"),),
    (named({"AWS": [ALICE, BOB]}, "app"),),
    (named({"AWS": ALICE}, "app"), named({"AWS": BOB}, "app")),
    (named({"AWS": DEV}, "ada"), named({"AWS": OPS}, "grace")),
    (named({"AWS": ALICE}, "alice"), named({"AWS": DEV}, "deploy")),
    (trust({"AWS": [ALICE, BOB]}), refusing("app", "sts:*")),
    (trust({"AWS": ROOT}), refusing("app", "sts:*")),
    (named({"AWS": ALICE}, "alice"), trust({"AWS": BOB}), refusing("alice", "sts:*")),
    (named({"Federated": GITHUB}, "deploy", Action="sts:AssumeRoleWithWebIdentity"),),
    (named({"Federated": SAML}, "deploy", Action="sts:AssumeRoleWithSAML"),),
    (named({"Service": "unheard-of.amazonaws.com"}, "deploy"),),
    (named({"Federated": GITHUB}, "${aws:userid}", Action="sts:AssumeRoleWithWebIdentity"),),
    # Several that name apart from each other.
    (trust({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}),),
    (trust({"Service": "ec2.amazonaws.com"}), trust({"Service": "ecs-tasks.amazonaws.com"})),
    (trust({"Service": "ec2.amazonaws.com"}), named({"AWS": ROOT}, "${aws:username}")),
    (named({"Service": "lambda.amazonaws.com", "AWS": ALICE}, "alice"),),
    (trust({"Federated": SSO}, "sts:AssumeRoleWithSAML"), named({"AWS": ROOT}, "${aws:username}")),
    (trust({"Federated": [SSO, SSO.replace(ACCOUNT, OTHER)]}, "sts:AssumeRoleWithSAML"),),
    (named({"AWS": ROOT}, "${aws:username}"), named({"AWS": ROOT}, "person-${aws:username}")),
    (named({"AWS": ROOT}, "${aws:username}"), named({"AWS": ROOT}, "${aws:userid}")),
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
    policy = parse_policy(document(named({"AWS": ALICE}, "alice"), named({"AWS": BOB}, "bob")), Kind.TRUST)
    assert fixes_session_name(policy) == Fixed(
        (
            "the condition on `sts:RoleSessionName`: `alice`",
            "the condition on `sts:RoleSessionName`: `bob`",
        )
    )


def test_the_answer_says_who_may_choose() -> None:
    policy = parse_policy(document(trust({"AWS": ACCOUNT})), Kind.TRUST)
    assert fixes_session_name(policy) == NotFixed(f"`{ACCOUNT}` may take up the role under any session name")


def test_identity_center_names_only_in_the_roles_own_account() -> None:
    policy = parse_policy(document(trust({"Federated": SSO}, "sts:AssumeRoleWithSAML")), Kind.TRUST)
    assert fixes_session_name(policy, account=ACCOUNT)
    elsewhere = fixes_session_name(policy, account=OTHER)
    assert isinstance(elsewhere, NotFixed)
    assert "is of another account" in elsewhere.because


@pytest.mark.parametrize("principal", [{"AWS": ROOT}, {"AWS": [DEV, OPS]}, {"AWS": ALICE}])
def test_a_name_that_several_share_is_none_that_they_choose(principal: Any) -> None:
    lints = lint(parse_policy(document(named(principal, "app")), Kind.TRUST), Kind.TRUST)
    assert Code.CHOSEN_SESSION_NAME not in {one.code for one in lints}


@pytest.mark.parametrize("principal", [{"AWS": ROOT}, {"AWS": DEV}])
def test_a_denial_that_may_be_invalid_leaves_the_choice(principal: Any) -> None:
    text = document(trust(principal), refusing("${aws:username}", "sts:*"))
    lints = lint(parse_policy(text, Kind.TRUST), Kind.TRUST)
    assert Code.CHOSEN_SESSION_NAME in {one.code for one in lints}
