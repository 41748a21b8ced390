"""Browsers that are signed in: how they come in, how long they stay, and who else tries to."""

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.pages.visitor import Visitor
from tests.server.server_world import ADDRESS, World, open_world

from liftgate.identity.browser import GRACE, ROTATES_AFTER
from liftgate.identity.token import hash_of, new_token
from liftgate.server.app import create_app


def is_in(visitor: Visitor) -> bool:
    answer = visitor.get("/mine")
    assert answer.status_code == 200 or answer.headers["location"].startswith("/sign-in"), answer.text
    return answer.status_code == 200


def copy_of(world: World, token: str) -> Visitor:
    """Another browser with a token of somebody's."""
    copy = Visitor(world)
    copy.http.cookies.set("liftgate", token)
    return copy


def test_who_signs_in_comes_to_the_page_that_they_wanted(world: World) -> None:
    ada = Visitor(world)
    wanted = ada.get("/mine?a=b&c=d")
    assert (wanted.status_code, wanted.headers["location"]) == (303, "/sign-in?next=/mine%3Fa%3Db%26c%3Dd")
    assert ada.hidden(wanted.headers["location"], "/sign-in/local")["next"] == "/mine?a=b&c=d"
    signed_in = ada.send("/sign-in/local", person="ada", next="/mine?a=b&c=d")
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/mine?a=b&c=d")
    assert is_in(ada)
    assert "identity.signed_in" in world.ledger()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n//evil.example",
        " /mine",
        "javascript:alert(1)",
        "http:evil.example",
        "",
    ],
    ids=repr,
)
def test_nobody_is_sent_elsewhere(world: World, elsewhere: str) -> None:
    ada = Visitor(world)
    assert ada.send("/sign-in/local", person="ada", next=elsewhere).headers["location"] == "/"
    assert "evil" not in ada.http.get("/sign-in", params={"next": elsewhere}).text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World) -> None:
    ada = Visitor(world)
    [cookie] = ada.send("/sign-in/local", person="ada").headers.get_list("set-cookie")
    parts = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "samesite=lax", "path=/", "max-age=36000"} <= parts
    assert not any(part.startswith("domain") for part in parts)


def test_over_tls_the_cookie_is_of_this_host_alone(tmp_path: Path) -> None:
    with open_world(tmp_path) as world:
        secure = replace(world.parts, audience="https://liftgate.example.com")
        http = TestClient(create_app(secure), base_url="https://127.0.0.1", raise_server_exceptions=False)
        answer = http.post(
            "/sign-in/local",
            data={"person": "ada"},
            headers={"Origin": "https://liftgate.example.com"},
            follow_redirects=False,
        )
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-liftgate=")
        assert "; Secure" in cookie
        assert answer.headers["strict-transport-security"]


def test_a_session_that_somebody_planted_is_not_taken_up(world: World) -> None:
    mallory = Visitor(world, "mallory")
    ada = Visitor(world)
    ada.http.cookies.set("liftgate", mallory.token, domain="127.0.0.1")
    ada.send("/sign-in/local", person="ada")
    assert ada.token != mallory.token
    assert not is_in(mallory)  # what the browser was signed in as before has ended
    assert is_in(ada)


def test_a_cookie_that_was_not_marked_by_us_is_none(world: World) -> None:
    ada = Visitor(world, "ada")
    token, _, mark = ada.token.partition(".")
    for forged in (
        token,
        f"{token}.",
        f"{token}.{'A' * 43}",
        f"{mark}.{token}",
        f"{token}.{mark}x",
        "lg_",
        "",
    ):
        with_forged = Visitor(world)
        with_forged.http.cookies.set("liftgate", forged)
        assert not is_in(with_forged), forged
    assert is_in(ada)


def test_who_has_the_key_of_cookies_is_signed_in_as_nobody(world: World) -> None:
    ada, key = Visitor(world, "ada"), world.parts.session_key
    token, _, mark = ada.token.partition(".")
    assert key.mark("cookie", token) == mark  # the thief's marks are as good as ours
    of_the_database = hash_of(token)  # which whoever has the key may have read too
    for made_up in (new_token(lambda size: b"x" * size), of_the_database):
        assert not is_in(copy_of(world, f"{made_up}.{key.mark('cookie', made_up)}")), made_up
    assert is_in(copy_of(world, f"{token}.{key.mark('cookie', token)}"))


def test_two_cookies_of_one_name_are_none(world: World) -> None:
    ada, mallory = Visitor(world, "ada"), Visitor(world, "mallory")
    answer = Visitor(world).get("/mine", cookie=f"liftgate={mallory.token}; liftgate={ada.token}")
    assert answer.status_code == 303


def test_a_cookie_opens_no_api_and_a_token_no_page(world: World) -> None:
    ada = Visitor(world, "ada")
    assert ada.get("/api/v1/me").status_code == 401
    bare = ada.token.partition(".")[0]
    assert ada.get("/api/v1/me", Authorization=f"Bearer {bare}").status_code == 401
    key = world.parts.session_key
    of_api = world.sign_in("ada")
    visitor = Visitor(world)
    visitor.http.cookies.set("liftgate", f"{of_api}.{key.mark('cookie', of_api)}")
    assert not is_in(visitor)


