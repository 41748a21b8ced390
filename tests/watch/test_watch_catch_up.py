"""Log files read as they are delivered, from where that was left off; on a real store."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.servers.new_database import new_database
from tests.store.store_examples import NOON, TestClock
from tests.watch.queue_examples import Bucket, HandTimer, Kept, Pauses, Said, StoreAway, is_away

from liftgate.errors import Unavailable
from liftgate.store.sql import SqlStore, open_store
from liftgate.watch.sources.catch_up import OVERLAP, CaughtUp, Reader, catch_up, keep_caught_up
from liftgate.watch.sources.errors import TrailUnreachable
from liftgate.watch.sources.ports import Take

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Stage:
    """A store, a bucket, and readers of it."""

    store: SqlStore
    clock: TestClock = field(default_factory=TestClock)
    bucket: Bucket = field(default_factory=Bucket)
    kept: Kept = field(default_factory=Kept)
    said: Said = field(default_factory=Said)

    def reader(self, take: Take | None = None, **changed: Any) -> Reader:
        fields: dict[str, Any] = {
            "bucket": self.bucket,
            "take": take or self.kept,
            "store": self.store,
            "clock": self.clock,
            "holder": "first",
            "every": HandTimer().every,
            "log": self.said,
        }
        return Reader(**{**fields, **changed})

    def deliver(self, name: str, ago: timedelta = timedelta()) -> str:
        return self.bucket.deliver(name, self.clock.now - ago)

    def read(self, take: Take | None = None, **changed: Any) -> CaughtUp:
        done = catch_up(self.reader(take, **changed))
        assert done is not None
        return done

    def until(self) -> datetime | None:
        with self.store.write() as transaction:
            return transaction.log_reading.until(self.bucket.place)

    def taken(self) -> list[bytes]:
        return [body for call in self.kept.calls for body in call]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    store = open_store(new_database(tmp_path), clock=TestClock())
    yield Stage(store)
    store.close()


def test_the_first_time_it_begins_a_little_before_now(stage: Stage) -> None:
    stage.deliver("old", OVERLAP + MINUTE)
    stage.deliver("new", HOUR)

    done = stage.read()

    assert stage.taken() == [b"new"]
    assert done == CaughtUp(files=1, left=(), since=NOON - OVERLAP, until=NOON)
    assert stage.until() == NOON


def test_what_was_delivered_while_it_was_down_is_taken_day_by_day(stage: Stage) -> None:
    stage.read()
    stage.clock.now += timedelta(days=3)
    for hours in range(70, -1, -1):
        stage.deliver(f"{100 - hours:03}", timedelta(hours=hours))

    done = stage.read()

    assert done.files == 71
    assert stage.taken() == [f"{100 - hours:03}".encode() for hours in range(70, -1, -1)]
    assert stage.until() == stage.clock.now


def test_each_file_is_taken_once_and_fetched_once(stage: Stage) -> None:
    stage.deliver("a", HOUR)
    for _ in range(3):
        stage.read()
        stage.clock.now += 15 * MINUTE

    assert stage.bucket.fetched == ["a.json.gz"]


def test_one_that_appears_late_under_an_early_name_is_taken(stage: Stage) -> None:
    stage.deliver("b", HOUR)
    stage.read()
    stage.deliver("a", HOUR + 30 * MINUTE)

    assert stage.read().files == 1
    assert stage.taken() == [b"b", b"a"]


def test_what_is_past_all_overlap_is_forgotten(stage: Stage) -> None:
    key = stage.deliver("a", HOUR)
    stage.read()
    stage.clock.now += OVERLAP
    stage.read()

    with stage.store.write() as transaction:
        new = transaction.log_reading.new(stage.bucket.place, list(stage.bucket.delivered(NOON - HOUR, NOON)))
    assert [one.key for one in new] == [key]


def test_one_that_breaks_taking_is_left_and_tried_again_each_time(stage: Stage) -> None:
    for name in ("a", "b", "c"):
        stage.deliver(name, HOUR)

    assert stage.read(breaking(stage.kept, b"b")).left == ("b.json.gz",)
    assert stage.taken() == [b"a", b"c"]
    stage.clock.now += 3 * OVERLAP
    assert stage.read(breaking(stage.kept, b"b")).left == ("b.json.gz",)

    done = stage.read()

    assert (done.files, done.left) == (1, ())
    assert stage.taken() == [b"a", b"c", b"b"]
    assert stage.read().files == 0


def test_one_that_cannot_be_fetched_is_left_and_one_that_is_gone_is_said(stage: Stage) -> None:
    for name in ("a", "b", "c"):
        stage.deliver(name, HOUR)
    stage.bucket.refused, stage.bucket.gone = {"a.json.gz"}, {"b.json.gz"}

    done = stage.read()

    assert (done.files, done.left) == (1, ("a.json.gz",))
    assert stage.taken() == [b"c"]
    assert [line[1:] for line in stage.said.lines] == [
        ("log file not fetched", {"file": "a.json.gz", "said": "`a.json.gz` cannot be read"}),
        ("log file is gone", {"file": "b.json.gz"}),
    ]
    stage.bucket.refused = set()
    assert stage.read().left == ()
    assert stage.taken() == [b"c", b"a"]


def test_where_the_bucket_refuses_all_it_ends_and_goes_on_from_there(stage: Stage) -> None:
    stage.deliver("a", HOUR)
    stage.bucket.refused = {stage.deliver(name, HOUR) for name in ("b", "c", "d")}

    with pytest.raises(TrailUnreachable):
        stage.read()
    assert stage.until() is None
    stage.bucket.refused = set()

    assert stage.read().left == ()
    assert stage.taken() == [b"a", b"d", b"b", b"c"]


def test_where_the_store_is_away_nothing_is_noted_that_was_not_taken(stage: Stage) -> None:
    stage.deliver("a", HOUR)
    with pytest.raises(StoreAway):
        stage.read(is_away)

    assert stage.read().files == 1


def test_an_order_to_stop_ends_it_between_two_files(stage: Stage) -> None:
    for name in ("a", "b"):
        stage.deliver(name, HOUR)

    stage.read(stopping=lambda: bool(stage.kept.calls))

    assert stage.taken() == [b"a"]
    assert stage.until() is None
    stage.read()
    assert stage.taken() == [b"a", b"b"]


def test_while_somebody_reads_nobody_else_does(stage: Stage) -> None:
    stage.deliver("a", HOUR)
    others: list[CaughtUp | None] = []

    def take(bodies: Sequence[bytes]) -> Sequence[bool]:
        others.append(catch_up(stage.reader(holder="second")))
        return stage.kept(bodies)

    stage.read(take)

    assert others == [None]
    assert stage.taken() == [b"a"]
    assert stage.read(holder="second").files == 0


def test_one_that_was_overtaken_stops(stage: Stage) -> None:
    """A take that hangs outlasts the lease, and somebody else has it by now."""
    for number in range(30):
        stage.deliver(f"{number:02}", HOUR)

    def take(bodies: Sequence[bytes]) -> Sequence[bool]:
        if not stage.kept.calls:
            stage.clock.now += 5 * MINUTE
            with stage.store.write() as transaction:
                now = stage.clock.now
                assert transaction.try_lease("log files of s3://trail", "second", now=now, until=now + MINUTE)
        return stage.kept(bodies)

    assert stage.read(take).files == 20  # the piece that was begun
    assert stage.until() is None

    stage.clock.now += MINUTE
    assert stage.read(holder="second").files == 10


def test_a_listing_that_takes_long_keeps_the_lease(stage: Stage) -> None:
    """Hundreds of accounts, with a folder for each Region."""
    stage.deliver("a", HOUR)
    timer, others, listed = HandTimer(), list[CaughtUp | None](), stage.bucket.delivered

    class Slow(Bucket):
        def delivered(self, since: datetime, until: datetime) -> Any:
            for _ in range(6):
                stage.clock.now += MINUTE
                timer.ring()
                others.append(catch_up(stage.reader(holder="second")))
            yield from listed(since, until)

    done = stage.read(bucket=Slow(stage.bucket.objects), every=timer.every)

    assert done.files == 1
    assert others == [None] * 6
    assert timer.span == 30 * timedelta(seconds=1)


def test_the_lease_of_a_dead_reader_runs_out(stage: Stage) -> None:
    stage.deliver("a", HOUR)

    class Killed(BaseException):
        pass

    class Dies(SqlStore):
        def write(self) -> Any:
            if stage.kept.calls:
                raise Killed
            return stage.store.write()

    with pytest.raises(Killed):
        catch_up(stage.reader(store=Dies(stage.store._engines, stage.clock)))
    assert catch_up(stage.reader(holder="second")) is None
    stage.clock.now += 3 * MINUTE
    assert stage.read(holder="second").files == 1
    assert stage.kept.bodies == {b"a"}


def test_it_is_done_at_the_start_and_whenever_nobody_did_for_a_span(stage: Stage) -> None:
    stage.read()  # somebody else, a moment ago
    told: list[datetime] = []
    pauses = Pauses()

    def pause(span: timedelta) -> bool:
        stage.clock.now += span
        return pauses(span)

    reader = stage.reader(stopping=lambda: len(pauses.taken) >= 31)
    keep_caught_up(reader, every=15 * MINUTE, pause=pause, told=lambda done: told.append(done.until))

    assert told == [NOON, NOON + 15 * MINUTE, NOON + 30 * MINUTE]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (StoreAway("away", advice="wait"), ("warning", {"code": "store_away", "said": "away"})),
        (ZeroDivisionError(), ("error", {"error": "ZeroDivisionError"})),
    ],
)
def test_what_goes_wrong_is_said_and_tried_again(
    stage: Stage, fault: Exception, said: tuple[str, Any]
) -> None:
    stage.deliver("a", HOUR)
    faults = [fault]
    listed: Callable[..., Any] = stage.bucket.delivered

    class Fails(Bucket):
        def delivered(self, since: datetime, until: datetime) -> Any:
            if faults:
                raise faults.pop()
            return listed(since, until)

    pauses, told = Pauses(), list[int]()
    reader = stage.reader(bucket=Fails(stage.bucket.objects), stopping=lambda: len(pauses.taken) >= 2)
    keep_caught_up(reader, every=15 * MINUTE, pause=pauses, told=lambda done: told.append(done.files))

    assert told == [1]
    assert stage.said.lines == [(said[0], "log files not read", said[1])]


def breaking(kept: Kept, body: bytes) -> Take:
    def take(bodies: Sequence[bytes]) -> Sequence[bool]:
        if body in bodies:
            raise ZeroDivisionError
        return kept(bodies)

    return take


def test_a_store_that_is_away_when_the_lease_is_given_up_hides_nothing(stage: Stage) -> None:
    stage.deliver("a", HOUR)

    class Goes(SqlStore):
        def write(self) -> Any:
            if stage.kept.calls:
                raise StoreAway("away", advice="wait")
            return stage.store.write()

    with pytest.raises(Unavailable, match="away"):
        catch_up(stage.reader(store=Goes(stage.store._engines, stage.clock)))
