"""The database goes away in the middle: between AWS's part of a call and its record. Then it is back, and everything comes to its end."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from tests.chaos.chaos_world import ChaosWorld, in_words, open_chaos
from tests.chaos.lakeside import make_lakeside
from tests.chaos.stories import STORIES, WRITTEN_DENY, WRITTEN_PLACE, Story
from tests.chaos.test_chaos_storm import KINDS, step
from tests.enforcement.record import tried
from tests.servers.chaos_proxy import chaos_proxy
from tests.servers.postgresql import PostgresqlServer, postgresql_server

from liftgate.demo.sample_account import SampleAccount

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chaos-database")]

TOPIC = "The database goes away in the middle"
MUST = "nothing told otherwise than it is, then every intent has its outcome"
CUT, KILLED, AWAY = "its connections are cut", "killed and started again", "killed, and away until the answer"

SITES = (
    ("lend a session", "AssumeRole", "", (CUT, KILLED, AWAY)),
    ("revoke a grant", "GetRolePolicy", WRITTEN_DENY, (CUT,)),
    ("revoke a grant", "PutRolePolicy", WRITTEN_DENY, (CUT, KILLED)),
    ("revoke everything", "PutRolePolicy", WRITTEN_DENY, (CUT,)),
    ("open in place", "PutRolePolicy", WRITTEN_PLACE, (CUT, AWAY)),
    ("open in place", "SimulatePrincipalPolicy", "", (CUT,)),
    ("close the last in place", "DeleteRolePolicy", WRITTEN_PLACE, (CUT,)),
)


def cases() -> Iterator[Any]:
    for name, action, policy, how_many in SITES:
        for how in how_many:
            at = f"{name}: at {action}" + (f" of {policy}" if policy else "") + f", {how}"
            yield pytest.param(
                name, action, policy, how, id=at, marks=tried(TOPIC, at, "Liftgate", must=MUST)
            )


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgresqlServer]:
    """A durable one: what was committed is there after a kill."""
    with postgresql_server(durable=True) as server:
        yield server


@pytest.fixture(scope="module")
def world(
    embedded_account: SampleAccount, postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ChaosWorld]:
    lakeside, folder = make_lakeside(embedded_account), tmp_path_factory.mktemp("database")
    with (
        chaos_proxy(embedded_account.aws.endpoint_url) as proxy,
        open_chaos(lakeside, proxy, folder, url=postgresql.new_database()) as running,
    ):
        foreign = lakeside.foreign()
        yield running
        assert lakeside.foreign() == foreign


@pytest.mark.parametrize(("name", "action", "policy", "how"), list(cases()))
def test_when_the_database_is_back_everything_comes_to_its_end(
    name: str,
    action: str,
    policy: str,
    how: str,
    world: ChaosWorld,
    postgresql: PostgresqlServer,
    record_property: Callable[[str, object], None],
) -> None:
    story = STORIES[name]
    world.proxy.calm()
    made = story.prepare(world)
    strike: Callable[[], None] = {
        CUT: lambda: postgresql.cut(world.url),
        KILLED: postgresql.crash_and_start,
        AWAY: postgresql.crash,
    }[how]
    struck = world.proxy.meanwhile(action, strike, policy=policy)
    said = told(story, world, made)
    assert world.proxy.struck, "the database went away at no call"
    assert struck.wait(60)
    if how == AWAY:
        postgresql.start()
    found = come_to_an_end(world)
    story.again(world, made)
    finish(world)
    record_property("happened", f"{said}; {in_words(found)}")


def told(story: Story, world: ChaosWorld, made: Any) -> str:
    """What is answered: what is so, or that the database did not answer."""
    before = len(world.answers)
    try:
        said = story.act(world, made)
    except AssertionError:
        said = ""
    failed = [one for one in world.answers[before:] if one.status_code >= 400]
    if not failed:
        assert said in {story.done, story.not_done}
        return f"`{said}`"
    assert {(one.status_code, one.json()["code"]) for one in failed} == {(503, "database_unavailable")}
    return "`database_unavailable`"


def come_to_an_end(world: ChaosWorld) -> list[dict[str, Any]]:
    world.proxy.pass_all()
    calm_connections(world)
    world.check_claims()
    with world.later(minutes=6):
        found = world.reconcile()
        assert all(one["repaired"] for one in found), found
        assert world.reconcile() == []
        assert world.work() == 0
    assert intents_without_outcome(world.url) == 0
    world.check_claims()
    world.check_roles()
    return found


def finish(world: ChaosWorld) -> None:
    ended = world.call("grace", "POST", "/revocations", {"everything": True, "reason": "the end"}).json()
    assert ended["pending"] == 0
    world.work()
    world.check_roles()
    for session, keys in world.proxy.issued:
        assert not world.may_write(keys, session.rpartition("-")[0])


def calm_connections(world: ChaosWorld) -> None:
    """The pool notices at the next call that its connections are gone: that one is told to try again, and only that one."""
    answer = world.call("grace", "GET", "/me")
    if answer.status_code != 200:
        assert answer.json()["code"] == "database_unavailable"
        assert world.call("grace", "GET", "/me").status_code == 200


def intents_without_outcome(url: str) -> int:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        found: int = connection.execute(
            text("SELECT count(*) FROM sessions WHERE lent_at IS NULL AND failure IS NULL")
        ).scalar_one()
    engine.dispose()
    return found


@tried(TOPIC, "8 threads at work, killed and started again", "Liftgate", must=MUST)
def test_killed_under_load(
    world: ChaosWorld, postgresql: PostgresqlServer, record_property: Callable[[str, object], None]
) -> None:
    world.proxy.calm()
    killed = world.proxy.meanwhile("PutRolePolicy", postgresql.crash_and_start)
    before = len(world.answers)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda seed: work(world, seed, killed), range(8)))
    assert killed.is_set()
    told_off = sum(one.status_code == 503 for one in world.answers[before:])
    found = come_to_an_end(world)
    finish(world)
    said = f"{len(world.answers) - before} calls, {told_off} of them told to try again"
    record_property("happened", f"{said}; {in_words(found)}")


def work(world: ChaosWorld, seed: int, killed: Event) -> None:
    """Whoever meets a database that is away comes back when it is there."""
    chance, live = random.Random(seed), list[str]()  # noqa: S311 - a test's
    for _ in range(8):
        step(world, chance, live, KINDS[:-1])  # the worker's turns come afterwards: they are in another time
        if world.proxy.struck:
            assert killed.wait(60)
