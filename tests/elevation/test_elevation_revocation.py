"""Bringing denies in place: the real store, and roles in memory that misbehave as AWS cannot be made to."""

from datetime import timedelta
from itertools import count
from threading import Event, Thread
from typing import Any

import pytest
from tests.elevation.elevation_examples import MINUTE, NOON, ScriptedPolicies, entries, kinds
from tests.store.store_examples import ROLE, TestClock, add_ending, add_grant

from liftgate.access.ports import DENY_SLACK
from liftgate.elevation.deny import deny_policy, refused_by
from liftgate.elevation.errors import DenyNotInPlace, RoleBusy, RoleFull, RoleUnreachable
from liftgate.elevation.model import DenyState
from liftgate.elevation.revocation import bring_denies_in_place, deny_state
from liftgate.ledger.model import EventKind
from liftgate.store.sql import SqlStore

OTHER_ROLE = ROLE + "-other"
AWAY = RoleUnreachable("IAM did not answer", advice="wait", value=ROLE)


def _revoked(store: SqlStore, role_arn: str = ROLE) -> str:
    with store.write() as transaction:
        given = add_grant(transaction, role_arn=role_arn)
        add_ending(transaction, given)
    return given.id


def _bring(
    store: SqlStore,
    policies: ScriptedPolicies,
    clock: TestClock,
    *,
    holder: str = "me",
    look_again: bool = False,
) -> DenyState:
    def pause() -> None:
        raise AssertionError("nobody else holds the lease")

    return bring_denies_in_place(
        ROLE,
        store=store,
        policies=policies,
        clock=clock,
        holder=holder,
        pause=pause,
        look_again=look_again,
    )


def _lease_is_free(store: SqlStore, clock: TestClock) -> bool:
    with store.write() as transaction:
        free = transaction.try_lease(f"denies:{ROLE}", "a passer-by", now=clock(), until=clock())
        transaction.release_lease(f"denies:{ROLE}", "a passer-by")
    return free


def test_nothing_to_deny_is_no_call(store: SqlStore, clock: TestClock) -> None:
    policies = ScriptedPolicies()
    assert _bring(store, policies, clock).is_settled
    assert policies.calls == []
    assert kinds(store) == []


def test_a_deny_is_written_read_back_and_on_record(store: SqlStore, clock: TestClock) -> None:
    revoked, policies = _revoked(store), ScriptedPolicies()
    state = _bring(store, policies, clock)
    assert state.is_settled
    assert state.in_place == {revoked}
    assert refused_by(policies.carried[ROLE]) == {revoked}
    assert policies.calls == ["read", "write", "read"]
    assert kinds(store) == [EventKind.DENY_INTENDED, EventKind.DENY_IN_PLACE]
    assert [entry.draft.body for entry in entries(store)[-2:]] == [
        {"role_arn": ROLE, "grants": [revoked]},
        {"role_arn": ROLE, "grants": [revoked]},
    ]
    assert _lease_is_free(store, clock)


def test_what_is_settled_is_not_done_again(store: SqlStore, clock: TestClock) -> None:
    _revoked(store)
    policies = ScriptedPolicies()
    _bring(store, policies, clock)
    recorded = kinds(store)
    policies.calls.clear()
    assert _bring(store, policies, clock).is_settled
    assert policies.calls == []
    assert kinds(store) == recorded


def test_a_deny_that_is_there_already_is_not_written_again(store: SqlStore, clock: TestClock) -> None:
    """The worker died between AWS's answer and its record."""
    _revoked(store)
    state = deny_state(ROLE, store=store, now=NOON)
    policies = ScriptedPolicies(carried={ROLE: deny_policy(state.wanted) or ""})
    assert _bring(store, policies, clock).is_settled
    assert policies.calls == ["read"]
    assert kinds(store) == [EventKind.DENY_IN_PLACE]


