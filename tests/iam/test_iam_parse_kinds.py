"""What each kind of policy may say, and how long it may be."""

import json
from typing import Any

import pytest

from liftgate.iam.errors import PolicyFault
from liftgate.iam.parse import (
    HELD,
    INLINE_OF_USER,
    LIMITS,
    LONGEST_TEXT,
    MANAGED,
    Kind,
    parse_policy,
)

OF_IDENTITIES = (Kind.IDENTITY, Kind.SESSION, Kind.BOUNDARY)


def statement(kind: Kind, **changes: Any) -> dict[str, Any]:
    """A statement that a policy of this kind may have, changed; None takes an element out."""
    plain: dict[str, Any] = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
    if kind is Kind.TRUST:
        plain = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}
    elif kind in {Kind.RESOURCE, Kind.RCP}:
        plain["Principal"] = "*"
    return {name: value for name, value in (plain | changes).items() if value is not None}


def written(*statements: dict[str, Any], **top: Any) -> str:
    document = {"Version": "2012-10-17", "Statement": list(statements)} | top
    return json.dumps({name: value for name, value in document.items() if value is not None})


def fault(text: str, kind: Kind) -> PolicyFault:
    with pytest.raises(PolicyFault) as caught:
        parse_policy(text, kind)
    return caught.value


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_takes_its_plain_statement(kind: Kind) -> None:
    (read,) = parse_policy(written(statement(kind, Sid="One")), kind).statements
    assert read.sid == "One"
    assert (read.resources is None) is (kind is Kind.TRUST)
    assert (read.principals is None) is (kind in {*OF_IDENTITIES, Kind.SCP})


@pytest.mark.parametrize("kind", [*OF_IDENTITIES, Kind.SCP])
@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
def test_who_is_limited_by_where_it_is_attached_names_no_principal(kind: Kind, element: str) -> None:
    said = fault(written(statement(kind, **{element: "*"})), kind)
    assert f"`{kind}` names no principals" in said.sentence
    assert (said.where or "").startswith(f"$.Statement[0].{element}:1:")


@pytest.mark.parametrize("kind", [Kind.RESOURCE, Kind.TRUST, Kind.RCP])
def test_who_speaks_for_a_resource_names_a_principal(kind: Kind) -> None:
    said = fault(written(statement(kind, Principal=None)), kind)
    assert "names no `Principal`" in said.sentence or "speaks of everyone" in said.sentence


@pytest.mark.parametrize("element", ["Resource", "NotResource"])
def test_a_trust_policy_names_no_resource(element: str) -> None:
    assert f"no `{element}`" in fault(written(statement(Kind.TRUST, **{element: "*"})), Kind.TRUST).sentence


@pytest.mark.parametrize("action", ["s3:GetObject", "*", "STS", "stsx:AssumeRole"])
def test_a_trust_policy_names_actions_of_sts_only(action: str) -> None:
    said = fault(written(statement(Kind.TRUST, Action=["sts:TagSession", action])), Kind.TRUST)
    assert "action" in said.sentence
    assert (said.where or "").startswith("$.Statement[0].Action[1]:")
    read = parse_policy(written(statement(Kind.TRUST, Action="STS:assumerole")), Kind.TRUST)
    assert read.statements[0].actions.values == ("STS:assumerole",)


