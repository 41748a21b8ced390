"""The page of one's identities: the same as the API, and forms that nobody else can send."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pages.test_pages_terminals import answered, by_code
from tests.pages.visitor import Visitor
from tests.server.server_world import CATALOGUE, World, open_world
from tests.server.test_server_identities import LAPTOP, entries, link, prove, refusal, sign_in

from liftgate.identity.link_model import Link
from liftgate.identity.model import Identity, IdentityKind

CODE = re.compile(r"[0-9a-z]{4}(?:-[0-9a-z]{4}){3}")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, catalogue=CATALOGUE, linked_identities=["aws"]) as opened:
        yield opened


def shown_code(text: str) -> str:
    [code] = set(CODE.findall(text.split('role="status"')[1].partition("<table")[0]))
    return str(code)


def test_a_code_of_the_page_links(world: World) -> None:
    ada = Visitor(world, "ada")
    answer = ada.submit("/identities/codes", seen_on="/identities", kind="aws")
    assert "liftgate identities link --aws PROFILE --with-code" in answer.text
    assert prove(world, shown_code(answer.text)).status_code == 201
    page = ada.get("/identities").text
    assert LAPTOP in page
    assert not CODE.search(page.split('role="status"')[0].replace("3xv7-m0q4-c2h5-k8rs", ""))
    assert sign_in(world).json()["person"]["id"] == "ada"


def test_whoever_finds_a_browser_later_makes_no_further_way_in_of_it(world: World) -> None:
    """Nor by a terminal that they sign in with it, though that was signed in just now."""
    ada = Visitor(world, "ada")
    world.clock.pass_by(minutes=15)
    late = ada.submit("/identities/codes", seen_on="/identities", kind="aws")
    assert (late.status_code, "too long ago" in late.text) == (403, True)
    by_browser = by_code(world, answered(ada)["code"]).json()["token"]
    headers = {"Authorization": f"Bearer {by_browser}"}
    asked = world.http.post("/api/v1/me/identities/codes", json={"kind": "aws"}, headers=headers)
    assert refusal(asked) == (403, "sign_in_too_old")
    fresh = by_code(world, answered(Visitor(world, "ada"))["code"]).json()["token"]
    headers = {"Authorization": f"Bearer {fresh}"}
    asked = world.http.post("/api/v1/me/identities/codes", json={"kind": "aws"}, headers=headers)
    assert asked.status_code == 201


def test_a_link_ends_from_the_page(world: World) -> None:
    made = link(world)
    ada = Visitor(world, "ada")
    assert ada.submit(f"/identities/{made}/unlink", seen_on="/identities").status_code == 303
    assert LAPTOP not in ada.get("/identities").text
    assert refusal(sign_in(world)) == (401, "identity_unknown")


def test_a_guard_sees_and_ends_anybodys(world: World) -> None:
    made = link(world)
    assert LAPTOP not in Visitor(world, "grace").get("/identities").text
    rosa = Visitor(world, "rosa")
    assert LAPTOP in rosa.get("/identities").text
    assert rosa.submit(f"/identities/{made}/unlink", seen_on="/identities").status_code == 303
    assert entries(world, "identity.unlinked")[0]["of"] == "ada"


def test_no_form_of_elsewhere_is_taken(world: World) -> None:
    made = link(world)
    ada = Visitor(world, "ada")
    csrf = ada.hidden("/identities", "/identities/codes")["csrf"]
    others = Visitor(world, "mallory").hidden("/identities", "/identities/codes")["csrf"]
    for path, fields in (("/identities/codes", {"kind": "aws"}), (f"/identities/{made}/unlink", {})):
        assert ada.send(path, origin="https://evil.example", csrf=csrf, **fields).status_code == 403
        assert ada.send(path, csrf=others, **fields).status_code == 403
        assert ada.send(path, **fields).status_code == 403
        assert ada.get(path).status_code in {404, 405}
    assert len(entries(world, "identity.link_code_made")) == 1
    assert sign_in(world).status_code == 201


def test_the_code_page_takes_no_form_of_elsewhere(world: World) -> None:
    """Else a page of somebody's could have whoever opens it linked to them."""
    nobody = Visitor(world)
    for origin in ("https://evil.example", None):
        answer = nobody.send("/identities/link", origin=origin, code="x")
        assert (answer.status_code, "not sent by a page of this server" in answer.text) == (403, True)
    assert 'name="code"' in nobody.get("/identities/link?code=3xv7-m0q4-c2h5-k8rs").text
    assert 'value="3xv7' not in nobody.get("/identities/link?code=3xv7-m0q4-c2h5-k8rs").text


def test_what_cannot_be_had_is_said(world: World) -> None:
    ada = Visitor(world, "ada")
    for kind, status in (("slack", 404), ("oidc", 404), ("x", 422)):
        answer = ada.submit("/identities/codes", seen_on="/identities", kind=kind)
        assert answer.status_code == status
        assert 'role="alert"' in answer.text


def test_a_browser_that_came_by_a_link_is_signed_out_with_it(world: World) -> None:
    """Its session has the identity of the link, as a sign-in by a provider gives it."""
    ada = Visitor(world, "ada")
    assert ada.get("/mine").status_code == 200
    made = Link(
        id="li-1",
        identity=Identity(kind=IdentityKind.LOCAL, name="ada"),
        person_id="ada",
        by=None,
        linked_at=world.clock(),
    )
    with world.store.write() as transaction:
        transaction.links.add(made)
    assert world.call("rosa", "DELETE", "/identities/li-1").status_code == 204
    assert ada.get("/mine").status_code == 303
