"""What Liftgate does in AWS, as steps that a fault may strike: prepare in peace, act under the fault, and see it through after."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.chaos.chaos_world import ChaosWorld

WRITTEN_DENY: Final = "LiftgateRevocations"
WRITTEN_PLACE: Final = "LiftgateInPlace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """``prepare`` makes what ``act`` works on; ``act`` answers in a word or two what Liftgate said of it."""

    prepare: Callable[[ChaosWorld], Any]
    act: Callable[[ChaosWorld, Any], str]
    done: str  # what ``act`` says where nothing went wrong
    not_done: str  # what it says where AWS did not do it
    again: Callable[[ChaosWorld, Any], None] = lambda _world, _made: None  # when AWS is well again


def _granted(world: ChaosWorld) -> str:
    return world.granted(world.lakeside.elevated[0])


def _lent(world: ChaosWorld) -> str:
    grant_id = _granted(world)
    for _ in range(2):
        assert world.lend(grant_id).status_code == 201
    return grant_id


def _open(world: ChaosWorld) -> str:
    grant_id = world.granted(world.lakeside.held[0])
    assert world.get(f"/grants/{grant_id}")["in_place"]["state"] == "open"
    return grant_id


def _lend(world: ChaosWorld, grant_id: str) -> str:
    answer = world.lend(grant_id)
    return "lent" if answer.status_code == 201 else str(answer.json()["code"])


def _lend_again(world: ChaosWorld, grant_id: str) -> None:
    """A grant whose first session could not be lent is still a grant."""
    assert world.get(f"/grants/{grant_id}")["state"] == "active"
    assert world.lend(grant_id).status_code == 201
    assert world.may_write(world.handed_over[-1][1], grant_id)


def _ask_in_place(world: ChaosWorld, _: None) -> str:
    answer = world.ask(world.lakeside.held[0])
    if answer.status_code != 201:
        return str(answer.json()["code"])
    return str(world.get(f"/grants/{answer.json()['grant']['id']}")["in_place"]["state"])


def _ask_in_place_again(world: ChaosWorld, _: None) -> None:
    assert _ask_in_place(world, None) == "open"


def _give_back(world: ChaosWorld, grant_id: str) -> str:
    return _ended(world.call("ada", "POST", f"/grants/{grant_id}/return"))


def _give_one_back(world: ChaosWorld, grant_ids: tuple[str, str]) -> str:
    return _give_back(world, grant_ids[0])


def _stays_open(world: ChaosWorld, grant_ids: tuple[str, str]) -> None:
    assert world.get(f"/grants/{grant_ids[1]}")["in_place"]["state"] == "open"


def _revoke(world: ChaosWorld, grant_id: str) -> str:
    return _ended(world.call("grace", "POST", f"/grants/{grant_id}/revocation", {"reason": "a drill"}))


def _revoke_session(world: ChaosWorld, grant_id: str) -> str:
    answer = world.call("grace", "POST", f"/grants/{grant_id}/sessions/1/revocation", {"reason": "it leaked"})
    assert answer.status_code == 201, answer.text
    return str(world.get(f"/grants/{grant_id}")["sessions"][0]["ending"]["deny"])


def _revoke_many(**which: Any) -> Callable[[ChaosWorld, Any], str]:
    def act(world: ChaosWorld, _: Any) -> str:
        answer = world.call("grace", "POST", "/revocations", {**which, "reason": "a drill"})
        assert answer.status_code == 201, answer.text
        return "pending" if answer.json()["pending"] else "in_place"

    return act


def _ended(answer: Any) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ending"]["deny"])


def _both(world: ChaosWorld) -> tuple[str, str]:
    return _lent(world), _open(world)


def _two_open(world: ChaosWorld) -> tuple[str, str]:
    return _open(world), _open(world)


STORIES: Final[Mapping[str, Story]] = {
    "lend a session": Story(
        prepare=_granted, act=_lend, done="lent", not_done="lending_unavailable", again=_lend_again
    ),
    "ask in place": Story(
        prepare=lambda _: None,
        act=_ask_in_place,
        done="open",
        not_done="role_unreachable",
        again=_ask_in_place_again,
    ),
    "open in place": Story(prepare=lambda _: None, act=_ask_in_place, done="open", not_done="opening"),
    "close the last in place": Story(prepare=_open, act=_give_back, done="in_place", not_done="pending"),
    "close one of two in place": Story(
        prepare=_two_open,
        act=_give_one_back,
        done="in_place",
        not_done="in_place",  # all is taken off the role, and the other opened anew
        again=_stays_open,
    ),
    "revoke a grant": Story(prepare=_lent, act=_revoke, done="in_place", not_done="pending"),
    "revoke a session": Story(prepare=_lent, act=_revoke_session, done="in_place", not_done="pending"),
    "revoke a person": Story(
        prepare=_both, act=_revoke_many(person="ada"), done="in_place", not_done="pending"
    ),
    "revoke everything": Story(
        prepare=_both, act=_revoke_many(everything=True), done="in_place", not_done="pending"
    ),
}
"""In the words of the API: of an ending, `in_place` says that AWS was seen to refuse, `pending` that it was not yet."""

# Where each story may be struck: the story, the call, and the inline policy that the call is about.
SITES: Final = (
    ("lend a session", "AssumeRole", ""),
    ("ask in place", "GetRole", ""),
    ("open in place", "PutRolePolicy", WRITTEN_PLACE),
    ("open in place", "SimulatePrincipalPolicy", ""),
    ("close the last in place", "DeleteRolePolicy", WRITTEN_PLACE),
    ("close one of two in place", "PutRolePolicy", WRITTEN_PLACE),
    ("revoke a grant", "GetRolePolicy", WRITTEN_DENY),
    ("revoke a grant", "PutRolePolicy", WRITTEN_DENY),
    ("revoke a session", "PutRolePolicy", WRITTEN_DENY),
    ("revoke a person", "DeleteRolePolicy", WRITTEN_PLACE),
    ("revoke everything", "PutRolePolicy", WRITTEN_DENY),
)
