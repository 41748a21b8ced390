"""Each kind of fault is found where it is, and not where it is not."""

import json
import subprocess
import sys

import pytest
from tests.iam.lint_examples import (
    BUCKET,
    FAULTY,
    OBJECTS,
    SOUND,
    Example,
    Written,
    allow,
    codes,
    deny,
    document,
    found,
    trust,
    when,
)

from liftgate.iam.errors import PolicyFault
from liftgate.iam.language.kind import NAMES_PRINCIPALS
from liftgate.iam.lint import Code, Severity, lint, lint_text
from liftgate.iam.parse import HELD, LIMITS, LONGEST_TEXT, OF_KMS_KEY, Kind, parse_policy

OF_THE_TEXT = {Code.MISSING_VERSION, Code.VARIABLE_IN_OLD_VERSION, Code.TOO_LONG}


def _name(example: Example) -> str:
    return f"{example.code}-{json.dumps(example.statements)[:70]}"


@pytest.mark.parametrize("example", FAULTY, ids=_name)
def test_the_fault_is_found_where_it_is(example: Example) -> None:
    lints = found(*example.statements, kind=example.kind)
    mine = [one for one in lints if one.code is example.code]
    assert [(one.where, one.severity) for one in mine] == [(example.at, example.severity)]
    (one,) = mine
    assert one.sentence
    assert one.advice


@pytest.mark.parametrize("example", SOUND, ids=_name)
def test_what_is_sound_is_left_alone(example: Example) -> None:
    assert example.code not in codes(*example.statements, kind=example.kind)


def test_every_kind_of_fault_has_an_example_of_both() -> None:
    assert {example.code for example in FAULTY} | OF_THE_TEXT == set(Code)
    assert {example.code for example in SOUND} | OF_THE_TEXT == set(Code)


def _long(kind: Kind, length: int, space: str = "") -> str:
    statement = (
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECTS}
        | ({"Principal": {"AWS": "arn:aws:iam::111122223333:user/alice"}} if kind in NAMES_PRINCIPALS else {})
    )  # fmt: skip
    document = {"Version": "2012-10-17", "Id": "", "Statement": statement}
    document["Id"] = "x" * (length - len(json.dumps(document, separators=(",", ":"))))
    return json.dumps(document, separators=(",", ":")) + space


@pytest.mark.parametrize("kind", [Kind.IDENTITY, Kind.SESSION, Kind.BOUNDARY, Kind.RESOURCE])
def test_what_only_a_rarer_place_holds_is_too_long_for_most(kind: Kind) -> None:
    largest = LIMITS[kind].characters
    (one,) = lint_text(_long(kind, largest + 1), kind, largest=HELD[kind])
    assert (one.code, one.severity, one.where, one.statement) == (Code.TOO_LONG, Severity.WARNING, "$", None)
    assert f"{largest + 1:,} characters" in one.sentence
    assert f"{HELD[kind]:,}" in one.advice
    assert lint_text(_long(kind, largest), kind, largest=HELD[kind]) == ()


def test_white_space_makes_a_policy_too_long_only_where_aws_counts_it() -> None:
    session, identity = (_long(kind, 2_000, " " * 20_000) for kind in (Kind.SESSION, Kind.IDENTITY))
    assert {one.code for one in lint_text(session, Kind.SESSION, largest=HELD[Kind.SESSION])} == {
        Code.TOO_LONG
    }
    assert lint_text(identity, Kind.IDENTITY) == ()


def test_what_nothing_holds_is_an_error() -> None:
    (one,) = lint_text(_long(Kind.RESOURCE, OF_KMS_KEY + 1), Kind.RESOURCE, largest=LONGEST_TEXT)
    assert (one.code, one.severity) == (Code.TOO_LONG, Severity.ERROR)


def test_a_policy_without_a_fault() -> None:
    assert found(allow("s3:GetObject", OBJECTS), allow("s3:ListBucket", BUCKET)) == ()


@pytest.mark.parametrize(
    ("action", "advice"),
    [
        ("s3:GetObjct", "did you mean `s3:GetObject`?"),
        ("s3:HeadBucket", "that is an operation of S3's API; it needs `s3:ListBucket`"),
        ("cloudwatch:PutLogEvents", "another service has `logs:PutLogEvents`"),
        ("lamda:InvokeFunction", "did you mean `lambda`?"),
    ],
)
def test_the_nearest_right_name_is_given(action: str, advice: str) -> None:
    (one,) = [one for one in found(allow([action, "s3:ListBucket"])) if one.code.startswith("unknown")]
    assert one.advice == advice


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("aws:PrincipalOrg", "did you mean `aws:PrincipalOrgID`?"),
        ("aws:SourceVPCEndpoint", "did you mean"),
        ("s3:prefx", "did you mean `s3:prefix`?"),
    ],
)
def test_the_nearest_right_key_is_given(key: str, advice: str) -> None:
    (one,) = [
        one for one in found(when({"StringEquals": {key: "a"}})) if one.code is Code.UNKNOWN_CONDITION_KEY
    ]
    assert one.advice.startswith(advice)


