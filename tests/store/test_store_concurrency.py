"""Many at once, on one store, on several, and in several processes: at most one wins, and the chain stays whole."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from multiprocessing.connection import Connection
from threading import Barrier, Thread
from typing import TypeVar

import pytest
from tests.access import access_examples as examples
from tests.store.store_examples import (
    MINUTE,
    NOON,
    TestClock,
    add_grant,
    add_request,
    deny,
    draft,
    ending,
    session,
)

from liftgate.access.errors import AlreadyReviewed, GrantClosed, RequestClosed
from liftgate.access.model import Answer
from liftgate.access.ports import GrantFilter
from liftgate.access.reviewing import review_request
from liftgate.access.service import make_request, revoke_grant
from liftgate.errors import LiftgateError
from liftgate.identity.model import Person
from liftgate.ledger.chain import Intact, verify
from liftgate.ledger.model import EventKind
from liftgate.store import engine
from liftgate.store.errors import DatabaseUnavailable, TakenAlready
from liftgate.store.sql import SqlStore, open_store

T = TypeVar("T")

Opener = Callable[[], SqlStore]


@pytest.fixture(params=["one store", "several stores"])
def stores(request: pytest.FixtureRequest, open_another: Opener) -> list[SqlStore]:
    """Six places to write from: threads of one process, or servers beside one another."""
    if request.param == "one store":
        return [open_another()] * 6
    return [open_another() for _ in range(6)]


def at_once(stores: Sequence[SqlStore], work: Callable[[SqlStore, int], T]) -> list[T | LiftgateError]:
    """Do the same work on each store, all at the same time; answers and refusals in any order."""
    together, answers = Barrier(len(stores)), list[T | LiftgateError]()

    def run(store: SqlStore, number: int) -> None:
        together.wait()
        try:
            answers.append(work(store, number))
        except LiftgateError as refusal:
            answers.append(refusal)

    threads = [Thread(target=run, args=(store, number)) for number, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(stores)
    return answers


def kinds_of(store: SqlStore) -> list[EventKind]:
    with store.read() as reader:
        entries = list(reader.entries())
    assert isinstance(verify(entries), Intact)
    return [entry.draft.kind for entry in entries]


REVIEWERS = [Person(id=f"reviewer-{number}", name=f"Reviewer {number}") for number in range(6)]


@pytest.mark.parametrize("approvals", [1, 3])
def test_parallel_approvals_make_one_grant(stores: list[SqlStore], approvals: int) -> None:
    reviewers = frozenset(person.id for person in REVIEWERS)
    catalogue = examples.catalogue(examples.entitlement(approvals=approvals, reviewers=reviewers))
    clock = TestClock(examples.NOON)
    asked = make_request(
        examples.ask(),
        examples.caller("ada"),
        catalogue=catalogue,
        store=stores[0],
        clock=clock,
        random=os.urandom,
        trial=lambda _: None,
    )

    def approve(store: SqlStore, number: int) -> str:
        review_request(
            asked.request.id,
            replace(examples.caller("grace"), person=REVIEWERS[number]),
            Answer.APPROVE,
            "go on",
            catalogue=catalogue,
            store=store,
            clock=clock,
            random=os.urandom,
        )
        return "approved"

    answers = at_once(stores, approve)
    assert answers.count("approved") == approvals
    assert {type(answer) for answer in answers if answer != "approved"} == {RequestClosed}
    assert kinds_of(stores[0]) == [
        EventKind.REQUESTED,
        *[EventKind.REVIEWED] * approvals,
        EventKind.GRANTED,
    ]


def test_one_reviewer_twice_at_once_counts_once(stores: list[SqlStore]) -> None:
    catalogue = examples.catalogue(examples.entitlement(approvals=2))
    clock = TestClock(examples.NOON)
    asked = make_request(
        examples.ask(),
        examples.caller("ada"),
        catalogue=catalogue,
        store=stores[0],
        clock=clock,
        random=os.urandom,
        trial=lambda _: None,
    )

    def approve(store: SqlStore, _number: int) -> str:
        return review_request(
            asked.request.id,
            examples.caller("grace"),
            Answer.APPROVE,
            "go on",
            catalogue=catalogue,
            store=store,
            clock=clock,
            random=os.urandom,
        ).request.id

    answers = at_once(stores, approve)
    assert answers.count(asked.request.id) == 1
    assert {type(answer) for answer in answers if not isinstance(answer, str)} == {AlreadyReviewed}
    assert EventKind.GRANTED not in kinds_of(stores[0])


def test_parallel_revocations_end_a_grant_once(stores: list[SqlStore]) -> None:
    with stores[0].write() as transaction:
        given = add_grant(transaction)
    clock = TestClock(NOON + MINUTE)

    def revoke(store: SqlStore, _number: int) -> str:
        catalogue = examples.catalogue(examples.entitlement())
        return revoke_grant(
            given.id, examples.caller("sec"), "left", catalogue=catalogue, store=store, clock=clock
        ).grant.id

    answers = at_once(stores, revoke)
    assert answers.count(given.id) == 1
    assert {type(answer) for answer in answers if not isinstance(answer, str)} == {GrantClosed}
    assert kinds_of(stores[0]).count(EventKind.REVOKED) == 1


def test_even_without_locks_the_constraints_hold(stores: list[SqlStore]) -> None:
    with stores[0].write() as transaction:
        asked = add_request(transaction)
        given = add_grant(transaction)

    def grant_and_end(store: SqlStore, number: int) -> str:
        with store.write() as transaction:
            if number % 2:
                add_grant(transaction, asked)
            else:
                transaction.add_ending(ending(given), draft(EventKind.REVOKED), [])
        return "done"

    answers = at_once(stores, grant_and_end)
    assert answers.count("done") == 2
    assert {type(answer) for answer in answers if answer != "done"} == {TakenAlready}
    assert kinds_of(stores[0]).count(EventKind.REVOKED) == 1


def test_sessions_asked_for_at_once_have_numbers_of_their_own(stores: list[SqlStore]) -> None:
    with stores[0].write() as transaction:
        given = add_grant(transaction)

    def intend(store: SqlStore, _number: int) -> int:
        with store.write() as transaction:
            assert transaction.lock_grant(given.id) is not None
            number = len(transaction.sessions(given.id)) + 1
            transaction.add_session(session(given, number), draft(EventKind.SESSION_INTENDED))
            return number

    answers = at_once(stores, intend)
    assert {answer for answer in answers if isinstance(answer, int)} == {1, 2, 3, 4, 5, 6}


def test_a_proof_sent_many_times_at_once_is_used_once(stores: list[SqlStore]) -> None:
    def use(store: SqlStore, _number: int) -> bool:
        with store.write() as transaction:
            return transaction.use_proof("p" * 64, expires_at=NOON)

    assert sorted(map(bool, at_once(stores, use))) == [False] * 5 + [True]


def test_a_lease_wanted_by_many_at_once_goes_to_one(stores: list[SqlStore]) -> None:
    def take(store: SqlStore, number: int) -> bool:
        with store.write() as transaction:
            return transaction.try_lease("deny", f"worker-{number}", now=NOON, until=NOON + MINUTE)

    assert sorted(map(bool, at_once(stores, take))) == [False] * 5 + [True]


def test_effects_claimed_at_once_are_given_out_once(stores: list[SqlStore]) -> None:
    with stores[0].write() as transaction:
        transaction.outbox.enqueue([deny(f"role-{number}") for number in range(20)])

    def drain(store: SqlStore, number: int) -> list[str]:
        taken: list[str] = []
        for _ in count():
            with store.write() as transaction:
                items = transaction.outbox.claim(NOON, lease=MINUTE, limit=2, worker=f"worker-{number}")
            if not items:
                return taken
            taken += [item.effect.key for item in items]
        return taken

    answers = at_once(stores, drain)
    taken = [key for answer in answers if isinstance(answer, list) for key in answer]
    assert sorted(taken) == sorted(f"role-{number}" for number in range(20))


def test_parallel_appends_leave_one_unbroken_chain(stores: list[SqlStore]) -> None:
    def append(store: SqlStore, number: int) -> str:
        for round_number in range(10):
            with store.write() as transaction:
                transaction.record(draft(actor=f"thread-{number}", body={"round": round_number}))
                transaction.record(draft(actor=f"thread-{number}", body={"round": round_number}))
        return "done"

    assert at_once(stores, append) == ["done"] * 6
    assert len(kinds_of(stores[0])) == 120


@pytest.mark.slow
def test_processes_append_to_one_unbroken_chain(store: SqlStore, url: str) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=append_in_a_process, args=(url, number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert len(kinds_of(store)) == 3 * 25


def append_in_a_process(url: str, number: int) -> None:
    store = open_store(url, clock=TestClock())
    for round_number in range(25):
        with store.write() as transaction:
            transaction.record(draft(actor=f"process-{number}", body={"round": round_number}))
    store.close()


@pytest.mark.slow
def test_a_process_killed_in_the_middle_leaves_what_it_committed_and_nothing_more(
    store: SqlStore, url: str
) -> None:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=work_until_killed, args=(url, there))
    process.start()
    there.close()
    assert here.recv() == "in the middle"
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()

    with store.write() as transaction:  # the lock went with the process
        add_request(transaction)
    with store.read() as reader:
        entries = list(reader.entries())
    assert isinstance(verify(entries), Intact)
    assert [entry.draft.actor for entry in entries] == ["committed", "ada"]


def work_until_killed(url: str, parent: Connection) -> None:
    store = open_store(url, clock=TestClock())
    with store.write() as transaction:
        transaction.record(draft(actor="committed"))
    with store.write() as transaction:
        add_request(transaction)
        transaction.seal_drafts()
        parent.send("in the middle")
        parent.recv()


def test_a_writer_that_waits_too_long_is_told_so(
    open_another: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_another()
    with first.write() as transaction:
        asked = add_request(transaction)
    monkeypatch.setattr(engine, "_SQLITE_SETTINGS", ("PRAGMA busy_timeout = 50",))
    monkeypatch.setattr(engine, "_POSTGRESQL_SETTINGS", ("SET lock_timeout = '50ms'",))
    second = open_another()
    with first.write() as transaction:
        transaction.lock_request(asked.id)
        with pytest.raises(DatabaseUnavailable) as busy, second.write() as late:
            late.lock_request(asked.id)
    assert "busy" in busy.value.sentence
    with second.write() as transaction:
        assert transaction.lock_request(asked.id) is not None


def test_a_reader_never_waits_for_a_writer(stores: list[SqlStore]) -> None:
    with stores[0].write() as transaction:
        asked = add_request(transaction)
        transaction.seal_drafts()
        with stores[1].read() as reader:
            assert reader.request(asked.id) is None
            assert reader.grants(GrantFilter(), now=NOON, cursor=None, limit=5).items == ()
