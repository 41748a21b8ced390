"""Tokens of issuers: which count, and the attacks of RFC 8725 and of CVEs, each of which must end before it is believed."""

import contextlib
import hmac
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import RSAKey
from tests.identity.issuer_examples import (
    AUDIENCE,
    ISSUER,
    NOON,
    SECOND,
    ScriptedIssuers,
    claims,
    ec_key,
    encoded,
    key_set,
    okp_key,
    rsa_key,
    signed,
)

from liftgate.errors import LiftgateError
from liftgate.identity.errors import (
    IssuerAnswerRefused,
    IssuerUnavailable,
    SignatureRefused,
    SignedTokenMalformed,
    SignedTokenMisdirected,
    SignedTokenOutOfTime,
)
from liftgate.identity.issuers import Issuers
from liftgate.identity.ports import IssuerAnswer
from liftgate.identity.signed_token import Claims, Expected, claimed_issuer, verified_claims

OTHER = "https://id.elsewhere.example"
NESTED = b'{"a":' * 2_400
LONG = b'{"n":' + b"9" * 5_000 + b"}"
EXPECTED = Expected(issuer=ISSUER, audience=AUDIENCE)


class World:
    """One issuer that is configured, another that is not, and a clock."""

    def __init__(self) -> None:
        self.now = NOON
        self.net = ScriptedIssuers()
        self.net.publish(
            ISSUER, rsa_key(), ec_key(), ec_key("P-384"), ec_key("P-521"), okp_key(), okp_key("Ed448")
        )
        self.net.publish(OTHER, rsa_key("other"))
        self.issuers = Issuers(self.net, lambda: self.now)

    def verified(self, token: str, expected: Expected = EXPECTED, *, now: datetime | None = None) -> Claims:
        return verified_claims(token, expected, issuers=self.issuers, now=now or self.now)

    def refused(
        self,
        token: str,
        kind: type[LiftgateError],
        expected: Expected = EXPECTED,
        *,
        now: datetime | None = None,
    ) -> LiftgateError:
        with pytest.raises(kind) as refused:
            self.verified(token, expected, now=now)
        said = f"{refused.value!r} {refused.value} {refused.value.advice} {refused.value.value}"
        assert all(part not in said for part in token.split(".") if len(part) > 8)
        return refused.value


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("alg", "key"),
    [
        *((alg, rsa_key()) for alg in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
        ("ES256", ec_key()),
        ("ES384", ec_key("P-384")),
        ("ES512", ec_key("P-521")),
        ("Ed25519", okp_key()),
        ("Ed448", okp_key("Ed448")),
    ],
)
def test_good_tokens_of_each_algorithm_are_believed(world: World, alg: str, key: Any) -> None:
    assert world.verified(signed(key=key, alg=alg))["sub"] == "ada"


@pytest.mark.filterwarnings(
    "ignore::joserfc.errors.SecurityWarning"
)  # of joserfc, when it signs by the old name
def test_the_old_name_of_eddsa_is_read_too(world: World) -> None:
    assert world.verified(signed(key=okp_key(), alg="EdDSA"))["sub"] == "ada"


def test_what_a_token_says_is_frozen_through_and_through(world: World) -> None:
    found: Any = world.verified(signed(claims(groups=["a", {"b": [1]}], aud=["x", AUDIENCE])))
    assert found["groups"][0] == "a"
    with pytest.raises(TypeError):
        found["sub"] = "eve"
    with pytest.raises(TypeError):
        found["groups"][1]["b"] = 2
    assert found["groups"][1]["b"] == (1,)


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "", "HS256", "ES256K", "RSA1_5", None, 7, ["RS256"]])
def test_an_algorithm_that_proves_nothing_is_refused(world: World, alg: Any) -> None:
    unsigned = ".".join([encoded({"alg": alg, "kid": "one"}), encoded(claims()), encoded(b"x")])
    world.refused(unsigned, SignatureRefused)
    assert world.net.asked == []