def test_another_role_is_left_alone(store: SqlStore, clock: TestClock) -> None:
    mine = _revoked(store)
    _revoked(store, OTHER_ROLE)
    policies = ScriptedPolicies()
    assert _bring(store, policies, clock).in_place == {mine}
    assert list(policies.carried) == [ROLE]


def test_a_deny_outlives_its_window_by_the_slack_and_then_goes(store: SqlStore, clock: TestClock) -> None:
    _revoked(store)
    policies = ScriptedPolicies()
    _bring(store, policies, clock)
    clock.now = NOON + 20 * MINUTE + DENY_SLACK - timedelta(microseconds=1)
    _bring(store, policies, clock)
    assert ROLE in policies.carried
    clock.now = NOON + 20 * MINUTE + DENY_SLACK
    policies.calls.clear()
    assert _bring(store, policies, clock) == DenyState(role_arn=ROLE, wanted=())
    assert policies.calls == ["read", "remove", "read"]
    assert policies.carried == {}
    assert kinds(store)[-2:] == [EventKind.DENY_INTENDED, EventKind.DENY_IN_PLACE]
    assert entries(store)[-1].draft.body == {"role_arn": ROLE, "grants": []}


def test_a_grant_that_is_revoked_while_iam_is_written_is_taken_in(store: SqlStore, clock: TestClock) -> None:
    first = _revoked(store)
    late: list[str] = []

    def revoke_another(call: str) -> None:
        if call == "write" and not late:
            late.append(_revoked(store))

    policies = ScriptedPolicies(before=revoke_another)
    assert _bring(store, policies, clock).in_place == {first, *late}
    assert refused_by(policies.carried[ROLE]) == {first, *late}


def test_denies_that_change_without_end_are_pending_and_not_forgotten(
    store: SqlStore, clock: TestClock
) -> None:
    _revoked(store)

    def revoke_another(call: str) -> None:
        if call == "write":
            _revoked(store)

    policies = ScriptedPolicies(before=revoke_another)
    with pytest.raises(DenyNotInPlace, match="faster than they could be written"):
        _bring(store, policies, clock)
    assert kinds(store)[-1] is EventKind.DENY_FAILED
    policies.before = lambda _: None
    state = _bring(store, policies, clock)
    assert state.is_settled
    assert refused_by(policies.carried[ROLE]) == {deny.grant_id for deny in state.wanted}


# somebody else's hand


def test_a_change_by_somebody_else_is_noticed_when_looking_again(store: SqlStore, clock: TestClock) -> None:
    revoked, policies = _revoked(store), ScriptedPolicies()
    _bring(store, policies, clock)
    for foreign in (None, '{"Version":"2012-10-17","Statement":[]}'):
        policies.carried = {} if foreign is None else {ROLE: foreign}
        assert _bring(store, policies, clock).is_settled  # believed: it did not look
        _bring(store, policies, clock, look_again=True)
        assert refused_by(policies.carried[ROLE]) == {revoked}


def test_a_policy_that_nobody_wants_is_removed_when_looking_again(store: SqlStore, clock: TestClock) -> None:
    policies = ScriptedPolicies(carried={ROLE: "left over"})
    _bring(store, policies, clock, look_again=True)
    assert policies.carried == {}


def test_looking_again_at_what_is_right_writes_nothing(store: SqlStore, clock: TestClock) -> None:
    _revoked(store)
    policies = ScriptedPolicies()
    _bring(store, policies, clock)
    policies.calls.clear()
    _bring(store, policies, clock, look_again=True)
    assert policies.calls == ["read"]


def _swapped_back(policies: ScriptedPolicies) -> None:
    """Somebody undoes each write before it is read back."""

    def undo(call: str) -> None:
        if call == "read" and policies.calls[-2:-1] == ["write"]:
            policies.carried.clear()

    policies.before = undo


