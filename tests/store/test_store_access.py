"""Requests, reviews and grants: what is written comes back, whole, once, and only with its record."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.store.store_examples import (
    MINUTE,
    NOON,
    ROLE,
    add_ending,
    add_grant,
    add_request,
    cancellation,
    deny,
    draft,
    ending,
    grant,
    request,
    review,
)

from liftgate.access.model import Answer, Demand, EndingKind, GrantRecord, RequestRecord
from liftgate.errors import Conflict, LiftgateError
from liftgate.iam.scope import Window
from liftgate.ledger.chain import Intact, verify
from liftgate.ledger.model import EventKind
from liftgate.store.errors import Dangling, TakenAlready, Unstorable
from liftgate.store.sql import SqlStore
from liftgate.store.transaction import SqlTransaction


def test_a_request_comes_back_as_it_was_made(store: SqlStore) -> None:
    made = request(
        external_id="partner-1",
        starts_at=NOON + timedelta(days=1, microseconds=1),
        ticket="OPS-1",
        duration=timedelta(microseconds=1),
        max_session=timedelta(hours=12),
        asked_at=datetime(2026, 11, 24, 23, 59, 59, 999999, UTC),
    )
    with store.write() as transaction:
        transaction.add_request(made, draft())
        assert transaction.request(made.id) == RequestRecord(request=made)
    with store.read() as reader:
        assert reader.request(made.id) == RequestRecord(request=made)
        assert reader.request("rq-nothing") is None
        assert reader.grant(made.id) is None


def test_a_record_comes_back_whole(store: SqlStore) -> None:
    made = request(stages=(Demand(name="review", approvals=2),))
    second = review(made, "linus", reviewed_at=NOON + 2 * MINUTE)
    first = review(made, "zoe", reviewed_at=NOON + MINUTE, comment="")
    given = grant(made, window=Window(starts_at=NOON, ends_at=NOON + MINUTE), external_id="partner-1")
    ended = ending(given, EndingKind.RETURNED)
    with store.write() as transaction:
        transaction.add_request(made, draft())
        transaction.add_review(second, draft())
        transaction.add_review(first, draft())
        transaction.add_grant(given, draft())
    with store.read() as reader:
        assert reader.request(made.id) == RequestRecord(request=made, reviews=(first, second), grant=given)
        assert reader.grant(given.id) == GrantRecord(grant=given)
    with store.write() as transaction:
        assert transaction.lock_request(made.id) == RequestRecord(
            request=made, reviews=(first, second), grant=given
        )
        assert transaction.lock_grant(given.id) == GrantRecord(grant=given)
        transaction.add_ending(ended, draft(), [deny()])
        assert transaction.grant(given.id) == GrantRecord(grant=given, ending=ended)
    with store.read() as reader:
        assert reader.grant(given.id) == GrantRecord(grant=given, ending=ended)


def test_a_cancellation_comes_back(store: SqlStore) -> None:
    made = request()
    with store.write() as transaction:
        transaction.add_request(made, draft())
        transaction.add_cancellation(cancellation(made), draft())
    with store.read() as reader:
        assert reader.request(made.id) == RequestRecord(request=made, cancellation=cancellation(made))


def test_times_of_other_zones_come_back_in_utc(store: SqlStore) -> None:
    there = timezone(timedelta(hours=-9, minutes=-30))
    made = request(asked_at=NOON.astimezone(there))
    with store.write() as transaction:
        transaction.add_request(made, draft())
        found = transaction.request(made.id)
    assert found is not None
    assert found.request.asked_at == NOON
    assert found.request.asked_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(store: SqlStore) -> None:
    made = request(asked_at=datetime(2026, 11, 24, 12, 0))  # noqa: DTZ001 - the fault under test
    with pytest.raises(Exception, match="without a zone"), store.write() as transaction:
        transaction.add_request(made, draft())


def test_text_that_not_every_database_keeps_is_refused(store: SqlStore) -> None:
    with store.write() as transaction:
        made = add_request(transaction)
    for text in ("nul \x00 inside", "half \ud800 a character"):
        for field in ("justification", "ticket", "identity"):
            with pytest.raises(Unstorable), store.write() as transaction:
                transaction.add_request(request(**{field: text}), draft())
        with pytest.raises(Unstorable), store.write() as transaction:
            transaction.add_review(review(made, comment=text), draft())
    with store.read() as reader:
        assert len(list(reader.entries())) == 1


def test_an_odd_id_finds_nothing_and_breaks_nothing(store: SqlStore) -> None:
    for odd in ("rq-\x00", "rq-\ud800", "", "%00", "rq-" + "x" * 100_000):
        with suppress(Unstorable), store.read() as reader:
            assert reader.request(odd) is None
            assert reader.grant(odd) is None
            assert reader.sign_in(odd) is None
    with store.write() as transaction:
        add_request(transaction)


def test_text_is_data_and_never_sql(store: SqlStore) -> None:
    nasty = "'; DROP TABLE requests; -- \" %s :id \\ \u202e"
    made = request(justification=nasty, requester=nasty, id=nasty)
    with store.write() as transaction:
        transaction.add_request(made, draft(actor=nasty, body={"justification": nasty}))
    with store.read() as reader:
        assert reader.request(nasty) == RequestRecord(request=made)


def test_each_change_is_on_record_in_the_order_of_the_calls(store: SqlStore) -> None:
    with store.write() as transaction:
        made = add_request(transaction)
        transaction.add_review(review(made), draft(EventKind.REVIEWED))
        given = add_grant(transaction, made)
        add_ending(transaction, given)
    with store.read() as reader:
        entries = list(reader.entries())
        assert [entry.draft.kind for entry in entries] == [
            EventKind.REQUESTED,
            EventKind.REVIEWED,
            EventKind.GRANTED,
            EventKind.REVOKED,
        ]
        assert isinstance(verify(entries), Intact)


class Interrupted(Exception):
    pass


def test_what_raises_leaves_nothing(store: SqlStore) -> None:
    asked = request()
    given = grant(asked)

    def change(transaction: SqlTransaction) -> None:
        transaction.add_request(asked, draft())
        transaction.add_grant(given, draft())
        transaction.add_ending(ending(given), draft(), [deny()])
        transaction.set_denies_in_place(ROLE, [given.id], draft())
        transaction.use_proof("p" * 64, expires_at=NOON)
        raise Interrupted

    with pytest.raises(Interrupted), store.write() as transaction:
        change(transaction)
    with store.write() as transaction:
        assert transaction.grant(given.id) is None
        assert transaction.request(given.request_id) is None
        assert transaction.head() is None
        assert transaction.denies_in_place(ROLE) == frozenset()
        assert transaction.outbox.claim(NOON, lease=MINUTE, limit=9, worker="w") == ()
        assert transaction.use_proof("p" * 64, expires_at=NOON)


def test_a_draft_that_cannot_be_recorded_undoes_its_change(store: SqlStore) -> None:
    made = request()
    with pytest.raises(LiftgateError), store.write() as transaction:
        transaction.add_request(made, draft(body={"session_token": "FwoGZXIvYXdzEXAMPLE"}))
    with store.read() as reader:
        assert reader.request(made.id) is None
        assert reader.head() is None


def test_a_read_only_view_cannot_write(store: SqlStore) -> None:
    with store.write() as transaction:
        given = add_grant(transaction)
    writes: list[Callable[[Any], object]] = [
        lambda t: t.add_request(request(), draft()),
        lambda t: t.add_ending(ending(given), draft(), []),
        lambda t: t.end_sign_in("a" * 64),
        lambda t: t.use_proof("p" * 64, expires_at=NOON),
        lambda t: t.try_lease("deny", "w", now=NOON, until=NOON + MINUTE),
        lambda t: t.outbox.enqueue([deny()]),
        lambda t: (t.record(draft()), t.seal_drafts()),
    ]
    for write in writes:
        with pytest.raises(LiftgateError), store.read() as reader:
            write(reader)
    with store.read() as reader:
        assert len(list(reader.entries())) == 2
        assert reader.grant(given.id) == GrantRecord(grant=given)


def test_a_view_is_of_one_moment(store: SqlStore) -> None:
    with store.write() as transaction:
        made = add_request(transaction)
    with store.read() as reader:
        before = reader.request(made.id)
        with store.write() as transaction:
            add_grant(transaction, made)
        assert reader.request(made.id) == before
        assert len(list(reader.entries())) == 1
    with store.read() as reader:
        assert len(list(reader.entries())) == 2


def test_what_is_not_committed_is_seen_by_nobody(store: SqlStore) -> None:
    with store.write() as transaction:
        made = add_request(transaction)
        with store.read() as reader:
            assert reader.request(made.id) is None


MADE = request()
GIVEN = grant(MADE)


@pytest.mark.parametrize(
    ("before", "again"),
    [
        (lambda t: t.add_grant(GIVEN, draft()), lambda t: t.add_grant(grant(MADE), draft())),
        (lambda t: t.add_review(review(MADE), draft()), lambda t: t.add_review(review(MADE), draft())),
        (
            lambda t: t.add_cancellation(cancellation(MADE), draft()),
            lambda t: t.add_cancellation(cancellation(MADE), draft()),
        ),
        (
            lambda t: t.add_review(review(MADE, answer=Answer.DENY), draft()),
            lambda t: t.add_grant(GIVEN, draft()),
        ),
        (
            lambda t: t.add_cancellation(cancellation(MADE), draft()),
            lambda t: t.add_grant(GIVEN, draft()),
        ),
        (
            lambda t: t.add_grant(GIVEN, draft()),
            lambda t: t.add_cancellation(cancellation(MADE), draft()),
        ),
        (
            lambda t: t.add_grant(GIVEN, draft()),
            lambda t: t.add_review(review(MADE, answer=Answer.DENY), draft()),
        ),
        (
            lambda t: (t.add_grant(GIVEN, draft()), t.add_ending(ending(GIVEN), draft(), [])),
            lambda t: t.add_ending(ending(GIVEN, EndingKind.RETURNED), draft(), []),
        ),
        (lambda _: None, lambda t: t.add_request(MADE, draft())),
    ],
    ids=[
        "two grants",
        "two reviews",
        "two cancellations",
        "denied, granted",
        "cancelled, granted",
        "granted, cancelled",
        "granted, denied",
        "two endings",
        "one id twice",
    ],
)
def test_the_database_itself_holds_at_most_one(
    store: SqlStore, before: Callable[[SqlTransaction], object], again: Callable[[SqlTransaction], object]
) -> None:
    with store.write() as transaction:
        transaction.add_request(MADE, draft())
        before(transaction)
    with store.read() as reader:
        record, entries = reader.request(MADE.id), list(reader.entries())
    with pytest.raises(TakenAlready) as refused, store.write() as transaction:
        again(transaction)
    assert isinstance(refused.value, Conflict)
    assert refused.value.advice
    with store.read() as reader:
        assert reader.request(MADE.id) == record
        assert list(reader.entries()) == entries


def test_a_change_belongs_to_something(store: SqlStore) -> None:
    nothing = request()
    with pytest.raises(Dangling), store.write() as transaction:
        transaction.add_review(review(nothing), draft())
    with pytest.raises(Dangling), store.write() as transaction:
        transaction.add_ending(ending(grant(nothing)), draft(), [])
    with pytest.raises(TakenAlready), store.write() as transaction:
        transaction.add_grant(grant(nothing), draft())
    with store.read() as reader:
        assert reader.head() is None


def test_a_grant_keeps_its_own_copy(store: SqlStore) -> None:
    made = request()
    given = replace(grant(made), entitlement="renamed", role_arn=ROLE + "-2", requester="ada")
    with store.write() as transaction:
        transaction.add_request(made, draft())
        transaction.add_grant(given, draft())
    with store.read() as reader:
        assert reader.grant(given.id) == GrantRecord(grant=given)
        found = reader.request(made.id)
        assert found is not None
        assert found.request == made