def test_a_token_without_a_signature_is_none(world: World) -> None:
    world.refused(f"{encoded({'alg': 'none'})}.{encoded(claims())}.", SignedTokenMalformed)
    world.refused(f"{encoded({'alg': 'RS256'})}.{encoded(claims())}.", SignedTokenMalformed)


def test_the_public_key_is_no_secret_to_sign_with(world: World) -> None:
    """CVE-2015-9235 and its kin."""
    for public in (rsa_key().as_pem(private=False), json.dumps(rsa_key().as_dict(private=False)).encode()):
        text = f"{encoded({'alg': 'HS256', 'kid': 'one'})}.{encoded(claims())}"
        mark = encoded(hmac.digest(public, text.encode(), "sha256"))
        world.refused(f"{text}.{mark}", SignatureRefused)


def test_a_symmetric_key_that_an_issuer_publishes_is_not_used(world: World) -> None:
    world.net.publish(ISSUER, {"kty": "oct", "kid": "one", "k": "c2VjcmV0LXRoYXQtYWxsLW9mLXVzLWtub3c"})
    world.refused(signed(), SignatureRefused)


def test_a_changed_token_is_refused(world: World) -> None:
    head, _, mark = signed().split(".")
    world.refused(f"{head}.{encoded(claims(sub='eve'))}.{mark}", SignatureRefused)
    world.refused(f"{encoded({'alg': 'PS256', 'kid': 'one'})}.{encoded(claims())}.{mark}", SignatureRefused)


def test_the_key_of_another_issuer_counts_for_nothing(world: World) -> None:
    """It signs as ours, by its own name for its key, or by ours."""
    world.refused(signed(key=rsa_key("other")), SignatureRefused)
    world.refused(signed(key=rsa_key("other"), kid="one"), SignatureRefused)
    assert all(url.startswith(ISSUER) for url in world.net.asked)


def test_the_token_of_another_issuer_is_refused_before_anybody_is_asked(world: World) -> None:
    for issuer in (OTHER, f"{ISSUER}/", ISSUER.upper(), f"{ISSUER}.evil.example", None, [ISSUER], 5):
        world.refused(signed(claims(iss=issuer), key=rsa_key("other")), SignedTokenMisdirected)
    assert world.net.asked == []


@pytest.mark.parametrize(
    "aud", ["other", [], ["other"], "", None, 5, {"liftgate": 1}, "liftgate2", [["liftgate"]]]
)
def test_a_token_for_somebody_else_is_refused(world: World, aud: Any) -> None:
    world.refused(signed(claims(aud=aud)), SignedTokenMisdirected)


@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "logout+jwt", "secevent+jwt", 7, ["JWT"]])
def test_a_token_of_another_kind_is_refused(world: World, typ: Any) -> None:
    world.refused(signed(typ=typ), SignedTokenMisdirected)
    assert world.net.asked == []


@pytest.mark.parametrize("typ", ["JWT", "jwt", "application/JWT"])
def test_a_plain_type_may_be_written_in_several_ways(world: World, typ: str) -> None:
    assert world.verified(signed(typ=typ))


AT = int(NOON.timestamp())


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": AT - 60, "iat": AT - 300},
        {"nbf": AT + 61},
        {"iat": AT + 61},
        {"iat": AT - 3_661, "exp": AT + 9_999},
        *({name: value} for name in ("exp", "iat", "nbf") for value in ("soon", True, [1], -1, 10**400)),
        {"exp": None},
        {"iat": None},
    ],
)
def test_a_token_out_of_its_time_is_refused(world: World, changed: dict[str, Any]) -> None:
    world.refused(signed(claims(**changed)), SignedTokenOutOfTime)


def test_endless_and_missing_times_are_refused(world: World) -> None:
    for text in ("1e400", "1e12"):
        body = json.dumps(claims()).replace(f'"exp": {AT + 300}', f'"exp": {text}').encode()
        world.refused(signed(body), SignedTokenOutOfTime)
    body = json.dumps(claims()).replace(f'"exp": {AT + 300}', '"exp": Infinity').encode()
    world.refused(signed(body), SignedTokenMalformed)