def test_what_is_read_back_otherwise_is_not_called_in_place(store: SqlStore, clock: TestClock) -> None:
    _revoked(store)
    policies = ScriptedPolicies()
    _swapped_back(policies)
    with pytest.raises(DenyNotInPlace, match="is not what was written"):
        _bring(store, policies, clock)
    assert kinds(store) == [EventKind.DENY_INTENDED, EventKind.DENY_FAILED]
    assert not deny_state(ROLE, store=store, now=NOON).is_settled
    assert _lease_is_free(store, clock)


def test_a_deny_that_was_seen_to_be_gone_is_pending_until_it_is_back(
    store: SqlStore, clock: TestClock
) -> None:
    revoked, policies = _revoked(store), ScriptedPolicies()
    _bring(store, policies, clock)
    policies.carried.clear()
    _swapped_back(policies)
    with pytest.raises(DenyNotInPlace):
        _bring(store, policies, clock, look_again=True)
    assert not deny_state(ROLE, store=store, now=NOON).is_settled
    policies.before = lambda _: None
    _bring(store, policies, clock)  # without looking again: the store knows that it is not there
    assert refused_by(policies.carried[ROLE]) == {revoked}


def test_a_deny_that_is_there_stays_known_while_another_is_added(store: SqlStore, clock: TestClock) -> None:
    first, policies = _revoked(store), ScriptedPolicies()
    _bring(store, policies, clock)
    _revoked(store)

    def fail_to_write(call: str) -> None:
        if call == "write":
            raise AWAY

    policies.before = fail_to_write
    with pytest.raises(RoleUnreachable):
        _bring(store, policies, clock)
    assert deny_state(ROLE, store=store, now=NOON).in_place == {first}


def test_a_removal_that_fails_is_not_forgotten(store: SqlStore, clock: TestClock) -> None:
    _revoked(store)
    policies = ScriptedPolicies()
    _bring(store, policies, clock)
    clock.now = NOON + 20 * MINUTE + DENY_SLACK

    def fail_to_remove(call: str) -> None:
        if call == "remove":
            policies.carried[ROLE] = "something else"
            raise AWAY

    policies.before = fail_to_remove
    for look_again in (False, True):
        with pytest.raises(RoleUnreachable):
            _bring(store, policies, clock, look_again=look_again)
    policies.before = lambda _: None
    _bring(store, policies, clock)
    assert policies.carried == {}


# IAM is away


@pytest.mark.parametrize("away_at", ["read", "write"])
def test_while_iam_is_away_the_deny_is_pending_on_record_and_later_settles(
    away_at: str, store: SqlStore, clock: TestClock
) -> None:
    revoked = _revoked(store)

    def fail(call: str) -> None:
        if call == away_at:
            raise AWAY

    policies = ScriptedPolicies(before=fail)
    for _ in range(2):
        with pytest.raises(RoleUnreachable):
            _bring(store, policies, clock)
        failed = entries(store)[-1].draft
        assert failed.kind is EventKind.DENY_FAILED
        assert failed.body == {"role_arn": ROLE, "failure": "role_unreachable: IAM did not answer"}
        assert not deny_state(ROLE, store=store, now=NOON).is_settled
        assert _lease_is_free(store, clock)
    policies.before = lambda _: None
    assert _bring(store, policies, clock).in_place == {revoked}
    assert kinds(store)[-1] is EventKind.DENY_IN_PLACE


def test_a_write_that_took_effect_though_its_answer_was_lost_is_found(
    store: SqlStore, clock: TestClock
) -> None:
    _revoked(store)
    wanted = deny_policy(deny_state(ROLE, store=store, now=NOON).wanted) or ""

    def time_out(call: str) -> None:
        if call == "write":
            policies.carried[ROLE] = wanted
            raise AWAY

    policies = ScriptedPolicies(before=time_out)
    with pytest.raises(RoleUnreachable):
        _bring(store, policies, clock)
    assert _bring(store, policies, clock).is_settled
    assert policies.calls.count("write") == 1


