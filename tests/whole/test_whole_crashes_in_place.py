"""The server is killed at each commit and each AWS call by which access in place is opened, revoked, and closed at its window's end.

Before it is served again the record owns up to all that the role carries. Then ``liftgate doctor --reconcile`` alone, without a worker,
brings the role to just what the store calls for, and says what it did; foreign policies stay as they are, to the byte.
"""

import io
import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.chaos.lakeside import Lakeside, catalogue_of, make_lakeside, wanted_open, watch_names
from tests.enforcement.record import tried
from tests.servers.signing_in import sign_in_by
from tests.whole.crash_world import CrashWorld, Died, counted

from liftgate.cli.main import main
from liftgate.clock import system_clock
from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import REPORTS, SampleAccount
from liftgate.store.sql import open_store

pytestmark = pytest.mark.slow

TOPIC = "Killed with kill -9 at each commit and each call to AWS: what `doctor --reconcile` finds in the end"
MUST = "nothing, or what it mends and names; statements just as the store calls for"
# What a process that dies before a call or a commit leaves behind is what it leaves after the moment before that.
KINDS = ("after call", "after commit")
OPENING, REVOKING, CLOSING = "opening in place", "revoking in place", "closing in place at the window's end"
# A lease of the killed process has run out by this clock, and the grant's window is not over.
AFTER_LEASES = 240
WINDOW = 1800
AFTER_THE_END = WINDOW + 600  # and the slack for clocks that differ


@dataclass(frozen=True)
class Saved:
    """A database, and what the role carried with it."""

    database: Path
    statements: str | None


@dataclass
class Held:
    """One role that Ada holds, her running session of it, and states of the world from which a crash begins."""

    lakeside: Lakeside
    session: Keys
    foreign: dict[str, dict[str, str]]
    new_folder: Callable[[], Path]
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def role(self) -> str:
        return self.lakeside.held[0]

    def world(self, saved: Saved) -> CrashWorld:
        folder = self.new_folder()
        shutil.copy(saved.database, folder / "liftgate.db")
        iam, name = self.lakeside.client("iam", self.lakeside.account.aws.root), self.role.rpartition("/")[2]
        of = {"RoleName": name, "PolicyName": "LiftgateInPlace"}
        if saved.statements is not None:
            iam.put_role_policy(**of, PolicyDocument=saved.statements)
        elif self.statements() is not None:
            iam.delete_role_policy(**of)
        world = CrashWorld(self.lakeside.account, folder, catalogue_of(self.lakeside))
        world.tokens = self.tokens
        return world

    def saved(self, world: CrashWorld) -> Saved:
        return Saved(world.folder / "liftgate.db", self.statements())

    def statements(self) -> str | None:
        return self.lakeside.inline(self.role).get("LiftgateInPlace")

    def sign_in(self, world: CrashWorld) -> None:
        answer = world.send("POST", "/sign-ins", sign_in_by(self.session, world.address), {})
        assert answer.status_code == 201, answer.text
        self.tokens["ada"] = answer.json()["token"]
        world.get("grace", "/me")

    def check_owned_up(self, world: CrashWorld) -> None:
        """Read from the file that a killed server left: what is on the role may be there, and what is said to be there is."""
        world.check()
        known = world.rows("SELECT state FROM in_place_statements")
        there = len(self.lakeside.opened(self.role))
        assert there <= len(known) <= 1
        assert there or not {"read_back", "open"} & set(known), known

    def check_exact(self, world: CrashWorld, *, ahead_seconds: int) -> None:
        """The role carries what the store calls for, Ada's session may do that and no more, and nothing else changed."""
        now = datetime.now(UTC) + timedelta(seconds=ahead_seconds)
        wanted = wanted_open(world.url, self.role, now)
        assert self.lakeside.opened(self.role) == wanted
        assert self.lakeside.foreign() == self.foreign
        assert world.may_write(self.session) is bool(wanted)
        assert not world.may_write(self.session, "2026/q4/by-session.csv")


@pytest.fixture(scope="module")
def held(embedded_account: SampleAccount, tmp_path_factory: pytest.TempPathFactory) -> Held:
    lakeside = make_lakeside(embedded_account, elevated=0)
    session = lakeside.session("ada", lakeside.held[0])
    return Held(lakeside, session, lakeside.foreign(), lambda: tmp_path_factory.mktemp("crash"))


@pytest.fixture(scope="module")
def starts(held: Held, empty_database: Path) -> dict[str, Saved]:
    """The states from which each story begins."""
    world = held.world(Saved(empty_database, None))
    store = open_store(world.url, clock=system_clock)
    watch_names(store, held.lakeside)
    store.close()
    world.start(worker=False)
    held.sign_in(world)
    world.end()
    signed_in = held.saved(world)
    world = held.world(signed_in)
    world.start(worker=False)
    ask(world)
    world.end()
    opened = held.saved(world)
    held.check_exact(world, ahead_seconds=0)
    assert opened.statements is not None
    return {OPENING: signed_in, REVOKING: opened, CLOSING: opened}


def ask(world: CrashWorld) -> None:
    entitlement = world.get("ada", "/catalogue")["entitlements"][0]["name"]
    body = {
        "entitlement": entitlement,
        "mechanism": "in-place",
        "actions": ["write"],
        "locations": [f"s3://{REPORTS}/2026/q3/"],
        "duration_seconds": WINDOW,
        "justification": "Correct the totals of the third quarter",
    }
    answer = world.call("ada", "POST", "/requests", body, key="asked-once")
    assert answer.status_code == 201, answer.text
    assert state(world) == ["open"]


