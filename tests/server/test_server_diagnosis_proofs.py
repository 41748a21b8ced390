"""Whether proofs could be checked: each issuer that the settings name is asked for its keys."""

from dataclasses import replace

import pytest
from tests.identity.issuer_examples import ISSUER, ScriptedIssuers, rsa_key
from tests.server.server_world import World

from liftgate.identity.issuers import Issuers
from liftgate.identity.provider import Provider, Reached
from liftgate.identity.token_issuer import CheckedClaim, TokenIssuer
from liftgate.identity.token_sign_in import DeclaredIssuers
from liftgate.server.diagnosis_proofs import look_at_proofs
from liftgate.server.look import Look
from liftgate.server.parts import Parts

CI = "https://ci.example.com"


@pytest.fixture
def published() -> ScriptedIssuers:
    at = ScriptedIssuers()
    at.publish(ISSUER, rsa_key())
    at.publish(CI, rsa_key(), rsa_key("two"))
    return at


@pytest.fixture
def parts(world: World, published: ScriptedIssuers) -> Parts:
    issuers = Issuers(published, world.clock)
    provider = Provider(
        issuer=ISSUER, client_id="liftgate", redirect_uri="http://127.0.0.1:8484/sign-in/oidc"
    )
    repository = CheckedClaim(path=("repository",), accepted=("acme/reports",))
    declared = TokenIssuer(name="ci", issuer=CI, audience="liftgate", checked=(repository,))
    return replace(
        world.parts,
        provider=Reached(provider=provider, issuers=issuers, transport=published),
        token_issuers=DeclaredIssuers(declared=(declared,), issuers=issuers),
    )


def told(parts: Parts) -> dict[str, Look]:
    return {look.title: look for look in look_at_proofs(parts)}


def test_each_way_to_prove_who_one_is_has_its_line(parts: Parts) -> None:
    looks = told(parts)
    assert {title: look.state for title, look in looks.items()} == {
        "proofs": "ok",
        "provider": "ok",
        "issuer": "ok",
        "local sign-in": "note",
    }
    assert looks["provider"].found == f"{ISSUER} answers, with 1 key for signatures"
    assert looks["issuer"].found == f"{CI} answers, with 2 keys for signatures"
    assert "local_sign_in" in (looks["local sign-in"].advice or "")


def test_an_issuer_that_is_away_or_has_no_key_fails_and_the_others_are_looked_at(
    parts: Parts, published: ScriptedIssuers
) -> None:
    published.publish(CI)
    del published.at[f"{ISSUER}/keys"]
    looks = told(parts)
    assert (looks["provider"].state, looks["issuer"].state) == ("fail", "fail")
    assert "answered 404" in looks["provider"].found
    assert looks["issuer"].found == f"{CI} publishes no key for signatures"
    assert looks["proofs"].state == "ok"
