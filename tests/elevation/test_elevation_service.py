"""Lending a session: on the real store, with a lender that does what AWS cannot be made to do."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from tests.elevation.elevation_examples import (
    BIG,
    MINUTE,
    NOON,
    SECRET,
    TOKEN,
    ScriptedLender,
    bytes_of,
    caller,
    entries,
    grant,
    kinds,
    request,
    scope,
)
from tests.store.store_examples import TestClock, add_ending, draft

from liftgate.access.errors import KeyReused, NoSuchGrant
from liftgate.access.model import EndingKind, Grant
from liftgate.access.ports import Once
from liftgate.elevation.errors import (
    GrantEndedMeanwhile,
    GrantNotActive,
    LendingRefused,
    LendingUnavailable,
    SecretHandedOver,
)
from liftgate.elevation.lend import TRIAL_FROM, closed_policy
from liftgate.elevation.model import Credentials, Session, SessionEnding
from liftgate.elevation.ports import LendOrder, Lent
from liftgate.elevation.service import lend_session, try_scope
from liftgate.errors import LiftgateError
from liftgate.iam.errors import ScopeTooLarge
from liftgate.ledger.model import EventKind
from liftgate.store.errors import Unstorable
from liftgate.store.sql import SqlStore

REFUSED = LendingRefused("STS refuses to lend: AccessDenied", advice="look at the trust policy")
AWAY = LendingUnavailable("STS did not answer: ReadTimeoutError", advice="try again")


@pytest.fixture
def given(store: SqlStore) -> Grant:
    """Ada's grant, from noon to 12:20."""
    return _granted(store)


def _granted(store: SqlStore, requester: str = "ada") -> Grant:
    asked = request(requester=requester)
    made = grant(asked)
    with store.write() as transaction:
        transaction.add_request(asked, draft(request_id=asked.id))
        transaction.add_grant(made, draft(EventKind.GRANTED, request_id=asked.id, grant_id=made.id))
    return made


def _lend(
    store: SqlStore,
    lender: ScriptedLender,
    clock: TestClock,
    grant_id: str,
    *,
    person: str = "ada",
    once: Once | None = None,
) -> tuple[Session, Credentials]:
    return lend_session(grant_id, caller(person), store=store, lender=lender, clock=clock, once=once)


def _sessions(store: SqlStore, of: Grant) -> tuple[Session, ...]:
    with store.read() as reader:
        return reader.sessions(of.id)


def test_a_session_is_lent_and_on_record(store: SqlStore, clock: TestClock, given: Grant) -> None:
    seen_by_sts: list[list[EventKind]] = []
    lender = ScriptedLender(meanwhile=lambda: seen_by_sts.append(kinds(store)))
    session, credentials = _lend(store, lender, clock, given.id)
    assert seen_by_sts == [[EventKind.SESSION_INTENDED]]  # committed before STS was asked
    assert kinds(store) == [EventKind.SESSION_INTENDED, EventKind.SESSION_LENT]
    assert _sessions(store, given) == (session,)
    assert session == Session(
        grant_id=given.id,
        number=1,
        name=f"{given.id}-1",
        role_arn=given.role_arn,
        intended_at=NOON,
        lent_at=NOON,
        access_key_id="ASIA0000000000000001",
        expires_at=given.window.ends_at,
    )
    assert credentials.expires_at == given.window.ends_at  # though STS said an hour
    assert (credentials.secret_access_key, credentials.session_token) == (SECRET, TOKEN)


def test_what_is_on_record_says_what_was_asked_of_sts(
    store: SqlStore, clock: TestClock, given: Grant
) -> None:
    lender = ScriptedLender()
    _lend(store, lender, clock, given.id)
    (order,) = lender.orders
    intended, lent = (entry.draft for entry in entries(store)[-2:])
    assert intended.body == {
        "session": f"{given.id}-1",
        "role_arn": given.role_arn,
        "source_identity": "ada",
        "duration_seconds": 20 * 60,
        "session_policy": order.session_policy,
    }
    assert lent.body == {
        "session": f"{given.id}-1",
        "access_key_id": "ASIA0000000000000001",
        "expires_at": "2026-11-24T12:20:00Z",
        "packed_percent": 7,
        "handed_over": True,
    }
    for entry in (intended, lent):
        assert (entry.actor, entry.grant_id, entry.request_id) == ("ada", given.id, given.request_id)


