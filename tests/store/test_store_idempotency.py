"""Idempotency keys: the same call twice makes one thing, at once or later, and a crash leaves both or neither."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from tests.store.store_examples import NOON, add_request

from liftgate.access.errors import KeyReused
from liftgate.access.ports import Once
from liftgate.store.idempotency import KEPT_FOR
from liftgate.store.sql import SqlStore

ONCE = Once(person_id="ada", key="7d3e", fingerprint="f" * 64)


def call(store: SqlStore, once: Once | None = ONCE, *, at: timedelta = timedelta(0)) -> str:
    """A use case: make a request, unless the same call made one before."""
    with store.write() as transaction:
        earlier = transaction.repeated(once, now=NOON + at)
        if earlier is not None:
            return earlier
        made = add_request(transaction)
        transaction.remember(once, made.id, now=NOON + at)
        return made.id


def test_a_repeated_call_finds_what_the_first_made(store: SqlStore) -> None:
    first = call(store)
    assert call(store) == first
    with store.read() as reader:
        assert len(list(reader.entries())) == 1


def test_without_a_key_each_call_is_its_own(store: SqlStore) -> None:
    assert call(store, None) != call(store, None)


def test_keys_belong_to_persons(store: SqlStore) -> None:
    assert call(store) != call(store, replace(ONCE, person_id="linus"))
    assert call(store) != call(store, replace(ONCE, key="other"))


def test_a_key_cannot_be_used_for_another_call(store: SqlStore) -> None:
    first = call(store)
    with pytest.raises(KeyReused) as refused:
        call(store, replace(ONCE, fingerprint="e" * 64))
    assert "e" * 64 not in str(refused.value)
    assert call(store) == first


def test_a_key_is_forgotten_after_a_day(store: SqlStore) -> None:
    first = call(store)
    assert call(store, at=KEPT_FOR - timedelta(microseconds=1)) == first
    second = call(store, replace(ONCE, fingerprint="e" * 64), at=KEPT_FOR)
    assert second != first
    with store.write() as transaction:
        assert transaction.forget_expired(now=NOON + 2 * KEPT_FOR - timedelta(microseconds=1)) == 0
        assert transaction.forget_expired(now=NOON + 2 * KEPT_FOR) == 1


class Crash(Exception):
    pass


def test_a_call_that_failed_leaves_its_key_free(store: SqlStore) -> None:
    def crash() -> None:
        with store.write() as transaction:
            assert transaction.repeated(ONCE, now=NOON) is None
            transaction.remember(ONCE, add_request(transaction).id, now=NOON)
            raise Crash

    with pytest.raises(Crash):
        crash()
    made = call(store, replace(ONCE, fingerprint="e" * 64))
    with store.read() as reader:
        assert len(list(reader.entries())) == 1
        assert reader.request(made) is not None


def test_a_call_that_made_nothing_leaves_its_key_free(store: SqlStore) -> None:
    with store.write() as transaction:
        assert transaction.repeated(ONCE, now=NOON) is None
    assert call(store, replace(ONCE, fingerprint="e" * 64))


def test_remembering_needs_to_have_looked(store: SqlStore) -> None:
    with pytest.raises(RuntimeError), store.write() as transaction:
        transaction.remember(ONCE, "rq-1", now=NOON)


def test_the_same_call_many_times_at_once_makes_one_thing(open_another: Callable[[], SqlStore]) -> None:
    callers, together, made = 6, Barrier(6), []

    def run(store: SqlStore) -> None:
        together.wait()
        made.append(call(store))

    threads = [Thread(target=run, args=(open_another(),)) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == callers
    assert len(set(made)) == 1
