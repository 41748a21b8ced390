"""Signing, on the caller's side."""

from dataclasses import fields
from datetime import timedelta, timezone

import pytest
from botocore.credentials import Credentials, ReadOnlyCredentials
from tests.identity.identity_examples import AUDIENCE, NOON, PLAIN_HEADERS, TOKEN_HEADERS, sigv4

from liftgate.identity.aws_proof import proof_fields, sign_proof
from liftgate.identity.errors import AudienceUnusable, UnknownRegion

KEY, SECRET, TOKEN = (
    "ASIAEXAMPLEEXAMPLE12",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "FwoGZXIvYXdzEXAMPLE+token/==",
)
HEADERS = {
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    "host": "sts.eu-central-1.amazonaws.com",
    "x-amz-date": "20261124T120000Z",
    "x-liftgate-audience": AUDIENCE,
}


def test_a_session_signs_its_token_too() -> None:
    proof = sign_proof(ReadOnlyCredentials(KEY, SECRET, TOKEN), "eu-central-1", AUDIENCE, NOON)
    assert proof.signed_headers == TOKEN_HEADERS
    assert (proof.access_key_id, proof.amz_date, proof.region) == (KEY, "20261124T120000Z", "eu-central-1")
    assert proof.session_token == TOKEN
    expected = sigv4(SECRET, headers=HEADERS | {"x-amz-security-token": TOKEN}, region="eu-central-1")
    assert proof.signature == expected


def test_a_user_without_a_token_signs_without_it() -> None:
    proof = sign_proof(Credentials(KEY, SECRET), "eu-central-1", AUDIENCE, NOON)
    assert proof.signed_headers == PLAIN_HEADERS
    assert proof.session_token is None
    assert proof.signature == sigv4(SECRET, headers=HEADERS, region="eu-central-1")


@pytest.mark.parametrize(
    ("region", "host"),
    [("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"), ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com")],
)
def test_each_region_signs_for_its_own_host(region: str, host: str) -> None:
    proof = sign_proof(Credentials(KEY, SECRET), region, AUDIENCE, NOON)
    assert proof.signature == sigv4(SECRET, headers=HEADERS | {"host": host}, region=region)


def test_the_moment_is_signed_in_utc() -> None:
    in_tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    proof = sign_proof(Credentials(KEY, SECRET), "eu-central-1", AUDIENCE, in_tokyo)
    assert proof == sign_proof(Credentials(KEY, SECRET), "eu-central-1", AUDIENCE, NOON)


def test_what_is_sent_holds_no_secret_key_and_shows_no_signature() -> None:
    proof = sign_proof(ReadOnlyCredentials(KEY, SECRET, TOKEN), "eu-central-1", AUDIENCE, NOON)
    sent = proof_fields(proof)
    assert set(sent) == {field.name for field in fields(proof)}
    assert SECRET not in str(sent)
    assert TOKEN not in repr(proof)
    assert proof.signature not in repr(proof)


def test_without_a_token_none_is_sent() -> None:
    sent = proof_fields(sign_proof(Credentials(KEY, SECRET, ""), "eu-central-1", AUDIENCE, NOON))
    assert "session_token" not in sent


def test_a_misspelt_region_names_the_nearest() -> None:
    with pytest.raises(UnknownRegion) as refused:
        sign_proof(Credentials(KEY, SECRET), "eu-centrall-1", AUDIENCE, NOON)
    assert refused.value.advice == "did you mean `eu-central-1`?"


@pytest.mark.parametrize(
    "audience",
    ["", "https://a b", "https://a\r\nx-amz-date:0", "https://a\t", "https://é", "https://a\n", "h" * 301],
)
def test_an_audience_that_reads_in_two_ways_is_not_signed(audience: str) -> None:
    with pytest.raises(AudienceUnusable):
        sign_proof(Credentials(KEY, SECRET), "eu-central-1", audience, NOON)