# one at a time


def test_while_another_holds_the_role_it_waits_its_turns_and_says_so(
    store: SqlStore, clock: TestClock
) -> None:
    _revoked(store)
    with store.write() as transaction:
        assert transaction.try_lease(f"denies:{ROLE}", "another", now=NOON, until=NOON + MINUTE)
    turns: list[None] = []
    policies = ScriptedPolicies()
    with pytest.raises(RoleBusy, match="another worker"):
        bring_denies_in_place(
            ROLE,
            store=store,
            policies=policies,
            clock=clock,
            holder="me",
            pause=lambda: turns.append(None),
        )
    assert len(turns) > 10
    assert policies.calls == []
    assert not _lease_is_free(store, clock)  # the other's lease stands


def test_a_lease_that_is_given_up_is_taken_at_the_next_turn(store: SqlStore, clock: TestClock) -> None:
    revoked = _revoked(store)
    with store.write() as transaction:
        transaction.try_lease(f"denies:{ROLE}", "another", now=NOON, until=NOON + MINUTE)

    def give_up() -> None:
        with store.write() as transaction:
            transaction.release_lease(f"denies:{ROLE}", "another")

    state = bring_denies_in_place(
        ROLE, store=store, policies=ScriptedPolicies(), clock=clock, holder="me", pause=give_up
    )
    assert state.in_place == {revoked}


def test_the_lease_of_a_worker_that_died_runs_out(store: SqlStore, clock: TestClock) -> None:
    revoked = _revoked(store)
    with store.write() as transaction:
        transaction.try_lease(f"denies:{ROLE}", "the dead", now=NOON, until=NOON + MINUTE)

    def wait() -> None:
        clock.now += timedelta(seconds=10)

    state = bring_denies_in_place(
        ROLE, store=store, policies=ScriptedPolicies(), clock=clock, holder="me", pause=wait
    )
    assert state.in_place == {revoked}


def test_a_worker_that_lost_its_lease_does_not_write(store: SqlStore, clock: TestClock) -> None:
    """IAM took minutes to answer; meanwhile another worker took over, and is at it."""
    _revoked(store)

    def slow(call: str) -> None:
        if call == "read":
            clock.now += timedelta(minutes=10)
            with store.write() as transaction:
                until = clock() + timedelta(minutes=2)
                assert transaction.try_lease(f"denies:{ROLE}", "another", now=clock(), until=until)

    policies = ScriptedPolicies(before=slow)
    with pytest.raises(RoleBusy):
        _bring(store, policies, clock)
    assert policies.calls == ["read"]
    assert not _lease_is_free(store, clock)


def test_a_worker_that_was_overtaken_writes_what_is_wanted_by_then(store: SqlStore, clock: TestClock) -> None:
    """IAM took minutes to answer; meanwhile another worker took over, and was done."""
    first = _revoked(store)
    second: list[str] = []

    def slow(call: str) -> None:
        if call == "read" and not second:
            clock.now += timedelta(minutes=4)
            second.append(_revoked(store))
            _bring(store, quick, clock, holder="another")

    policies = ScriptedPolicies(before=slow)
    quick = ScriptedPolicies(carried=policies.carried)
    _bring(store, policies, clock)
    assert refused_by(policies.carried[ROLE]) == {first, *second}
    assert policies.written == []  # least of all its older view


def test_a_lease_holds_from_each_write_to_the_read_after_it(store: SqlStore, clock: TestClock) -> None:
    _revoked(store)

    def slow(call: str) -> None:  # slower than the IAM client waits with its retries
        clock.now += timedelta(seconds=20)
        if call == "write" and len(policies.calls) < 6:
            _revoked(store)
        if call == "write" or policies.calls[-2:-1] == ["write"]:
            assert not _lease_is_free(store, clock)

    policies = ScriptedPolicies(before=slow)
    assert _bring(store, policies, clock).is_settled
    assert policies.calls.count("write") > 1


