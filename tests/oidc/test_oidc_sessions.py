"""What stands on a provider's word: it is asked again, it may end what it began, and its groups come and go."""

import json
import re
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient
from tests.oidc.oidc_world import Person, another_process, open_oidc_world, query_of
from tests.oidc.openid_provider import OpenIdProvider
from tests.pages.visitor import Visitor
from tests.server.server_world import ADDRESS, World, an_ask

from liftgate.identity.errors import IssuerUnavailable
from liftgate.identity.ports import IssuerAnswer
from liftgate.identity.provider_sign_in import CHECKED_EVERY, LONGEST_UNCHECKED
from liftgate.identity.token import challenge_of
from liftgate.server.app import create_app
from liftgate.server.browser.looks import BY_ITSELF

pytestmark = pytest.mark.xdist_group("openid-provider")
SECOND = timedelta(seconds=1)
VERIFIER = "v" * 43
BACK_CHANNEL = "/sign-in/oidc/back-channel-logout"


class Between:
    """A transport that counts what goes to the token endpoint, and can be cut."""

    def __init__(self, world: World) -> None:
        reached = world.parts.provider
        assert reached is not None
        self.asked: list[dict[str, str]] = []
        self.is_cut = False
        self._inner = reached.transport
        world.parts = replace(world.parts, provider=replace(reached, transport=self))
        world.http = TestClient(create_app(world.parts), base_url=ADDRESS, raise_server_exceptions=False)

    def get(self, url: str) -> IssuerAnswer:
        return self._inner.get(url)

    def post(self, url: str, fields: Any, *, headers: Any) -> IssuerAnswer:
        self.asked.append(dict(fields))
        if self.is_cut:
            raise IssuerUnavailable("the issuer cannot be reached", advice="try again")
        return self._inner.post(url, fields, headers=headers)


# Asking again


def test_the_provider_is_asked_again_every_few_minutes(world: World) -> None:
    between = Between(world)
    ada = Person(world, "ada")
    ada.sign_in()
    tokens = []
    for _ in range(3):
        assert ada.is_in()
        assert ada.is_in()
        tokens.append(between.asked[-1].get("refresh_token"))
        world.clock.now += CHECKED_EVERY
    assert [one["grant_type"] for one in between.asked] == [
        "authorization_code",
        "refresh_token",
        "refresh_token",
    ]
    assert len(set(tokens)) == 3  # each refresh token is used once


def test_who_is_revoked_at_the_provider_is_signed_out(world: World, provider: OpenIdProvider) -> None:
    ada = Person(world, "ada")
    ada.sign_in()
    provider.control("revoke", sub="ada")
    assert ada.is_in()
    world.clock.now += CHECKED_EVERY
    assert not ada.is_in()
    assert "identity.signed_out" in world.ledger()
    world.clock.now -= CHECKED_EVERY
    assert not ada.is_in()


def test_a_copied_session_without_the_refresh_token_is_signed_out(world: World) -> None:
    ada, mallory = Person(world, "ada"), Person(world, "mallory")
    ada.sign_in()
    mallory.here.http.cookies.set("liftgate", ada.here.token)
    world.clock.now += CHECKED_EVERY
    assert not mallory.is_in()


def test_the_refresh_token_of_another_session_is_not_taken(world: World) -> None:
    ada, grace = Person(world, "ada"), Person(world, "grace")
    ada.sign_in()
    grace.sign_in()
    other = grace.here.http.cookies["liftgate-refresh"]
    ada.here.http.cookies.set("liftgate-refresh", other, domain="127.0.0.1", path="/")
    world.clock.now += CHECKED_EVERY
    assert not ada.is_in()
    assert grace.is_in()


def test_a_provider_that_does_not_answer_signs_nobody_out_at_once(world: World) -> None:
    between = Between(world)
    ada = Person(world, "ada")
    ada.sign_in()
    between.is_cut = True
    world.clock.now += CHECKED_EVERY
    assert ada.is_in()
    assert ada.is_in()
    assert len(between.asked) == 2  # and is asked again a minute later only
    world.clock.now += timedelta(minutes=1)
    assert ada.is_in()
    assert len(between.asked) == 3


def test_but_not_for_longer_than_half_an_hour(world: World) -> None:
    between = Between(world)
    ada = Person(world, "ada")
    ada.sign_in()
    between.is_cut = True
    world.clock.now += LONGEST_UNCHECKED
    for _ in range(2):
        assert ada.here.get("/mine").status_code == 503
    assert len(between.asked) == 2


def test_what_a_page_asks_by_itself_asks_nobody(world: World) -> None:
    between = Between(world)
    ada = Person(world, "ada")
    ada.sign_in()
    world.clock.now += CHECKED_EVERY
    assert ada.here.get("/mine", **{BY_ITSELF: "1"}).status_code == 200
    assert len(between.asked) == 1


