"""How far log files were read, on both databases."""

from datetime import timedelta

from tests.store.store_examples import NOON

from liftgate.store.sql import SqlStore
from liftgate.watch.sources.ports import Delivered

TRAIL = "s3://trail"


def files(*names: str) -> list[Delivered]:
    return [Delivered(key=name, at=NOON + timedelta(hours=place)) for place, name in enumerate(names)]


def test_of_a_trail_that_was_never_read_nothing_is_known(store: SqlStore) -> None:
    with store.write() as transaction:
        assert transaction.log_reading.until(TRAIL) is None
        assert transaction.log_reading.new(TRAIL, ()) == ()
        assert transaction.log_reading.new(TRAIL, files("b", "a")) == files("b", "a")


def test_each_trail_has_its_own(store: SqlStore) -> None:
    with store.write() as transaction:
        transaction.log_reading.read_until(TRAIL, NOON, forget_before=NOON)
        transaction.log_reading.note(TRAIL, files("a"), taken=True)
        assert transaction.log_reading.until("s3://other") is None
        assert transaction.log_reading.new("s3://other", files("a")) == files("a")


def test_it_never_goes_back(store: SqlStore) -> None:
    for hours in (0, 2, 1):
        with store.write() as transaction:
            at = NOON + timedelta(hours=hours)
            transaction.log_reading.read_until(TRAIL, at, forget_before=at)
    with store.write() as transaction:
        assert transaction.log_reading.until(TRAIL) == NOON + timedelta(hours=2)


def test_what_is_noted_is_not_new_and_what_was_not_taken_is_left(store: SqlStore) -> None:
    a, b, c = files("a", "b", "c")
    with store.write() as transaction:
        transaction.log_reading.note(TRAIL, [c, a], taken=False)
        transaction.log_reading.note(TRAIL, [], taken=True)
    with store.write() as transaction:
        assert transaction.log_reading.new(TRAIL, [a, b, c]) == [b]
        assert transaction.log_reading.left(TRAIL, limit=9) == [a, c]
        assert transaction.log_reading.left(TRAIL, limit=1) == [a]
        transaction.log_reading.note(TRAIL, [a], taken=True)
        transaction.log_reading.note(TRAIL, [a], taken=False)  # somebody slow, who failed
        assert transaction.log_reading.left(TRAIL, limit=9) == [c]


def test_what_was_taken_is_forgotten_in_time_and_what_was_not_is_kept(store: SqlStore) -> None:
    a, b, c = files("a", "b", "c")
    with store.write() as transaction:
        transaction.log_reading.note(TRAIL, [a], taken=False)
        transaction.log_reading.note(TRAIL, [b, c], taken=True)
        transaction.log_reading.read_until(TRAIL, NOON, forget_before=c.at)
        assert transaction.log_reading.new(TRAIL, [a, b, c]) == [b]
