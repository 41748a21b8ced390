"""What is believed of a provider's answers: those that no honest provider gives are tried here, by hand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.identity.issuer_examples import ISSUER, NOON, ScriptedIssuers, claims, rsa_key, signed

from liftgate.errors import LiftgateError
from liftgate.identity.errors import (
    IssuerAnswerRefused,
    IssuerUnavailable,
    LogoutRefused,
    ProviderRefused,
    SignatureRefused,
    SignedTokenMalformed,
    SignedTokenMisdirected,
    SignedTokenOutOfTime,
)
from liftgate.identity.issuers import Issuers
from liftgate.identity.ports import IssuerAnswer
from liftgate.identity.provider import (
    Provider,
    Reached,
    Vouched,
    attempt_of,
    authorization_address,
    logout_address,
    vouched_again,
    vouched_for,
)
from liftgate.identity.provider_sign_in import logout_order

ATTEMPT = attempt_of("seed", lambda purpose, text: f"{purpose}-of-{text}")
AT = int(NOON.timestamp())
EVENTS: dict[str, dict[str, str]] = {"http://schemas.openid.net/event/backchannel-logout": {}}


@dataclass
class Answering(ScriptedIssuers):
    """A provider that answers at its token endpoint as a test says."""

    status: int = 200
    said: Any = None
    sent: list[tuple[Mapping[str, str], Mapping[str, str]]] = field(default_factory=list)

    def post(self, url: str, fields: Mapping[str, str], *, headers: Mapping[str, str]) -> IssuerAnswer:
        assert url == f"{ISSUER}/token"
        self.sent.append((fields, headers))
        body = self.said if isinstance(self.said, bytes) else json.dumps(self.said).encode()
        return IssuerAnswer(status=self.status, body=body)


@pytest.fixture
def net() -> Answering:
    made = Answering()
    made.publish(ISSUER, rsa_key())
    return made


def reached(net: Answering, **changed: Any) -> Reached:
    said: dict[str, Any] = {
        "issuer": ISSUER,
        "client_id": "liftgate",
        "redirect_uri": "https://liftgate.example.com/sign-in/oidc/callback",
        "groups_claim": "groups",
        "groups": {"a": "writers", "b": "writers", "c": "checkers"},
    }
    return Reached(
        provider=Provider(**{**said, **changed}), issuers=Issuers(net, lambda: NOON), transport=net
    )


def id_token(**changed: Any) -> str:
    return signed(claims(**{"nonce": ATTEMPT.nonce, **changed}))


def vouched(net: Answering, **changed: Any) -> Vouched:
    net.said = {"id_token": id_token(**changed)}
    return vouched_for("code", ATTEMPT, reached(net), now=NOON)


def test_a_good_answer_is_believed(net: Answering) -> None:
    found = vouched(net, sid="s", groups=["a", "b", "x"])
    assert (found.subject, found.provider_session, found.groups) == ("ada", "s", frozenset({"writers"}))
    assert net.sent[0][0]["code_verifier"] == ATTEMPT.verifier


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"azp": "other"}, SignedTokenMisdirected),
        ({"azp": None, "aud": ["liftgate", "other"]}, SignedTokenMisdirected),
        ({"azp": "other", "aud": ["liftgate", "other"]}, SignedTokenMisdirected),
        ({"aud": "other"}, SignedTokenMisdirected),
        ({"iss": "https://id.elsewhere.example"}, SignedTokenMisdirected),
        ({"nonce": "other"}, SignedTokenMisdirected),
        ({"nonce": None}, SignedTokenMisdirected),
        ({"nonce": 5}, SignedTokenMisdirected),
        ({"sub": None}, SignedTokenMisdirected),
        ({"sub": 5}, SignedTokenMisdirected),
        ({"sub": ""}, SignedTokenMisdirected),
        ({"sub": "a b"}, SignedTokenMisdirected),
        ({"sub": "x" * 256}, SignedTokenMisdirected),
        ({"exp": AT - 61}, SignedTokenOutOfTime),
        ({"iat": AT - 700}, SignedTokenOutOfTime),
    ],
    ids=repr,
)
def test_an_id_token_that_is_not_for_this_is_refused(
    net: Answering, changed: dict[str, Any], kind: type[LiftgateError]
) -> None:
    with pytest.raises(kind):
        vouched(net, **changed)


def test_a_token_for_several_is_ours_where_it_was_made_for_us(net: Answering) -> None:
    assert vouched(net, aud=["other", "liftgate"], azp="liftgate").subject == "ada"
    assert vouched(net, aud=["liftgate"]).subject == "ada"


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        (None, []),
        ([], []),
        ("c", ["checkers"]),
        (["c", "a"], ["checkers", "writers"]),
        ({"a": 1}, []),
        ([["a"], 5, None], []),
        (["writers", "A", " a"], []),
    ],
    ids=repr,
)
def test_groups_are_those_that_are_mapped(net: Answering, groups: Any, found: list[str]) -> None:
    assert sorted(vouched(net, groups=groups).groups) == found


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (200, {}, SignedTokenMalformed),
        (200, {"id_token": 5}, SignedTokenMalformed),
        (200, b"<html>", SignedTokenMalformed),
        (200, {"id_token": "a.b.c"}, SignedTokenMalformed),
        (400, {"error": "invalid_grant"}, ProviderRefused),
        (400, b"", ProviderRefused),
        (400, {"error": ["x"]}, ProviderRefused),
        (401, {"error": "invalid_client"}, IssuerAnswerRefused),
        (429, {}, IssuerUnavailable),
        (500, {}, IssuerUnavailable),
        (302, {}, IssuerUnavailable),
    ],
    ids=repr,
)
def test_other_answers_are_none(net: Answering, status: int, said: Any, kind: type[LiftgateError]) -> None:
    net.status, net.said = status, said
    with pytest.raises(kind):
        vouched_for("code", ATTEMPT, reached(net), now=NOON)


def test_a_forged_id_token_is_refused_though_it_came_from_the_right_place(net: Answering) -> None:
    net.said = {"id_token": signed(claims(nonce=ATTEMPT.nonce), key=rsa_key("other"), kid="one")}
    with pytest.raises(SignatureRefused):
        vouched_for("code", ATTEMPT, reached(net), now=NOON)


def test_a_refresh_that_is_of_somebody_else_is_refused(net: Answering) -> None:
    net.said = {"id_token": signed(claims(sub="eve")), "refresh_token": "new"}
    with pytest.raises(SignedTokenMisdirected, match="somebody else"):
        vouched_again("old", "ada", reached(net), now=NOON)


def test_a_refresh_may_say_no_more_than_that_they_are_signed_in(net: Answering) -> None:
    net.said = {"access_token": "x"}
    found = vouched_again("old", "ada", reached(net), now=NOON)
    assert (found.id_token, found.refresh_token) == (None, "old")


def test_secrets_are_in_no_repr_or_error(net: Answering) -> None:
    way = reached(net, client_secret="hush")
    net.status, net.said = 400, {"error": "hush" + "\n" * 3}
    with pytest.raises(ProviderRefused) as refused:
        vouched_for("the-code", ATTEMPT, way, now=NOON)
    assert "hush" not in repr(way.provider) + repr(refused.value)
    assert "the-code" not in repr(refused.value)
    net.status = 200
    assert ATTEMPT.verifier not in repr(ATTEMPT)
    assert id_token() not in repr(vouched(net))


def test_an_endpoint_may_have_a_query_of_its_own(net: Answering) -> None:
    net.publish(ISSUER, rsa_key(), authorization_endpoint=f"{ISSUER}/authorize?tenant=a")
    assert authorization_address(reached(net), ATTEMPT).startswith(
        f"{ISSUER}/authorize?tenant=a&response_type="
    )
    assert logout_address(reached(net), id_token=None, then="x") is None
    net.publish(ISSUER, rsa_key(), token_endpoint=None)
    with pytest.raises(IssuerAnswerRefused, match="token_endpoint"):
        vouched_for("code", ATTEMPT, reached(net), now=NOON)


# Orders to log somebody out


def order(**changed: Any) -> str:
    return signed(claims(**{"events": EVENTS, "jti": "1", "sid": "s", **changed}), typ="logout+jwt")


def test_an_order_names_a_session_or_a_subject(net: Answering) -> None:
    found = logout_order(order(), reached(net), now=NOON)
    assert (found.subject, found.provider_session) == ("ada", "s")
    assert logout_order(order(sid=None), reached(net), now=NOON).provider_session is None
    assert logout_order(order(sub=None), reached(net), now=NOON).subject is None


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "n"},
        {"events": None},
        {"events": {}},
        {"events": []},
        {"events": list(EVENTS)},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"jti": None},
        {"jti": ""},
        {"jti": 5},
        {"jti": "x" * 501},
        {"sid": None, "sub": None},
        {"sid": "", "sub": ""},
        {"sid": 5},
        {"sub": ["ada"]},
        {"sid": "x" * 501},
    ],
    ids=repr,
)
def test_what_orders_nothing_is_refused(net: Answering, changed: dict[str, Any]) -> None:
    with pytest.raises(LogoutRefused):
        logout_order(order(**changed), reached(net), now=NOON)


def test_an_id_token_is_no_order(net: Answering) -> None:
    with pytest.raises(LogoutRefused):
        logout_order(id_token(), reached(net), now=NOON)


def test_an_order_of_another_issuer_or_for_another_client_is_refused(net: Answering) -> None:
    for changed in ({"iss": "https://id.elsewhere.example"}, {"aud": "other"}):
        with pytest.raises(SignedTokenMisdirected):
            logout_order(order(**changed), reached(net), now=NOON)
    with pytest.raises(SignedTokenOutOfTime):
        logout_order(order(iat=AT - 700), reached(net), now=NOON)
