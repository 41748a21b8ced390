"""What is kept is a function of the set of events: no order, copy, delay, batch, crash or second consumer changes it."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from tests.servers.postgresql import PostgresqlServer
from tests.store.store_examples import TestClock
from tests.store.watch_stage import MANY, Unread, all_kept, call, lend, outside, taken

from liftgate.access.model import Grant
from liftgate.store.sql import SqlStore, open_store

OTHER_KEY = "ASIAEXAMPLE000000002"
UNREAD = [Unread("it is not UTF-8", "queue, message 1", "\\xff")]

Order = list[list[int]]


class Killed(BaseException):
    """The process ended here."""


def stream(first: Grant, second: Grant) -> list[bytes]:
    """Calls inside and outside, of two grants and of none, and enough deletions for a finding of the whole grant."""
    stranger = {"principalId": "AROAX:somebody", "accessKeyId": "ASIASTRANGER"}
    return [
        *(call(first, n, "DeleteObject") for n in range(MANY + 1)),
        *(call(second, n, "DeleteObject", key=OTHER_KEY) for n in range(MANY - 1)),
        outside(first, 20),
        outside(second, 21, key=OTHER_KEY),
        call(first, 22, identity=stranger),
        call(first, 23),
    ]


EVENTS = 2 * MANY + 4
orders = st.lists(st.lists(st.integers(0, EVENTS - 1), min_size=1, max_size=8), max_size=6)
rests = st.permutations(range(EVENTS))


def batches(order: Order, rest: Sequence[int], size: int) -> Order:
    """Any batches, and then all events in some order, so that none is missing."""
    return [*order, *(list(rest[start : start + size]) for start in range(0, EVENTS, size))]


def staged(store: SqlStore) -> tuple[Grant, Grant, list[bytes]]:
    first, second = lend(store, id=f"gr-{1:016}"), lend(store, OTHER_KEY, id=f"gr-{2:016}")
    return first, second, stream(first, second)


def reference(store: SqlStore) -> dict[str, Any]:
    """What comes of all events in one batch."""
    first, second, texts = staged(store)
    taken(store, texts, unread=UNREAD)
    return all_kept(store, first, second)


@contextmanager
def new_store(template: Path) -> Iterator[SqlStore]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "liftgate.db"
        shutil.copy(template, file)
        store = open_store(f"sqlite:///{file}", clock=TestClock())
        yield store
        store.close()


@pytest.fixture(scope="module")
def expected(sqlite_template: Path) -> dict[str, Any]:
    with new_store(sqlite_template) as store:
        kept = reference(store)
    assert [len(kept[what]) for what in ("activities", "findings", "set_aside")] == [EVENTS - 1, 4, 1]
    return kept


few = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.slow
@few
@given(order=orders, rest=rests, size=st.integers(1, EVENTS))
def test_no_order_copy_delay_or_batch_changes_what_is_kept(
    order: Order, rest: list[int], size: int, sqlite_template: Path, expected: dict[str, Any]
) -> None:
    with new_store(sqlite_template) as store:
        first, second, texts = staged(store)
        for batch in batches(order, rest, size):
            taken(store, [texts[place] for place in batch], unread=UNREAD)
        assert all_kept(store, first, second) == expected


@pytest.mark.slow
@settings(parent=few, max_examples=8)
@given(order=orders, rest=rests, size=st.integers(1, EVENTS))
def test_nor_does_it_on_postgresql(
    order: Order,
    rest: list[int],
    size: int,
    postgresql: PostgresqlServer,
    postgresql_template: str,
    expected: dict[str, Any],
) -> None:
    url = postgresql.new_database(template=postgresql_template)
    store = open_store(url, clock=TestClock())
    first, second, texts = staged(store)
    for batch in batches(order, rest, size):
        taken(store, [texts[place] for place in batch], unread=UNREAD)
    assert all_kept(store, first, second) == expected
    store.close()
    postgresql.drop_database(url)


@contextmanager
def killed_at(store: SqlStore, step: int) -> Iterator[Callable[[], bool]]:
    """Ends the process at a step: at one of the statements that write, or at the commit; the answer says whether it came to that."""
    engine, steps = store._engines.writing, list[str]()

    def count(what: str) -> None:
        steps.append(what)
        if len(steps) == step:
            raise Killed

    def at_statement(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        count(statement)

    def at_commit(_connection: object) -> None:
        count("COMMIT")

    event.listen(engine, "before_cursor_execute", at_statement)
    event.listen(engine, "commit", at_commit)
    try:
        yield lambda: len(steps) >= step
    finally:
        event.remove(engine, "before_cursor_execute", at_statement)
        event.remove(engine, "commit", at_commit)


@pytest.mark.slow
def test_a_consumer_that_is_killed_at_any_step_loses_and_doubles_nothing(
    sqlite_template: Path, expected: dict[str, Any]
) -> None:
    step, finished = 0, False
    while not finished:
        step += 1
        with new_store(sqlite_template) as store:
            first, second, texts = staged(store)
            half = len(texts) // 2
            taken(store, texts[:half])
            before = all_kept(store, first, second)
            with killed_at(store, step) as was_killed:
                try:
                    taken(store, texts[half:], unread=UNREAD)
                except Killed:
                    assert was_killed()
                finished = not was_killed()
            if not finished:
                assert all_kept(store, first, second) == before
            taken(store, texts[half:], unread=UNREAD)
            assert all_kept(store, first, second) == expected
    assert step > 10  # statements, and the commit
