"""Taking back many grants with one call, through the API."""

from typing import Any

import pytest
from tests.server.server_world import REPORTS_ROLE, World


def press(world: World, who: str = "rosa", **which: Any) -> Any:
    return world.post(who, "/revocations", {"reason": "keys leaked", **which})


def test_everything_ends_and_aws_refuses_it(world: World) -> None:
    adas = world.granted("ada")
    grants = {adas, world.granted("linus"), world.granted("ada")}
    answer = press(world, everything=True)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["revoked"], said["pending"], set(said["grant_ids"])) == (3, 0, grants)
    assert all(f"*:{one}-*" in world.iam.policies[REPORTS_ROLE] for one in grants)
    assert world.post("ada", f"/grants/{adas}/sessions").json()["code"] == "grant_not_active"
    assert press(world, everything=True).json() == {"revoked": 0, "pending": 0, "grant_ids": []}


def test_one_person_alone(world: World) -> None:
    world.granted("ada")
    other = world.granted("linus")
    assert press(world, person="ada").json()["revoked"] == 1
    assert world.get("linus", f"/grants/{other}").json()["state"] == "active"


def test_a_reviewer_ends_all_under_their_entitlement_and_no_more(world: World) -> None:
    world.granted("ada")
    assert press(world, "grace", entitlement="reports-writer").json()["revoked"] == 1
    refused = press(world, "grace", everything=True)
    assert (refused.status_code, refused.json()["code"]) == (403, "may_not_revoke")


def test_while_iam_is_away_they_are_pending_and_ended_all_the_same(world: World) -> None:
    world.granted("ada")
    world.iam.down = True
    said = press(world, everything=True).json()
    assert (said["revoked"], said["pending"]) == (1, 1)


@pytest.mark.parametrize(
    "which",
    [{}, {"person": "ada", "everything": True}, {"person": "ada", "entitlement": "x"}, {"everything": False}],
    ids=str,
)
def test_a_call_that_does_not_say_which_ends_nothing(world: World, which: dict[str, Any]) -> None:
    grant_id = world.granted("ada")
    answer = press(world, **which)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")
    assert "which grants" in answer.json()["detail"]
    assert world.get("ada", f"/grants/{grant_id}").json()["state"] == "active"
