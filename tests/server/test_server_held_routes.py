"""Somebody on hold before every route that changes something: what gives is refused, what takes away is not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.fake_slack import APP_TOKEN, BOT_TOKEN, fake_slack
from tests.server.held_routes import ALLOWED, CALLER, OF_NOBODY, REFUSED, code_of_hold, put_on_hold
from tests.server.server_world import World, open_world
from tests.server.test_server_identities import WITH_SERVICE, a_code, mine, prove, refusal, sign_in
from tests.server.test_server_rights import BODIES, path_of
from tests.server.test_server_slack import GRACE, LINKED, MALLORY, SECRET, Desk, command

from liftgate.server.rights import API, RIGHTS, Route

SAFE = {"GET"}
OF_API = sorted(route for route in REFUSED | set(ALLOWED) if route[1].startswith(API))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, catalogue=WITH_SERVICE, linked_identities=["aws", "slack"]) as opened:
        yield opened


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fake_slack() as slack:
        settings = {
            "bot_token": BOT_TOKEN,
            "signing_secret": SECRET,
            "app_token": APP_TOKEN,
            "channel": "C0REQUESTS",
            "api_url": slack.url,
        }
        with open_world(tmp_path, catalogue=LINKED, slack=settings, linked_identities=["slack"]) as opened:
            yield Desk(opened, slack)


def call(world: World, route: Route, *, is_held: bool, **changes: Any) -> tuple[int, str]:
    """The route by somebody who may, who was put on hold after all was ready; what is answered."""
    method, template = route
    person = CALLER[RIGHTS[route]]
    path = path_of(world, template).removeprefix(API)
    world.sign_in(person)
    if is_held:
        put_on_hold(world, person)
    body = {**BODIES.get(template, {}), **changes}
    if template.endswith("/codes"):
        body = {"kind": "aws"}
    answer = world.call(person, method, path, **({"json": body} if body else {}))
    return answer.status_code, "" if answer.is_success else answer.json()["code"]


def test_of_each_route_that_changes_something_it_is_decided_what_a_hold_means() -> None:
    decided = [*REFUSED, *ALLOWED, *OF_NOBODY]
    assert len(decided) == len(set(decided))
    assert set(decided) == {route for route in RIGHTS if route[0] not in SAFE}


@pytest.mark.parametrize("route", OF_API, ids=" ".join)
def test_somebody_on_hold_gives_nothing_and_takes_away_what_they_may(world: World, route: Route) -> None:
    status, code = call(world, route, is_held=True)
    if route in REFUSED:
        assert (status, code) == (403, code_of_hold(route))
    else:
        assert status in {200, 201, 202, 204}, code


@pytest.mark.parametrize("route", [one for one in OF_API if one in REFUSED], ids=" ".join)
def test_it_is_the_hold_that_refuses(world: World, route: Route) -> None:
    status, code = call(world, route, is_held=False)
    assert status in {200, 201}, code


@pytest.mark.parametrize("route", OF_API, ids=" ".join)
def test_by_hand_every_sign_in_is_shut_out_of_every_route(world: World, route: Route) -> None:
    method, template = route
    person = CALLER[RIGHTS[route]]
    path = path_of(world, template).removeprefix(API)
    world.sign_in(person)
    assert world.post(person, f"/holds/{person}", {"reason": "my laptop is gone"}).status_code == 201
    answer = world.call(person, method, path, json={**BODIES.get(template, {}), "kind": "aws"})
    assert refusal(answer) == (401, "token_unknown")


def test_a_reviewer_on_hold_denies_nothing_either(world: World) -> None:
    reviews = ("POST", f"{API}/requests/{{request_id}}/reviews")
    assert call(world, reviews, is_held=True, answer="deny") == (403, "person_held")


def test_somebody_on_hold_for_a_finding_signs_in_and_looks(world: World) -> None:
    put_on_hold(world, "ada")
    world.forget_tokens()
    assert world.get("ada", "/requests").is_success


# Linking: what is linked would outlast the hold.


def test_a_code_from_before_a_hold_links_nothing(world: World) -> None:
    code = a_code(world)
    put_on_hold(world, "ada")
    assert refusal(prove(world, code)) == (403, "link_code_wrong")
    assert refusal(sign_in(world)) == (401, "identity_unknown")


def test_a_code_from_before_a_hold_links_nothing_after_it_was_released_either(world: World) -> None:
    code = a_code(world)
    put_on_hold(world, "ada")
    with world.store.write() as transaction:
        assert transaction.links.of("ada") == ()
        [hold] = transaction.open_holds("ada")
    release_at_once(world, hold.person)
    assert world.ask("ada").is_success
    assert refusal(prove(world, code)) == (403, "link_code_wrong")
    assert mine(world) == []


def test_codes_of_others_are_left_alone_by_a_hold(world: World) -> None:
    code = a_code(world, "grace")
    put_on_hold(world, "ada")
    assert prove(world, code).status_code == 201


def release_at_once(world: World, person: str) -> None:
    """Two guards, in a catalogue that has two."""
    text = world.catalogue_file.read_text().replace("guards: [rosa]", "guards: [rosa, grace]")
    world.catalogue_file.write_text(text)
    for guard in ("rosa", "grace"):
        answer = world.post(guard, f"/holds/{person}/releases", {"reason": "a drill"})
        assert answer.status_code == 201, answer.text


# Slack: there is no sign-in that could be ended.


def test_slack_answers_nothing_for_somebody_on_hold(desk: Desk) -> None:
    request_id = desk.shown()
    form = desk.press(GRACE, request_id)
    denial = desk.press(GRACE, request_id, "liftgate_deny")
    assert form is not None
    assert denial is not None
    put_on_hold(desk.world, "grace")
    for view in (form, denial):
        assert "is on hold" in str(desk.submit(GRACE, view))
    assert desk.state(request_id) == "pending"


def test_a_slack_user_is_not_linked_to_somebody_on_hold(desk: Desk) -> None:
    code = a_code(desk.world, "linus", "slack")
    put_on_hold(desk.world, "linus")
    assert "is none that is in use" in desk.send(command(MALLORY, f"link {code}")).text
    with desk.world.store.read() as view:
        assert view.links.of("linus") == ()


@pytest.mark.parametrize("is_held", [False, True])
def test_nothing_is_granted_on_the_word_of_somebody_who_was_put_on_hold_since(
    world: World, *, is_held: bool
) -> None:
    request_id = world.pending(
        locations=["s3://lakeside-payroll/2026/"], ticket="PAY-7", entitlement="payroll-writer"
    )
    yes = {"answer": "approve", "comment": ""}
    assert world.post("linus", f"/requests/{request_id}/reviews", yes).json()["state"] == "pending"
    if is_held:
        put_on_hold(world, "linus")
    last = world.post("grace", f"/requests/{request_id}/reviews", yes)
    if is_held:
        assert refusal(last) == (403, "person_held")
        assert "`linus`" in last.json()["detail"]
    else:
        assert last.json()["state"] == "approved"
