"""The use cases of asking, reviewing and ending, on a real store: what changes, what is on record, what is refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from tests.access.access_examples import NOON, ask, caller, catalogue, entitlement
from tests.servers.new_database import new_database

from liftgate.access.errors import (
    AlreadyReviewed,
    EntitlementChanged,
    GrantClosed,
    KeyReused,
    MayNotRevoke,
    NoSuchGrant,
    NoSuchRequest,
    OtherMechanism,
    OutsideCeiling,
    RequestClosed,
    SelfReview,
    TextRefused,
)
from liftgate.access.model import Answer, Ask, InPlace, Request, RequestRecord
from liftgate.access.ports import DENY_SLACK, EffectKind, Once
from liftgate.access.reviewing import review_request
from liftgate.access.service import (
    Opener,
    cancel_request,
    make_request,
    return_grant,
    revoke_grant,
)
from liftgate.access.state import Approved, Cancelled, Denied, Lapsed, Pending, request_state
from liftgate.catalogue.model import Catalogue, Mechanism, WithoutReview
from liftgate.elevation.errors import LendingUnavailable
from liftgate.elevation.in_place.errors import NotOfferedInPlace
from liftgate.iam.errors import ScopeTooLarge
from liftgate.iam.scope import Location
from liftgate.identity.model import Caller
from liftgate.ledger.chain import Intact, verify
from liftgate.store.sql import SqlStore, open_store

QUICK = WithoutReview(longest=timedelta(minutes=5), actions=frozenset({"s3:PutObject"}))


class Desk:
    """A store, a clock that is set by hand, and the use cases bound to both."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.now = NOON
        self.catalogue: Catalogue = catalogue(entitlement(without_review=QUICK))
        self._numbers = count(1)
        self.tried: list[Request] = []

    def clock(self) -> datetime:
        return self.now

    def random(self, length: int) -> bytes:
        return next(self._numbers).to_bytes(length, "big")

    def make(self, what: Ask, who: str = "ada", once: Once | None = None) -> RequestRecord:
        return make_request(
            what,
            caller(who),
            catalogue=self.catalogue,
            store=self.store,
            clock=self.clock,
            random=self.random,
            trial=self.tried.append,
            once=once,
        )

    def review(
        self, request_id: str, who: str = "grace", answer: Answer = Answer.APPROVE, once: Once | None = None
    ) -> RequestRecord:
        return review_request(
            request_id,
            caller(who),
            answer,
            "seen",
            catalogue=self.catalogue,
            store=self.store,
            clock=self.clock,
            random=self.random,
            once=once,
        )

    def cancel(self, request_id: str, who: Caller) -> RequestRecord:
        return cancel_request(request_id, who, catalogue=self.catalogue, store=self.store, clock=self.clock)

    def kinds(self) -> list[str]:
        with self.store.read() as view:
            return [entry.draft.kind.value for entry in view.entries()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_store(new_database(tmp_path), clock=lambda: NOON)
    yield Desk(store)
    store.close()


def granted(record: RequestRecord) -> str:
    assert record.grant is not None
    return record.grant.id


def test_a_short_write_is_granted_at_once_and_on_record(desk: Desk) -> None:
    record = desk.make(ask(duration=timedelta(minutes=5)))
    assert isinstance(request_state(record, desk.now), Approved)
    assert desk.kinds() == ["request.made", "grant.made"]


def test_a_longer_one_waits_for_a_reviewer(desk: Desk) -> None:
    record = desk.make(ask())
    assert isinstance(request_state(record, desk.now), Pending)
    approved = desk.review(record.request.id)
    assert isinstance(request_state(approved, desk.now), Approved)
    assert desk.kinds() == ["request.made", "request.reviewed", "grant.made"]


def test_a_refusal_is_on_record_too_and_nothing_else_is(desk: Desk) -> None:
    with pytest.raises(OutsideCeiling) as refusal:
        desk.make(ask("s3://payroll/", duration=timedelta(hours=9)))
    assert [reason.code for reason in refusal.value.also] == ["too_long"]
    assert desk.kinds() == ["request.refused"]
    with desk.store.read() as view:
        assert next(iter(view.entries())).draft.body["locations"] == ["s3://payroll/"]


def test_a_scope_that_aws_would_not_take_is_refused_when_it_is_asked_for(desk: Desk) -> None:
    def too_large(request: Request) -> None:
        raise ScopeTooLarge(f"too large: {request.id}", advice="ask for less")

    with pytest.raises(ScopeTooLarge):
        make_request(
            ask(),
            caller("ada"),
            catalogue=desk.catalogue,
            store=desk.store,
            clock=desk.clock,
            random=desk.random,
            trial=too_large,
        )
    assert desk.kinds() == ["request.refused"]


def test_where_aws_is_away_nothing_was_refused(desk: Desk) -> None:
    def away(request: Request) -> None:
        raise LendingUnavailable(f"STS did not answer: {request.id}", advice="try again")

    with pytest.raises(LendingUnavailable):
        make_request(
            ask(),
            caller("ada"),
            catalogue=desk.catalogue,
            store=desk.store,
            clock=desk.clock,
            random=desk.random,
            trial=away,
        )
    assert desk.kinds() == []


def test_who_answers_or_ends_what_they_may_not_is_on_record(desk: Desk) -> None:
    record = desk.make(ask())
    with pytest.raises(SelfReview):
        desk.review(record.request.id, who="ada")
    grant_id = granted(desk.make(ask(duration=timedelta(minutes=5))))
    with pytest.raises(MayNotRevoke):
        revoke_grant(
            grant_id, caller("ada"), "x", catalogue=desk.catalogue, store=desk.store, clock=desk.clock
        )
    assert desk.kinds() == [
        "request.made",
        "review.refused",
        "request.made",
        "grant.made",
        "ending.refused",
    ]
    with desk.store.read() as view:
        tried = [entry.draft for entry in view.entries() if entry.draft.kind.value.endswith(".refused")]
    assert [(one.actor, one.request_id, one.grant_id) for one in tried] == [
        ("ada", record.request.id, None),
        ("ada", None, grant_id),
    ]
    assert isinstance(request_state(record, desk.now), Pending)


def ask_in_place(desk: Desk, opener: Opener | None) -> RequestRecord:
    desk.catalogue = catalogue(entitlement(mechanism=Mechanism.IN_PLACE, without_review=QUICK))
    return make_request(
        ask(duration=timedelta(minutes=5)),
        caller("ada"),
        catalogue=desk.catalogue,
        store=desk.store,
        clock=desk.clock,
        random=desk.random,
        trial=desk.tried.append,
        opener=opener,
    )


def test_a_grant_in_place_is_what_the_opener_says_and_queues_its_opening_and_its_end(desk: Desk) -> None:
    opened = InPlace(user_id="AROAEXAMPLEEXAMPLE123:ada", policy="{}")
    record = ask_in_place(desk, lambda *_: opened)
    assert record.grant is not None
    assert (record.request.in_place, record.grant.in_place) == (opened, opened)
    with desk.store.write() as transaction:
        (now,) = transaction.outbox.claim(NOON, lease=timedelta(minutes=1), limit=9, worker="w")
        transaction.outbox.done(now)
        over = NOON + timedelta(minutes=5)
        assert transaction.outbox.due_after(NOON) == over
        rest = transaction.outbox.claim(over + DENY_SLACK, lease=timedelta(minutes=1), limit=9, worker="w")
    assert now.effect.kind is EffectKind.IN_PLACE
    assert [(item.effect.kind, item.effect.due_at) for item in rest] == [
        (EffectKind.SETTLE, over),
        (EffectKind.IN_PLACE, over + DENY_SLACK),
    ]


def test_what_is_not_offered_in_place_is_refused_and_on_record(desk: Desk) -> None:
    refusal = NotOfferedInPlace("whoever assumes it could take your access", advice="fix the name")
    with pytest.raises(NotOfferedInPlace):
        ask_in_place(desk, lambda *_: refusal)
    with pytest.raises(OtherMechanism):
        ask_in_place(desk, None)
    assert desk.kinds() == ["request.refused", "request.refused"]


def test_a_denial_closes_it(desk: Desk) -> None:
    record = desk.make(ask())
    denied = desk.review(record.request.id, answer=Answer.DENY)
    assert isinstance(request_state(denied, desk.now), Denied)
    with pytest.raises(RequestClosed, match="is denied already"):
        desk.review(record.request.id, "linus")


def test_two_approvals_make_one_grant(desk: Desk) -> None:
    desk.catalogue = catalogue(entitlement(approvals=2))
    record = desk.make(ask())
    assert desk.review(record.request.id).grant is None
    with pytest.raises(AlreadyReviewed):
        desk.review(record.request.id)
    assert desk.review(record.request.id, "linus").grant is not None


def test_it_lapses_by_the_clock_alone(desk: Desk) -> None:
    record = desk.make(ask())
    desk.now += timedelta(hours=24)
    assert isinstance(request_state(record, desk.now), Lapsed)
    with pytest.raises(RequestClosed, match="is lapsed already"):
        desk.review(record.request.id)


def test_a_clock_that_jumps_back_makes_no_second_grant(desk: Desk) -> None:
    record = desk.make(ask())
    desk.review(record.request.id)
    desk.now -= timedelta(hours=3)
    with pytest.raises(RequestClosed):
        desk.review(record.request.id, "linus")


def test_its_requester_cancels_it(desk: Desk) -> None:
    record = desk.make(ask())
    cancelled = desk.cancel(record.request.id, caller("ada"))
    assert isinstance(request_state(cancelled, desk.now), Cancelled)
    with pytest.raises(RequestClosed):
        desk.review(record.request.id)


def test_a_stranger_cannot_tell_a_request_from_none(desk: Desk) -> None:
    record = desk.make(ask())
    with pytest.raises(NoSuchRequest) as of_another:
        desk.review(record.request.id, "eve")
    with pytest.raises(NoSuchRequest) as of_nobody:
        desk.review("rq-0000000000000000", "eve")
    same = str(of_another.value).replace(record.request.id, "rq-0000000000000000")
    assert same == str(of_nobody.value)


def test_what_left_the_catalogue_can_no_longer_be_approved_but_denied(desk: Desk) -> None:
    record = desk.make(ask())
    elsewhere = frozenset({Location("reports", "2027/*")})
    desk.catalogue = catalogue(entitlement(locations=elsewhere))
    with pytest.raises(EntitlementChanged) as refusal:
        desk.review(record.request.id)
    assert [reason.code for reason in refusal.value.also] == ["outside_ceiling"]
    assert desk.review(record.request.id, answer=Answer.DENY).grant is None


@pytest.mark.parametrize(
    "changed",
    [
        replace(entitlement(), requesters=frozenset({"linus"})),
        replace(entitlement(), role_arn="arn:aws:iam::111122223333:role/another"),
        replace(entitlement(), longest=timedelta(minutes=1)),
        entitlement(mechanism=Mechanism.IN_PLACE),
    ],
)
def test_an_approval_must_hold_under_the_catalogue_of_now(desk: Desk, changed: object) -> None:
    record = desk.make(ask())
    assert isinstance(changed, type(entitlement()))
    desk.catalogue = catalogue(changed)
    with pytest.raises(EntitlementChanged):
        desk.review(record.request.id)


def test_a_grant_keeps_the_catalogue_under_which_it_was_asked_for(desk: Desk) -> None:
    record = desk.make(ask())
    desk.catalogue = replace(desk.catalogue, version="1" * 64)
    grant = desk.review(record.request.id).grant
    assert grant is not None
    assert grant.catalogue_version == "0" * 64


def test_the_same_call_twice_is_made_once(desk: Desk) -> None:
    once = Once(person_id="ada", key="k", fingerprint="a" * 64)
    first = desk.make(ask(duration=timedelta(minutes=5)), once=once)
    again = desk.make(ask(duration=timedelta(minutes=5)), once=once)
    assert again == first
    assert desk.kinds() == ["request.made", "grant.made"]
    with pytest.raises(KeyReused):
        desk.make(ask(), once=replace(once, fingerprint="b" * 64))


def test_a_repeated_approval_answers_with_the_request_as_it_is(desk: Desk) -> None:
    record = desk.make(ask())
    once = Once(person_id="grace", key="k", fingerprint="a" * 64)
    approved = desk.review(record.request.id, once=once)
    assert desk.review(record.request.id, once=once).grant == approved.grant


def test_a_revocation_queues_its_deny_in_the_same_transaction(desk: Desk) -> None:
    grant_id = granted(desk.make(ask(duration=timedelta(minutes=5))))
    ended = revoke_grant(
        grant_id, caller("grace"), "wrong", catalogue=desk.catalogue, store=desk.store, clock=desk.clock
    )
    assert ended.ending is not None
    with desk.store.write() as transaction:
        claimed = transaction.outbox.claim(desk.now, lease=timedelta(minutes=1), limit=9, worker="w")
    assert [(item.effect.kind.value, item.effect.key) for item in claimed] == [
        ("deny", ended.grant.role_arn),
        ("settle", grant_id),
        ("tell", f"grant.ended {ended.grant.request_id}"),
    ]
    with pytest.raises(GrantClosed, match="is revoked already"):
        return_grant(
            grant_id, caller("ada"), "", catalogue=desk.catalogue, store=desk.store, clock=desk.clock
        )


def test_a_grant_of_another_is_none(desk: Desk) -> None:
    grant_id = granted(desk.make(ask(duration=timedelta(minutes=5))))
    for end in (revoke_grant, return_grant):
        with pytest.raises(NoSuchGrant):
            end(grant_id, caller("eve"), "x", catalogue=desk.catalogue, store=desk.store, clock=desk.clock)


def test_a_hostile_comment_changes_nothing(desk: Desk) -> None:
    record = desk.make(ask())
    with pytest.raises(TextRefused):
        review_request(
            record.request.id,
            caller("grace"),
            Answer.APPROVE,
            "ok\x1b[2J",
            catalogue=desk.catalogue,
            store=desk.store,
            clock=desk.clock,
            random=desk.random,
        )
    assert desk.kinds() == ["request.made"]


def test_the_ledger_of_a_whole_life_verifies(desk: Desk) -> None:
    grant_id = granted(desk.make(ask(duration=timedelta(minutes=5))))
    record = desk.make(ask())
    desk.review(record.request.id)
    return_grant(
        grant_id, caller("ada"), "done", catalogue=desk.catalogue, store=desk.store, clock=desk.clock
    )
    with desk.store.read() as view:
        assert isinstance(verify(view.entries()), Intact)
    assert desk.kinds() == [
        "request.made",
        "grant.made",
        "request.made",
        "request.reviewed",
        "grant.made",
        "grant.returned",
    ]