def test_the_statement_and_its_sid_are_named() -> None:
    one = found(allow("s3:ListBucket", BUCKET), allow("s3:GetObject", BUCKET, Sid="Read"))[-1]
    assert (one.statement, one.sid, one.path) == (1, "Read", ("Statement", 1, "Action"))
    assert str(one) == (
        "$.Statement[1].Action: error: `s3:GetObject` works on objects, and `arn:aws:s3:::b` is a bucket "
        "(wildcard-bucket-object); write `arn:aws:s3:::b/*`, or a prefix of keys, in `Resource`"
    )


def test_lints_stand_in_the_order_of_the_policy() -> None:
    lints = found(*(allow([f"s3:Get{n}Objct", "s3:GetObjct"], BUCKET) for n in range(12)))
    places = [one.statement for one in lints]
    assert places == sorted(place for place in places if place is not None)
    assert {one.where for one in lints} >= {"$.Statement[2].Action[1]", "$.Statement[11].Action[0]"}


def test_taking_out_what_is_shadowed_leaves_one_of_two() -> None:
    lints = found(*[allow("s3:GetObject", OBJECTS)] * 3)
    assert [(one.code, one.statement) for one in lints] == [(Code.SHADOWED, 1), (Code.SHADOWED, 2)]


def test_what_cannot_be_proved_is_not_reported() -> None:
    def to_all_but(pattern: str) -> Written:
        return {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": f"{BUCKET}/{pattern}"}

    name = "${aws:username}"
    statements = [allow("s3:GetObject", f"{BUCKET}/*{name}"), to_all_but(f"a{name}*"), to_all_but(f"{name}b")]
    assert Code.SHADOWED not in codes(*statements)


def test_two_tags_that_are_the_same_either_way_round() -> None:
    same = {"StringEquals": {"aws:PrincipalTag/a": "${aws:PrincipalTag/b}"}}
    other = {"StringEquals": {"aws:PrincipalTag/b": "${aws:PrincipalTag/a}"}}
    assert Code.SHADOWED in codes(when(same), when(other))


def test_a_wall_grants_nothing_by_itself() -> None:
    wide = allow(["s3:*", "iam:PassRole"])
    assert codes(wide, kind=Kind.SCP) == set()
    assert codes(wide, kind=Kind.BOUNDARY) == set()
    assert Code.REACHES_PERMISSION_MANAGEMENT in codes(wide, kind=Kind.SESSION)


def test_a_denial_of_all_of_it_takes_back_what_a_wildcard_reaches() -> None:
    managing = ["s3:*Acl", "s3:Bypass*", "s3:ObjectOwner*", "s3:*Policy*", "s3:*AccessGrant*"]
    assert Code.REACHES_PERMISSION_MANAGEMENT not in codes(allow("s3:*", OBJECTS), deny(managing))
    assert Code.REACHES_PERMISSION_MANAGEMENT in codes(allow("s3:*", OBJECTS), deny(managing[1:]))


def test_public_writing_names_what_everyone_may_do() -> None:
    (one,) = found(trust("*", "s3:PutObject", Resource=OBJECTS), kind=Kind.RESOURCE)
    assert one.sentence == "everyone, also without credentials, may use `s3:PutObject`"


def test_a_policy_that_says_no_version() -> None:
    statement = allow("s3:GetObject", f"{BUCKET}/${{aws:username}}/*")
    lints = lint_text(json.dumps({"Statement": statement}))
    assert [(one.code, one.where, one.statement) for one in lints] == [
        (Code.MISSING_VERSION, "$", None),
        (Code.VARIABLE_IN_OLD_VERSION, "$.Statement[0].Resource", 0),
    ]
    assert "`arn:aws:s3:::b/${aws:username}/*` is plain text" in lints[1].sentence


def test_an_old_version_without_variables_is_no_fault() -> None:
    assert lint_text(json.dumps({"Version": "2008-10-17", "Statement": allow("s3:GetObject", OBJECTS)})) == ()
    old = {"StringEquals": {"aws:username": "${aws:PrincipalTag/a}"}}
    lints = lint_text(json.dumps({"Version": "2008-10-17", "Statement": when(old)}))
    assert [one.where for one in lints] == ['$.Statement[0].Condition.StringEquals["aws:username"]']


def test_a_text_that_is_no_policy() -> None:
    with pytest.raises(PolicyFault):
        lint_text("{}")


def test_text_and_value_give_the_same() -> None:
    text = document(allow("s3:*"), allow("iam:PassRole"))
    assert lint_text(text) == lint(parse_policy(text))


def test_what_a_person_wrote_is_safe_to_print() -> None:
    printed = "".join(map(str, found(when({"Bool": {"aws:SecureTransport": "\x1b[31m" + "x" * 500}}))))
    assert "never-true" in printed
    assert "\x1b" not in printed
    assert "x" * 100 not in printed


def test_severities_are_three() -> None:
    assert {example.severity for example in FAULTY} == set(Severity)


def test_the_catalogue_is_not_read_until_something_is_linted() -> None:
    program = (
        "import liftgate.iam.lint\n"
        "from liftgate.iam.services import catalogue\n"
        "print(catalogue._data.cache_info().currsize)\n"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", program], check=True, capture_output=True, text=True)
    assert ran.stdout.split() == ["0"]