def revoke(world: CrashWorld) -> None:
    (grant,) = world.rows("SELECT id FROM grants")
    path = f"/grants/{grant}/revocation"
    answer = world.call("grace", "POST", path, {"reason": "wrong quarter"}, key="revoked-once")
    assert answer.status_code == 201, answer.text


def close(world: CrashWorld) -> None:
    """The worker's turn when the window is over, taken by a reconciliation, which is one thread: each moment is there again."""
    world.reconcile()


ACTS = {OPENING: ask, REVOKING: revoke, CLOSING: close}


def state(world: CrashWorld) -> list[str]:
    return [one["in_place"]["state"] for one in world.get("grace", "/grants?view=all")["items"]]


@pytest.fixture(scope="module")
def moments(held: Held, starts: dict[str, Saved]) -> dict[str, list[str]]:
    """All commits and AWS calls of each story in which nobody dies."""
    found = {}
    for story, act in ACTS.items():
        world = held.world(starts[story])
        world.start(worker=False, ahead_seconds=ahead_of(story))
        act(world)
        found[story] = world.logged("moment")
        world.end()
        held.check_exact(world, ahead_seconds=ahead_of(story))
    return found


def ahead_of(story: str) -> int:
    return AFTER_THE_END if story == CLOSING else 0


def doctor(world: CrashWorld) -> list[str]:
    """What ``liftgate doctor --reconcile`` says that it found, and mended."""
    said = io.StringIO()
    words = ["doctor", "--reconcile", "--server", world.address, "--as", "local:grace", "--output", "json"]
    with redirect_stdout(said):
        assert main(words) == 0, said.getvalue()
    first, *repairs = json.loads(said.getvalue())["checks"]
    assert (first["found"].startswith("nothing to repair")) is (not repairs), first
    return [one["found"] for one in repairs]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the command line keeps what it knows."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LIFTGATE_SERVER", "LIFTGATE_SIGN_IN"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("story", "kind"),
    [
        pytest.param(
            story, kind, marks=tried(TOPIC, f"{story}, killed {kind} 1, 2, 3, …", "Liftgate", must=MUST)
        )
        for story in ACTS
        for kind in KINDS
    ],
)
def test_killed_anywhere_the_role_carries_what_the_store_calls_for(
    story: str,
    kind: str,
    held: Held,
    starts: dict[str, Saved],
    moments: dict[str, list[str]],
    record_property: Callable[[str, object], None],
) -> None:
    of_this_kind = [moment for moment in moments[story] if moment.startswith(kind)]
    assert len(of_this_kind) >= 3
    found = Counter[str]()
    for moment in of_this_kind:
        world = held.world(starts[story])
        try:
            found[killed(held, world, story, moment)] += 1
        except Exception as fault:
            fault.add_note(f"killed at: {moment}; see {world.folder}")
            raise
    record_property("happened", counted(found))


def killed(held: Held, world: CrashWorld, story: str, moment: str) -> str:
    """One crash, and the doctor after it; what that found."""
    before = held.statements()
    crash(held, world, story, moment)
    ahead = ahead_of(story) + AFTER_LEASES
    world.start(worker=False, ahead_seconds=ahead)
    left = held.statements()
    said = doctor(world)
    if held.statements() != left:
        assert said, "it mended, and did not say so"
    assert {one.partition(":")[0] for one in said} <= {"the queue", f"the statements on {held.role}"}, said
    end_exact(held, world, ahead)
    if held.statements() == before:  # it died before anything was decided
        ask_again(held, world, story)
    return ", ".join(one.replace(f" on {held.role}", "") for one in said) or "nothing to repair"


def crash(held: Held, world: CrashWorld, story: str, moment: str) -> None:
    with suppress(Died):  # where it died before it served, too
        world.start(worker=False, die_at=moment, ahead_seconds=ahead_of(story))
        ACTS[story](world)
    world.collect()
    held.check_owned_up(world)


def end_exact(held: Held, world: CrashWorld, ahead: int) -> None:
    held.check_exact(world, ahead_seconds=ahead)
    assert world.reconcile() == []
    world.end()
    world.check()


@pytest.mark.parametrize("story", [REVOKING, CLOSING])
def test_the_worker_alone_takes_off_what_a_killed_server_left(
    story: str, held: Held, starts: dict[str, Saved], moments: dict[str, list[str]]
) -> None:
    """Nobody asks again and no doctor is called; killed after a call, and before that is on record."""
    for moment in (one for one in moments[story] if one.startswith("after call")):
        world, ahead = held.world(starts[story]), ahead_of(story) + AFTER_LEASES
        crash(held, world, story, moment)
        world.start(ahead_seconds=ahead)
        world.get("grace", "/me")  # it serves, and can be told to end
        pause, deadline = threading.Event(), time.monotonic() + 30
        while world.rows("SELECT grant_id FROM in_place_statements"):
            assert time.monotonic() < deadline, f"killed at: {moment}; see {world.folder}"
            pause.wait(0.05)
        assert held.statements() is None
        world.end()
        world.start(worker=False, ahead_seconds=ahead)
        end_exact(held, world, ahead)


def ask_again(held: Held, world: CrashWorld, story: str) -> None:
    """Who saw the server die asks again, and it is done, once."""
    before, ahead = held.statements(), ahead_of(story)
    world.start(worker=False, ahead_seconds=ahead)
    ACTS[story](world)
    assert len(world.rows("SELECT id FROM grants")) == 1
    assert world.rows("SELECT state FROM in_place_statements") == (["open"] if story == OPENING else [])
    assert held.statements() != before
    assert {one["what"] for one in world.reconcile()} <= {
        "the queue"
    }  # there is no worker that would have done it
    assert world.reconcile() == []
    world.end()
    world.check()