def test_the_clocks_of_two_machines_may_differ_by_a_minute(world: World) -> None:
    token = signed(claims(nbf=AT, exp=AT + 300))
    assert world.verified(token, now=NOON - 60 * SECOND)
    assert world.verified(token, now=NOON + 359 * SECOND)
    world.refused(token, SignedTokenOutOfTime, now=NOON + 360 * SECOND)


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk", "x5c"])
def test_keys_that_a_token_brings_along_are_ignored(world: World, name: str) -> None:
    """CVE-2018-0114: its own key makes no forged token good, and no address in it is ever called."""
    own = RSAKey.generate_key(2048, parameters={"kid": "one"})
    world.net.at["https://evil.example/keys"] = key_set(own)
    values: dict[str, Any] = {"jwk": own.as_dict(private=False), "x5c": ["MIIB"]}
    value = values.get(name, "https://evil.example/keys")
    world.refused(signed(key=own, **{name: value}), SignatureRefused)
    assert world.verified(signed(**{name: value}))
    assert all(url.startswith(ISSUER) for url in world.net.asked)


@pytest.mark.parametrize("header", [{"crit": ["exp"], "exp": 1}, {"crit": []}, {"b64": False}, {"crit": "x"}])
def test_an_extension_that_must_be_understood_is_not(world: World, header: dict[str, Any]) -> None:
    world.refused(signed(**header), SignatureRefused)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "a.b.c.d.e",
        " ",
        "\x00.a.b",
        "é.é.é",
        "a" * 16_385,
        f"{encoded([])}.{encoded(claims())}.aa",
        f"{encoded({'alg': 'RS256'})}.{encoded([1])}.aa",
        f"{encoded({'alg': 'RS256'})}.{encoded(NESTED)}.aa",
        f"{encoded({'alg': 'RS256'})}.{encoded(LONG)}.aa",
        f"{encoded({'alg': 'RS256'})}.{encoded(bytes([0xFF, 0xFE]))}.aa",
        f"{encoded({'alg': 'RS256'})}.a.aa",
    ],
)
def test_what_is_no_token_is_refused_before_anybody_is_asked(world: World, token: str) -> None:
    world.refused(token, SignedTokenMalformed)
    assert claimed_issuer(token) is None
    assert world.net.asked == []


def test_a_huge_token_is_refused_though_it_is_well_signed(world: World) -> None:
    world.refused(signed(claims(groups=["g" * 50] * 400)), SignedTokenMalformed)


def test_a_name_that_stands_twice_is_refused(world: World) -> None:
    body = json.dumps(claims(sub="eve")).encode()
    world.refused(signed(body[:-1] + b', "sub": "ada"}'), SignedTokenMalformed)
    world.refused(signed(body[:-1] + b', "inner": {"a": 1, "a": 2}}'), SignedTokenMalformed)
    head = encoded(b'{"alg":"RS256","kid":"one","alg":"none"}')
    world.refused(f"{head}.{encoded(claims())}.aa", SignedTokenMalformed)


@pytest.mark.parametrize("kid", [5, ["one"], "k" * 501, {}])
def test_an_odd_name_of_a_key_is_refused(world: World, kid: Any) -> None:
    world.refused(signed(kid=kid), SignatureRefused)


def test_a_key_need_not_be_named_where_only_one_fits(world: World) -> None:
    assert world.verified(signed(kid=None))
    world.net.publish(ISSUER, rsa_key(), rsa_key("two"))
    world.now += timedelta(hours=1)
    fresh = claims(iat=AT + 3_600, exp=AT + 3_900)
    world.refused(signed(fresh, kid=None), SignatureRefused)


def test_a_key_is_good_for_what_its_issuer_says(world: World) -> None:
    for about in (
        {"use": "enc"},
        {"alg": "PS256"},
        {"key_ops": ["encrypt"]},
        {"kty": "EC"},
        {"n": 5},
        {"n": "!"},
    ):
        fresh = World()
        fresh.net.publish(ISSUER, rsa_key().as_dict(private=False) | about)
        fresh.refused(signed(), SignatureRefused)
    with pytest.warns(SecurityWarning):
        short = RSAKey.generate_key(1024, parameters={"kid": "one"})
    world.net.publish(ISSUER, short)
    world.refused(signed(key=short), SignatureRefused)


