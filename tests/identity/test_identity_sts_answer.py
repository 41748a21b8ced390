"""Answers of STS, true and forged, and which principals become an identity."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.identity.identity_examples import (
    ACCOUNT,
    ADA_ARN,
    ADA_USER_ID,
    json_answer,
    xml_answer,
    xml_result,
)

from liftgate.errors import LiftgateError
from liftgate.identity.aws_principal import CallerIdentity, identity_from
from liftgate.identity.errors import IdentityNotAccepted, ProofRefused, StsAnswerRefused, StsUnavailable
from liftgate.identity.sts_answer import read_answer
from liftgate.identity.sts_request import StsAnswer

ADA = CallerIdentity(arn=ADA_ARN, user_id=ADA_USER_ID, account=ACCOUNT)
XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def answered(body: str | bytes, content_type: str = "application/json", status: int = 200) -> StsAnswer:
    return StsAnswer(
        status=status, content_type=content_type, body=body.encode() if isinstance(body, str) else body
    )


@pytest.mark.parametrize(
    "answer",
    [
        json_answer(),
        replace(json_answer(), content_type="Application/JSON; charset=utf-8"),
        xml_answer(xml_result()),
        xml_answer(xml_result(), head=XML_HEAD),
        xml_answer("\n  " + xml_result().replace("><", ">\n  <") + "\n", head=XML_HEAD + "\n", tail="\n"),
        replace(xml_answer(xml_result()), content_type="application/xml"),
    ],
)
def test_both_true_forms_are_read(answer: StsAnswer) -> None:
    assert read_answer(answer) == ADA


def _inner(**change: object) -> str:
    document = json.loads(json_answer().body)
    document["GetCallerIdentityResponse"]["GetCallerIdentityResult"].update(change)
    return json.dumps(document)


TRUE_JSON = json_answer().body.decode()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        TRUE_JSON + TRUE_JSON,
        TRUE_JSON[:-1],
        "[" * 100_000,
        TRUE_JSON.replace("GetCallerIdentityResponse", "AssumeRoleResponse"),
        TRUE_JSON.replace("GetCallerIdentityResult", "AssumeRoleWithWebIdentityResult"),
        TRUE_JSON[:-1] + ', "AssumeRoleResponse": {}}',
        # A name that occurs twice: which one counts would be the parser's choice.
        TRUE_JSON.replace('{"Account"', '{"Arn": "arn:aws:iam::999999999999:user/root", "Account"'),
        _inner(Arn=None),
        _inner(Account=111122223333),
        _inner(Arn=[ADA_ARN]),
        _inner(Arn="a" * 2049),
        _inner(Extra="x"),
        json.dumps({"GetCallerIdentityResponse": json.loads(TRUE_JSON)}),
        json.dumps(json.loads(TRUE_JSON)["GetCallerIdentityResponse"]),
        json.dumps(json.loads(TRUE_JSON)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]),
        # What Vault accepted: the answer of another action that quotes a subject which its caller chose.
        json.dumps({"AssumeRoleWithWebIdentityResponse": {"SubjectFromWebIdentityToken": TRUE_JSON}}),
        TRUE_JSON.encode("utf-16"),
        b"\xff" + TRUE_JSON.encode(),
    ],
)
def test_json_of_any_other_form_is_refused(body: str | bytes) -> None:
    with pytest.raises(StsAnswerRefused):
        read_answer(answered(body))


NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
ENTITY = f'<!DOCTYPE x [<!ENTITY a "{ADA_ARN}">]>'
OTHER = xml_answer(xml_result()).body.decode()


@pytest.mark.parametrize(
    "answer",
    [
        xml_answer(""),
        xml_answer(xml_result() + f"<Arn>{ADA_ARN}</Arn>"),
        xml_answer(xml_result() + "<Extra/>"),
        xml_answer(xml_result() + "stray"),
        xml_answer("stray" + xml_result()),
        xml_answer(xml_result().replace("<Arn>", "<Arn x='y'>")),
        xml_answer(xml_result(arn=f"<b>{ADA_ARN}</b>")),
        xml_answer(xml_result(arn="")),
        xml_answer(xml_result(arn="a" * 2049)),
        xml_answer(xml_result().replace("Arn>", "arn>")),
        xml_answer(xml_result().replace("<Arn>", '<Arn xmlns="urn:other">')),
        xml_answer(xml_result(arn="arn:aws:iam::111122223333:user/<!-- -->ada")),
        xml_answer(xml_result(arn="arn:aws:iam::111122223333:user/<?cut here?>ada")),
        xml_answer(xml_result(arn=f"<![CDATA[{ADA_ARN}]]>")),
        xml_answer(xml_result(arn="&a;"), head=ENTITY),
        xml_answer(xml_result(arn="&a;")),
        xml_answer(xml_result(), head=XML_HEAD * 2),
        xml_answer(xml_result(), tail=OTHER),
        xml_answer(xml_result(), tail="<!-- -->"),
        answered(OTHER.replace(NAMESPACE, "urn:other"), "text/xml"),
        answered(OTHER.replace(f' xmlns="{NAMESPACE}"', ""), "text/xml"),
        answered(OTHER.replace("GetCallerIdentityResponse", "AssumeRoleResponse"), "text/xml"),
        answered(f'<AssumeRoleResponse xmlns="{NAMESPACE}">{OTHER}</AssumeRoleResponse>', "text/xml"),
        answered(OTHER.replace("<ResponseMetadata>", "<ResponseMetadata/><ResponseMetadata>"), "text/xml"),
        answered(OTHER.encode("utf-16"), "text/xml"),
        answered((XML_HEAD.replace("UTF-8", "UTF-7") + OTHER).encode("utf-16"), "text/xml"),
    ],
)
def test_xml_of_any_other_form_is_refused(answer: StsAnswer) -> None:
    with pytest.raises(StsAnswerRefused):
        read_answer(answer)


@pytest.mark.parametrize(
    "content_type", ["", "text/html", "text/plain", "application/xhtml+xml", "text/json"]
)
def test_other_media_types_are_refused_whatever_they_hold(content_type: str) -> None:
    with pytest.raises(StsAnswerRefused):
        read_answer(replace(json_answer(), content_type=content_type))


def test_the_media_type_decides_and_not_the_looks() -> None:
    with pytest.raises(StsAnswerRefused):
        read_answer(replace(json_answer(), content_type="text/xml"))
    with pytest.raises(StsAnswerRefused):
        read_answer(replace(xml_answer(xml_result()), content_type="application/json"))


@pytest.mark.parametrize("status", [201, 204, 206, 301, 302, 307, 308, 404, 418])
def test_other_statuses_are_refused_whatever_they_carry(status: int) -> None:
    with pytest.raises(StsAnswerRefused):
        read_answer(json_answer(status=status))


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_of_sts_is_one_whatever_it_carries(status: int) -> None:
    with pytest.raises(ProofRefused):
        read_answer(json_answer(status=status))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>", "expired"),
        ('{"Error": {"Code": "SignatureDoesNotMatch", "Message": "…"}}', "not made for this server"),
        ('{"Error": {"Code":"RegionDisabledException"}}', "switched off in that region"),
        ("<Code>Unheard</Code>", "does not accept"),
        ("", "does not accept"),
        (b"\xff\xfe", "does not accept"),
    ],
)
def test_a_refusal_says_why_in_our_own_words(body: str | bytes, says: str) -> None:
    with pytest.raises(ProofRefused, match=says):
        read_answer(answered(body, "text/xml", 403))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, ""),
        (503, TRUE_JSON),
        (429, ""),
        (400, "<Code>Throttling</Code>"),
        (400, '"Code": "InternalFailure"'),
    ],
)
def test_a_busy_sts_is_not_a_refusal(status: int, body: str) -> None:
    with pytest.raises(StsUnavailable):
        read_answer(answered(body, status=status))


@pytest.mark.parametrize(
    ("arn", "user_id"),
    [
        (ADA_ARN, ADA_USER_ID),
        (
            f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Dev_0a1b/ada@x.org",
            "AROAEXAMPLEEXAMPLE12:ada@x.org",
        ),
        (f"arn:aws:iam::{ACCOUNT}:user/ada", "AIDAEXAMPLEEXAMPLE12"),
        (f"arn:aws:iam::{ACCOUNT}:user/a/b/ada", "AIDAEXAMPLEEXAMPLE12"),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/ada", f"{ACCOUNT}:ada"),
    ],
)
def test_sessions_users_and_federated_users_are_identities(arn: str, user_id: str) -> None:
    identity = identity_from(CallerIdentity(arn=arn, user_id=user_id, account=ACCOUNT), partition="aws")
    assert (identity.name, identity.account, identity.user_id) == (arn, ACCOUNT, user_id)


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:iam::{ACCOUNT}:role/ReadOnly",
        f"arn:aws:iam::{ACCOUNT}:assumed-role/ReadOnly/ada",
        f"arn:aws:sts::{ACCOUNT}:user/ada",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/ReadOnly",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/ReadOnly/ada/eve",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/Read/Only/ada",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/ReadOnly/*",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/ReadOnly/ada\n",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/ReadOnly/\uff41da",
        f"arn:aws:sts:eu-central-1:{ACCOUNT}:assumed-role/ReadOnly/ada",
        f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/ReadOnly/ada",
        f"ARN:aws:sts::{ACCOUNT}:assumed-role/ReadOnly/ada",
        f" arn:aws:sts::{ACCOUNT}:assumed-role/ReadOnly/ada",
        f"arn:aws:iam::{ACCOUNT}:user//ada",
        f"arn:aws:iam::{ACCOUNT}:user/",
        f"arn:aws:sts::{ACCOUNT}:federated-user/a",
        f'arn:aws:sts::{ACCOUNT}:assumed-role/ReadOnly/","Arn":"{ADA_ARN}',
        f"arn:aws:sts::{ACCOUNT}:assumed-role/ReadOnly/</Arn><Arn>{ADA_ARN}",
        "ada",
        "",
    ],
)
def test_nothing_else_is(arn: str) -> None:
    with pytest.raises(IdentityNotAccepted):
        identity_from(CallerIdentity(arn=arn, user_id=ADA_USER_ID, account=ACCOUNT), partition="aws")


@pytest.mark.parametrize(
    "said",
    [
        replace(ADA, account="999999999999"),
        replace(ADA, account=""),
        replace(ADA, arn=ADA_ARN.replace(ACCOUNT, "")),
        replace(ADA, arn=ADA_ARN.replace(ACCOUNT, "11112222333"), account="11112222333"),
        replace(ADA, user_id="AROAEXAMPLEEXAMPLE123:grace"),
        replace(ADA, user_id="AROAEXAMPLEEXAMPLE123"),
        replace(ADA, user_id=ADA_USER_ID + "\n"),
        replace(ADA, arn=ADA_ARN.replace("ada", "a.a"), user_id="AROAEXAMPLEEXAMPLE123:ada"),
        CallerIdentity(arn=f"arn:aws:iam::{ACCOUNT}:user/ada", user_id=ADA_USER_ID, account=ACCOUNT),
        CallerIdentity(
            arn=f"arn:aws:sts::{ACCOUNT}:federated-user/ada", user_id="999999999999:ada", account=ACCOUNT
        ),
    ],
)
def test_three_texts_that_do_not_agree_prove_nobody(said: CallerIdentity) -> None:
    with pytest.raises((StsAnswerRefused, IdentityNotAccepted)):
        identity_from(said, partition="aws")


_PIECES = [*"ada/:<>&;\"'{}[],\\=@.-+_ \n", ADA_ARN, "</Arn><Arn>", '","Arn":"']
_REFLECTED = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


@given(name=_REFLECTED)
def test_a_session_name_that_is_quoted_raw_never_becomes_somebody_else(name: str) -> None:
    """An STS that escaped nothing would still not let a name speak for others: it is the name as it stands, or nothing."""
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/Eve/{name}"
    result = f'{{"Account":"{ACCOUNT}","Arn":"{arn}","UserId":"AROAEXAMPLEEXAMPLE123:{name}"}}'
    body = f'{{"GetCallerIdentityResponse":{{"GetCallerIdentityResult":{result},"ResponseMetadata":{{}}}}}}'
    xml = xml_answer(xml_result(arn=arn, user_id=f"AROAEXAMPLEEXAMPLE123:{name}"))
    for answer in (answered(body), xml):
        try:
            identity = identity_from(read_answer(answer), partition="aws")
        except LiftgateError:
            continue
        assert identity.name == arn
        assert "/" not in name
        assert identity.name.count(":") == 5