def test_sessions_are_numbered_and_refreshed_until_the_window_ends(
    store: SqlStore, clock: TestClock, given: Grant
) -> None:
    lender = ScriptedLender()
    for number, minutes in enumerate((0, 5, 19), start=1):
        clock.now = NOON + minutes * MINUTE
        assert _lend(store, lender, clock, given.id)[0].number == number
    assert [order.duration for order in lender.orders] == [20 * MINUTE, 15 * MINUTE, 15 * MINUTE]


@pytest.mark.parametrize(
    ("at", "said", "advised"),
    [
        (NOON - timedelta(microseconds=1), "is scheduled", "it begins at 2026-11-24 12:00:00 UTC"),
        (NOON + 20 * MINUTE, "is ended", "ask anew"),
        (NOON + timedelta(days=400), "is ended", "ask anew"),
    ],
)
def test_nothing_is_lent_outside_the_window(
    at: datetime, said: str, advised: str, store: SqlStore, clock: TestClock, given: Grant
) -> None:
    clock.now, lender = at, ScriptedLender()
    with pytest.raises(GrantNotActive, match=said) as refusal:
        _lend(store, lender, clock, given.id)
    assert advised in refusal.value.advice
    assert lender.orders == []
    assert _sessions(store, given) == ()
    assert kinds(store) == []


@pytest.mark.parametrize("kind", list(EndingKind))
def test_nothing_is_lent_under_a_grant_that_was_ended(
    kind: EndingKind, store: SqlStore, clock: TestClock, given: Grant
) -> None:
    with store.write() as transaction:
        add_ending(transaction, given, kind=kind)
    lender = ScriptedLender()
    with pytest.raises(GrantNotActive, match=f"is {kind}"):
        _lend(store, lender, clock, given.id)
    assert lender.orders == []


@pytest.mark.parametrize(
    "grant_id",
    ["gr-0000000000000000", "", "*", "gr-%", "' OR 1=1 --", "gr-\x00", "gr-\ud800", "x" * 100_000, "../gr-1"],
)
def test_a_grant_that_is_none_is_not_found(grant_id: str, store: SqlStore, clock: TestClock) -> None:
    lender = ScriptedLender()
    with pytest.raises((NoSuchGrant, Unstorable)) as refusal:
        _lend(store, lender, clock, grant_id)
    assert len(str(refusal.value)) < 200
    assert lender.orders == []


def test_a_grant_of_somebody_else_is_answered_as_none(store: SqlStore, clock: TestClock) -> None:
    hers, lender = _granted(store, "grace"), ScriptedLender()
    with pytest.raises(NoSuchGrant) as of_another:
        _lend(store, lender, clock, hers.id)
    with pytest.raises(NoSuchGrant) as of_nobody:
        _lend(store, lender, clock, "gr-0000000000000000")
    assert str(of_another.value).replace(hers.id, "…") == str(of_nobody.value).replace(
        "gr-0000000000000000", "…"
    )
    assert of_another.value.advice == of_nobody.value.advice
    assert lender.orders == []


# STS does not lend


@pytest.mark.parametrize("failure", [REFUSED, AWAY])
def test_when_sts_does_not_lend_it_is_on_record_and_the_grant_goes_on(
    failure: LiftgateError, store: SqlStore, clock: TestClock, given: Grant
) -> None:
    lender = ScriptedLender(failure=failure)
    with pytest.raises(type(failure)):
        _lend(store, lender, clock, given.id)
    assert kinds(store) == [EventKind.SESSION_INTENDED, EventKind.SESSION_FAILED]
    said = f"{failure.code}: {failure.sentence}"
    assert entries(store)[-1].draft.body == {"session": f"{given.id}-1", "failure": said}
    assert [session.failure for session in _sessions(store, given)] == [said]
    lender.failure = None
    assert _lend(store, lender, clock, given.id)[0].number == 2


