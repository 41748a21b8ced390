"""Somebody who is put on hold by hand is out at once, wherever they are signed in, and comes in again by two guards."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.pages.visitor import Visitor
from tests.server.server_world import CATALOGUE, World, an_ask, open_world

from liftgate.server.worker import drain_once

REASON = "her laptop was stolen, INC-7"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(
        tmp_path, catalogue=CATALOGUE.replace("guards: [rosa]", "guards: [rosa, grace, linus]")
    ) as opened:
        yield opened


def hold(world: World, by: str, person: str = "ada", reason: str = REASON) -> httpx.Response:
    return world.post(by, f"/holds/{person}", {"reason": reason})


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def another_token(world: World, person: str) -> str:
    """A second sign-in of somebody, at another terminal."""
    answer = world.http.post("/api/v1/sign-ins", json={"method": "local", "person": person})
    return str(answer.json()["token"])


def with_token(world: World, token: str, method: str, path: str, body: Any = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    answer: httpx.Response = world.http.request(method, f"/api/v1{path}", headers=headers, json=body)
    return answer


def test_every_sign_in_ends_and_every_grant_is_taken_back(world: World) -> None:
    grant_id = world.granted()
    assert world.post("ada", f"/grants/{grant_id}/sessions").status_code == 201
    stolen, browser = another_token(world, "ada"), Visitor(world, "ada")
    assert browser.get("/mine").status_code == 200
    asked = world.pending("linus")
    done = hold(world, "rosa")
    assert done.status_code == 201
    told = done.json()
    assert {name: told[name] for name in ("is_new", "sign_ins", "revoked", "pending")} == {
        "is_new": True,
        "sign_ins": 3,
        "revoked": 1,
        "pending": 0,
    }
    assert (told["hold"]["placed_by"]["id"], told["hold"]["finding_id"]) == ("rosa", None)
    for token in (stolen, world.sign_in("ada")):
        for method, path, body in (
            ("GET", "/me", None),
            ("POST", "/requests", an_ask()),
            ("POST", f"/requests/{asked}/reviews", {"answer": "approve", "comment": ""}),
            ("POST", f"/grants/{grant_id}/sessions", {}),
        ):
            assert code_of(with_token(world, token, method, path, body)) == (401, "token_unknown")
    assert browser.get("/mine").headers["location"].startswith("/sign-in")
    assert world.get("rosa", f"/grants/{grant_id}").json()["state"] == "revoked"
    assert [world.ledger().count(kind) for kind in ("hold.placed", "identity.shut_out")] == [1, 1]


def test_nobody_on_hold_by_hand_signs_in_and_nobody_is_told_why(world: World) -> None:
    grant_id = world.granted()
    hold(world, "rosa")
    refused = world.http.post("/api/v1/sign-ins", json={"method": "local", "person": "ada"})
    assert code_of(refused) == (403, "person_shut_out")
    page = Visitor(world).send("/sign-in/local", person="ada")
    assert page.status_code == 403
    assert "is on hold, and cannot sign in" in page.text
    ending = world.get("rosa", f"/grants/{grant_id}").json()["ending"]
    for said in (refused.text, page.text, ending["reason"]):
        assert "INC-7" not in said


def test_two_guards_let_them_in_again_and_old_sign_ins_stay_dead(world: World) -> None:
    stolen = another_token(world, "ada")
    hold(world, "rosa")
    [shown] = world.get("rosa", "/holds").json()["items"]
    assert (shown["because"], shown["placed_by"]["name"], shown["releases_needed"]) == (
        REASON,
        "Rosa Parks",
        2,
    )
    for guard in ("rosa", "grace"):
        assert world.post(guard, "/holds/ada/releases", {"reason": "found"}).status_code == 201
    assert code_of(with_token(world, stolen, "GET", "/me")) == (401, "token_unknown")
    world.forget_tokens()
    assert world.ask("ada").is_success


def test_a_second_time_does_no_harm_and_wants_no_more_releases(world: World) -> None:
    hold(world, "rosa")
    again = hold(world, "grace").json()
    assert (again["is_new"], again["sign_ins"], again["revoked"]) == (False, 0, 0)
    assert again["hold"]["placed_by"]["id"] == "rosa"
    assert len(world.get("rosa", "/holds").json()["items"]) == 1


def test_everybody_shuts_themselves_out_and_nobody_else_but_guards_do(world: World) -> None:
    assert code_of(hold(world, "mallory")) == (403, "may_not_hold")
    assert world.ledger().count("hold.refused") == 1
    assert world.get("ada", "/me").status_code == 200
    assert hold(world, "ada").status_code == 201
    assert code_of(world.get("ada", "/me")) == (401, "token_unknown")


def test_a_guard_whose_sign_in_was_stolen_is_shut_out_by_another_and_holds_nobody(world: World) -> None:
    stolen = another_token(world, "linus")
    assert hold(world, "rosa", "linus").status_code == 201
    answer = with_token(world, stolen, "POST", "/holds/rosa", {"reason": "revenge"})
    assert code_of(answer) == (401, "token_unknown")
    refused = world.http.post("/api/v1/sign-ins", json={"method": "local", "person": "linus"})
    assert code_of(refused) == (403, "person_shut_out")


def test_somebody_whom_the_catalogue_does_not_know_cannot_be_meant(world: World) -> None:
    assert code_of(hold(world, "rosa", "adda")) == (404, "no_such_person")
    assert world.get("rosa", "/holds").json()["items"] == []


def test_a_reason_is_needed(world: World) -> None:
    assert hold(world, "rosa", reason="").status_code == 422
    assert world.get("ada", "/me").status_code == 200


def test_a_service_is_shut_out_too(tmp_path: Path) -> None:
    service = '  nightly: {name: Nightly, kind: service, identities: ["arn:aws:sts::111122223333:assumed-role/Nightly/*"]}\nguards: [rosa]\n'
    with open_world(tmp_path, catalogue=CATALOGUE.replace("guards: [rosa]\n", service)) as world:
        token = another_token(world, "nightly")
        assert hold(world, "rosa", "nightly").json()["sign_ins"] == 1
        assert code_of(with_token(world, token, "GET", "/me")) == (401, "token_unknown")


def test_a_guard_shuts_somebody_out_on_the_page(world: World) -> None:
    rosa = Visitor(world, "rosa")
    answer = rosa.submit("/holds", seen_on="/holds", person="ada", reason=REASON)
    assert (answer.status_code, answer.headers["location"]) == (303, "/holds")
    seen = rosa.get("/holds").text
    assert f"Rosa Parks placed it by hand: {REASON}" in seen
    unknown = rosa.submit("/holds", seen_on="/holds", person="adda", reason=REASON)
    assert unknown.status_code == 404
    assert 'value="adda"' in unknown.text
    assert (
        rosa.submit("/holds", seen_on="/holds", person="rosa", reason=REASON).headers["location"]
        == "/sign-in"
    )
    assert rosa.get("/holds").headers["location"].startswith("/sign-in")


def test_a_form_puts_no_more_on_record_than_a_call_could(world: World) -> None:
    mallory, before = Visitor(world, "mallory"), len(world.ledger())
    csrf = mallory.hidden("/mine", "/sign-out")["csrf"]
    refused = mallory.send("/holds", csrf=csrf, person="x" * 129, reason=REASON)
    assert refused.status_code == 422
    assert len(world.ledger()) == before
    assert mallory.send("/holds", csrf=csrf, person="x" * 128, reason=REASON).status_code == 403
    assert world.ledger()[before:] == ["hold.refused"]


def release(world: World, person: str, *guards: str) -> None:
    for guard in guards:
        assert world.post(guard, f"/holds/{person}/releases", {"reason": "found"}).status_code == 201


def test_what_a_thief_asked_for_is_granted_to_nobody_after_the_release_either(world: World) -> None:
    request_id = world.pending()
    hold(world, "rosa")
    release(world, "ada", "rosa", "linus")
    answer = world.post("grace", f"/requests/{request_id}/reviews", {"answer": "approve", "comment": ""})
    assert code_of(answer) == (403, "from_before_hold")
    world.forget_tokens()
    world.clock.pass_by(seconds=1)
    again = world.pending()
    answer = world.post("grace", f"/requests/{again}/reviews", {"answer": "approve", "comment": ""})
    assert answer.json()["state"] == "approved"


def test_a_thiefs_approval_does_not_count_after_the_release_either(world: World) -> None:
    request_id = world.pending(
        locations=["s3://lakeside-payroll/2026/"], ticket="PAY-7", entitlement="payroll-writer"
    )
    path, yes = f"/requests/{request_id}/reviews", {"answer": "approve", "comment": ""}
    assert world.post("linus", path, yes).status_code == 201
    hold(world, "rosa", "linus")
    release(world, "linus", "rosa", "grace")
    assert code_of(world.post("grace", path, yes)) == (403, "from_before_hold")


def test_whom_a_thief_named_answers_in_nobodys_place(world: World) -> None:
    named = {"delegate": "mallory", "until": "2026-11-30T00:00:00Z"}
    assert world.post("grace", "/absences", named).is_success
    request_id = world.pending()
    hold(world, "rosa", "grace")
    release(world, "grace", "rosa", "linus")
    answer = world.post("mallory", f"/requests/{request_id}/reviews", {"answer": "approve", "comment": ""})
    assert answer.status_code == 404


def test_with_one_stolen_sign_in_of_a_guard_not_all_are_shut_out(world: World) -> None:
    assert hold(world, "rosa", "grace").status_code == 201
    assert code_of(hold(world, "rosa", "linus")) == (403, "may_not_hold")
    assert hold(world, "rosa", "ada").status_code == 201  # who is no guard
    assert hold(world, "linus", "rosa").status_code == 201  # so the thief is out


def test_what_is_left_where_somebody_dies_in_the_middle_is_taken_back_by_a_worker(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant_id = world.granted()
    with monkeypatch.context() as patch:
        patch.setattr("liftgate.response.holding.end_all", lambda *_, **__: 1 / 0)
        assert hold(world, "rosa").status_code == 500
    assert world.get("rosa", f"/grants/{grant_id}").json()["state"] == "active"
    drain_once(world.parts, worker="w")
    assert world.get("rosa", f"/grants/{grant_id}").json()["state"] == "revoked"


def test_others_are_told_who_was_shut_out_and_not_why(world: World) -> None:
    hold(world, "rosa")
    drain_once(world.parts, worker="w")
    [told] = [one for one in world.hook.messages if one.type == "person.held"]
    assert told.data["title"] == "ada was shut out by rosa"
    assert "INC-7" not in repr(told)