def test_the_refresh_token_stands_nowhere_in_the_database(world: World, tmp_path: Path) -> None:
    between = Between(world)
    ada = Person(world, "ada")
    ada.sign_in()
    world.clock.now += CHECKED_EVERY
    assert ada.is_in()
    token = between.asked[-1]["refresh_token"].encode()
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("liftgate.db*"))
    assert b"provider_sign_ins" in kept
    assert token not in kept
    assert token.decode() not in world.log.text
    sealed = ada.here.http.cookies["liftgate-refresh"]
    assert token not in urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))


def test_the_cookies_of_a_session_are_out_of_reach_of_scripts(world: World) -> None:
    cookies = Person(world, "ada").sign_in().headers.get_list("set-cookie")
    assert {one.partition("=")[0] for one in cookies} == {
        "liftgate",
        "liftgate-refresh",
        "liftgate-id-token",
        "liftgate-oidc",
    }
    for one in cookies:
        parts = {part.strip().lower() for part in one.split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= parts
        assert len(one) < 4_096


def test_who_signed_in_by_another_provider_is_nobody_here(world: World) -> None:
    ada = Person(world, "ada")
    ada.sign_in()
    token = let_in(world, ada)
    here = TestClient(
        create_app(replace(world.parts, provider=None)), base_url=ADDRESS, raise_server_exceptions=False
    )
    here.cookies = ada.here.http.cookies
    assert here.get("/mine", follow_redirects=False).status_code == 303
    assert here.get("/api/v1/me", headers=token).status_code == 401


# Ended by the provider


def log_out_at_the_provider(person: Person, provider: OpenIdProvider) -> str:
    """The token that it sends when somebody signs out there."""
    end = person.here.get("/sign-in/oidc/end").headers["location"]
    person.there.sign_out(end)
    return provider.logout_token()


def told(world: World, token: str) -> Any:
    return Visitor(world).send(BACK_CHANNEL, origin=None, logout_token=token)


def test_a_logout_at_the_provider_ends_that_session_alone(world: World, provider: OpenIdProvider) -> None:
    desk, phone, grace = Person(world, "ada"), Person(world, "ada"), Person(world, "grace")
    for one in (desk, phone, grace):
        one.sign_in()
    token = log_out_at_the_provider(desk, provider)
    answer = told(world, token)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert [one.is_in() for one in (desk, phone, grace)] == [False, True, True]
    assert world.ledger().count("identity.signed_out") == 1


def test_an_order_to_log_out_counts_once(world: World, provider: OpenIdProvider) -> None:
    ada = Person(world, "ada")
    ada.sign_in()
    token = log_out_at_the_provider(ada, provider)
    assert told(world, token).status_code == 200
    again = told(world, token)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_request")
    assert token not in again.text + world.log.text


def test_nobody_else_gives_such_orders(world: World, provider: OpenIdProvider) -> None:
    ada = Person(world, "ada")
    ada.sign_in()
    token = log_out_at_the_provider(ada, provider)
    head, body, mark = token.split(".")
    said = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert said["events"]
    id_token = query_of(ada.here.get("/sign-in/oidc/end").headers["location"]).get("id_token_hint", "")
    for other in ("", "x", id_token, f"{head}.{body}.{mark[:-4]}AAAA", f"{head}.{body}."):
        assert told(world, other).status_code == 400
    assert Visitor(world).send(BACK_CHANNEL, origin=None).status_code == 400
    assert ada.is_in()


def test_signing_out_here_shows_the_way_out_there(world: World, provider: OpenIdProvider) -> None:
    ada = Person(world, "ada")
    ada.sign_in()
    out = ada.here.submit("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in?out=1")
    assert not ada.is_in()
    assert 'href="/sign-in/oidc/end">Sign out of Lakeside too' in ada.here.get("/sign-in?out=1").text
    end = ada.here.get("/sign-in/oidc/end")
    asked = query_of(end.headers["location"])
    assert asked["client_id"] == "liftgate"
    assert asked["post_logout_redirect_uri"] == f"{ADDRESS}/sign-in"
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", asked["id_token_hint"])
    assert ada.there.sign_out(end.headers["location"]) == f"{ADDRESS}/sign-in"
    provider.logout_token()
    assert "liftgate-id-token" not in ada.here.http.cookies
    assert ada.here.get("/sign-in/oidc/end", **{"sec-fetch-site": "cross-site"}).status_code == 403


# Groups


def asks(world: World, person: str) -> int:
    return int(world.ask(person).status_code)


def test_groups_of_the_provider_come_and_go(world: World, provider: OpenIdProvider) -> None:
    assert asks(world, "grace") == 403
    provider.control("groups", sub="grace", groups="idp-writers,idp-unknown,writers")
    grace = Person(world, "grace")
    grace.sign_in()
    assert asks(world, "grace") == 201
    assert asks(world, "ada") == 201  # who is declared stays in
    provider.control("groups", sub="grace", groups="idp-unknown")
    assert asks(world, "grace") == 201
    world.clock.now += CHECKED_EVERY
    assert grace.is_in()
    assert asks(world, "grace") == 403
    assert asks(world, "ada") == 201
    with world.store.read() as view:
        claimed = [
            one.draft.body for one in view.entries() if one.draft.kind.value == "identity.groups_claimed"
        ]
    assert [one["groups"] for one in claimed] == [["writers"], []]


def test_a_name_that_is_not_mapped_lets_nobody_in(world: World, provider: OpenIdProvider) -> None:
    provider.control("groups", sub="grace", groups="writers,checkers,Idp-Writers")
    Person(world, "grace").sign_in()
    assert asks(world, "grace") == 403


def test_groups_end_by_themselves(world: World, provider: OpenIdProvider) -> None:
    provider.control("groups", sub="grace", groups="idp-writers")
    Person(world, "grace").sign_in()
    world.clock.now += timedelta(days=1) - SECOND
    assert asks(world, "grace") == 201
    world.clock.now += SECOND
    assert asks(world, "grace") == 403


def test_reviewers_may_come_from_the_provider_too(world: World, provider: OpenIdProvider) -> None:
    provider.control("groups", sub="rosa", groups="idp-checkers")
    waiting = world.pending("ada")
    Person(world, "rosa").sign_in()
    answer = world.post("rosa", f"/requests/{waiting}/reviews", {"answer": "approve", "comment": "Fine"})
    assert (answer.status_code, answer.json()["state"]) == (201, "approved")


def test_nobody_becomes_a_guard_by_a_claim(tmp_path: Path, provider: OpenIdProvider) -> None:
    provider.control("groups", sub="grace", groups="idp-checkers")
    with open_oidc_world(tmp_path, provider) as world:
        text = world.catalogue_file.read_text().replace("guards: [rosa]", "guards: [rosa, checkers]")
        world.catalogue_file.write_text(text)
        world.clock.now += timedelta(minutes=1)
        assert world.get("linus", "/me").json()["is_guard"]
        Person(world, "grace").sign_in()
        assert not world.get("grace", "/me").json()["is_guard"]


def test_another_process_sees_them_at_once(world: World, provider: OpenIdProvider) -> None:
    there = another_process(world)
    asked = {"Authorization": f"Bearer {world.sign_in('grace')}"}
    assert there.post("/api/v1/requests", json=an_ask(), headers=asked).status_code == 403
    provider.control("groups", sub="grace", groups="idp-writers")
    Person(world, "grace").sign_in()
    assert there.post("/api/v1/requests", json=an_ask(), headers=asked).status_code == 201


# The command line that was let in by such a browser


def signed_out(world: World) -> list[Any]:
    """What the ledger says of sign-outs by the provider."""
    with world.store.read() as view:
        return [one.draft.body for one in view.entries() if one.draft.kind.value == "identity.signed_out"]


def let_in(world: World, person: Person) -> dict[str, str]:
    """The headers of a command line that somebody's browser let in."""
    asked = {"port": "50123", "state": "s" * 43, "challenge": challenge_of(VERIFIER), "machine": "laptop"}
    page = person.here.submit("/sign-in/cli", seen_on=f"/sign-in/cli?{urlencode(asked)}", answer="allow")
    code = query_of(page.headers["refresh"].removeprefix("0; url="))["code"]
    answer = world.http.post("/api/v1/sign-ins", json={"method": "login", "code": code, "verifier": VERIFIER})
    assert answer.json()["identity"].endswith(f"#{person.name}"), answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def test_a_logout_at_the_provider_ends_what_the_browser_let_in(
    world: World, provider: OpenIdProvider
) -> None:
    ada, grace = Person(world, "ada"), Person(world, "grace")
    ada.sign_in()
    grace.sign_in()
    tokens = [let_in(world, one) for one in (ada, grace)]
    assert told(world, log_out_at_the_provider(ada, provider)).status_code == 200
    assert [world.http.get("/api/v1/me", headers=one).status_code for one in tokens] == [401, 200]
    [out] = signed_out(world)
    assert (out["person"], out["terminals"]) == ("ada", 1)


def test_a_revoked_refresh_token_ends_what_the_browser_let_in(world: World, provider: OpenIdProvider) -> None:
    ada = Person(world, "ada")
    ada.sign_in()
    token = let_in(world, ada)
    provider.control("revoke", sub="ada")
    assert world.http.get("/api/v1/me", headers=token).status_code == 200
    world.clock.now += CHECKED_EVERY
    assert not ada.is_in()
    assert world.http.get("/api/v1/me", headers=token).status_code == 401
