"""A telling is queued with what it tells of, once, and delivered by the worker."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from tests.store.store_examples import MINUTE, NOON

from liftgate.access.ports import EffectKind
from liftgate.access.told import TellKind, Told
from liftgate.store.sql import SqlStore

DUE = Told(
    kind=TellKind.REVIEW_DUE,
    recipients=frozenset({"grace", "linus"}),
    due_at=NOON,
    request_id="rq-1",
    stage=0,
    by="ada",
)


def queued(store: SqlStore) -> list[str]:
    with store.write() as transaction:
        claimed = transaction.outbox.claim(
            NOON + MINUTE, lease=timedelta(0), limit=9, worker="w", kinds=(EffectKind.TELL,)
        )
    return [one.effect.key for one in claimed]


def test_a_telling_comes_back_as_it_was(store: SqlStore) -> None:
    with store.write() as transaction:
        transaction.tell([DUE])
    with store.read() as view:
        assert view.told(DUE.id) == DUE
        assert view.told("review.due rq-2 0") is None
    assert queued(store) == ["review.due rq-1 0"]


def test_the_same_telling_is_queued_once(store: SqlStore) -> None:
    with store.write() as transaction:
        transaction.tell([DUE, DUE])
    with store.write() as transaction:
        transaction.tell([replace(DUE, recipients=frozenset({"eve"})), replace(DUE, stage=1)])
    assert queued(store) == ["review.due rq-1 0", "review.due rq-1 1"]
    with store.read() as view:
        assert view.told(DUE.id) == DUE


def test_what_is_undone_is_not_told(store: SqlStore) -> None:
    with suppress(ZeroDivisionError), store.write() as transaction:
        transaction.tell([DUE])
        _ = 1 / 0
    assert queued(store) == []
