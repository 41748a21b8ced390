"""After an accident: everything is held against the store, mended, and said."""

from datetime import timedelta
from typing import Any

from tests.server.server_world import REPORTS_ROLE, World
from tests.store.store_examples import draft, session

from liftgate.ledger.model import EventKind


def reconcile(world: World) -> Any:
    answer = world.post("rosa", "/reconciliations")
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_where_all_is_well_there_is_nothing_to_repair(world: World) -> None:
    world.post("grace", f"/grants/{world.granted()}/revocation", {"reason": "a drill"})
    world.clock.pass_by(seconds=1)
    found = reconcile(world)
    assert found["roles"] == 2
    assert found["entries"] > 5
    assert [one["what"] for one in found["repairs"]] in ([], ["the queue"])
    assert reconcile(world)["repairs"] == []


def test_a_deny_that_somebody_took_off_is_put_back_and_said(world: World) -> None:
    grant_id = world.granted()
    world.post("grace", f"/grants/{grant_id}/revocation", {"reason": "a drill"})
    reconcile(world)
    world.iam.policies.clear()
    (repair,) = reconcile(world)["repairs"]
    assert (repair["what"], repair["repaired"]) == (f"the denies on {REPORTS_ROLE}", True)
    assert f"*:{grant_id}-*" in world.iam.policies[REPORTS_ROLE]


def test_a_policy_of_ours_that_nobody_called_for_is_taken_away(world: World) -> None:
    world.iam.policies[REPORTS_ROLE] = '{"Version":"2012-10-17","Statement":[]}'
    (repair,) = reconcile(world)["repairs"]
    assert repair["repaired"] is True
    assert world.iam.policies == {}


def test_a_session_of_which_nobody_knows_the_outcome_is_settled(world: World) -> None:
    grant_id = world.granted()
    with world.store.write() as transaction:
        record = transaction.grant(grant_id)
        assert record is not None
        lost = session(record.grant, intended_at=world.clock())
        transaction.add_session(lost, draft(EventKind.SESSION_INTENDED, grant_id=grant_id))
    assert reconcile(world)["repairs"] == []  # it may still be on its way
    world.clock.now += timedelta(minutes=5, seconds=1)
    (repair,) = reconcile(world)["repairs"]
    assert repair["what"] == f"session {lost.name}"
    assert world.ledger()[-1] == "session.failed"
    assert (
        world.get("ada", f"/grants/{grant_id}").json()["sessions"][0]["failure"].startswith("outcome_unknown")
    )
    assert reconcile(world)["repairs"] == []


def test_what_cannot_be_mended_is_said_with_the_next_step(world: World) -> None:
    world.iam.down = True
    repairs = reconcile(world)["repairs"]
    assert [(one["repaired"], one["failure"]) for one in repairs] == [(False, "IAM did not answer")] * 2
    assert all(one["advice"] for one in repairs)


def test_only_a_guard_may(world: World) -> None:
    answer = world.post("grace", "/reconciliations")
    assert (answer.status_code, answer.json()["code"]) == (403, "may_not_reconcile")
