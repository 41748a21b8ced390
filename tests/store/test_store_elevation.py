"""Sessions, denies and leases."""

from datetime import timedelta

import pytest
from tests.store.store_examples import (
    MINUTE,
    NOON,
    ROLE,
    TestClock,
    add_ending,
    add_grant,
    draft,
    grant,
    request,
    session,
)

from liftgate.access.model import EndingKind
from liftgate.access.ports import DENY_SLACK
from liftgate.elevation.model import Deny
from liftgate.iam.scope import Window
from liftgate.ledger.model import EventKind
from liftgate.store.errors import Dangling, TakenAlready
from liftgate.store.sql import SqlStore

OTHER = ROLE + "-other"
INTENDED = draft(EventKind.SESSION_INTENDED)
LENT = draft(EventKind.SESSION_LENT)


def test_a_session_is_intended_then_lent(store: SqlStore) -> None:
    with store.write() as transaction:
        given = add_grant(transaction)
        transaction.add_session(session(given), INTENDED)
        transaction.add_session(session(given, 2), INTENDED)
    lent = session(given, lent_at=NOON, access_key_id="ASIAEXAMPLE", expires_at=NOON + timedelta(minutes=15))
    failed = session(given, 2, failure="access_denied: STS refused")
    with store.read() as reader:
        assert reader.sessions(given.id) == (session(given), session(given, 2))
    with store.write() as transaction:
        transaction.settle_session(lent, LENT)
        transaction.settle_session(failed, draft(EventKind.SESSION_FAILED))
    with store.read() as reader:
        assert reader.sessions(given.id) == (lent, failed)
        assert reader.sessions("gr-nothing") == ()
        assert [entry.draft.kind for entry in reader.entries(after=2)] == [
            EventKind.SESSION_INTENDED,
            EventKind.SESSION_INTENDED,
            EventKind.SESSION_LENT,
            EventKind.SESSION_FAILED,
        ]


def test_a_session_has_one_outcome(store: SqlStore) -> None:
    with store.write() as transaction:
        given = add_grant(transaction)
        transaction.add_session(session(given), INTENDED)
        transaction.settle_session(session(given, lent_at=NOON, access_key_id="ASIAONE"), LENT)
    for outcome in (
        session(given, lent_at=NOON, access_key_id="ASIATWO"),
        session(given, failure="late"),
        session(given, 9, lent_at=NOON),
    ):
        with pytest.raises(TakenAlready), store.write() as transaction:
            transaction.settle_session(outcome, LENT)
    with store.read() as reader:
        assert reader.sessions(given.id) == (session(given, lent_at=NOON, access_key_id="ASIAONE"),)
        assert len(list(reader.entries())) == 4


def test_numbers_names_and_access_keys_are_given_once(store: SqlStore) -> None:
    with store.write() as transaction:
        first, second = add_grant(transaction), add_grant(transaction)
        transaction.add_session(session(first), INTENDED)
        transaction.settle_session(session(first, lent_at=NOON, access_key_id="ASIAONE"), LENT)
        transaction.add_session(session(second), INTENDED)
    with pytest.raises(TakenAlready, match="number"), store.write() as transaction:
        transaction.add_session(session(first, name="another"), INTENDED)
    with pytest.raises(TakenAlready, match="name"), store.write() as transaction:
        transaction.add_session(session(second, 2, name=f"{first.id}-1"), INTENDED)
    with pytest.raises(TakenAlready, match="access key"), store.write() as transaction:
        transaction.settle_session(session(second, lent_at=NOON, access_key_id="ASIAONE"), LENT)


def test_a_session_belongs_to_a_grant(store: SqlStore) -> None:
    with pytest.raises(Dangling), store.write() as transaction:
        transaction.add_session(session(grant(request())), INTENDED)


