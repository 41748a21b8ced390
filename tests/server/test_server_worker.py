"""Queued work is done, in the end, whatever happens in between; and nobody waits long for it."""

import json
from datetime import timedelta
from threading import Event

import pytest
from tests.server.server_world import OF_ROLES, REPORTS_ROLE, World

from liftgate.access.ports import DENY_SLACK
from liftgate.server import settling, worker
from liftgate.server.worker import drain_once, forget_expired, look_at_roles, start_worker


def revoked(world: World) -> str:
    """A grant that was revoked while IAM was away."""
    grant_id = world.granted()
    world.iam.down = True
    answer = world.post("grace", f"/grants/{grant_id}/revocation", {"reason": "a drill"})
    assert answer.json()["ending"]["deny"] == "pending"
    return grant_id


def deny_of(world: World, grant_id: str) -> str | None:
    deny: str | None = world.get("grace", f"/grants/{grant_id}").json()["ending"]["deny"]
    return deny


def test_a_deny_that_failed_is_tried_until_it_is_in_place(world: World) -> None:
    grant_id = revoked(world)
    assert drain_once(world.parts, worker="w", kinds=OF_ROLES) == 1
    assert drain_once(world.parts, worker="w", kinds=OF_ROLES) == 0  # not at once: it is put back for later
    assert deny_of(world, grant_id) == "pending"
    world.iam.down = False
    world.clock.pass_by(seconds=2)
    assert drain_once(world.parts, worker="w", kinds=OF_ROLES) == 1
    assert deny_of(world, grant_id) == "in_place"
    assert f"*:{grant_id}-*" in world.iam.policies[REPORTS_ROLE]
    assert drain_once(world.parts, worker="w", kinds=OF_ROLES) == 0


def test_a_deny_is_taken_away_when_the_window_is_surely_over(world: World) -> None:
    grant_id = world.granted()
    world.post("grace", f"/grants/{grant_id}/revocation", {"reason": "a drill"})
    drain_once(world.parts, worker="w", kinds=OF_ROLES)
    world.clock.pass_by(minutes=2)
    world.clock.now += DENY_SLACK - timedelta(seconds=1)
    assert drain_once(world.parts, worker="w", kinds=OF_ROLES) == 0
    assert REPORTS_ROLE in world.iam.policies
    world.clock.pass_by(seconds=1)
    assert drain_once(world.parts, worker="w", kinds=OF_ROLES) == 1
    assert world.iam.policies == {}


def test_a_worker_that_dies_leaves_its_work_to_others(world: World) -> None:
    revoked(world)
    world.iam.down = False
    with world.store.write() as transaction:
        transaction.outbox.claim(world.clock(), lease=timedelta(minutes=3), limit=10, worker="dies")
    assert drain_once(world.parts, worker="w", kinds=OF_ROLES) == 0
    world.clock.pass_by(minutes=3)
    assert drain_once(world.parts, worker="w", kinds=OF_ROLES) == 1
    assert REPORTS_ROLE in world.iam.policies


def test_who_takes_a_deny_off_a_role_sees_it_come_back(world: World) -> None:
    grant_id = world.granted()
    world.post("grace", f"/grants/{grant_id}/revocation", {"reason": "a drill"})
    world.iam.policies[REPORTS_ROLE] = json.dumps({"Version": "2012-10-17", "Statement": []})
    assert look_at_roles(world.parts) == 0
    assert f"*:{grant_id}-*" in world.iam.policies[REPORTS_ROLE]


def test_what_expired_is_forgotten(world: World) -> None:
    world.sign_in("ada")
    assert forget_expired(world.parts) == 0
    world.clock.pass_by(hours=9)
    assert forget_expired(world.parts) == 1


def test_the_worker_runs_until_it_is_stopped(world: World) -> None:
    written = Event()
    grant_id = revoked(world)
    world.iam.before = written.set
    world.iam.down = False
    stop = start_worker(world.parts)
    assert written.wait(30)
    stop()
    assert deny_of(world, grant_id) == "in_place"


