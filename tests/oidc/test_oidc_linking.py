"""Linking an account of a real OpenID provider, through the browser that holds it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient
from tests.oidc.oidc_world import Person, open_oidc_world, path_of
from tests.oidc.openid_provider import OpenIdProvider
from tests.pages.visitor import Visitor
from tests.server.server_world import ADDRESS, World

from liftgate.server.app import create_app

pytestmark = pytest.mark.xdist_group("openid-provider")


@pytest.fixture
def world(tmp_path: Path, provider: OpenIdProvider) -> Iterator[World]:
    provider.control("nonce")
    with open_oidc_world(tmp_path, provider) as opened:
        settings = opened.parts.settings.model_copy(update={"linked_identities": ("oidc",)})
        opened.parts = replace(opened.parts, settings=settings)
        opened.http = TestClient(create_app(opened.parts), base_url=ADDRESS, raise_server_exceptions=False)
        yield opened


def a_code(world: World, person: str = "mallory") -> str:
    answer = world.post(person, "/me/identities/codes", {"kind": "oidc"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


def typed(somebody: Person, code: str) -> httpx.Response:
    """The code, in the browser of somebody."""
    return somebody.here.send("/identities/link", code=code)


def came_back(somebody: Person, sent: httpx.Response) -> httpx.Response:
    """Whom the provider knows somebody as, comes back from there."""
    assert sent.status_code == 303, sent.text
    return somebody.here.get(path_of(somebody.there.authorize(sent.headers["location"], somebody.name)))


def me(somebody: Person) -> str:
    """Whom the pages take somebody for."""
    page = somebody.here.get("/identities")
    assert page.status_code == 200, page.headers
    return page.text.split("you are ")[1].split(" (")[0]


def test_an_account_is_linked_through_the_browser_and_signs_in(
    world: World, provider: OpenIdProvider
) -> None:
    eve = Person(world, "eve")
    refused = eve.sign_in()
    assert refused.status_code == 401
    assert 'href="/identities/link"' in refused.text
    sent = typed(eve, code := a_code(world))
    assert code not in sent.headers["location"]
    back = came_back(eve, sent)
    assert (back.status_code, back.headers["location"]) == (303, "/identities")
    assert me(eve) == "Mallory"
    assert f"oidc:{provider.issuer}#eve" in eve.here.get("/identities").text
    again = Person(world, "eve")
    assert again.sign_in().status_code == 303
    assert me(again) == "Mallory"
    shown = world.get("mallory", "/me/identities").json()["items"]
    [link] = [one["link_id"] for one in shown if one["named_by"] == "link"]
    assert world.call("mallory", "DELETE", f"/identities/{link}").status_code == 204
    assert not eve.is_in()
    assert not again.is_in()
    assert Person(world, "eve").sign_in().status_code == 401
    assert "identity.unlinked" in world.ledger()


def test_the_catalogues_other_person_is_not_linked(world: World) -> None:
    grace = Person(world, "grace")
    refused = came_back(grace, typed(grace, a_code(world)))
    assert refused.status_code == 403
    assert "somebody else&#39;s" in refused.text
    assert not grace.is_in()
    assert Person(world, "grace").sign_in().status_code == 303


def test_a_code_is_used_once_also_by_two_who_began_with_it(world: World) -> None:
    code = a_code(world)
    eve, dan = Person(world, "eve"), Person(world, "dan")
    first, second = typed(eve, code), typed(dan, code)
    assert came_back(eve, first).status_code == 303
    refused = came_back(dan, second)
    assert refused.status_code == 403
    assert "none that is in use" in refused.text
    assert Person(world, "dan").sign_in().status_code == 401
    assert typed(dan, code).status_code == 403


def test_a_code_that_is_over_leads_nowhere(world: World) -> None:
    eve = Person(world, "eve")
    sent = typed(eve, a_code(world))
    held = a_code(world)  # the newer one ends the first
    assert came_back(eve, sent).status_code == 403
    world.clock.pass_by(minutes=9)
    sent = typed(eve, held)
    world.clock.pass_by(minutes=1)  # over before the attempt is
    assert came_back(eve, sent).status_code == 403
    assert typed(eve, held).status_code == 403
    assert typed(eve, "").status_code == 403


def test_a_page_of_elsewhere_sends_nobody_off_with_a_code(world: World) -> None:
    """Else whoever opened it, and is signed in at the provider, would be linked to somebody else without a word."""
    eve = Person(world, "eve")
    foisted = eve.here.send("/identities/link", origin="https://evil.example", code=a_code(world))
    assert foisted.status_code == 403
    assert "liftgate-oidc" not in eve.here.http.cookies


def test_a_browser_that_typed_no_code_is_linked_to_nobody(world: World) -> None:
    """Somebody's address for the callback, opened by another, is none of theirs."""
    eve, dan = Person(world, "eve"), Person(world, "dan")
    sent = typed(eve, a_code(world))
    foisted = path_of(eve.there.authorize(sent.headers["location"], "eve"))
    assert dan.here.get(foisted).status_code == 401
    assert "identity.linked" not in world.ledger()


def test_a_linked_account_brings_no_groups(world: World, provider: OpenIdProvider) -> None:
    """A link says who somebody is: what a provider says of an account's groups is another's word about another."""
    provider.control("groups", sub="eve", groups="idp-writers")
    eve = Person(world, "eve")
    came_back(eve, typed(eve, a_code(world)))
    world.clock.pass_by(minutes=6)
    assert eve.is_in()  # the provider was asked again, and said so again
    assert "identity.groups_claimed" not in world.ledger()
    Person(world, "ada").sign_in()
    assert "identity.groups_claimed" in world.ledger()


def test_a_code_is_in_no_address_and_no_log(world: World) -> None:
    code = a_code(world)
    eve = Person(world, "eve")
    back = came_back(eve, typed(eve, code))
    for one in (code, code.replace("-", "")):
        assert one not in world.log.text
        assert one not in str(back.headers)
        assert one not in str(dict(eve.here.http.cookies))


def test_it_is_off_unless_the_settings_say_so(tmp_path: Path, provider: OpenIdProvider) -> None:
    with open_oidc_world(tmp_path, provider) as world:
        refused = world.post("mallory", "/me/identities/codes", {"kind": "oidc"})
        assert (refused.status_code, refused.json()["code"]) == (403, "linking_off")
        assert Visitor(world).send("/identities/link", code="x").status_code == 403