def test_after_a_crash_between_intent_and_outcome_the_next_number_is_lent(
    store: SqlStore, clock: TestClock, given: Grant
) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    lender = ScriptedLender(meanwhile=die)
    with pytest.raises(Killed):
        _lend(store, lender, clock, given.id)
    assert kinds(store) == [EventKind.SESSION_INTENDED]  # no access without a record
    lender.meanwhile = lambda: None
    session, _ = _lend(store, lender, clock, given.id)
    assert session.number == 2
    first, second = _sessions(store, given)
    assert (first.lent_at, first.failure) == (None, None)
    assert second == session
    assert len({order.session_name for order in lender.orders}) == 2


# ended while AWS was lending


def _ended_by(store: SqlStore, clock: TestClock, of: Grant, kind: EndingKind | None) -> Callable[[], None]:
    def end() -> None:
        if kind is None:
            clock.now = of.window.ends_at
            return
        with store.write() as transaction:
            add_ending(transaction, of, kind=kind)

    return end


def test_a_session_that_was_taken_back_while_aws_lent_it_is_not_handed_over(
    store: SqlStore, clock: TestClock, given: Grant
) -> None:
    def taken_back() -> None:
        ending = SessionEnding(grant_id=given.id, number=1, by="sec", reason="leaked", ended_at=NOON)
        with store.write() as transaction:
            transaction.add_session_ending(ending, draft(EventKind.SESSION_REVOKED, grant_id=given.id), [])

    with pytest.raises(GrantEndedMeanwhile, match=f"`{given.id}-1` was taken back while AWS was lending"):
        _lend(store, ScriptedLender(meanwhile=taken_back), clock, given.id)
    assert entries(store)[-1].draft.body["handed_over"] is False


@pytest.mark.parametrize(
    ("kind", "said"),
    [(EndingKind.REVOKED, "revoked"), (EndingKind.RETURNED, "returned"), (None, "ended")],
)
def test_what_was_lent_while_the_grant_ended_is_on_record_and_not_handed_over(
    kind: EndingKind | None, said: str, store: SqlStore, clock: TestClock, given: Grant
) -> None:
    lender = ScriptedLender(meanwhile=_ended_by(store, clock, given, kind))
    with pytest.raises(GrantEndedMeanwhile, match=f"was {said} while AWS was lending") as refusal:
        _lend(store, lender, clock, given.id)
    _nothing_secret_in(refusal.value)
    (session,) = _sessions(store, given)
    assert session.access_key_id == "ASIA0000000000000001"  # its events can be told
    assert session.lent_at == clock()
    assert kinds(store)[-1] is EventKind.SESSION_LENT
    assert entries(store)[-1].draft.body["handed_over"] is False


# once


def test_a_repeated_call_is_told_that_the_secret_was_handed_over(
    store: SqlStore, clock: TestClock, given: Grant
) -> None:
    lender = ScriptedLender()
    once = Once(person_id="ada", key="one", fingerprint="f" * 64)
    _lend(store, lender, clock, given.id, once=once)
    with pytest.raises(SecretHandedOver) as refusal:
        _lend(store, lender, clock, given.id, once=once)
    _nothing_secret_in(refusal.value)
    with pytest.raises(KeyReused):
        _lend(store, lender, clock, given.id, once=Once(person_id="ada", key="one", fingerprint="a" * 64))
    assert len(lender.orders) == 1
    assert len(_sessions(store, given)) == 1
    another = Once(person_id="ada", key="two", fingerprint="f" * 64)
    assert _lend(store, lender, clock, given.id, once=another)[0].number == 2


def test_a_key_that_was_used_in_vain_is_free(store: SqlStore, clock: TestClock, given: Grant) -> None:
    once, lender = Once(person_id="ada", key="one", fingerprint="f" * 64), ScriptedLender()
    clock.now = NOON - MINUTE
    with pytest.raises(GrantNotActive):
        _lend(store, lender, clock, given.id, once=once)
    clock.now = NOON
    assert _lend(store, lender, clock, given.id, once=once)[0].number == 1


