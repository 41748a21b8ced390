"""The outbox: every effect is done at least once, by one worker at a time, and none is lost with a worker."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.store_examples import MINUTE, NOON, ROLE, deny

from liftgate.access.ports import Effect, EffectKind
from liftgate.errors import Unavailable
from liftgate.store.outbox import Claimed, error_text, retry_delay
from liftgate.store.sql import SqlStore

PRUNE = Effect(kind=EffectKind.PRUNE, key=ROLE, due_at=NOON + 10 * MINUTE)


def enqueue(store: SqlStore, *effects: Effect) -> None:
    with store.write() as transaction:
        transaction.outbox.enqueue(effects)


def claim(
    store: SqlStore, *, worker: str = "w", at: timedelta = timedelta(0), limit: int = 9
) -> list[Claimed]:
    with store.write() as transaction:
        return list(transaction.outbox.claim(NOON + at, lease=MINUTE, limit=limit, worker=worker))


def done(store: SqlStore, item: Claimed) -> bool:
    with store.write() as transaction:
        return transaction.outbox.done(item)


def test_an_effect_is_claimed_when_it_is_due_and_done_once(store: SqlStore) -> None:
    enqueue(store, deny(), PRUNE)
    [item] = claim(store)
    assert item == Claimed(id=item.id, effect=deny(), worker="w", attempts=1, last_error=None)
    assert done(store, item)
    assert not done(store, item)
    assert claim(store) == []
    assert [found.effect for found in claim(store, at=10 * MINUTE)] == [PRUNE]


def test_effects_are_claimed_in_the_order_of_their_times(store: SqlStore) -> None:
    effects = [deny(f"role-{number}", NOON + number * MINUTE) for number in (3, 1, 2)]
    enqueue(store, *effects)
    assert [item.effect.key for item in claim(store, at=5 * MINUTE, limit=2)] == ["role-1", "role-2"]
    assert [item.effect.key for item in claim(store, at=5 * MINUTE)] == ["role-3"]


def test_a_claimed_effect_is_nobody_elses_until_the_lease_ends(store: SqlStore) -> None:
    enqueue(store, deny())
    [first] = claim(store, worker="a")
    assert claim(store, worker="b") == []
    assert claim(store, worker="b", at=MINUTE - timedelta(microseconds=1)) == []
    [second] = claim(store, worker="b", at=MINUTE)
    assert (second.id, second.attempts) == (first.id, 2)
    assert not done(store, first)  # too late: it is b's now
    assert done(store, second)


def test_a_worker_that_lost_its_own_lease_to_itself_cannot_report_the_old_one(store: SqlStore) -> None:
    enqueue(store, deny())
    [old] = claim(store)
    [new] = claim(store, at=MINUTE)
    with store.write() as transaction:
        assert not transaction.outbox.failed(old, next_due=NOON, error=ValueError())
        assert not transaction.outbox.done(old)
        assert transaction.outbox.done(new)


def test_a_failed_effect_comes_back_later_with_what_went_wrong(store: SqlStore) -> None:
    enqueue(store, deny())
    [item] = claim(store)
    with store.write() as transaction:
        error = Unavailable("AWS did not answer", advice="wait")
        assert transaction.outbox.failed(item, next_due=NOON + MINUTE, error=error)
    assert claim(store, at=MINUTE - timedelta(microseconds=1)) == []
    [again] = claim(store, at=MINUTE)
    assert (again.attempts, again.last_error) == (2, "unavailable: AWS did not answer")


def test_the_same_pending_effect_is_queued_once(store: SqlStore) -> None:
    enqueue(store, deny(), deny())
    enqueue(store, deny())
    enqueue(
        store,
        deny(due_at=NOON + MINUTE),
        deny(ROLE + "-2"),
        Effect(kind=EffectKind.PRUNE, key=ROLE, due_at=NOON),
    )
    assert len(claim(store, at=MINUTE)) == 4


def test_an_effect_that_is_being_done_is_queued_anew(store: SqlStore) -> None:
    """The worker may have looked at the world before this change."""
    enqueue(store, deny())
    [item] = claim(store)
    enqueue(store, deny())
    assert done(store, item)
    assert len(claim(store)) == 1


def test_a_worker_knows_how_long_it_may_sleep(store: SqlStore) -> None:
    def due_after(at: timedelta) -> object:
        with store.write() as transaction:
            return transaction.outbox.due_after(NOON + at)

    assert due_after(timedelta(0)) is None
    enqueue(store, deny(due_at=NOON + MINUTE), PRUNE)
    assert due_after(timedelta(0)) == NOON + MINUTE
    assert due_after(MINUTE) == PRUNE.due_at
    claim(store, at=MINUTE)
    assert due_after(MINUTE) == NOON + 2 * MINUTE  # when the lease of another worker ends
    assert due_after(2 * MINUTE) == PRUNE.due_at


@pytest.mark.slow
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_workers_do_not_wait_for_one_another(open_another: Callable[[], SqlStore]) -> None:
    mine, other = open_another(), open_another()
    enqueue(mine, deny("role-1"), deny("role-2"))
    with mine.write() as transaction:
        [first] = transaction.outbox.claim(NOON, lease=MINUTE, limit=1, worker="a")
        [second] = claim(other, worker="b")
    assert {first.effect.key, second.effect.key} == {"role-1", "role-2"}


@pytest.mark.slow
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_an_effect_joined_by_another_change_is_not_done_before_that_change(
    open_another: Callable[[], SqlStore],
) -> None:
    changer, worker = open_another(), open_another()
    enqueue(changer, deny())
    with changer.write() as transaction:
        transaction.outbox.enqueue([deny()])  # joins the one that waits
        assert claim(worker) == []  # so that one must not be done before this commits
    assert len(claim(worker)) == 1
    assert claim(worker) == []


@given(st.integers(-5, 10**9), st.floats(0, 1, exclude_max=True))
def test_waits_double_to_a_minute_and_never_vanish(attempts: int, jitter: float) -> None:
    wait = retry_delay(attempts, jitter=jitter)
    assert timedelta(seconds=0.5) <= wait <= MINUTE
    assert wait <= retry_delay(attempts, jitter=0)
    assert retry_delay(attempts, jitter=0) <= retry_delay(attempts + 1, jitter=0)


def test_the_first_waits_are_short() -> None:
    assert [retry_delay(attempts, jitter=0).total_seconds() for attempts in (1, 2, 3, 4, 7)] == [
        1,
        2,
        4,
        8,
        60,
    ]


def test_of_a_foreign_error_only_its_kind_is_kept() -> None:
    assert error_text(ValueError("wJalrXUtnFEMI")) == "ValueError"
    assert error_text(Unavailable("x" * 9999, advice="")) == ("unavailable: " + "x" * 9999)[:500]
