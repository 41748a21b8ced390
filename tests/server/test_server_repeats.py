"""A repeated call, and long lists."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.server.server_world import World, an_ask


def test_a_repeated_ask_is_one_request(world: World) -> None:
    first = world.post("ada", "/requests", an_ask(), key="k-1")
    again = world.post("ada", "/requests", an_ask(), key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len(world.get("ada", "/requests").json()["items"]) == 1


def test_a_repeat_answers_with_the_thing_as_it_is_now(world: World) -> None:
    first = world.post("ada", "/requests", an_ask(duration_seconds=1200), key="k-1").json()
    world.post("grace", f"/requests/{first['id']}/reviews", {"answer": "deny", "comment": "no"})
    assert (
        world.post("ada", "/requests", an_ask(duration_seconds=1200), key="k-1").json()["state"] == "denied"
    )


def test_a_key_belongs_to_one_call_of_one_person(world: World) -> None:
    world.post("ada", "/requests", an_ask(), key="k-1")
    other_body = world.post("ada", "/requests", an_ask(duration_seconds=60), key="k-1")
    other_path = world.post("ada", f"/grants/{world.granted()}/return", key="k-1")
    for answer in (other_body, other_path):
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert world.post("linus", "/requests", an_ask(), key="k-1").json()["requester"]["id"] == "linus"


def test_a_key_is_free_again_after_a_refusal(world: World) -> None:
    refused = world.post("ada", "/requests", an_ask(justification="short"), key="k-1")
    assert refused.status_code == 403
    assert world.post("ada", "/requests", an_ask(), key="k-1").status_code == 201


def test_reviews_and_ends_are_made_once(world: World) -> None:
    request_id, grant_id = world.pending(), world.granted()
    for person, path, body in [
        ("grace", f"/requests/{request_id}/reviews", {"answer": "approve", "comment": "yes"}),
        ("grace", f"/grants/{grant_id}/revocation", {"reason": "a drill"}),
    ]:
        answers = [world.post(person, path, body, key=path[-9:]) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
    assert world.ledger().count("request.reviewed") == 1
    assert world.ledger().count("grant.revoked") == 1


def test_credentials_are_not_handed_over_twice(world: World) -> None:
    path = f"/grants/{world.granted()}/sessions"
    assert world.post("ada", path, key="k-1").status_code == 201
    again = world.post("ada", path, key="k-1")
    assert (again.status_code, again.json()["code"]) == (409, "secret_handed_over")
    assert "another Idempotency-Key" in again.json()["advice"]
    assert "secret-of" not in again.text
    assert world.post("ada", path, key="k-2").json()["session_name"].endswith("-2")


def test_a_token_is_not_handed_over_twice(world: World) -> None:
    def sign_in(key: str) -> Any:
        body = {"method": "local", "person": "ada"}
        return world.http.post("/api/v1/sign-ins", json=body, headers={"Idempotency-Key": key})

    assert sign_in("k-1").status_code == 201
    again = sign_in("k-1")
    assert (again.status_code, again.json()["code"]) == (409, "secret_handed_over")
    assert sign_in("k-2").status_code == 201


def test_who_proves_nothing_writes_nothing(world: World) -> None:
    world.http.get("/ready")  # the catalogue is put on record when it is first used
    size = len(world.ledger())
    for number in range(3):
        body = {"method": "local", "person": "eve"}
        headers = {"Idempotency-Key": f"k-{number}"}
        assert world.http.post("/api/v1/sign-ins", json=body, headers=headers).status_code == 401
    assert len(world.ledger()) == size
    assert b"k-2" not in (world.catalogue_file.parent / "liftgate.db-wal").read_bytes()


def test_parallel_repeats_make_one_request(world: World) -> None:
    world.sign_in("ada")
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: world.post("ada", "/requests", an_ask(), key="k-1"), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_parallel_approvals_make_one_grant(world: World) -> None:
    request_id = world.pending()
    for person in ("grace", "linus"):
        world.sign_in(person)
    body = {"answer": "approve", "comment": ""}
    with ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(
                lambda person: world.post(person, f"/requests/{request_id}/reviews", body),
                ["grace", "linus"] * 4,
            )
        )
    assert sorted({answer.status_code for answer in answers}) == [201, 409]
    assert world.ledger().count("grant.made") == 1


def test_parallel_sessions_and_a_revocation(world: World) -> None:
    grant_id = world.granted()
    for person in ("ada", "grace"):
        world.sign_in(person)

    def call(number: int) -> int:
        if number == 3:
            return world.post("grace", f"/grants/{grant_id}/revocation", {"reason": "stop"}).status_code
        return world.post("ada", f"/grants/{grant_id}/sessions").status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(call, range(8)))
    assert statuses[3] == 201
    assert set(statuses) <= {201, 409}
    shown = world.get("ada", f"/grants/{grant_id}").json()
    assert [session["number"] for session in shown["sessions"]] == list(range(1, len(shown["sessions"]) + 1))
    assert shown["ending"]["deny"] == "in_place"


def test_pages_hold_each_item_once_newest_first(world: World) -> None:
    made = []
    for _ in range(7):
        made.append(world.pending())
        world.clock.pass_by(seconds=1)
    for person, view in (("ada", "mine"), ("grace", "to_review"), ("rosa", "all")):
        assert _all_pages(world, person, "/requests", view=view, limit=3) == made[::-1]


def test_pages_to_review_are_full_though_some_wait_for_others(world: World) -> None:
    theirs: list[str] = []
    own: list[str] = []
    for number in range(12):
        (theirs if number % 4 == 0 else own).append(world.pending("ada" if number % 4 == 0 else "linus"))
        world.clock.pass_by(seconds=1)
    page = world.get("linus", "/requests", view="to_review", limit=2).json()
    assert [one["id"] for one in page["items"]] == theirs[::-1][:2]
    assert _all_pages(world, "linus", "/requests", view="to_review", limit=2) == theirs[::-1]


def test_states_are_chosen_by_the_database(world: World) -> None:
    pending, grant_id = world.pending(), world.granted()
    assert [one["id"] for one in world.get("ada", "/requests", state="pending").json()["items"]] == [pending]
    both = world.get("ada", "/requests", state=["pending", "approved"]).json()["items"]
    assert len(both) == 2
    world.post("ada", f"/grants/{grant_id}/return")
    assert world.get("ada", "/grants", state="active").json()["items"] == []
    listed = world.get("ada", "/grants", state="returned").json()["items"][0]
    assert (listed["id"], listed["sessions"], listed["ending"]["deny"]) == (grant_id, None, "in_place")


def test_the_ledger_is_read_in_pages_verified_and_exported(world: World) -> None:
    for _ in range(3):
        world.granted()
    first = world.get("rosa", "/ledger/entries", limit=4).json()
    rest = world.get("rosa", "/ledger/entries", limit=200, after=first["next_after"]).json()
    assert [one["seq"] for one in first["items"] + rest["items"]] == list(range(1, len(world.ledger()) + 1))
    assert rest["next_after"] is None
    verdict = world.get("rosa", "/ledger/verification").json()
    assert (verdict["intact"], verdict["count"]) == (True, len(world.ledger()))
    exported = world.get("rosa", "/ledger/export")
    assert exported.headers["content-type"] == "application/jsonl"
    lines = [json.loads(line) for line in exported.text.splitlines()]
    assert lines[-1]["hash"] == verdict["head"]["hash"]
    grant_id = next(line["grant_id"] for line in lines if line["grant_id"])
    about = world.get("rosa", "/ledger/entries", about=grant_id).json()["items"]
    assert [one["kind"] for one in about] == ["grant.made"]


def _all_pages(world: World, person: str, path: str, **query: Any) -> list[str]:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = world.get(person, path, **query, **cursor).json()
        found += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}
