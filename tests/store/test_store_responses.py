"""Answers, holds and accounts on both databases: each once, and nobody slips past a hold."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from secrets import token_bytes
from threading import Barrier

import pytest
from tests.access.access_examples import ask, caller, catalogue, entitlement
from tests.store.store_examples import NOON, add_grant, draft
from tests.store.watch_stage import MANY, call, lend, outside, taken

from liftgate.access.errors import PersonHeld
from liftgate.access.hold import Hold
from liftgate.access.model import Answer as Said
from liftgate.access.ports import Effect, EffectKind, GrantFilter
from liftgate.access.reviewing import review_request
from liftgate.access.service import make_request
from liftgate.access.state import LIVE
from liftgate.identity.errors import PersonShutOut, TokenUnknown
from liftgate.identity.model import Caller, Person
from liftgate.identity.service import caller_of, sign_in_locally
from liftgate.ledger.model import EventKind
from liftgate.response import drafts
from liftgate.response.model import Mode, Response, Step
from liftgate.response.release import release_holds
from liftgate.response.service import answer_finding
from liftgate.store.sql import SqlStore
from liftgate.watch.settled import settle_grant
from liftgate.watch.settlement import Settled, settle

HOLD = Hold(person="ada", finding_id="fi-1", because="Permissions were changed", placed_at=NOON)
RESPONSE = Response(finding_id="fi-1", step=Step.ALERT, mode=Mode.ACT, outcome="told", done_at=NOON)
ALERT = Effect(kind=EffectKind.NOTIFY, key="finding.made fi-1 0", due_at=NOON)
HOUR = timedelta(hours=1)
GUARDS = replace(catalogue(entitlement()), guards=frozenset({"sec", "grace"}))


def place(store: SqlStore, hold: Hold = HOLD) -> bool:
    with store.write() as transaction:
        return transaction.place_hold(hold, drafts.hold_placed(hold))


def kinds(store: SqlStore, kind: EventKind) -> int:
    with store.read() as view:
        return sum(entry.draft.kind is kind for entry in view.entries())


def at_once(*doing: Callable[[], object]) -> list[object]:
    """All of them at the same time; what each came to, or raised."""
    ready = Barrier(len(doing))

    def do(one: Callable[[], object]) -> object:
        ready.wait()
        try:
            return one()
        except Exception as raised:  # noqa: BLE001 - the test looks at it
            return raised

    with ThreadPoolExecutor(len(doing)) as pool:
        return list(pool.map(do, doing))


def test_a_step_is_kept_once_with_what_follows(store: SqlStore) -> None:
    for is_new in (True, False):
        with store.write() as transaction:
            assert transaction.add_response(RESPONSE, draft(EventKind.RESPONSE_MADE), [ALERT]) is is_new
    with store.write() as transaction:
        assert transaction.responses(["fi-1", "fi-2"]) == (RESPONSE,)
        assert len(transaction.outbox.claim(NOON, lease=HOUR, limit=9, worker="w")) == 1
    assert kinds(store, EventKind.RESPONSE_MADE) == 1


def test_many_who_answer_at_once_answer_once(store: SqlStore, open_another: Callable[[], SqlStore]) -> None:
    given = lend(store)
    [found] = taken(store, [outside(given, 1)]).findings
    stores = [store, *(open_another() for _ in range(3))]
    at_once(
        *(
            lambda one=one: answer_finding(
                found, mode=Mode.ACT, alerts=[ALERT], store=one, clock=lambda: NOON + timedelta(minutes=1)
            )
            for one in stores
        )
    )
    assert [kinds(store, one) for one in (EventKind.RESPONSE_MADE, EventKind.REVOKED)] == [2, 1]


def test_a_hold_stands_until_its_last_release(store: SqlStore) -> None:
    assert place(store)
    assert not place(store)
    later = replace(HOLD, finding_id="fi-2", placed_at=NOON + HOUR)
    place(store, later)
    with store.write() as transaction:
        assert transaction.hold_on("ada") == HOLD
        assert transaction.hold_on("grace") is None
        assert transaction.open_holds() == (HOLD, later)
    for guard, left in (("sec", 2), ("grace", 0)):
        holds = release_holds(
            "ada", caller(guard), "a drill", catalogue=GUARDS, store=store, clock=lambda: NOON
        )
        assert len(holds) == left
    with store.write() as transaction:
        assert transaction.hold_on("ada") is None


def test_two_guards_at_once_release_it(store: SqlStore, open_another: Callable[[], SqlStore]) -> None:
    both = [(store, "sec"), (open_another(), "grace")]
    people = [f"person-{number}" for number in range(12)]
    for person in people:
        place(store, replace(HOLD, person=person))
        at_once(
            *(
                lambda one=one, guard=guard, person=person: release_holds(
                    person, caller(guard), "a drill", catalogue=GUARDS, store=one, clock=lambda: NOON
                )
                for one, guard in both
            )
        )
    with store.read() as view:
        assert view.open_holds() == ()
    assert kinds(store, EventKind.HOLD_RELEASED) == 2 * len(people)


def asked(store: SqlStore, who: Caller, number: int) -> str:
    return make_request(
        ask(),
        who,
        catalogue=GUARDS,
        store=store,
        clock=lambda: NOON,
        random=lambda size: number.to_bytes(size, "big"),
        trial=lambda _: None,
    ).request.id


@pytest.mark.parametrize("number", range(1, 6))
def test_nobody_is_granted_anything_beside_a_hold_that_is_placed(
    store: SqlStore, open_another: Callable[[], SqlStore], number: int
) -> None:
    request_id, other = asked(store, caller("ada"), number), open_another()

    def approve() -> object:
        return review_request(
            request_id,
            caller("grace"),
            Said.APPROVE,
            "yes",
            catalogue=GUARDS,
            store=store,
            clock=lambda: NOON,
            random=lambda size: (number + 100).to_bytes(size, "big"),
        )

    def hold_and_look() -> object:
        place(other)
        with other.read() as view:  # as a quarantine does: what it sees here it ends
            return view.grants(GrantFilter(states=LIVE), now=NOON, cursor=None, limit=9).items

    approved, ended = at_once(approve, hold_and_look)
    assert isinstance(ended, tuple)
    assert isinstance(approved, PersonHeld) != (len(ended) == 1)


def test_an_account_comes_back_as_it_was_kept(store: SqlStore) -> None:
    given = lend(store)
    found = taken(store, [outside(given, 1), *(call(given, n, "DeleteObject") for n in range(2, 2 + MANY))])
    made = settle_grant(
        given.id, after=HOUR, messages=lambda _: (), store=store, clock=lambda: NOON + 3 * HOUR
    )
    assert isinstance(made, Settled)
    with store.read() as view:
        assert view.settled(given.id) == made
        calls = list(view.calls(given.id))
    assert made.settlement == settle(given.id, given.scope, reversed(calls), sorted(found.findings))
    assert made.settlement.calls == 1 + MANY


def test_accounts_that_stand_are_those_that_are_reopened(store: SqlStore) -> None:
    first, second = lend(store), lend(store, key="ASIAEXAMPLE000000002")
    for one in (first, second):
        settle_grant(one.id, after=HOUR, messages=lambda _: (), store=store, clock=lambda: NOON + 3 * HOUR)
    taken(store, [call(first, 1)])
    with store.write() as transaction:
        assert transaction.standing([first.id, second.id, "gr-0"]) == (second.id,)
    settle_grant(first.id, after=HOUR, messages=lambda _: (), store=store, clock=lambda: NOON + 9 * HOUR)
    with store.write() as transaction:
        assert transaction.standing([first.id, second.id]) == tuple(sorted([first.id, second.id]))
        assert [one.number for one in transaction.all_settled(first.id)] == [1, 2]


def test_what_wrote_or_deleted_is_found_without_the_rest(store: SqlStore) -> None:
    given = lend(store)
    taken(
        store,
        [call(given, 1), call(given, 2, "GetObject"), call(given, 3, "DeleteObject"), outside(given, 4)],
    )
    with store.read() as view:
        assert [one.operation for one in view.destructive(given.id, limit=9)] == ["PutObject", "DeleteObject"]
        assert len(view.destructive(given.id, limit=1)) == 1


def test_a_grant_that_is_not_over_has_no_account(store: SqlStore) -> None:
    with store.write() as transaction:
        given = add_grant(transaction)
    with store.read() as view:
        assert view.settled(given.id) is None


BY_HAND = Hold(person="ada", placed_by="sec", because="her laptop was stolen", placed_at=NOON)


def sign_in(store: SqlStore, name: str = "ada") -> str:
    token, _ = sign_in_locally(
        name,
        enabled=True,
        store=store,
        person_of=lambda _: Person(id=name, name=name),
        clock=lambda: NOON,
        random=token_bytes,
    )
    return token


def test_a_hold_by_hand_is_read_back_as_it_was_placed(store: SqlStore) -> None:
    assert place(store, BY_HAND)
    assert place(store)
    with store.write() as transaction:
        assert set(transaction.open_holds("ada")) == {HOLD, BY_HAND}
        assert transaction.is_shut_out("ada")
        assert not transaction.is_shut_out("grace")


def test_a_hold_for_a_finding_lets_sign_in(store: SqlStore) -> None:
    place(store)
    with store.write() as transaction:
        assert (transaction.is_held("ada"), transaction.is_shut_out("ada")) == (True, False)
    assert sign_in(store)


def test_whoever_signs_in_while_they_are_shut_out_is_out(
    store: SqlStore, open_another: Callable[[], SqlStore]
) -> None:
    """Either the sign-in comes first, and ends with the others, or it is refused."""
    stores = [store, *(open_another() for _ in range(3))]

    def shut_out(name: str) -> None:
        hold = replace(BY_HAND, person=name)
        with store.write() as transaction:
            transaction.place_hold(hold, drafts.hold_placed(hold))
            transaction.end_sign_ins_of(name)

    came_to = Counter[type]()
    for name in (f"person-{number}" for number in range(12)):
        signing_in = [partial(sign_in, one, name) for one in stores]
        for came in at_once(partial(shut_out, name), *signing_in)[1:]:
            came_to[type(came)] += 1
            if isinstance(came, str):
                with pytest.raises(TokenUnknown):
                    caller_of(came, store=store, person_of=lambda _: None, clock=lambda: NOON)
    assert set(came_to) <= {str, PersonShutOut}
    assert came_to[PersonShutOut]