@pytest.mark.parametrize(
    ("changes", "place", "word"),
    [
        ({"Effect": "Allow"}, "Effect", "can only deny"),
        (
            {"Effect": "Allow", "Action": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            "Effect",
            "deny",
        ),
        ({"Effect": "Allow", "Action": "*", "Resource": None, "NotResource": "*"}, "Effect", "can only deny"),
        ({"Principal": {"AWS": "111122223333"}}, "Principal", "speaks of everyone"),
        ({"Principal": None, "NotPrincipal": "*"}, "NotPrincipal", "speaks of everyone"),
        ({"Action": None, "NotAction": "s3:*"}, "NotAction", "no `NotAction`"),
    ],
)
def test_a_resource_control_policy_denies_to_everyone(changes: dict[str, Any], place: str, word: str) -> None:
    said = fault(written(statement(Kind.RCP), statement(Kind.RCP, **changes)), Kind.RCP)
    assert word in said.sentence
    assert (said.where or "").startswith(f"$.Statement[1].{place}:1:")


def test_only_awss_own_resource_control_policy_allows() -> None:
    full = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    assert parse_policy(written(full), Kind.RCP).statements[0].effect == "Allow"


@pytest.mark.parametrize("kind", [Kind.SCP, Kind.RCP])
@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_organizations_takes_no_older_version(kind: Kind, version: str | None) -> None:
    said = fault(written(statement(kind), Version=version), kind)
    assert "2012-10-17" in said.advice


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("sid", ["", "A1", "A 1", "ä", "a-b"])
def test_iam_takes_letters_and_digits_in_a_sid_and_other_services_more(kind: Kind, sid: str) -> None:
    text = written(statement(kind, Sid=sid))
    if sid in {"", "A1"} or kind in {Kind.SCP, Kind.RCP, Kind.RESOURCE}:
        assert parse_policy(text, kind).statements[0].sid == sid
    else:
        assert "no `Sid` that IAM takes" in fault(text, kind).sentence


def test_two_statements_may_both_have_an_empty_sid() -> None:
    assert len(parse_policy(written(*[statement(Kind.SCP, Sid="")] * 2), Kind.SCP).statements) == 2


def padded(kind: Kind, length: int) -> str:
    """A policy of just so many characters, none of them white space."""
    document = {"Version": "2012-10-17", "Id": "", "Statement": statement(kind)}
    document["Id"] = "x" * (length - len(json.dumps(document, separators=(",", ":"))))
    return json.dumps(document, separators=(",", ":"))


@pytest.mark.parametrize("kind", Kind)
def test_a_policy_is_as_long_as_aws_takes_it(kind: Kind) -> None:
    largest = LIMITS[kind].characters
    assert parse_policy(padded(kind, largest), kind).id is not None
    said = fault(padded(kind, largest + 1), kind)
    assert f"has {largest + 1:,} characters" in said.sentence
    assert f"AWS takes {largest:,}" in said.sentence
    assert said.where == "$:1:1"


@pytest.mark.parametrize("kind", Kind)
def test_white_space_counts_where_aws_counts_it(kind: Kind) -> None:
    text = json.dumps(json.loads(written(statement(kind))), indent=2) + "\r\n\t " * LIMITS[kind].characters
    if LIMITS[kind].white_space_counts:
        assert "AWS takes" in fault(text, kind).sentence
    else:
        assert parse_policy(text, kind) == parse_policy(text.strip(), kind)


def test_no_text_is_read_beyond_what_iam_reads() -> None:
    with pytest.raises(PolicyFault, match="reads no more than 131,072"):
        parse_policy(written(statement(Kind.IDENTITY)) + " " * LONGEST_TEXT)


@pytest.mark.parametrize("kind", Kind)
def test_what_aws_holds_in_a_rarer_place_can_be_read(kind: Kind) -> None:
    limit, largest = LIMITS[kind], HELD[kind]
    assert largest == (limit.most or limit.characters)
    assert parse_policy(padded(kind, largest), kind, largest=largest).id is not None
    with pytest.raises(PolicyFault) as raised:
        parse_policy(padded(kind, largest + 1), kind, largest=largest)
    if largest < LONGEST_TEXT:
        assert f"AWS takes {largest:,} for {limit.most_of or limit.of}" in raised.value.sentence


def test_another_length_can_be_asked_for() -> None:
    text = padded(Kind.IDENTITY, 3_000)
    assert len(parse_policy(text, largest=MANAGED).statements) == 1
    with pytest.raises(PolicyFault, match="AWS takes 2,048"):
        parse_policy(text, largest=INLINE_OF_USER)
    assert len(parse_policy(padded(Kind.IDENTITY, 100_000), largest=LONGEST_TEXT).statements) == 1