def test_a_role_that_fails_in_a_way_nobody_foresaw_keeps_no_other_waiting(world: World) -> None:
    poisoned = world.granted()
    payroll = two_approvals(world)
    world.iam.down = True
    for grant_id in (poisoned, payroll):
        world.post("grace", f"/grants/{grant_id}/revocation", {"reason": "a drill"})
    world.iam.down = False

    def poison(role_arn: str) -> None:
        if role_arn == REPORTS_ROLE:
            raise IndexError("password=hunter2")

    world.iam.before_role = poison
    world.clock.pass_by(minutes=1)
    assert look_at_roles(world.parts) == 1
    drain_once(world.parts, worker="w", kinds=OF_ROLES)
    assert deny_of(world, payroll) == "in_place"
    assert deny_of(world, poisoned) == "pending"
    assert "hunter2" not in world.log.text
    world.iam.before_role = lambda _: None
    world.clock.pass_by(minutes=1)
    drain_once(world.parts, worker="w", kinds=OF_ROLES)
    assert deny_of(world, poisoned) == "in_place"


def test_much_that_is_queued_for_one_role_is_one_piece_of_work(world: World) -> None:
    payroll, grants = two_approvals(world), [world.granted() for _ in range(30)]
    world.iam.down = True
    for grant_id in grants:
        world.clock.pass_by(milliseconds=1)
        world.post("ada", f"/grants/{grant_id}/return")
    world.post("grace", f"/grants/{payroll}/revocation", {"reason": "a drill"})
    asked: list[str] = []
    world.iam.down = False
    world.iam.before_role = asked.append
    world.clock.pass_by(minutes=1)
    assert [drain_once(world.parts, worker="w", kinds=OF_ROLES) for _ in range(3)] == [30, 1, 0]
    assert asked.count(REPORTS_ROLE) == 3  # read, written, read back: once
    assert deny_of(world, payroll) == "in_place"


def two_approvals(world: World) -> str:
    request_id = world.pending(
        locations=["s3://lakeside-payroll/2026/"], ticket="PAY-7", entitlement="payroll-writer"
    )
    world.post("linus", f"/requests/{request_id}/reviews", {"answer": "approve"})
    answer = world.post("grace", f"/requests/{request_id}/reviews", {"answer": "approve"})
    grant_id: str = answer.json()["grant"]["id"]
    return grant_id


def test_the_worker_outlives_what_nobody_foresaw(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    failed_twice = Event()
    calls: list[int] = []

    def surprise(*_: object, **__: object) -> int:
        calls.append(1)
        if len(calls) == 2:
            failed_twice.set()
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(worker, "drain_once", surprise)
    stop = start_worker(world.parts)
    assert failed_twice.wait(30)
    stop()
    assert {"event": "worker", "level": "error", "error": "RuntimeError"} in world.log.lines
    assert "hunter2" not in world.log.text


def test_nobody_waits_long_for_a_role_that_does_not_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "_PATIENCE", timedelta(milliseconds=20))
    answered, grant_id = Event(), world.granted()
    world.iam.before = lambda: answered.wait(30)
    answer = world.post("grace", f"/grants/{grant_id}/revocation", {"reason": "a drill"})
    assert (answer.status_code, answer.json()["ending"]["deny"]) == (201, "pending")
    assert world.parts.wake_worker.is_set()
    answered.set()
    world.parts.background.shutdown()
    assert deny_of(world, grant_id) == "in_place"


def test_a_surprise_while_denying_does_not_hide_that_the_grant_ended(world: World) -> None:
    def surprise() -> None:
        raise RuntimeError("nobody foresaw this")

    grant_id = world.granted()
    world.iam.before = surprise
    answer = world.post("grace", f"/grants/{grant_id}/revocation", {"reason": "a drill"})
    assert (answer.status_code, answer.json()["state"]) == (201, "revoked")
    assert answer.json()["ending"]["deny"] == "pending"
