"""Grants in place: kept with their session, found by their role, and never mistaken for sessions that are lent."""

from datetime import timedelta

import pytest
from tests.store.store_examples import MINUTE, NOON, ROLE, TestClock, add_ending, add_grant, draft, request

from liftgate.access.effects import effects_of_ending, effects_of_grant
from liftgate.access.model import Grant, InPlace
from liftgate.access.ports import EffectKind, GrantFilter, RequestFilter
from liftgate.elevation.in_place.model import OnRole
from liftgate.iam.scope import Window
from liftgate.ledger.model import EventKind
from liftgate.store.sql import SqlStore
from liftgate.store.transaction import SqlTransaction

ADA = InPlace(
    user_id="AROAEXAMPLEEXAMPLE123:ada@example.com",
    policy='{"Version":"2012-10-17","Statement":[]}',
    boundary='{"Version":"2012-10-17","Statement":[1]}',
)
OTHER = "arn:aws:iam::111122223333:role/Other"


def in_place(transaction: SqlTransaction, *, role_arn: str = ROLE, starts: int = 0, lasts: int = 20) -> Grant:
    """A grant in place that begins so many minutes after noon."""
    begins = NOON + starts * MINUTE
    asked = request(in_place=ADA, role_arn=role_arn)
    transaction.add_request(asked, draft(request_id=asked.id))
    window = Window(starts_at=begins, ends_at=begins + lasts * MINUTE)
    return add_grant(transaction, asked, in_place=ADA, window=window)


def wanted(store: SqlStore, *, minutes: float = 0, role_arn: str = ROLE) -> list[str]:
    with store.read() as view:
        found = view.wanted_in_place(role_arn, now=NOON + timedelta(minutes=minutes))
    return [one.grant_id for one in found]


def test_a_request_and_its_grant_keep_their_session(store: SqlStore) -> None:
    with store.write() as transaction:
        made = in_place(transaction)
        lent = add_grant(transaction)
    with store.read() as view:
        record = view.request(made.request_id)
        found, other = view.grant(made.id), view.grant(lent.id)
        assert record is not None
        assert found is not None
        assert other is not None
        assert (record.request.in_place, found.grant.in_place, other.grant.in_place) == (ADA, ADA, None)
        assert record.grant == found.grant == made
        listed = view.requests(RequestFilter(), now=NOON, cursor=None, limit=9).items
        assert {one.request.in_place for one in listed} == {ADA, None}
        assert {
            one.grant.in_place for one in view.grants(GrantFilter(), now=NOON, cursor=None, limit=9).items
        } == {
            ADA,
            None,
        }


def test_a_role_wants_what_is_live_on_it_and_a_little_around(store: SqlStore) -> None:
    with store.write() as transaction:
        made = in_place(transaction, starts=30)
        in_place(transaction, role_arn=OTHER)
        add_grant(transaction)
    assert wanted(store, minutes=24.9) == []
    assert wanted(store, minutes=25) == [made.id]
    assert wanted(store, minutes=54.9) == [made.id]
    assert wanted(store, minutes=55) == []
    with store.read() as view:
        [opening] = view.wanted_in_place(ROLE, now=NOON + 30 * MINUTE)
        assert (opening.user_id, opening.policy, opening.window) == (ADA.user_id, ADA.policy, made.window)
        assert opening.boundary == ADA.boundary


def test_what_is_on_the_role_at_some_moment_of_a_span_is_found(store: SqlStore) -> None:
    with store.write() as transaction:
        first, second = in_place(transaction, starts=30), in_place(transaction, starts=90)

    def between(since: float, until: float) -> list[str]:
        with store.read() as view:
            found = view.wanted_in_place_between(
                ROLE, since=NOON + timedelta(minutes=since), until=NOON + timedelta(minutes=until)
            )
        assert {one.requester for one in found} <= {"ada"}
        return [one.grant_id for one in found]

    assert between(0, 24.9) == []
    assert between(0, 25) == between(54.9, 84.9) == [first.id]
    assert between(55, 84.9) == []
    assert between(0, 200) == [first.id, second.id]


def test_one_that_was_ended_is_not_wanted_and_needs_no_deny(store: SqlStore) -> None:
    with store.write() as transaction:
        made, lent = in_place(transaction), add_grant(transaction)
        add_ending(transaction, made)
        add_ending(transaction, lent)
    assert wanted(store) == []
    with store.read() as view:
        assert [deny.grant_id for deny in view.wanted_denies(ROLE, now=NOON)] == [lent.id]