def test_who_a_token_says_it_is_of_can_be_read_unproved() -> None:
    assert claimed_issuer(signed(claims(iss=OTHER))) == OTHER
    assert claimed_issuer(signed(claims(iss=5))) is None


# What is kept of issuers


def test_keys_are_fetched_once_an_hour(world: World) -> None:
    for _ in range(3):
        world.verified(signed())
    assert world.net.asked == [f"{ISSUER}/.well-known/openid-configuration", f"{ISSUER}/keys"]
    world.now += timedelta(hours=1)
    world.verified(signed(claims(iat=AT + 3_600, exp=AT + 3_900)))
    assert len(world.net.asked) == 4


def test_a_new_key_is_found_at_once_and_a_withdrawn_one_within_the_hour(world: World) -> None:
    world.verified(signed())
    world.net.publish(ISSUER, rsa_key("two"))
    world.now += timedelta(minutes=1)
    assert world.verified(signed(key=rsa_key("two")))
    world.refused(signed(), SignatureRefused)


def test_made_up_names_of_keys_fetch_at_most_once_a_minute(world: World) -> None:
    world.verified(signed())
    for number in range(20):
        world.refused(signed(kid=f"made-up-{number}"), SignatureRefused)
    assert len(world.net.asked) == 2
    world.now += timedelta(seconds=61)
    for number in range(20):
        world.refused(signed(kid=f"made-up-{number}"), SignatureRefused)
    assert len(world.net.asked) == 4


def test_without_its_keys_nothing_of_an_issuer_is_believed(world: World) -> None:
    world.verified(signed())
    world.net.is_down = True
    world.now += timedelta(hours=1)
    late = signed(claims(iat=AT + 3_600, exp=AT + 3_900))
    for _ in range(10):
        assert world.refused(late, IssuerUnavailable).code == "issuer_unavailable"
    assert len(world.net.asked) == 3  # and is not hammered
    world.net.is_down = False
    world.now += timedelta(seconds=5)
    assert world.verified(late)


def test_of_many_at_once_one_fetches(world: World) -> None:
    meeting, met = threading.Barrier(2), []
    get = world.net.get

    def get_together(url: str) -> IssuerAnswer:
        with contextlib.suppress(threading.BrokenBarrierError):
            met.append(meeting.wait(0.2))  # nobody comes, where one fetches for all
        return get(url)

    world.net.get = get_together  # type: ignore[method-assign]  # the same, seen from between
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: world.verified(signed()), range(4)))
    assert met == []
    assert len(world.net.asked) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": OTHER},
        {"issuer": f"{ISSUER}/"},
        {"issuer": None},
        {"jwks_uri": None},
        {"jwks_uri": "http://id.example.com/keys"},
        {"jwks_uri": "http://127.0.0.1/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https://user@id.example.com/keys"},
        {"jwks_uri": "https://id.example.com\\.evil.example/keys"},
        {"jwks_uri": ["https://id.example.com/keys"]},
        {"token_endpoint": "http://id.example.com/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": "//evil.example"},
    ],
)
def test_a_document_that_is_not_its_issuers_own_is_refused(world: World, changed: dict[str, Any]) -> None:
    world.net.publish(ISSUER, rsa_key(), **changed)
    assert world.refused(signed(), IssuerAnswerRefused).code == "issuer_answer_refused"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b'{"keys": {}}', b'{"keys": [], "keys": []}', b"\xff"]
)
def test_what_is_no_key_set_is_refused(world: World, body: bytes) -> None:
    world.net.at[f"{ISSUER}/keys"] = body
    world.refused(signed(), IssuerAnswerRefused)


def test_an_issuer_on_loopback_may_use_plain_http(world: World) -> None:
    near = "http://127.0.0.1:9000"
    world.net.publish(near, rsa_key())
    assert world.verified(signed(claims(iss=near)), Expected(issuer=near, audience=AUDIENCE))