def test_whoever_does_not_use_it_is_signed_out(world: World) -> None:
    ada = Visitor(world, "ada")
    for _ in range(5):
        world.clock.pass_by(minutes=50)
        assert is_in(ada)
    world.clock.pass_by(minutes=61)
    assert not is_in(ada)


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(world: World) -> None:
    ada = Visitor(world, "ada")
    for _ in range(5):
        world.clock.pass_by(minutes=11)
        assert ada.get("/mine", **{"Liftgate-Live": "1"}).status_code == 200
    world.clock.pass_by(minutes=11)
    assert not is_in(ada)


def test_however_much_it_is_used_it_ends(world: World) -> None:
    ada = Visitor(world, "ada")
    for _ in range(11):
        world.clock.pass_by(minutes=54)
        assert is_in(ada)
    world.clock.pass_by(minutes=7)
    assert not is_in(ada)


def test_signing_out_ends_it_for_every_copy(world: World) -> None:
    ada = Visitor(world, "ada")
    kept = ada.token
    answer = ada.submit("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert not is_in(ada)
    assert not is_in(copy_of(world, kept))


def test_the_token_is_renewed_while_it_is_used(world: World) -> None:
    ada = Visitor(world, "ada")
    first = ada.token
    world.clock.pass_by(seconds=ROTATES_AFTER.total_seconds())
    assert is_in(ada)
    assert ada.token != first
    assert is_in(ada)


def test_calls_that_cross_the_renewal_are_answered(world: World) -> None:
    ada = Visitor(world, "ada")
    first = ada.token
    world.clock.pass_by(minutes=20)
    assert is_in(ada)
    assert is_in(ada)  # with the new one
    crossing = copy_of(world, first)
    world.clock.pass_by(seconds=GRACE.total_seconds() - 1)
    assert is_in(crossing)
    assert is_in(ada)


def test_an_answer_that_was_lost_signs_nobody_out(world: World) -> None:
    ada = Visitor(world, "ada")
    first = ada.token
    world.clock.pass_by(minutes=20)
    assert is_in(copy_of(world, first))  # its answer, with the new cookie, never arrives
    world.clock.pass_by(minutes=20)
    assert is_in(ada)
    assert ada.token != first
    assert is_in(ada)


def test_whoever_shows_a_token_that_was_given_up_ends_the_session_for_both(world: World) -> None:
    ada = Visitor(world, "ada")
    stolen = copy_of(world, ada.token)
    world.clock.pass_by(minutes=20)
    assert is_in(ada)
    assert is_in(ada)
    world.clock.pass_by(seconds=GRACE.total_seconds() + 1)
    assert not is_in(stolen)
    assert not is_in(ada)


def test_who_left_the_catalogue_is_nobody_at_once(world: World) -> None:
    mallory = Visitor(world, "mallory")
    assert is_in(mallory)
    text = world.catalogue_file.read_text()
    world.catalogue_file.write_text("".join(line for line in text.splitlines(True) if "mallory" not in line))
    world.clock.pass_by(seconds=60)
    assert not is_in(mallory)


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://127.0.0.1:9999", ADDRESS + ".evil.example"]
)
def test_a_form_from_elsewhere_is_refused(world: World, origin: str | None) -> None:
    ada = Visitor(world, "ada")
    request_id = world.pending()
    path = f"/requests/{request_id}/cancellation"
    answer = ada.send(path, origin=origin, **ada.hidden("/mine", path))
    assert answer.status_code == 403
    assert "was not sent by a page of this server" in answer.text
    assert world.get("ada", f"/requests/{request_id}").json()["state"] == "pending"
    assert Visitor(world).send("/sign-in/local", origin=origin, person="ada").status_code == 403


def test_a_form_without_the_sessions_own_token_is_refused(world: World) -> None:
    ada, mallory = Visitor(world, "ada"), Visitor(world, "mallory")
    request_id = world.pending()
    path = f"/requests/{request_id}/cancellation"
    of_mallory = mallory.hidden("/mine", "/sign-out")["csrf"]
    for csrf in ("", "x", of_mallory, "é", of_mallory[:40]):
        assert ada.send(path, csrf=csrf).status_code == 403, csrf
    assert ada.send(path).status_code == 403
    assert world.get("ada", f"/requests/{request_id}").json()["state"] == "pending"
    assert ada.submit(path).status_code == 303


def test_forms_stay_good_when_the_token_is_renewed(world: World) -> None:
    ada = Visitor(world, "ada")
    path = f"/requests/{world.pending()}/cancellation"
    fields = ada.hidden("/mine", path)
    world.clock.pass_by(minutes=20)
    assert is_in(ada)
    assert ada.send(path, **fields).status_code == 303


def test_a_forms_token_is_never_twice_the_same_text(world: World) -> None:
    ada = Visitor(world, "ada")
    assert len({ada.hidden("/mine", "/sign-out")["csrf"] for _ in range(5)}) == 5


def test_without_local_sign_in_nobody_is_let_in_by_name(tmp_path: Path) -> None:
    with open_world(tmp_path, local_sign_in=False) as world:
        visitor = Visitor(world)
        assert "Ada" not in visitor.get("/sign-in").text
        assert visitor.send("/sign-in/local", person="ada").status_code == 403
        assert not is_in(visitor)