def test_an_ended_grant_in_place_alone_makes_no_role_one_with_denies(store: SqlStore) -> None:
    with store.write() as transaction:
        add_ending(transaction, in_place(transaction))
    with store.read() as view:
        assert view.roles_with_denies() == ()
        assert view.roles_in_place() == (ROLE,)


def test_what_is_known_of_a_role_replaces_what_was(store: SqlStore) -> None:
    first = OnRole(grant_id="gr-1", read_back=False, is_open=False)
    second = OnRole(grant_id="gr-2", read_back=True, is_open=False)
    third = OnRole(grant_id="gr-3", read_back=True, is_open=True)
    with store.write() as transaction:
        transaction.set_on_role_in_place(ROLE, [third, first, second], draft())
        transaction.set_on_role_in_place(OTHER, [], draft())
    with store.read() as view:
        assert view.on_role_in_place(ROLE) == (first, second, third)
        assert view.statements_of(["gr-3", "gr-9"]) == (third,)
        assert view.statements_of([]) == ()
        assert view.roles_in_place() == (ROLE,)
    with store.write() as transaction:
        transaction.set_on_role_in_place(ROLE, [], draft())
    with store.read() as view:
        assert view.roles_in_place() == ()


def test_since_when_a_name_is_fixed_is_kept_until_a_look_saw_it_chosen(store: SqlStore) -> None:
    def seen(hours: float) -> timedelta:
        with store.write() as transaction:
            return transaction.saw_name_fixed(ROLE, now=NOON + timedelta(hours=hours)) - NOON

    assert [seen(hours) for hours in (0, 1, 20)] == [timedelta()] * 3
    with store.write() as transaction:
        transaction.saw_name_chosen(ROLE)
        transaction.saw_name_chosen(OTHER)
    assert [seen(hours) for hours in (21, 40)] == [timedelta(hours=21)] * 2
    assert seen(64) == timedelta(hours=64)  # nobody looked for a day


def test_roles_whose_names_were_fixed_are_looked_at_for_a_day(store: SqlStore, clock: TestClock) -> None:
    with store.write() as transaction:
        transaction.saw_name_fixed(ROLE, now=NOON)
    for hours, found in ((23, (ROLE,)), (24, ())):
        clock.now = NOON + timedelta(hours=hours)
        with store.read() as view:
            assert view.roles_in_place() == found


@pytest.mark.parametrize("minutes", [0, 10])
def test_a_grant_is_put_on_its_role_shortly_before_it_opens_and_taken_off_when_it_is_over(
    minutes: int,
) -> None:
    begins = NOON + minutes * MINUTE
    made = Grant(
        id="gr-0000000000000001",
        request_id="rq-0000000000000001",
        requester="ada",
        entitlement="e",
        catalogue_version="c",
        account="111122223333",
        role_arn=ROLE,
        external_id=None,
        max_session=MINUTE,
        scope=request().scope,
        window=Window(starts_at=begins, ends_at=begins + MINUTE),
        granted_at=NOON,
        in_place=ADA,
    )
    effects = effects_of_grant(made, NOON)
    assert [one.kind for one in effects] == [EffectKind.IN_PLACE, EffectKind.IN_PLACE, EffectKind.SETTLE]
    assert [one.due_at for one in effects] == [
        max(NOON, begins - 5 * MINUTE),
        begins + 6 * MINUTE,
        begins + MINUTE,
    ]
    assert [one.kind for one in effects_of_ending(made, NOON)] == [EffectKind.IN_PLACE, EffectKind.SETTLE]


def test_the_work_is_queued_in_the_transaction_of_the_grant(store: SqlStore) -> None:
    with store.write() as transaction:
        asked = request(in_place=ADA)
        transaction.add_request(asked, draft(request_id=asked.id))
        made = Grant(
            id="gr-0000000000000077",
            request_id=asked.id,
            requester="ada",
            entitlement="e",
            catalogue_version="c",
            account="111122223333",
            role_arn=ROLE,
            external_id=None,
            max_session=MINUTE,
            scope=asked.scope,
            window=Window(starts_at=NOON, ends_at=NOON + MINUTE),
            granted_at=NOON,
            in_place=ADA,
        )
        transaction.add_grant(made, draft(EventKind.GRANTED), effects_of_grant(made, NOON))
    with store.write() as transaction:
        [item] = transaction.outbox.claim(NOON, lease=MINUTE, limit=9, worker="me")
    assert (item.effect.kind, item.effect.key) == (EffectKind.IN_PLACE, ROLE)
