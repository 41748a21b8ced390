"""A ticket that must be open: when it is asked for, again when it is approved, and what becomes of it where nobody says."""

from pathlib import Path
from typing import Any

import pytest
from tests.server.server_world import CATALOGUE, World, open_world

from liftgate.access.ticket import TicketFound

FREE = CATALOGUE.replace(
    'ticket: {required: true, pattern: "PAY-[0-9]{1,6}"}',
    'ticket: {required: true, pattern: "PAY-[0-9]{1,6}", tracker: desk, when_down: WHEN}',
).replace(
    "approvals: 2\n      lapses_after: 1h",
    "approvals: 1\n      lapses_after: 1h\n      without_review: {longest: 2m, actions: [write]}",
)
CLOSED = TicketFound(exists=True, is_open=False, state="Done")


def pay(world: World, **changes: Any) -> dict[str, Any]:
    changes = {
        "entitlement": "payroll-writer",
        "locations": ["s3://lakeside-payroll/2026/"],
        "ticket": "PAY-12",
        **changes,
    }
    answer: dict[str, Any] = world.ask("ada", **changes).json()
    return answer


def approve(world: World, request_id: str) -> dict[str, Any]:
    body = {"answer": "approve", "comment": ""}
    answer: dict[str, Any] = world.post("grace", f"/requests/{request_id}/reviews", body).json()
    return answer


def opened(folder: Path, when: str) -> Any:
    return open_world(folder, catalogue=FREE.replace("WHEN", when))


def bodies(world: World, kind: str) -> list[dict[str, Any]]:
    with world.store.read() as view:
        return [dict(entry.draft.body) for entry in view.entries() if entry.draft.kind.value == kind]


def test_an_open_ticket_lets_through_and_its_state_alone_is_on_record(tmp_path: Path) -> None:
    with opened(tmp_path, "refuse") as world:
        asked = pay(world)
        assert (asked["state"], asked["ticket_checked"]) == ("approved", True)
        assert world.trackers.asked == [("desk", "PAY-12")]
        [made] = bodies(world, "request.made")
        assert made["ticket_seen"] == {"tracker": "desk", "state": "In Progress"}


@pytest.mark.parametrize(
    ("found", "code"), [(TicketFound(exists=False), "ticket_unknown"), (CLOSED, "ticket_not_open")]
)
@pytest.mark.parametrize("when", ["refuse", "review", "allow"])
def test_a_ticket_that_is_not_open_is_refused_on_record(
    tmp_path: Path, when: str, found: TicketFound, code: str
) -> None:
    with opened(tmp_path, when) as world:
        world.trackers.found["PAY-12"] = found
        assert pay(world)["code"] == code
        assert bodies(world, "request.refused")[0]["because"][0]["code"] == code


def test_what_does_not_fit_the_pattern_is_never_looked_up(tmp_path: Path) -> None:
    with opened(tmp_path, "allow") as world:
        for ticket in ("PAY-12/../PAY-1", "http://169.254.169.254/", "PAY-1%2f", "OPS-1"):
            assert pay(world, ticket=ticket)["code"] == "ticket_needed"
        assert world.trackers.asked == []


def test_down_and_refuse_asks_to_try_again(tmp_path: Path) -> None:
    with opened(tmp_path, "refuse") as world:
        world.trackers.down = True
        assert (pay(world)["status"], pay(world)["code"]) == (503, "tracker_down")
        assert "request.refused" not in world.ledger()  # nothing was decided


def test_down_and_review_takes_the_free_pass_away_and_shows_it_to_reviewers(tmp_path: Path) -> None:
    with opened(tmp_path, "review") as world:
        assert pay(world)["state"] == "approved"
        world.trackers.down = True
        asked = pay(world)
        assert (asked["state"], asked["approvals_needed"], asked["ticket_checked"]) == ("pending", 1, False)
        seen = world.get("grace", f"/requests/{asked['id']}").json()
        assert seen["ticket_checked"] is False
        assert approve(world, asked["id"])["state"] == "approved"
        assert bodies(world, "request.reviewed")[0]["ticket_seen"] == {"tracker": "desk", "state": None}


def test_down_and_allow_goes_on_and_says_so_on_record(tmp_path: Path) -> None:
    with opened(tmp_path, "allow") as world:
        world.trackers.down = True
        assert pay(world)["state"] == "approved"
        assert bodies(world, "request.made")[0]["ticket_seen"] == {"tracker": "desk", "state": None}


def test_a_ticket_that_was_closed_meanwhile_stops_the_approval_and_not_the_denial(tmp_path: Path) -> None:
    with opened(tmp_path, "refuse") as world:
        first, second = (pay(world, duration_seconds=1200)["id"] for _ in range(2))
        world.trackers.found["PAY-12"] = CLOSED
        assert approve(world, first)["code"] == "ticket_not_open"
        assert world.get("ada", f"/requests/{first}").json()["state"] == "pending"
        assert bodies(world, "review.refused")[0]["because"][0]["code"] == "ticket_not_open"
        world.trackers.down = True
        assert approve(world, first)["code"] == "tracker_down"
        denied = world.post("grace", f"/requests/{first}/reviews", {"answer": "deny", "comment": "no"})
        assert denied.json()["state"] == "denied"
        world.trackers.down = False
        world.trackers.found.clear()
        assert approve(world, second)["state"] == "approved"


def test_for_people_who_may_not_approve_no_tracker_is_asked(tmp_path: Path) -> None:
    with opened(tmp_path, "refuse") as world:
        asked = pay(world, duration_seconds=1200)["id"]
        world.trackers.asked.clear()
        for person in ("ada", "rosa", "mallory"):
            world.post(person, f"/requests/{asked}/reviews", {"answer": "approve", "comment": ""})
        assert world.trackers.asked == []


def test_a_tracker_without_settings_lets_nothing_through(tmp_path: Path) -> None:
    with opened(tmp_path, "allow") as world:
        object.__setattr__(world.parts, "trackers", None)
        assert (pay(world)["status"], pay(world)["code"]) == (503, "tracker_unset")
