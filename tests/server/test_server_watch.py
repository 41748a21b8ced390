"""What was done under a grant and what was found of it, as each may see it."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.server.server_world import BROKER, REPORTS_ROLE, World
from tests.server.watched import called, outside, watched
from tests.store.watch_stage import Unread
from tests.watch.watch_examples import record

from liftgate.errors import Unavailable
from liftgate.watch.errors import KnownUnreadable
from liftgate.watch.known_text import read_known

EVIL = "\x1b[2J\u202e<script>alert(1)</script>=cmd|' /C calc'!A0"


def used(world: World) -> str:
    """A grant with a session, three calls, and one beyond its scope."""
    grant_id = world.granted()
    assert world.post("ada", f"/grants/{grant_id}/sessions").is_success
    for _ in range(3):
        world.clock.pass_by(seconds=1)
        watched(world, called(world, grant_id))
    world.clock.pass_by(seconds=1)
    watched(world, outside(world, grant_id, userAgent=EVIL))
    return grant_id


def items(world: World, person: str, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = world.get(person, path, **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_the_requester_sees_what_was_done_and_not_what_was_found(world: World) -> None:
    grant_id = used(world)
    calls = items(world, "ada", f"/grants/{grant_id}/activities")
    assert [one["verdict"] for one in calls] == ["outside_scope", "expected", "expected", "expected"]
    assert calls[0]["user_agent"] == EVIL
    assert calls[0]["record"] is None
    assert items(world, "ada", "/findings") == []
    assert [one["rule"] for one in items(world, "grace", "/findings")] == ["outside_scope"]
    for person, steps in [
        ("ada", ["request", "grant", "session", "calls", "calls"]),
        (
            "grace",
            ["request", "grant", "session", "calls", "calls", "finding", "response", "response"],
        ),
    ]:
        story = items(world, person, f"/grants/{grant_id}/timeline")
        assert [one["step"] for one in story] == steps


def test_a_reviewer_does_not_see_what_was_found_of_themselves(world: World) -> None:
    grant_id = world.granted("linus")  # who reviews this entitlement too
    of_linus = {"sessionContext": {"sessionIssuer": {"type": "Role", "arn": REPORTS_ROLE}}}
    [found] = watched(world, outside(world, grant_id, identity=of_linus)).findings
    assert items(world, "linus", "/findings") == []
    assert world.get("linus", f"/findings/{found}").status_code == 404
    assert world.get("grace", f"/findings/{found}").json()["person"]["id"] == "linus"


def test_what_no_grant_explains_is_for_guards_and_auditors(world: World) -> None:
    grant_id = world.granted()
    stranger = {"principalId": "AROAEXAMPLE:somebody"}
    [found] = watched(world, called(world, grant_id, identity=stranger)).findings
    assert items(world, "grace", "/findings") == []
    assert world.get("grace", f"/findings/{found}").status_code == 404
    assert [one["id"] for one in items(world, "rosa", "/findings")] == [found]


def test_the_record_itself_is_for_guards_and_auditors(world: World) -> None:
    used(world)
    [found] = [one["id"] for one in items(world, "grace", "/findings")]
    seen = {person: world.get(person, f"/findings/{found}").json()["calls"] for person in ("grace", "rosa")}
    assert seen["grace"][0]["record"] is None
    assert json.loads(seen["rosa"][0]["record"])["userAgent"] == EVIL


def test_findings_are_listed_by_what_is_asked_for(world: World) -> None:
    grant_id = used(world)
    at = world.clock()
    for query, count in [
        ({"severity": "low"}, 1),
        ({"severity": "critical"}, 0),
        ({"rule": "outside_scope"}, 1),
        ({"rule": "bulk-delete"}, 0),
        ({"grant": grant_id}, 1),
        ({"grant": "gr-" + "0" * 16}, 0),
        ({"since": at.isoformat()}, 1),
        ({"since": (at + timedelta(seconds=1)).isoformat()}, 0),
    ]:
        assert len(items(world, "rosa", "/findings", **query)) == count, query


def test_the_story_of_a_grant_is_one(world: World) -> None:
    grant_id = used(world)
    world.post("grace", f"/grants/{grant_id}/revocation", {"reason": "that was not agreed"})
    story = items(world, "grace", f"/grants/{grant_id}/timeline")
    assert [(one["step"], one["text"]) for one in story] == [
        (
            "request",
            "asked to write under s3://lakeside-reports/2026/q3/ for 2m: Correct the totals of the third quarter",
        ),
        ("grant", "granted without a review"),
        ("session", "session 1 was lent with ASIA0000000000000001"),
        ("calls", "3 s3:PutObject under s3://lakeside-reports/2026/q3/"),
        ("calls", "1 s3:PutObject under s3://lakeside-payroll/2026/ (outside the scope, AWS refused)"),
        (
            "finding",
            "a call that was not granted: s3:PutObject on arn:aws:s3:::lakeside-payroll/2026/all.csv was not granted",
        ),
        ("response", "alert: would have told 1 webhook"),
        ("response", f"revoke: would have taken {grant_id} back"),
        ("end", "took it back: that was not agreed"),
    ]
    assert [one["by"] and one["by"]["id"] for one in story] == ["ada", *[None] * 7, "grace"]


def test_what_is_known_can_be_taken_to_a_replay(world: World) -> None:
    grant_id = used(world)
    at = world.clock()
    span = {"from": (at - timedelta(days=1)).isoformat(), "until": at.isoformat()}
    answer = world.get("rosa", "/watch/known", **span)
    known = answer.json()
    replayed = read_known(answer.content, where="the answer")  # as `liftgate replay --grants` reads it
    assert set(replayed.grants) == {one["id"] for one in known["grants"]}
    assert set(replayed.by_name) == {one["name"] for one in known["sessions"]}
    assert replayed.elevated_roles == set(known["elevated_roles"])
    assert [(one["id"], one["person"], one["locations"]) for one in known["grants"]] == [
        (grant_id, "ada", ["arn:aws:s3:::lakeside-reports/2026/q3/*"])
    ]
    assert [(one["name"], one["access_key_id"]) for one in known["sessions"]] == [
        (f"{grant_id}-1", "ASIA0000000000000001")
    ]
    assert REPORTS_ROLE in known["elevated_roles"]
    assert known["brokers"] == [BROKER]
    later = {"from": (at + timedelta(days=1)).isoformat(), "until": (at + timedelta(days=2)).isoformat()}
    assert world.get("rosa", "/watch/known", **later).json()["grants"] == []


def test_what_is_known_comes_in_pages_that_make_the_whole(world: World) -> None:
    made = {world.granted() for _ in range(5)}
    at = world.clock()
    span = {"from": (at - timedelta(days=1)).isoformat(), "until": (at + timedelta(days=1)).isoformat()}
    found, more = list[str](), dict[str, Any]()
    for expected in (2, 2, 1):
        answer = world.get("rosa", "/watch/known", **span, limit=2, **more)
        page = answer.json()
        assert len(page["grants"]) == expected
        found += [one["id"] for one in page["grants"]]
        more = {"cursor": page["next_cursor"]}
        if page["next_cursor"] is not None:
            with pytest.raises(KnownUnreadable):
                read_known(answer.content, where="the answer")
    assert more == {"cursor": None}
    assert sorted(found) == sorted(made)
    assert world.get("rosa", "/watch/known", **span, limit=1001).status_code == 422
    assert world.get("rosa", "/watch/known", **span, cursor="x").json()["code"] == "bad_cursor"


def test_how_the_watch_stands(world: World) -> None:
    def state() -> Any:
        return world.get("rosa", "/watch/state").json()

    before = state()
    assert (before["response"], before["webhooks"], before["reads_queue"]) == ("observe", 1, True)
    assert (before["last_came_at"], before["dead_letters"]) == (None, 0)
    stranger = {"type": "IAMUser", "principalId": "AIDAX"}
    watched(world, json.dumps(record(userIdentity=stranger)).encode())
    first = world.clock()
    assert read_time(state()["last_came_at"]) == first
    for seconds, marked in ((59, first), (1, first + timedelta(minutes=1))):
        world.clock.pass_by(seconds=seconds)
        watched(world, json.dumps(record(userIdentity=stranger)).encode())
        assert read_time(state()["last_came_at"]) == marked
    watched(world)
    world.clock.pass_by(hours=1)
    watched(world)
    assert read_time(state()["last_came_at"]) == first + timedelta(minutes=1)


def read_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_dead_letters_that_cannot_be_counted_are_told_as_such(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> int:
        raise Unavailable("SQS does not answer", advice="wait")

    monkeypatch.setattr(type(world.parts.sources.dead_letters), "length", away)
    told = world.get("rosa", "/watch/state").json()
    assert (told["dead_letters"], told["dead_letters_because"]) == (None, "SQS does not answer")


def test_what_could_not_be_read_is_listed(world: World) -> None:
    watched(world, unread=[Unread("it is not UTF-8", "queue, message 1", EVIL)])
    [one] = items(world, "rosa", "/set-aside")
    assert (one["reason"], one["source"], one["excerpt"]) == ("it is not UTF-8", "queue, message 1", EVIL)
