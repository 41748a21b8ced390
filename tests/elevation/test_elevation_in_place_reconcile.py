"""What a role carries in place is what the store wants, whoever interferes, and is called so only when it was read back."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from threading import Event, Thread

import pytest
from tests.elevation.elevation_examples import kinds
from tests.elevation.in_place_examples import (
    NOON,
    ROLE,
    ScriptedRoles,
    boundary,
    end,
    held_role,
    opening,
    put,
    scope,
    trust,
)
from tests.store.store_examples import TestClock, draft

from liftgate.elevation.errors import RoleBusy, RoleFull, RoleUnreachable
from liftgate.elevation.in_place.errors import (
    BoundaryNoLongerHolds,
    NameFixedLately,
    NameNoLongerFixed,
    NotOpenYet,
    RoleMadeAnew,
    StatementsNotInPlace,
    WaitsForRoom,
)
from liftgate.elevation.in_place.model import InPlaceState, OnRole
from liftgate.elevation.in_place.reconcile import bring_in_place, in_place_state
from liftgate.elevation.in_place.statements import ROOM, packed
from liftgate.elevation.policy_text import same_policy
from liftgate.errors import LiftgateError
from liftgate.ledger.model import EventKind
from liftgate.store.sql import SqlStore

MINUTE = timedelta(minutes=1)
_holders = count(1)


def settle(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock, *, look_again: bool = False
) -> InPlaceState:
    return bring_in_place(
        ROLE,
        store=store,
        roles=roles,
        clock=clock,
        holder=f"holder-{next(_holders)}",
        pause=breathe,
        look_again=look_again,
    )


def on_role(store: SqlStore) -> dict[str, OnRole]:
    with store.read() as view:
        return {one.grant_id: one for one in view.on_role_in_place(ROLE)}


def carried(roles: ScriptedRoles) -> str | None:
    return roles.ours


def breathe() -> None:
    Event().wait(0.005)


@pytest.fixture
def roles() -> ScriptedRoles:
    return ScriptedRoles()


def test_a_grant_is_written_read_back_and_seen_to_be_open(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    one = opening()
    put(store, one)
    assert not in_place_state(ROLE, store=store, now=clock()).is_settled
    assert settle(store, roles, clock).is_settled
    assert same_policy(roles.ours, packed([one], room=ROOM).policy)
    assert on_role(store)[one.grant_id].is_open
    assert roles.calls == ["carried", "write", "read", "is_open"]
    assert kinds(store)[-3:] == [
        EventKind.IN_PLACE_INTENDED,
        EventKind.IN_PLACE_WRITTEN,
        EventKind.IN_PLACE_OPEN,
    ]


def test_settled_work_asks_nobody(store: SqlStore, roles: ScriptedRoles, clock: TestClock) -> None:
    put(store, opening())
    settle(store, roles, clock)
    roles.calls.clear()
    settle(store, roles, clock)
    assert roles.calls == []


def test_until_aws_lets_it_through_it_is_not_called_open(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    one = opening()
    put(store, one)
    roles.answer = False
    with pytest.raises(NotOpenYet):
        settle(store, roles, clock)
    assert on_role(store)[one.grant_id] == OnRole(grant_id=one.grant_id, read_back=True, is_open=False)
    roles.answer = True
    roles.calls.clear()
    assert settle(store, roles, clock).is_settled
    assert "write" not in roles.calls


def test_where_there_is_no_simulator_the_read_back_counts_and_the_ledger_says_so(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    put(store, opening())
    roles.answer = None
    assert settle(store, roles, clock).is_settled
    with store.read() as view:
        assert [
            entry.draft.body["by"] for entry in view.entries() if entry.draft.kind == "in_place.open"
        ] == ["read_back"]


def test_a_revoked_grant_is_gone_from_the_role_before_it_is_gone_from_the_record(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    one, two = opening(1), opening(2, name="grace")
    put(store, one, two)
    settle(store, roles, clock)
    end(store, one)

    def fails(name: str) -> None:
        if name in {"write", "remove"}:
            raise RoleUnreachable("IAM did not answer", advice="nothing")

    roles.before = fails
    with pytest.raises(RoleUnreachable):
        settle(store, roles, clock)
    assert one.grant_id in on_role(store)
    roles.before = lambda _: None
    assert settle(store, roles, clock).is_settled
    assert set(on_role(store)) == {two.grant_id}
    assert same_policy(roles.ours, packed([two], room=ROOM).policy)


@pytest.mark.parametrize("refusal", [RoleUnreachable, RoleFull])
def test_where_writing_is_refused_all_is_removed_so_that_the_ended_one_is_gone(
    refusal: type[LiftgateError], store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    ended, staying = opening(1), opening(2, name="grace")
    put(store, ended, staying)
    settle(store, roles, clock)
    end(store, ended)

    def no_put(name: str) -> None:
        if name == "write":
            raise refusal("AccessDenied", advice="nothing")

    roles.before = no_put
    with pytest.raises(refusal):
        settle(store, roles, clock)
    assert roles.ours is None
    assert on_role(store) == {}  # the ended one is closed, and the other is opening
    assert kinds(store)[-2:] == [EventKind.IN_PLACE_WRITTEN, EventKind.IN_PLACE_FAILED]
    roles.calls.clear()
    with pytest.raises(refusal):
        settle(store, roles, clock)
    assert "remove" not in roles.calls
    roles.before = lambda _: None
    assert settle(store, roles, clock).is_settled
    assert set(on_role(store)) == {staying.grant_id}


def test_where_writing_one_more_is_refused_the_others_stay(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    one, more = opening(1), opening(2, name="grace")
    put(store, one)
    settle(store, roles, clock)
    put(store, more)

    def no_put(name: str) -> None:
        if name == "write":
            raise RoleUnreachable("AccessDenied", advice="nothing")

    roles.before = no_put
    with pytest.raises(RoleUnreachable):
        settle(store, roles, clock)
    assert same_policy(roles.ours, packed([one], room=ROOM).policy)
    assert on_role(store)[one.grant_id].is_open


def test_where_neither_writing_nor_removing_works_nothing_is_called_gone(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    ended, staying = opening(1), opening(2, name="grace")
    put(store, ended, staying)
    settle(store, roles, clock)
    end(store, ended)

    def down(name: str) -> None:
        if name in {"write", "remove"}:
            raise RoleUnreachable(f"no {name}", advice="nothing")

    roles.before = down
    with pytest.raises(RoleUnreachable, match="no write"):
        settle(store, roles, clock)
    assert ended.grant_id in on_role(store)


def test_a_grant_that_stays_is_open_all_the_while(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    one, two = opening(1), opening(2, name="grace")
    put(store, one)
    settle(store, roles, clock)
    put(store, two)
    seen: list[bool] = []
    roles.before = lambda name: seen.append(on_role(store)[one.grant_id].is_open) if name == "write" else None
    roles.calls.clear()
    settle(store, roles, clock)
    assert seen == [True]
    assert roles.calls.count("is_open") == 1


def test_what_is_over_is_pruned_and_never_before_its_end(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    one = opening(lasts=20 * MINUTE)
    put(store, one)
    settle(store, roles, clock)
    clock.now = NOON + 24 * MINUTE
    assert settle(store, roles, clock, look_again=True).is_settled
    assert carried(roles) == packed([one], room=ROOM).policy
    clock.now = NOON + 25 * MINUTE
    assert settle(store, roles, clock).is_settled
    assert roles.ours is None
    assert on_role(store) == {}


def test_ours_that_somebody_else_changed_is_mended(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    one = opening()
    put(store, one)
    settle(store, roles, clock)
    written = roles.ours
    wider = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    for tampered in (wider, None, "{", packed([opening(name="mallory")], room=ROOM).policy):
        roles.ours = tampered
        assert settle(store, roles, clock, look_again=True).is_settled
        assert same_policy(roles.ours, written)


def test_somebody_who_writes_in_between_is_told_apart_from_success(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    one = opening()
    put(store, one)

    def meddle(name: str) -> None:
        if name == "read":
            roles.ours = None

    roles.before = meddle
    with pytest.raises(StatementsNotInPlace):
        settle(store, roles, clock)
    assert not on_role(store)[one.grant_id].read_back
    assert kinds(store)[-1] is EventKind.IN_PLACE_FAILED


def test_without_room_it_waits_and_comes_in_when_another_ends(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    first, second = opening(1), opening(2, name="grace")
    room = len(packed([first], room=ROOM).policy or "")
    roles.role = held_role(inline_characters=ROOM - room)
    put(store, first, second)
    with pytest.raises(WaitsForRoom) as waits:
        settle(store, roles, clock)
    assert "1 of the grants" in waits.value.sentence
    assert set(on_role(store)) == {first.grant_id}
    assert on_role(store)[first.grant_id].is_open
    end(store, first)
    roles.role = held_role()
    assert settle(store, roles, clock).is_settled
    assert set(on_role(store)) == {second.grant_id}


def test_grants_asked_for_before_do_not_push_off_what_is_open(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    running = opening(1, name="grace")
    roles.role = held_role(inline_characters=ROOM - len(packed([running], room=ROOM).policy or ""))
    put(store, running)
    settle(store, roles, clock)
    put(store, opening(2, starts_at=NOON + 2 * MINUTE, granted_at=NOON - 60 * MINUTE))
    with pytest.raises(WaitsForRoom):
        settle(store, roles, clock)
    assert set(on_role(store)) == {running.grant_id}
    assert on_role(store)[running.grant_id].is_open


def test_a_trust_policy_that_lets_names_be_chosen_later_closes_the_role(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    put(store, opening(lasts=180 * MINUTE))
    settle(store, roles, clock)
    fixed = roles.role
    roles.role = replace(fixed, trust=trust())
    with pytest.raises(NameNoLongerFixed):
        settle(store, roles, clock, look_again=True)
    assert roles.ours is None
    assert on_role(store) == {}
    roles.role = fixed
    for _ in range(13):  # sessions that were begun with a name of choice live for an hour
        with pytest.raises(NameFixedLately):
            settle(store, roles, clock)
        assert roles.ours is None
        clock.now += 5 * MINUTE
    assert settle(store, roles, clock).is_settled
    assert carried(roles) is not None


def test_a_role_whose_sessions_last_longer_waits_longer(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    put(store, opening(lasts=24 * 60 * MINUTE))
    with store.write() as transaction:
        transaction.saw_name_chosen(ROLE)
    roles.role = held_role(longest_session=720 * MINUTE)
    for hours in (0, 2, 12):
        clock.now = NOON + timedelta(hours=hours)
        with pytest.raises(NameFixedLately, match="may live until 2026-11-25T00:05:00Z"):
            settle(store, roles, clock)
    clock.now += 5 * MINUTE
    assert settle(store, roles, clock).is_settled


def test_a_role_on_which_nothing_is_wanted_is_watched_all_the_same(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    assert settle(store, roles, clock, look_again=True).is_settled
    with store.read() as view:
        assert view.roles_in_place() == (ROLE,)
    roles.role = held_role(trust=trust())
    assert settle(store, roles, clock, look_again=True).is_settled
    with store.read() as view:
        assert view.roles_in_place() == ()


WIDER = boundary({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})


@pytest.mark.parametrize(
    ("changed", "raised"),
    [
        ({"boundary": None}, BoundaryNoLongerHolds),
        ({"boundary": "{"}, BoundaryNoLongerHolds),
        ({"boundary": WIDER}, BoundaryNoLongerHolds),
        ({"role_id": "AROANEWNEWNEWNEWNEW12"}, RoleMadeAnew),
    ],
)
def test_a_role_that_is_not_what_it_was_when_it_was_asked_for_carries_nothing(
    changed: dict[str, str | None],
    raised: type[LiftgateError],
    store: SqlStore,
    roles: ScriptedRoles,
    clock: TestClock,
) -> None:
    put(store, opening())
    fixed = roles.role
    roles.role = held_role(**changed)
    with pytest.raises(raised):
        settle(store, roles, clock)
    assert "write" not in roles.calls
    roles.role = fixed
    settle(store, roles, clock)
    roles.role = held_role(**changed)
    with pytest.raises(raised):
        settle(store, roles, clock, look_again=True)
    assert roles.ours is None
    assert on_role(store) == {}
    with store.read() as view:
        assert raised.code in str([entry.draft.body for entry in view.entries()][-1]["failure"])


def test_a_narrower_boundary_leaves_what_is_open(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    put(store, opening())
    settle(store, roles, clock)
    roles.role = held_role(boundary=boundary(ceiling=scope("write", at="s3://reports/2026/q3/")))
    assert settle(store, roles, clock, look_again=True).is_settled
    assert roles.ours is not None


def test_a_grant_that_was_asked_for_under_the_boundary_as_it_is_stands_where_others_do_not(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    before, since = opening(1), replace(opening(2, name="grace"), boundary=WIDER)
    unknown = replace(opening(3, name="linus"), boundary=None)
    put(store, before, since, unknown)
    roles.role = held_role(boundary=WIDER)
    with pytest.raises(BoundaryNoLongerHolds):
        settle(store, roles, clock)
    assert set(on_role(store)) == {since.grant_id}
    assert on_role(store)[since.grant_id].is_open


def test_who_finds_the_lease_taken_says_so(store: SqlStore, roles: ScriptedRoles, clock: TestClock) -> None:
    put(store, opening())
    with store.write() as transaction:
        assert transaction.try_lease(f"in-place:{ROLE}", "other", now=NOON, until=NOON + MINUTE)
    with pytest.raises(RoleBusy):
        settle(store, roles, clock)
    assert roles.calls == []


def test_who_lost_the_lease_while_reading_writes_nothing(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    put(store, opening())

    def slow(name: str) -> None:
        if name == "carried":
            clock.now += 2 * MINUTE
            with store.write() as transaction:
                assert transaction.try_lease(
                    f"in-place:{ROLE}", "other", now=clock.now, until=clock.now + MINUTE
                )

    roles.before = slow
    with pytest.raises(RoleBusy):
        settle(store, roles, clock)
    assert roles.calls == ["carried"]


def test_who_lost_the_lease_after_writing_makes_the_next_one_look_again(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    """The slow one writes an older view over that of the other, which has called an early end done."""
    one = opening()
    put(store, one)

    def slow(name: str) -> None:
        if name == "write" and roles.calls.count("write") == 1:
            clock.now += MINUTE
            end(store, one)
            settle(store, roles, clock)  # the other: there is nothing on the role yet, as it should be
            with store.write() as transaction:  # and a third one is about to look
                assert transaction.try_lease(
                    f"in-place:{ROLE}", "third", now=clock.now, until=clock.now + MINUTE
                )

    roles.before = slow
    with pytest.raises(RoleBusy):
        settle(store, roles, clock)
    assert roles.ours is not None
    assert not in_place_state(ROLE, store=store, now=clock()).is_settled
    clock.now += MINUTE
    assert settle(store, roles, clock).is_settled
    assert carried(roles) is None


def test_who_was_overwritten_unseen_does_not_call_it_done(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    """The slow one's write lands after the other read back, and before it put that on record."""
    one = opening()
    put(store, one)
    settle(store, roles, clock)
    end(store, one)
    stale = packed([one], room=ROOM).policy
    reads: list[str] = []

    def overtaken(name: str) -> None:
        reads.append(name)
        if name == "read" and reads.count("read") == 1:
            with store.write() as transaction:  # what the slow one leaves behind
                known = transaction.on_role_in_place(ROLE)
                transaction.set_on_role_in_place(
                    ROLE, [*known, OnRole(grant_id="slow", read_back=False, is_open=False)], draft()
                )

    roles.before = overtaken
    read = roles.read

    def read_then_stale(self: ScriptedRoles, role_arn: str) -> str | None:
        found = read(role_arn)
        if reads.count("read") == 1:
            self.ours = stale
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ScriptedRoles, "read", read_then_stale)
        assert settle(store, roles, clock).is_settled
    assert roles.ours is None
    assert on_role(store) == {}


def test_what_is_granted_while_writing_is_taken_in(
    store: SqlStore, roles: ScriptedRoles, clock: TestClock
) -> None:
    put(store, opening(1))
    late = opening(2, name="grace")

    def meanwhile(name: str) -> None:
        if name == "write" and late.grant_id not in on_role(store) and roles.calls.count("write") == 1:
            put(store, late)

    roles.before = meanwhile
    assert settle(store, roles, clock).is_settled
    assert late.grant_id in on_role(store)


def test_sixteen_threads_lose_nothing(store: SqlStore, roles: ScriptedRoles, clock: TestClock) -> None:
    many = [
        opening(n, name=f"person-{n}", of=scope("write", at=f"s3://reports/2026/{n}/")) for n in range(16)
    ]
    faults: list[LiftgateError] = []

    def ask(number: int) -> None:
        put(store, many[number])
        if number % 4 == 0:
            end(store, many[number])
        try:
            settle(store, roles, clock)
        except LiftgateError as fault:
            faults.append(fault)

    threads = [Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    settle(store, roles, clock)
    staying = [one for number, one in enumerate(many) if number % 4]
    assert same_policy(roles.ours, packed(staying, room=ROOM).policy)
    assert set(on_role(store)) == {one.grant_id for one in staying}