def test_many_threads_that_refresh_get_sessions_of_their_own(
    store: SqlStore, clock: TestClock, given: Grant
) -> None:
    lent: list[Session] = []
    barrier = Barrier(8)

    class Keys(ScriptedLender):
        def lend(self, order: LendOrder) -> Lent:
            return ScriptedLender(orders=[order] * int(order.session_name[-1])).lend(order)

    def refresh() -> None:
        barrier.wait()
        lent.append(_lend(store, Keys(), clock, given.id)[0])

    threads = [Thread(target=refresh) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(session.number for session in lent) == list(range(1, 9))
    assert len({session.access_key_id for session in lent}) == 8
    assert len(_sessions(store, given)) == 8


# secrets


def _nothing_secret_in(failure: LiftgateError) -> None:
    shown = f"{failure!r} {failure} {failure.advice} {failure.value} {failure.where}"
    assert SECRET not in shown
    assert TOKEN not in shown


@pytest.mark.parametrize("ended", [None, EndingKind.REVOKED])
def test_no_byte_of_a_secret_is_kept(
    ended: EndingKind | None, store: SqlStore, clock: TestClock, given: Grant, database: Path
) -> None:
    once = Once(person_id="ada", key="one", fingerprint="f" * 64)
    lender = ScriptedLender()
    session, credentials = _lend(store, lender, clock, given.id, once=once)
    assert SECRET not in f"{session!r} {credentials!r} {credentials}"
    assert TOKEN not in f"{session!r} {credentials!r} {credentials}"
    if ended:
        lender.meanwhile = _ended_by(store, clock, given, ended)
        with pytest.raises(GrantEndedMeanwhile):
            _lend(store, lender, clock, given.id)
    store.close()
    kept = bytes_of(database)
    assert b"ASIA0000000000000001" in kept  # the search does find what is there
    assert SECRET.encode() not in kept
    assert TOKEN.encode() not in kept


# is the scope too large for AWS?


def test_a_small_scope_is_not_tried(store: SqlStore, clock: TestClock) -> None:
    lender, asked = ScriptedLender(), request()
    assert len(closed_policy(asked.scope)) < TRIAL_FROM
    try_scope(asked, store=store, lender=lender, clock=clock)
    assert lender.orders == []
    assert kinds(store) == []


def test_a_big_scope_is_tried_with_a_window_that_is_closed(
    store: SqlStore, clock: TestClock, database: Path
) -> None:
    lender, asked = ScriptedLender(), request(scope=BIG)
    try_scope(asked, store=store, lender=lender, clock=clock)
    (order,) = lender.orders
    assert len(order.session_policy) >= TRIAL_FROM
    assert order.session_policy == closed_policy(BIG)
    assert kinds(store) == [EventKind.TRIAL_INTENDED, EventKind.TRIAL_ENDED]
    assert entries(store)[0].draft.body == {
        "role_arn": asked.role_arn,
        "session_policy": order.session_policy,
    }
    assert entries(store)[1].draft.body == {"packed_percent": 7, "failure": None}
    store.close()
    assert SECRET.encode() not in bytes_of(database)


@pytest.mark.parametrize(
    "failure", [ScopeTooLarge("STS packs it to 104%", advice="ask for fewer places"), REFUSED, AWAY]
)
def test_what_sts_says_of_a_big_scope_is_on_record_and_raised(
    failure: LiftgateError, store: SqlStore, clock: TestClock
) -> None:
    lender = ScriptedLender(failure=failure)
    with pytest.raises(type(failure)):
        try_scope(request(scope=BIG), store=store, lender=lender, clock=clock)
    assert entries(store)[-1].draft.body == {
        "packed_percent": None,
        "failure": f"{failure.code}: {failure.sentence}",
    }


def test_a_scope_beyond_the_characters_is_refused_without_a_call(store: SqlStore, clock: TestClock) -> None:
    huge = scope(["write"], *(f"s3://reports/2026/{'x' * 40}-{number:02}/" for number in range(40)))
    lender = ScriptedLender()
    with pytest.raises(ScopeTooLarge, match="2,048"):
        try_scope(request(scope=huge), store=store, lender=lender, clock=clock)
    assert lender.orders == []
    assert kinds(store) == []
