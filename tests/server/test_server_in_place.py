"""Access in place through the API: offered or refused with the reason, put on the role at once, and taken off again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.elevation.in_place_examples import ROLE, ROLE_ID, ScriptedRoles, held_role, trust
from tests.server.server_world import CATALOGUE, World, open_world

from liftgate.elevation.errors import RoleUnreachable
from liftgate.server.worker import drain_once, look_at_roles

ADA = "arn:aws:sts::111122223333:assumed-role/LakesideReadOnly/ada"
IN_PLACE = f"""\
  - name: reports-in-place
    description: Correct the reports from where you are
    account: "111122223333"
    role: {ROLE}
    mechanism: in-place
    ceiling:
      actions: [write, delete]
      locations: [s3://reports/2026/]
    longest: 1h
    requesters: [ada]
    review:
      reviewers: [grace]
      approvals: 1
      lapses_after: 8h
      without_review: {{longest: 2m, actions: [write]}}
    justification: {{at_least: 10}}
"""


@pytest.fixture
def held(tmp_path: Path) -> Iterator[World]:
    text = CATALOGUE.replace("ReadOnly/ada", "LakesideReadOnly/ada") + IN_PLACE
    with open_world(tmp_path, catalogue=text) as world:
        world.sts.arn, world.sts.role_id = ADA, ROLE_ID
        watched(world)
        yield world


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[World]:
    """A role that two people hold."""
    text = CATALOGUE.replace("ReadOnly/", "LakesideReadOnly/") + IN_PLACE.replace("[ada]", "[ada, mallory]")
    with open_world(tmp_path, catalogue=text) as world:
        world.sts.role_id = ROLE_ID
        watched(world)
        yield world


def watched(world: World) -> None:
    """The role was looked at for as long as its sessions live."""
    with world.store.write() as transaction:
        transaction.saw_name_fixed(ROLE, now=world.clock.now - timedelta(hours=2))


def sign_in(world: World, person: str) -> None:
    world.sts.arn = ADA.replace("/ada", f"/{person}")
    world.sign_in_by_aws(person)
    world.clock.pass_by(seconds=1)  # no proof is taken twice


def ask(world: World, **changes: Any) -> Any:
    body = {"locations": ["s3://reports/2026/q3/"], "mechanism": "in-place", **changes}
    return world.ask(**body)


def on_role(world: World) -> str | None:
    return world.held_roles.ours


def state_of(world: World, grant_id: str) -> Any:
    return world.get("grace", f"/grants/{grant_id}").json()["in_place"]["state"]


def test_it_is_put_on_the_role_at_once_and_shown(held: World) -> None:
    held.sign_in_by_aws("ada")
    asked = ask(held)
    assert asked.status_code == 201, asked.text
    assert asked.json()["mechanism"] == "in-place"
    grant_id = asked.json()["grant"]["id"]
    assert f'"aws:userid":"{ROLE_ID}:ada"' in (held.held_roles.ours or "")
    shown = held.get("ada", f"/grants/{grant_id}").json()
    assert (shown["mechanism"], shown["in_place"]) == (
        "in-place",
        {"session_name": "ada", "state": "open"},
    )
    listed = held.get("ada", "/grants").json()["items"][0]
    assert listed["in_place"] == shown["in_place"]
    assert held.sts.orders == []
    assert held.iam.policies == {}


def test_it_may_be_asked_for_between_two_seconds(held: World) -> None:
    sign_in(held, "ada")
    held.clock.pass_by(microseconds=250_000)
    asked = ask(held)
    assert asked.status_code == 201, asked.text
    assert state_of(held, asked.json()["grant"]["id"]) == "open"


def test_an_approval_puts_it_on_the_role(held: World) -> None:
    held.sign_in_by_aws("ada")
    request_id = ask(held, duration_seconds=1200).json()["id"]
    assert on_role(held) is None
    approved = held.post("grace", f"/requests/{request_id}/reviews", {"answer": "approve"})
    assert on_role(held) is not None
    assert state_of(held, approved.json()["grant"]["id"]) == "open"


def test_a_role_that_changed_until_the_approval_is_not_opened(held: World) -> None:
    held.sign_in_by_aws("ada")
    request_id = ask(held, duration_seconds=1200).json()["id"]
    held.held_roles.role = held_role(boundary=None)
    approved = held.post("grace", f"/requests/{request_id}/reviews", {"answer": "approve"})
    assert on_role(held) is None
    assert state_of(held, approved.json()["grant"]["id"]) == "opening"


def test_until_aws_lets_it_through_it_is_opening_and_the_worker_asks_again(held: World) -> None:
    held.sign_in_by_aws("ada")
    held.held_roles.answer = False
    grant_id = ask(held).json()["grant"]["id"]
    assert state_of(held, grant_id) == "opening"
    held.held_roles.answer = True
    held.clock.pass_by(seconds=5)
    assert drain_once(held.parts, worker="w") == 1
    assert state_of(held, grant_id) == "open"


def test_it_lends_no_credentials(held: World) -> None:
    held.sign_in_by_aws("ada")
    grant_id = ask(held).json()["grant"]["id"]
    answer = held.post("ada", f"/grants/{grant_id}/sessions")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_borrow")
    assert held.sts.orders == []


def test_a_revocation_takes_it_off_the_role_and_writes_no_deny(held: World) -> None:
    held.sign_in_by_aws("ada")
    grant_id = ask(held).json()["grant"]["id"]
    ended = held.post("grace", f"/grants/{grant_id}/revocation", {"reason": "a drill"}).json()
    assert (ended["ending"]["deny"], ended["in_place"]["state"]) == ("in_place", "closed")
    assert held.held_roles.ours is None
    assert held.iam.policies == {}


def test_a_revocation_that_aws_does_not_take_is_pending_until_the_worker_did_it(held: World) -> None:
    held.sign_in_by_aws("ada")
    grant_id = ask(held).json()["grant"]["id"]

    def down(call: str) -> None:
        raise RoleUnreachable(f"IAM did not answer: {call}", advice="the worker tries again")

    held.held_roles.before = down
    ended = held.post("grace", f"/grants/{grant_id}/revocation", {"reason": "a drill"}).json()
    assert (ended["ending"]["deny"], ended["in_place"]["state"]) == ("pending", "open")
    held.held_roles.before = lambda _: None
    held.clock.pass_by(seconds=5)
    drain_once(held.parts, worker="w")
    assert held.get("grace", f"/grants/{grant_id}").json()["ending"]["deny"] == "in_place"


def test_what_somebody_else_took_off_the_role_is_put_back(held: World) -> None:
    held.sign_in_by_aws("ada")
    ask(held)
    before, held.held_roles.ours = held.held_roles.ours, None
    assert look_at_roles(held.parts) == 0
    assert held.held_roles.ours == before


def test_a_sign_in_that_is_no_session_of_the_role_is_refused(held: World) -> None:
    answer = ask(held)  # signed in by name, not by AWS
    assert (answer.status_code, answer.json()["code"]) == (403, "not_offered_in_place")
    assert held.ledger()[-1] == "request.refused"


def test_a_role_whose_name_can_be_chosen_is_refused_with_the_reason(held: World) -> None:
    held.sign_in_by_aws("ada")
    held.held_roles.role = held_role(trust=trust())
    answer = ask(held)
    assert answer.json()["code"] == "not_offered_in_place"
    assert "could take your access" in answer.json()["detail"]
    assert held.held_roles.ours is None


def test_a_role_whose_names_were_not_watched_is_offered_once_no_older_session_can_live(held: World) -> None:
    with held.store.write() as transaction:
        transaction.saw_name_chosen(ROLE)
    held.sign_in_by_aws("ada")
    refused = ask(held).json()
    assert refused["code"] == "not_offered_in_place"
    assert "a session that took yours before may live until 2026-11-24T10:05:00Z" in refused["detail"]
    for _ in range(12):
        held.clock.pass_by(minutes=5)
        assert look_at_roles(held.parts) == 0
    sign_in(held, "ada")
    assert "2026-11-24T10:05:00Z" in ask(held).json()["detail"]
    held.clock.pass_by(minutes=5)
    assert state_of(held, ask(held).json()["grant"]["id"]) == "open"


def test_a_trust_policy_that_was_loose_between_two_requests_begins_the_wait_anew(held: World) -> None:
    held.sign_in_by_aws("ada")
    assert ask(held).status_code == 201
    held.held_roles.role = held_role(trust=trust())
    held.clock.pass_by(hours=1)
    look_at_roles(held.parts)
    held.held_roles.role = held_role()
    sign_in(held, "ada")
    assert "may live until" in ask(held).json()["detail"]


def test_a_role_of_that_name_with_another_arn_is_not_the_role(held: World) -> None:
    held.sign_in_by_aws("ada")
    other = ROLE.replace("role/", "role/data/")
    look = held.held_roles.look
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ScriptedRoles, "look", lambda _, arn: replace(look(arn), arn=other))
        answer = ask(held)
    assert answer.json()["code"] == "not_offered_in_place"
    assert other in answer.json()["detail"]
    assert held.held_roles.ours is None


def test_a_role_without_room_is_refused_at_once(held: World) -> None:
    held.sign_in_by_aws("ada")
    held.held_roles.role = held_role(inline_characters=10_100)
    answer = ask(held)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_room_in_place")
    assert "ask for fewer places" in answer.json()["advice"]


def test_one_requester_cannot_fill_the_role(shared: World) -> None:
    sign_in(shared, "mallory")
    answers = [ask(shared, person="mallory", locations=[f"s3://reports/2026/{n}/"]) for n in range(14)]
    assert [one.status_code for one in answers] == [201] * 11 + [409] * 3
    assert answers[-1].json()["code"] == "no_room_in_place"
    assert "one person may hold a third" in answers[-1].json()["advice"]
    sign_in(shared, "ada")
    assert state_of(shared, ask(shared).json()["grant"]["id"]) == "open"


def test_one_that_asks_from_many_threads_cannot_either(shared: World) -> None:
    sign_in(shared, "mallory")
    with ThreadPoolExecutor(16) as pool:
        list(
            pool.map(
                lambda n: ask(shared, person="mallory", locations=[f"s3://reports/2026/{n}/"]), range(32)
            )
        )
    sign_in(shared, "ada")
    assert state_of(shared, ask(shared).json()["grant"]["id"]) == "open"


def test_scheduled_grants_do_not_displace_one_that_is_open(shared: World) -> None:
    sign_in(shared, "mallory")
    starts_at = (shared.clock.now + timedelta(minutes=30)).isoformat()
    for n in range(40):
        ask(shared, person="mallory", starts_at=starts_at, locations=[f"s3://reports/2026/m{n}/"])
    shared.clock.pass_by(minutes=29)
    sign_in(shared, "ada")
    asked = ask(shared)
    assert state_of(shared, asked.json()["grant"]["id"]) == "open"
    for _ in range(4):
        shared.clock.pass_by(seconds=29)
        while drain_once(shared.parts, worker="w"):
            pass
        assert f"{ROLE_ID}:ada" in (on_role(shared) or "")


def test_a_place_that_was_promised_is_not_promised_again(shared: World) -> None:
    shared.held_roles.role = held_role(inline_characters=9_800)
    sign_in(shared, "ada")
    starts_at = shared.clock.now + timedelta(minutes=30)
    assert ask(shared, starts_at=starts_at.isoformat()).status_code == 201
    sign_in(shared, "mallory")
    late = starts_at + timedelta(minutes=1)
    refused = ask(shared, person="mallory", starts_at=late.isoformat())
    assert refused.json()["code"] == "no_room_in_place"
    assert ask(shared, person="mallory").status_code == 201  # over before


def test_a_session_entitlement_is_not_given_in_place(held: World) -> None:
    held.sign_in_by_aws("ada")
    answer = held.ask(mechanism="in-place", entitlement="reports-writer")
    assert (answer.status_code, answer.json()["code"]) == (403, "other_mechanism")
