"""Signing in by a real OpenID provider, and what others try on the way."""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.oidc.oidc_world import Person, open_oidc_world, query_of
from tests.oidc.openid_provider import SECRET, OpenIdProvider, ProvidersBrowser
from tests.pages.visitor import Visitor
from tests.server.server_world import World

from liftgate.identity.provider import ATTEMPT_LASTS

pytestmark = pytest.mark.xdist_group("openid-provider")


def test_who_signs_in_at_a_provider_comes_to_the_page_that_they_wanted(world: World) -> None:
    ada = Person(world, "ada")
    signed_in = ada.sign_in("/mine%3Fa%3Db")
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/mine?a=b")
    assert ada.is_in()
    assert "identity.signed_in" in world.ledger()
    with world.store.read() as view:
        said = [
            entry.draft.body for entry in view.entries() if entry.draft.kind.value == "identity.signed_in"
        ]
    assert str(said[-1]["identity"]).endswith("#ada")


def test_the_page_shows_the_way(world: World) -> None:
    assert 'href="/sign-in/oidc"' in Visitor(world).get("/sign-in").text
    shown = Visitor(world).get("/sign-in?next=/mine").text
    assert 'href="/sign-in/oidc?next=/mine"' in shown
    assert "Sign in with Lakeside" in shown


def test_the_provider_is_asked_by_the_book(world: World) -> None:
    ada = Person(world, "ada")
    asked = query_of(ada.sent_to())
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert all(len(asked[name]) == 43 for name in ("state", "nonce", "code_challenge"))
    assert query_of(ada.sent_to())["state"] != asked["state"]


@pytest.mark.parametrize(("client_id", "secret"), [("liftgate-public", None), ("liftgate-post", SECRET)])
def test_each_kind_of_client_signs_in(
    tmp_path: Path, provider: OpenIdProvider, client_id: str, secret: str | None
) -> None:
    with open_oidc_world(tmp_path, provider, client_id=client_id, client_secret=secret) as world:
        if client_id == "liftgate-post":
            methods_of(world, "client_secret_post")
        ada = Person(world, "ada")
        assert ada.sign_in().status_code == 303
        assert ada.is_in()


def test_a_wrong_secret_is_said_to_be_the_servers_fault(tmp_path: Path, provider: OpenIdProvider) -> None:
    with open_oidc_world(tmp_path, provider, client_secret="wrong") as world:
        ada = Person(world, "ada")
        answer = ada.sign_in()
        assert answer.status_code == 503
        assert "does not know this server as its client" in answer.text
        assert not ada.is_in()


def test_somebody_unknown_is_shown_the_line_to_write(world: World, provider: OpenIdProvider) -> None:
    eve = Person(world, "eve")
    answer = eve.sign_in()
    assert answer.status_code == 401
    assert f"identities: [&#34;oidc:{provider.issuer}#eve&#34;]" in answer.text
    assert not eve.is_in()


def test_a_name_that_only_looks_like_somebodys_is_nobodys(world: World) -> None:
    for name in ("Ada", "ada@example.com", "ada ", "aws:ada"):
        assert Person(world, name).sign_in().status_code == 401


# What others try


def refused(person: Person, address: str, code: int = 401) -> str:
    answer = person.here.get(address)
    assert answer.status_code == code, answer.text
    assert not person.is_in()
    return answer.text


def test_a_callback_is_good_once(world: World) -> None:
    ada = Person(world, "ada")
    back = ada.came_back()
    cookies = dict(ada.here.http.cookies)
    assert ada.here.get(back).status_code == 303
    again = Person(world, "ada")
    assert "did not begin this sign-in" in refused(again, back)
    again.here.http.cookies.update(cookies)  # a copy of the browser as it was
    assert "invalid_grant" in refused(again, back)


def test_an_attempt_leads_to_one_sign_in_whatever_code_it_brings(world: World) -> None:
    ada = Person(world, "ada")
    asked = ada.sent_to()
    first, second = (ProvidersBrowser().authorize(asked, "ada") for _ in range(2))
    cookies = dict(ada.here.http.cookies)
    assert ada.here.get(first).status_code == 303
    again = Person(world, "ada")
    again.here.http.cookies.update(cookies)
    assert "finished before" in refused(again, second)


def test_a_stolen_code_is_worth_nothing_in_another_browser(world: World) -> None:
    ada, mallory = Person(world, "ada"), Person(world, "mallory")
    back = query_of(ada.came_back())
    assert "did not begin" in refused(mallory, f"/sign-in/oidc/callback?{urlencode(back)}")
    own = query_of(mallory.sent_to())["state"]
    # With a state of their own the code still answers to the challenge of another verifier.
    assert "invalid_grant" in refused(mallory, f"/sign-in/oidc/callback?{urlencode({**back, 'state': own})}")


