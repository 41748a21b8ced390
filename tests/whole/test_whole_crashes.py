"""The server is killed at each commit and each AWS call of the story, started again, and the story goes on.

Real processes, killed by the kernel; a real SQLite file; an AWS that enforces. What must hold whatever was killed when: no
access without its record, no approved request without its one grant, nothing half done, and what was revoked ends refused.
"""

import itertools
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.chaos.chaos_world import in_words
from tests.enforcement.record import tried
from tests.whole.crash_world import CrashWorld, Died, counted

from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import SampleAccount

pytestmark = pytest.mark.slow

TOPIC = "Killed with kill -9 at each commit and each call to AWS: what `doctor --reconcile` finds in the end"
MUST = "nothing, or what it mends and names"
WHY = "Correct the totals of the third quarter"
PLACE = "s3://lakeside-reports/2026/q3/"
# A lease of the killed process is still held when the next one starts: that one's clock says that it has run out.
AFTER_LEASES = 240
# Who asked STS this long ago has given up, or is dead: what it asked for counts as not lent.
AFTER_ALL_CALLS = 600


@pytest.fixture(scope="module")
def worlds(
    embedded_account: SampleAccount,
    empty_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Any:
    def new() -> CrashWorld:
        folder = tmp_path_factory.mktemp("crash")
        shutil.copy(empty_database, folder / "liftgate.db")
        return CrashWorld(embedded_account, folder)

    return new


class Story:
    """Ask, lend, write, ask with a review, lend, write, revoke one and return the other: each step can be tried again."""

    def __init__(self, world: CrashWorld) -> None:
        self.world = world
        self.keys = (f"key-{number}" for number in itertools.count())
        self.held: list[Keys] = []
        self.grants: list[str] = []

    def steps(self) -> list[Any]:
        return [
            lambda key: self.grants.append(self._ask(600, key)["grant"]["id"]),
            lambda key: self._borrow(0, key),
            self._ask_for_long,
            self._approve,
            lambda key: self._borrow(1, key),
            self._revoke,
            self._give_back,
        ]

    def _ask(self, seconds: int, key: str) -> Any:
        body = {
            "actions": ["write"],
            "locations": [PLACE],
            "duration_seconds": seconds,
            "justification": WHY,
        }
        return self._made(self.world.call("ada", "POST", "/requests", body, key=key))

    def _ask_for_long(self, key: str) -> None:
        self.request = self._ask(3000, key)["id"]

    def _approve(self, key: str) -> None:
        body = {"answer": "approve", "comment": "go ahead"}
        path = f"/requests/{self.request}/reviews"
        approved = self._made(self.world.call("grace", "POST", path, body, key=key))
        assert approved["state"] == "approved"
        self.grants.append(approved["grant"]["id"])

    def _borrow(self, which: int, key: str) -> None:
        path = f"/grants/{self.grants[which]}/sessions"
        answer = self.world.call("ada", "POST", path, key=key)
        if answer.status_code == 409:
            # The killed server had begun: what it lent, if it did, is lost, and never lent twice.
            assert answer.json()["code"] == "secret_handed_over"
            answer = self.world.call("ada", "POST", path, key=key + "-again")
        lent = self._made(answer)
        keys = Keys(
            access_key_id=lent["access_key_id"],
            secret_access_key=lent["secret_access_key"],
            session_token=lent["session_token"],
        )
        assert self.world.may_write(keys)
        self.held.append(keys)

    def _revoke(self, key: str) -> None:
        path = f"/grants/{self.grants[0]}/revocation"
        ended = self._made(self.world.call("grace", "POST", path, {"reason": "wrong quarter"}, key=key))
        assert ended["state"] == "revoked"

    def _give_back(self, key: str) -> None:
        path = f"/grants/{self.grants[1]}/return"
        assert self._made(self.world.call("ada", "POST", path, key=key))["state"] == "returned"

    @staticmethod
    def _made(answer: Any) -> Any:
        assert answer.status_code == 201, answer.text
        return answer.json()


def play(world: CrashWorld, die_at: str | None) -> bool:
    """The story, to its end; whether the server was killed on the way."""
    story, died = Story(world), False
    try:
        world.start(die_at=die_at, worker=False)
    except Died:
        died = rise_again(world, ending=False)
    for step in story.steps():
        key = next(story.keys)
        ending = step in (story._revoke, story._give_back)
        try:
            step(key)
        except Died:
            died = rise_again(world, ending=ending)
            step(key)
    wait_for_denies(world, story)
    for keys in story.held:
        assert not world.may_write(keys)
    assert world.get("grace", "/ledger/verification")["intact"]
    listed = world.get("ada", "/grants")["items"]
    assert sorted(grant["id"] for grant in listed) == sorted(story.grants)  # never a second one
    reconcile_at_the_end(world)
    world.check()
    return died


def reconcile_at_the_end(world: CrashWorld) -> None:
    """`doctor --reconcile`, when nobody can still be asking STS: it finds nothing, or mends it and says what, and then finds nothing."""
    world.story_took = len(world.logged("moment"))
    lost = world.lost_sessions()
    if lost:
        world.end()
        world.start(worker=False, ahead_seconds=AFTER_ALL_CALLS)
    world.found = world.reconcile()
    named = [one["what"] for one in world.found]
    assert [f"session {name}" for name in lost] == [one for one in named if one != "the queue"], named
    assert world.reconcile() == []
    assert world.lost_sessions() == []
    world.end()


def rise_again(world: CrashWorld, *, ending: bool) -> bool:
    world.collect()
    world.check()
    world.start(ahead_seconds=AFTER_LEASES if ending else 0)
    return True


def wait_for_denies(world: CrashWorld, story: Story) -> None:
    """Until the server says that AWS refuses what was ended; its worker does that by itself."""
    pause, deadline = threading.Event(), time.monotonic() + 30
    while True:
        states = [world.get("grace", f"/grants/{grant}")["ending"]["deny"] for grant in story.grants]
        if set(states) == {"in_place"}:
            return
        assert time.monotonic() < deadline, states
        pause.wait(0.05)


@pytest.fixture(scope="module")
def moments(worlds: Any) -> list[str]:
    """All commits and AWS calls of a story in which nobody dies."""
    world = worlds()
    assert not play(world, None)
    found = world.logged("moment")[: world.story_took]
    assert len(found) == len(set(found))
    return list(found)


def cases(*kinds: str, what: str) -> list[Any]:
    """Each kind of moment in two halves, so that no test takes long."""
    return [
        pytest.param(
            kind,
            half,
            id=f"{kind}-{half}",
            marks=tried(TOPIC, f"{what}, killed {kind} {which}", "Liftgate", must=MUST),
        )
        for kind in kinds
        for half, which in enumerate(("1, 3, 5, …", "2, 4, 6, …"))
    ]


@pytest.mark.parametrize(
    ("kind", "half"),
    cases("before commit", "after commit", "before call", "after call", what="the whole story"),
)
def test_killed_anywhere_the_story_ends_well(
    kind: str,
    half: int,
    moments: list[str],
    worlds: Any,
    record_property: Callable[[str, object], None],
) -> None:
    of_this_kind = [moment for moment in moments if moment.startswith(kind)]
    assert len(of_this_kind) >= 8
    found = Counter[str]()
    for moment in of_this_kind[half::2]:
        world = worlds()
        try:
            assert play(world, moment), "nobody died"
        except Exception as fault:
            fault.add_note(f"killed at: {moment}; see {world.folder}")
            raise
        found[in_words(world.found)] += 1
    record_property("happened", counted(found))


def revoked_and_left(world: CrashWorld) -> Story:
    """A grant with a running session is revoked, and its server dies before AWS is told."""
    story = Story(world)
    world.start(worker=False)
    for step in story.steps()[:2]:
        step(next(story.keys))
    world.get("grace", "/me")  # signed in, which is a commit too
    world.end()
    world.start(worker=False, die_at="after commit 2")  # the first keeps the catalogue
    with pytest.raises(Died):
        story._revoke("revoked-once")
    world.collect()
    world.check()
    assert world.may_write(story.held[0])  # AWS does not know yet
    return story


def finish(world: CrashWorld, story: Story, *, ahead_seconds: int) -> None:
    """Nobody asks again for the revocation: the worker alone does what is left."""
    world.start(ahead_seconds=ahead_seconds)
    wait_for_denies(world, story)
    assert not world.may_write(story.held[0])
    reconcile_at_the_end(world)
    world.check()


@pytest.fixture(scope="module")
def moments_of_a_worker(worlds: Any) -> list[str]:
    """All commits and AWS calls by which a worker does what was left, up to its last call."""
    world = worlds()
    story = revoked_and_left(world)
    before = len(world.logged("moment"))
    finish(world, story, ahead_seconds=0)
    found = world.logged("moment")[before : world.story_took]
    calls = [number for number, moment in enumerate(found) if moment.startswith("after call")]
    return list(found[: calls[-1] + 1])


@pytest.mark.parametrize(
    ("kind", "half"), cases("before commit", "after call", what="a worker finishing a revocation")
)
def test_a_killed_worker_leaves_its_work_to_the_next(
    kind: str,
    half: int,
    moments_of_a_worker: list[str],
    worlds: Any,
    record_property: Callable[[str, object], None],
) -> None:
    of_this_kind = [moment for moment in moments_of_a_worker if moment.startswith(kind)]
    assert len(of_this_kind) >= 3
    found = Counter[str]()
    for moment in of_this_kind[half::2]:
        world = worlds()
        story = revoked_and_left(world)
        try:
            with suppress(Died):  # where it died before it served
                world.start(die_at=moment)
            world.collect()
            world.check()
            finish(world, story, ahead_seconds=AFTER_LEASES)
        except Exception as fault:
            fault.add_note(f"killed at: {moment}; see {world.folder}")
            raise
        found[in_words(world.found)] += 1
    record_property("happened", counted(found))