def test_a_window_that_was_never_begun_is_denied_as_well(store: SqlStore, clock: TestClock) -> None:
    """Its sessions cannot exist yet; a credential that was lent by mistake would be refused."""
    with store.write() as transaction:
        given = add_grant(transaction)
        add_ending(transaction, given, ended_at=NOON - MINUTE)
    policies = ScriptedPolicies()
    assert _bring(store, policies, clock).in_place == {given.id}


# a role whose owner left no room


def _full_beyond(characters: int) -> ScriptedPolicies:
    class Full(ScriptedPolicies):
        def write(self, role_arn: str, policy: str) -> None:
            if len(policy) > characters:
                raise RoleFull("no room", advice="make room", value=role_arn)
            ScriptedPolicies.write(self, role_arn, policy)

    return Full()


def test_where_the_role_has_no_room_all_older_sessions_are_refused(store: SqlStore, clock: TestClock) -> None:
    revoked = {_revoked(store) for _ in range(40)}
    policies = _full_beyond(700)
    assert _bring(store, policies, clock).in_place == revoked
    assert "TokenIssueTime" in policies.carried[ROLE]
    policies.calls.clear()
    assert _bring(store, policies, clock).is_settled
    assert policies.calls == []


def test_where_people_fit_only_their_sessions_are_refused(store: SqlStore, clock: TestClock) -> None:
    for _ in range(40):
        _revoked(store)
    policies = _full_beyond(300)
    _bring(store, policies, clock)
    assert "liftgate-person" in policies.carried[ROLE]
    policies = _full_beyond(190)
    _bring(store, policies, clock, look_again=True)
    assert "liftgate-person" not in policies.carried[ROLE]
    assert "TokenIssueTime" in policies.carried[ROLE]


def test_where_there_is_no_room_at_all_the_deny_is_pending_on_record(
    store: SqlStore, clock: TestClock
) -> None:
    for _ in range(3):
        _revoked(store)
    with pytest.raises(RoleFull):
        _bring(store, _full_beyond(50), clock)
    assert kinds(store) == [EventKind.DENY_INTENDED, EventKind.DENY_FAILED]
    assert not deny_state(ROLE, store=store, now=NOON).is_settled


# a writer that outlived its lease


def test_an_older_policy_that_lands_late_is_found_out(store: SqlStore, clock: TestClock) -> None:
    """The attack: a paused writer puts its policy over a newer one, between its rival's read back and record of it."""
    first = _revoked(store)
    late_wrote, rival_read_back = Event(), Event()
    second: list[str] = []

    def late(name: str) -> None:
        if name == "write" and not second:
            second.append(_revoked(store))
            rival.start()
            assert rival_read_back.wait(10)

    policies = ScriptedPolicies(before=late)
    theirs = ScriptedPolicies(carried=policies.carried, before=lambda _: None)

    class SlowToRecord:
        """Waits before its third write: lease, intent, and then what was read back."""

        def __init__(self) -> None:
            self.read, self._writes = store.read, count(1)

        def write(self) -> Any:
            if next(self._writes) == 3:
                rival_read_back.set()
                assert late_wrote.wait(10)
            return store.write()

    def overtake() -> None:
        bring_denies_in_place(
            ROLE,
            store=SlowToRecord(),
            policies=theirs,
            clock=lambda: NOON + 46 * timedelta(seconds=1),  # the other's lease is over by this clock
            holder="rival",
            pause=lambda: None,
        )

    rival = Thread(target=overtake)
    with pytest.raises(RoleBusy):
        _bring(store, policies, clock, holder="late")
    late_wrote.set()
    rival.join(10)
    assert not rival.is_alive()
    assert deny_state(ROLE, store=store, now=NOON).in_place == {first, *second}
    assert refused_by(policies.carried[ROLE]) == {first, *second}
