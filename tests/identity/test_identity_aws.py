"""What the server makes of a proof: attacks that must end before STS is asked, and what STS is asked at most."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.identity.identity_examples import (
    ACCOUNT,
    ADA_ARN,
    ADA_USER_ID,
    AUDIENCE,
    MINUTE,
    NOON,
    PLAIN_HEADERS,
    PROOF,
    TOKEN_HEADERS,
    ScriptedSts,
)

from liftgate.errors import LiftgateError
from liftgate.identity.aws import Proved, prove
from liftgate.identity.aws_proof import AwsProof
from liftgate.identity.errors import ProofMalformed, ProofOutOfTime, StsUnavailable, UnknownRegion
from liftgate.identity.model import Identity, IdentityKind
from liftgate.identity.sts_region import REGIONS

SIGNED = "content-type;host;x-amz-date;x-amz-security-token;x-liftgate-audience"


def changed(name: str, value: str) -> AwsProof:
    """The good proof with another value in one of its texts."""
    texts: dict[str, Any] = {name: value}
    return replace(PROOF, **texts)


def proved(proof: AwsProof = PROOF, *, sts: ScriptedSts | None = None, now: datetime = NOON) -> Proved:
    return prove(proof, audience=AUDIENCE, transport=sts or ScriptedSts(), now=now)


def refused_unasked(proof: AwsProof, kind: type[LiftgateError], *, now: datetime = NOON) -> LiftgateError:
    sts = ScriptedSts()
    with pytest.raises(kind) as refused:
        proved(proof, sts=sts, now=now)
    assert sts.asked == []
    return refused.value


def test_sts_names_the_identity() -> None:
    done = proved()
    assert done.identity == Identity(
        kind=IdentityKind.AWS, name=ADA_ARN, account=ACCOUNT, user_id=ADA_USER_ID
    )
    assert done.useless_from == NOON + 5 * MINUTE


def test_the_request_is_the_servers_own() -> None:
    sts = ScriptedSts()
    proved(sts=sts)
    (request,) = sts.asked
    assert request.host == "sts.eu-central-1.amazonaws.com"
    assert request.body == b"Action=GetCallerIdentity&Version=2011-06-15"
    assert dict(request.headers) == {
        "accept": "application/json",
        "authorization": "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLEEXAMPLE12/20261124/eu-central-1/sts/aws4_request, "
        f"SignedHeaders={SIGNED}, Signature={PROOF.signature}",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "host": "sts.eu-central-1.amazonaws.com",
        "x-amz-date": "20261124T120000Z",
        "x-amz-security-token": PROOF.session_token,
        "x-liftgate-audience": AUDIENCE,
    }


def test_without_a_token_there_is_no_header_for_one() -> None:
    sts = ScriptedSts()
    proved(replace(PROOF, session_token=None, signed_headers=PLAIN_HEADERS), sts=sts)
    assert "x-amz-security-token" not in sts.asked[0].headers
    assert (
        "SignedHeaders=content-type;host;x-amz-date;x-liftgate-audience,"
        in sts.asked[0].headers["authorization"]
    )


def test_a_request_does_not_show_its_signature_or_token() -> None:
    sts = ScriptedSts()
    done = proved(sts=sts)
    assert PROOF.session_token is not None
    for secret in (PROOF.signature, PROOF.session_token, done.proof_hash):
        assert secret not in repr(sts.asked) + repr(done) + repr(PROOF)


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("host",),
        PLAIN_HEADERS,  # a token that is not signed
        TOKEN_HEADERS[:-1],  # no audience: signed for nobody in particular
        (*TOKEN_HEADERS, "x-evil"),
        (*TOKEN_HEADERS, "x-liftgate-audience"),
        (*TOKEN_HEADERS[:2], "host", *TOKEN_HEADERS[2:]),
        tuple(reversed(TOKEN_HEADERS)),
        tuple(name.upper() for name in TOKEN_HEADERS),
        (";".join(TOKEN_HEADERS),),
        (*TOKEN_HEADERS[:-1], "x-liftgate-audience\r\nhost: sts.attacker.example"),
        (*TOKEN_HEADERS[:-1], "x-liftgate-audience, Signature=0"),
        (*TOKEN_HEADERS[:-1], "x-liftgate-audience "),
        (*TOKEN_HEADERS[:-1], "x-liftgate-audience\u200b"),
    ],
)
def test_exactly_the_fixed_headers_are_signed(headers: tuple[str, ...]) -> None:
    assert refused_unasked(replace(PROOF, signed_headers=headers), ProofMalformed).where == "signed_headers"


def test_a_signed_but_missing_token_is_refused() -> None:
    refused_unasked(replace(PROOF, session_token=None), ProofMalformed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("access_key_id", ""),
        ("access_key_id", "ASIA"),
        ("access_key_id", "A" * 129),
        ("access_key_id", "asiaexampleexample12"),
        ("access_key_id", "ASIAEXAMPLEEXAMPLE1\uff12"),  # a full-width digit
        ("access_key_id", "ASIAEXAMPLEEXAMPLE12\n"),
        ("access_key_id", "ASIAEXAMPLEEXAMPLE12/20261124/us-east-1/s3/aws4_request, X="),
        ("access_key_id", "ASIAEXAMPLEEXAMPLE12\r\nHost: sts.attacker.example"),
        ("amz_date", ""),
        ("amz_date", "2026-11-24T12:00:00Z"),
        ("amz_date", "20261124T120000"),
        ("amz_date", "20261124T120000+0000"),
        ("amz_date", "20261124T1200\u0660\u0660Z"),  # Arabic-Indic digits
        ("amz_date", "20261324T120000Z"),
        ("amz_date", "20261124T120060Z"),
        ("amz_date", "00001124T120000Z"),
        ("amz_date", "20261124T120000Z\n"),
        ("amz_date", " 20261124T120000Z"),
        ("amz_date", "20261124T120000Z\r\nx-amz-target: x"),
        ("signature", ""),
        ("signature", "0" * 63),
        ("signature", "0" * 65),
        ("signature", PROOF.signature.upper()),  # else it would be the same signature, and another hash
        ("signature", "0" * 63 + "\u0660"),
        ("signature", "0" * 64 + "\n"),
        ("signature", "0" * 64 + "\r\nHost: sts.attacker.example"),
        ("session_token", ""),
        ("session_token", "short"),
        ("session_token", "A" * 8193),
        ("session_token", "A" * 100 + "\r\nx-liftgate-audience: https://attacker.example"),
        ("session_token", "A" * 100 + "\x00"),
        ("session_token", "A" * 100 + " "),
        ("session_token", "A" * 100 + "\u00e9"),
    ],
)
def test_every_part_has_one_form_and_no_room_for_more(name: str, value: str) -> None:
    error = refused_unasked(changed(name, value), ProofMalformed)
    assert error.where == name
    assert error.value is None
    assert value == "" or value not in str(error)


@pytest.mark.parametrize(
    "region",
    ["attacker.example/", "us-east-1.attacker.example", "sts", "", "eu-central-1\r\n", "us-iso-east-1"],
)
def test_no_region_leads_to_another_host(region: str) -> None:
    refused_unasked(replace(PROOF, region=region), UnknownRegion)


@pytest.mark.parametrize("off", [5 * MINUTE, -5 * MINUTE, timedelta(0)])
def test_five_minutes_are_in_time(off: timedelta) -> None:
    assert proved(now=NOON + off).identity.name == ADA_ARN


@pytest.mark.parametrize("off", [timedelta(microseconds=1), timedelta(days=365)])
def test_older_and_younger_proofs_are_refused(off: timedelta) -> None:
    refused_unasked(PROOF, ProofOutOfTime, now=NOON + 5 * MINUTE + off)
    refused_unasked(PROOF, ProofOutOfTime, now=NOON - 5 * MINUTE - off)


def test_a_fault_of_sts_is_handed_on() -> None:
    with pytest.raises(StsUnavailable):
        proved(sts=ScriptedSts(StsUnavailable("away", advice="wait")))


@pytest.mark.parametrize(
    ("name", "value"),
    [("access_key_id", "ASIAOTHEROTHEROTHER1"), ("amz_date", "20261124T120001Z"), ("region", "us-east-1")],
)
def test_a_signature_has_one_hash_however_it_is_dressed(name: str, value: str) -> None:
    assert proved(changed(name, value)).proof_hash == proved().proof_hash


_NASTY = st.text(st.sampled_from(list("AZaz09TZ/+=_.-;:, \r\n\t\x00&?#%@\u0660\uff11\u2028")), max_size=80)
_PROOFS = st.builds(
    AwsProof,
    access_key_id=st.just(PROOF.access_key_id) | _NASTY | st.from_regex("[A-Z0-9]{14,20}"),
    amz_date=st.just(PROOF.amz_date) | _NASTY | st.from_regex("20261124T12[0-9]{4}Z"),
    region=st.sampled_from(sorted(REGIONS)) | _NASTY,
    signature=st.just(PROOF.signature) | _NASTY | st.from_regex("[0-9a-f]{64}"),
    signed_headers=st.sampled_from([PLAIN_HEADERS, TOKEN_HEADERS]) | st.lists(_NASTY, max_size=6).map(tuple),
    session_token=st.none() | st.just(PROOF.session_token) | _NASTY | st.from_regex("[A-Za-z0-9+/=]{14,40}"),
)


@given(proof=_PROOFS)
def test_whatever_is_sent_in_sts_is_asked_the_one_question(proof: AwsProof) -> None:
    sts = ScriptedSts()
    with contextlib.suppress(LiftgateError):
        proved(proof, sts=sts)
    for request in sts.asked:
        place = REGIONS[proof.region]
        assert request.host == place.host == request.headers["host"]
        assert request.body == b"Action=GetCallerIdentity&Version=2011-06-15"
        token = {"x-amz-security-token"} if proof.session_token else set()
        names = {*PLAIN_HEADERS, *token, "accept", "authorization"}
        assert set(request.headers) == names
        assert request.headers["x-liftgate-audience"] == AUDIENCE
        assert all(value.isascii() and value.isprintable() for value in request.headers.values())
        signed = ";".join(sorted({*PLAIN_HEADERS, *token}))
        assert request.headers["authorization"] == (
            f"AWS4-HMAC-SHA256 Credential={proof.access_key_id}/{proof.amz_date[:8]}/{place.name}/sts/aws4_request, "
            f"SignedHeaders={signed}, Signature={proof.signature}"
        )
        assert (
            abs(datetime.strptime(proof.amz_date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) - NOON) <= 5 * MINUTE
        )
