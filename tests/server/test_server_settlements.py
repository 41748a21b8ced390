"""What became of a grant: made when its calls have settled, kept once, and made anew when later ones come to light."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.server.server_world import World
from tests.server.watched import called, outside, watched

from liftgate.access.ports import EffectKind
from liftgate.server.accounts import settle_account
from liftgate.server.worker import drain_once
from liftgate.watch.settled import StillMoving, hash_of_events
from liftgate.watch.settlement import settle as settle_calls


def used(world: World) -> str:
    """A grant with three calls within its scope, and one beyond it that AWS refused."""
    grant_id = world.granted()
    assert world.post("ada", f"/grants/{grant_id}/sessions").is_success
    for _ in range(3):
        world.clock.pass_by(seconds=1)
        watched(world, called(world, grant_id))
    watched(world, outside(world, grant_id))
    return grant_id


def account(world: World, grant_id: str, person: str = "grace") -> dict[str, Any]:
    answer = world.get(person, f"/grants/{grant_id}/settlement")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def settle(world: World, **span: float) -> None:
    world.clock.pass_by(**span)
    while drain_once(world.parts, worker="w"):
        pass


def test_a_grant_is_settled_half_an_hour_after_it_ends(world: World) -> None:
    grant_id = used(world)
    settle(world, minutes=20)
    assert account(world, grant_id)["state"] == "open"
    settle(world, minutes=13)
    found = account(world, grant_id)
    assert (found["state"], found["due_at"]) == ("settled", None)
    made = found["account"]
    assert (made["number"], made["calls"], made["refused"], made["was_used"]) == (1, 4, 1, True)
    assert made["sufficed"]["actions"] == ["s3:PutObject"]
    assert made["request_line"].startswith("liftgate request s3://lakeside-reports/2026/q3/")
    assert made["catalogue_lines"][0] == "ceiling:"
    assert [(one["folder"], one["calls"], one["refused"]) for one in made["lines"]] == [
        ("s3://lakeside-reports/2026/q3/", 3, 0),
        ("s3://lakeside-payroll/2026/", 1, 1),
    ]
    assert world.ledger().count("grant.settled") == 1


def test_a_grant_that_nobody_used_is_settled_as_never_used(world: World) -> None:
    grant_id = world.granted()
    world.post("ada", f"/grants/{grant_id}/return")
    settle(world, seconds=0)
    settle(world, minutes=31)
    made = account(world, grant_id)["account"]
    assert made["sentences"][1:] == ["Never used."]
    assert (made["sufficed"], made["request_line"]) == (None, None)
    settle(world, hours=2)  # its window's end, which queued the same
    assert world.ledger().count("grant.settled") == 1


def test_a_call_that_comes_late_reopens_the_account_and_a_copy_does_not(world: World) -> None:
    grant_id = used(world)
    copy, late = called(world, grant_id), called(world, grant_id, eventID="late")
    settle(world, minutes=3)
    settle(world, minutes=31)
    watched(world, copy)
    before = account(world, grant_id)
    assert (before["state"], before["account"]["calls"]) == ("settled", 4)
    watched(world, late)
    assert account(world, grant_id)["state"] == "reopened"
    watched(world, late)
    settle(world, minutes=31)
    after = account(world, grant_id)
    assert (after["state"], after["account"]["number"], after["account"]["calls"]) == ("settled", 2, 5)
    kinds = world.ledger()
    assert [kinds.count(kind) for kind in ("grant.settled", "grant.reopened")] == [2, 1]


def test_people_are_told_of_each_account_once(world: World) -> None:
    grant_id = used(world)
    settle(world, minutes=3)
    settle(world, minutes=31)
    settle(world, hours=1)
    [told] = [one for one in world.hook.messages if one.type == "grant.settled"]
    assert told.id == f"{grant_id}-settled-1"
    assert told.data["sufficed"] is not None


def test_the_ledger_binds_the_account_to_its_calls(world: World) -> None:
    grant_id = used(world)
    settle(world, minutes=3)
    settle(world, minutes=31)
    with world.store.read() as view:
        ids = [one.event_id for one in view.activities(grant_id, cursor=None, limit=50).items]
        entry = [one for one in view.entries(about=grant_id) if one.draft.kind == "grant.settled"][-1]
    assert entry.draft.body["events"] == hash_of_events(sorted(ids))
    assert entry.draft.body["calls"] == 4


def test_whose_grant_it_was_sees_the_account_and_not_what_was_found(world: World) -> None:
    grant_id = used(world)
    settle(world, minutes=3)
    settle(world, minutes=31)
    assert len(account(world, grant_id, "grace")["account"]["findings"]) == 1
    of_ada = account(world, grant_id, "ada")["account"]
    assert of_ada["findings"] == []
    assert "finding" not in " ".join(of_ada["sentences"])


def test_the_story_ends_with_the_account(world: World) -> None:
    grant_id = used(world)
    settle(world, minutes=3)
    settle(world, minutes=31)
    last = world.get("ada", f"/grants/{grant_id}/timeline").json()["items"][-1]
    assert (last["step"], last["text"]) == (
        "settlement",
        "settled: used: 4 calls, 1 of them refused; less would have sufficed",
    )


def test_two_workers_settle_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    grant_id = used(world)
    world.clock.pass_by(hours=1)
    race(world, monkeypatch, lambda: settle_account(grant_id, world.parts))
    settle_account(grant_id, world.parts)
    assert account(world, grant_id)["account"]["number"] == 1
    assert world.ledger().count("grant.settled") == 1


def test_a_call_that_comes_while_the_account_is_made_is_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant_id = used(world)
    late = called(world, grant_id, eventID="late")
    world.clock.pass_by(hours=1)
    race(world, monkeypatch, lambda: watched(world, late))
    settle_account(grant_id, world.parts)
    assert account(world, grant_id)["account"]["calls"] == 5


def test_an_account_whose_calls_do_not_stop_is_tried_again_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant_id = used(world)
    texts = [called(world, grant_id, eventID=f"late-{number}") for number in range(3)]
    world.clock.pass_by(hours=1)
    race(world, monkeypatch, lambda: watched(world, texts.pop()), times=3)
    with pytest.raises(StillMoving):
        settle_account(grant_id, world.parts)
    settle(world, minutes=1)
    assert account(world, grant_id)["account"]["calls"] == 7


def race(
    world: World, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object], times: int = 1
) -> None:
    """Do something between the making of an account and its keeping."""
    del world
    make, left = settle_calls, [times]

    def and_meanwhile(*given: Any) -> Any:
        made = make(*given)
        left[0] -= 1
        if left[0] >= 0:
            meanwhile()
        return made

    monkeypatch.setattr("liftgate.watch.settled.settle", and_meanwhile)


def test_when_it_is_due_can_be_said(world: World) -> None:
    grant_id = used(world)
    ends_at = world.get("ada", f"/grants/{grant_id}").json()["ends_at"]
    due_at = account(world, grant_id)["due_at"]
    assert due_at.replace("T09:32", "T09:02") == ends_at
    with world.store.write() as transaction:
        assert transaction.outbox.due_after(world.clock(), kinds=(EffectKind.SETTLE,)) is not None
    assert world.parts.settings.settle_after == timedelta(minutes=30)