def test_nobody_is_signed_in_as_somebody_else_by_a_link(world: World) -> None:
    """Login CSRF: Mallory's own callback, opened in Ada's browser."""
    ada, mallory = Person(world, "ada"), Person(world, "linus")
    back = mallory.came_back()
    refused(ada, back)
    ada.sent_to()  # even while an attempt of hers is open
    refused(ada, back)


def test_a_session_cannot_be_fixed_before_the_sign_in(world: World) -> None:
    mallory, ada = Visitor(world, "mallory"), Person(world, "ada")
    planted = mallory.token
    ada.here.http.cookies.set("liftgate", planted, domain="127.0.0.1", path="/")
    assert ada.sign_in().status_code == 303
    assert ada.here.http.cookies["liftgate"] != planted
    assert mallory.get("/mine").status_code == 303  # what was planted is over


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "x" * 43},
        {"state": ""},
        {"iss": "https://evil.example"},
        {"iss": ""},
        {"code": ""},
        {"code": "made-up"},
    ],
    ids=repr,
)
def test_a_changed_answer_is_refused(world: World, changed: dict[str, str]) -> None:
    ada = Person(world, "ada")
    back = {**query_of(ada.came_back()), **changed}
    refused(ada, f"/sign-in/oidc/callback?{urlencode(back)}")


def test_a_provider_that_says_who_it_is_must_say_so_each_time(world: World) -> None:
    """RFC 9207: without it another provider could have answered."""
    ada = Person(world, "ada")
    back = {name: value for name, value in query_of(ada.came_back()).items() if name != "iss"}
    refused(ada, f"/sign-in/oidc/callback?{urlencode(back)}")


def test_a_field_that_stands_twice_is_refused(world: World) -> None:
    ada = Person(world, "ada")
    refused(ada, f"{ada.came_back()}&code=another")


@pytest.mark.parametrize(
    "query", ["a=1" + "&a=1" * 30, "code=" + "x" * 17_000, "code=%ff"], ids=["many", "long", "odd"]
)
def test_an_answer_that_cannot_be_read_is_refused(world: World, query: str) -> None:
    ada = Person(world, "ada")
    ada.sent_to()
    refused(ada, f"/sign-in/oidc/callback?{query}", 422)


def test_a_token_for_another_attempt_is_refused(world: World, provider: OpenIdProvider) -> None:
    provider.control("nonce", to="of-another-attempt")
    ada = Person(world, "ada")
    assert "another attempt" in refused(ada, ada.came_back())


def test_an_attempt_is_over_after_ten_minutes(world: World) -> None:
    ada = Person(world, "ada")
    back = ada.came_back()
    world.clock.now += ATTEMPT_LASTS
    assert "did not begin" in refused(ada, back)


def test_a_refusal_of_the_provider_is_shown_and_never_as_a_page_of_its_own(world: World) -> None:
    ada = Person(world, "ada")
    said = {"error": "<script>alert(1)</script>", "error_description": "call +1 900 555"}
    back = {**said, "state": query_of(ada.sent_to())["state"], "iss": query_of(ada.came_back())["iss"]}
    back["state"] = query_of(ada.sent_to())["state"]
    shown = refused(ada, f"/sign-in/oidc/callback?{urlencode(back)}")
    assert "<script>alert" not in shown
    assert "555" not in shown


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_elsewhere(world: World, elsewhere: str) -> None:
    ada = Person(world, "ada")
    asked = ada.here.http.get("/sign-in/oidc", params={"next": elsewhere}, follow_redirects=False)
    back = ada.there.authorize(asked.headers["location"], "ada")
    assert ada.here.get(back).headers["location"] == "/"


def test_the_cookie_of_an_attempt_is_this_servers_own(world: World) -> None:
    ada = Person(world, "ada")
    back = ada.came_back()
    value = ada.here.http.cookies["liftgate-oidc"]
    seed, began, way, code, mark = value.split(".")
    assert code == ""
    for forged in (
        f"{seed}.{began}.{way}..{'A' * 43}",
        f"{seed}.{int(began) + 1}.{way}..{mark}",
        f"{seed}.{began}.{way}.{'0' * 64}.{mark}",
        "",
        "a.b.c.d",
    ):
        ada.here.http.cookies.set("liftgate-oidc", forged)
        refused(ada, back)


def test_neither_code_nor_token_nor_secret_is_logged(world: World) -> None:
    ada = Person(world, "ada")
    back = ada.came_back()
    ada.here.get(back)
    for secret in (query_of(back)["code"], query_of(back)["state"], SECRET, ada.here.token):
        assert secret not in world.log.text


def methods_of(world: World, method: str) -> None:
    """A provider that takes the secret in one way only."""
    assert world.parts.provider is not None
    issuers = world.parts.provider.issuers
    issuer = world.parts.provider.provider.issuer
    document = issuers.document(issuer)
    object.__setattr__(document, "token_auth_methods", (method,))