def test_denies_are_wanted_until_the_window_and_the_slack_are_over(store: SqlStore) -> None:
    def window(minutes: int) -> Window:
        return Window(starts_at=NOON, ends_at=NOON + minutes * MINUTE)

    with store.write() as transaction:
        long = add_grant(transaction, window=window(60))
        short = add_grant(transaction, window=window(10))
        elsewhere = add_grant(transaction, role_arn=OTHER)
        add_grant(transaction)  # never ended early
        for given in (long, short, elsewhere):
            add_ending(transaction, given, kind=EndingKind.RETURNED)
    of_long = Deny(
        grant_id=long.id, person="ada", until=NOON + 60 * MINUTE + DENY_SLACK, ended_at=NOON + MINUTE
    )
    of_short = Deny(
        grant_id=short.id, person="ada", until=NOON + 10 * MINUTE + DENY_SLACK, ended_at=NOON + MINUTE
    )
    with store.read() as reader:
        assert reader.wanted_denies(ROLE, now=NOON) == tuple(sorted([of_long, of_short]))
        just_before = of_short.until - timedelta(microseconds=1)
        assert reader.wanted_denies(ROLE, now=just_before) == tuple(sorted([of_long, of_short]))
        assert reader.wanted_denies(ROLE, now=of_short.until) == (of_long,)
        assert reader.wanted_denies(ROLE, now=of_long.until) == ()
        assert [deny.grant_id for deny in reader.wanted_denies(OTHER, now=NOON)] == [elsewhere.id]


def test_an_ending_counts_against_the_role_of_its_own_grant(store: SqlStore) -> None:
    with store.write() as transaction:
        given = add_grant(transaction, role_arn=OTHER)
        add_ending(transaction, given)
        assert transaction.wanted_denies(ROLE, now=NOON) == ()
        assert [deny.grant_id for deny in transaction.wanted_denies(OTHER, now=NOON)] == [given.id]


def test_what_was_read_back_replaces_what_was_known(store: SqlStore) -> None:
    with store.write() as transaction:
        transaction.set_denies_in_place(ROLE, ["gr-2", "gr-1", "gr-2"], draft(EventKind.DENY_IN_PLACE))
        transaction.set_denies_in_place(OTHER, ["gr-3"], draft(EventKind.DENY_IN_PLACE))
    with store.read() as reader:
        assert reader.denies_in_place(ROLE) == {"gr-1", "gr-2"}
    with store.write() as transaction:
        transaction.set_denies_in_place(ROLE, ["gr-4"], draft(EventKind.DENY_IN_PLACE))
        transaction.set_denies_in_place(OTHER, [], draft(EventKind.DENY_IN_PLACE))
    with store.read() as reader:
        assert reader.denies_in_place(ROLE) == {"gr-4"}
        assert reader.denies_in_place(OTHER) == frozenset()
        assert len(list(reader.entries())) == 4


def test_roles_with_denies_are_those_wanted_and_those_in_place(store: SqlStore, clock: TestClock) -> None:
    with store.write() as transaction:
        given = add_grant(transaction)
        add_ending(transaction, given)
        transaction.set_denies_in_place(OTHER, ["gr-old"], draft(EventKind.DENY_IN_PLACE))
        transaction.set_denies_in_place(ROLE, [given.id], draft(EventKind.DENY_IN_PLACE))
    with store.read() as reader:
        assert reader.roles_with_denies() == (ROLE, OTHER)
    clock.now = given.window.ends_at + DENY_SLACK
    with store.read() as reader:
        assert reader.roles_with_denies() == (ROLE, OTHER)  # still in place, so still to be pruned
    with store.write() as transaction:
        transaction.set_denies_in_place(ROLE, [], draft(EventKind.DENY_IN_PLACE))
    with store.read() as reader:
        assert reader.roles_with_denies() == (OTHER,)


def test_a_lease_is_held_by_one(store: SqlStore) -> None:
    until = NOON + MINUTE
    with store.write() as transaction:
        assert transaction.try_lease("deny", "a", now=NOON, until=until)
        assert not transaction.try_lease("deny", "b", now=NOON, until=until)
        assert transaction.try_lease("prune", "b", now=NOON, until=until)
    with store.write() as transaction:
        assert not transaction.try_lease("deny", "b", now=until - timedelta(microseconds=1), until=until)
        assert transaction.try_lease("deny", "a", now=NOON, until=until + MINUTE)  # extended
        assert not transaction.try_lease("deny", "b", now=until, until=until + MINUTE)


def test_a_lease_ends_by_time_and_by_release(store: SqlStore) -> None:
    until = NOON + MINUTE
    with store.write() as transaction:
        assert transaction.try_lease("deny", "a", now=NOON, until=until)
        assert transaction.try_lease("deny", "b", now=until, until=until + MINUTE)
        transaction.release_lease("deny", "a")  # no longer a's to give
        assert not transaction.try_lease("deny", "a", now=until, until=until + MINUTE)
        transaction.release_lease("deny", "b")
        assert transaction.try_lease("deny", "a", now=until, until=until + MINUTE)
