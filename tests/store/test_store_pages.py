"""Lists: complete, in order, page by page; filtered by the states that Python derives; and no cursor leads astray."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.store_examples import (
    NOON,
    add_ending,
    add_grant,
    add_request,
    cancellation,
    draft,
    request,
    review,
)

from liftgate.access.model import Answer, EndingKind, GrantRecord, RequestRecord
from liftgate.access.ports import GrantFilter, RequestFilter
from liftgate.access.state import grant_state, request_state, state_name
from liftgate.errors import Invalid
from liftgate.iam.scope import Window
from liftgate.store.errors import BadCursor, UnknownState
from liftgate.store.sql import SqlStore
from liftgate.store.states import GRANT_STATES, REQUEST_STATES
from liftgate.store.transaction import SqlTransaction

SECOND = timedelta(seconds=1)


def test_pages_are_complete_and_newest_first(store: SqlStore) -> None:
    with store.write() as transaction:
        made = [add_request(transaction, asked_at=NOON + (number // 3) * SECOND) for number in range(11)]
    expected = [
        asked.id for asked in sorted(made, key=lambda asked: (asked.asked_at, asked.id), reverse=True)
    ]
    for limit in (1, 2, 3, 10, 11, 12):
        seen: list[str] = []
        cursor: str | None = None
        with store.read() as reader:
            while True:
                page = reader.requests(RequestFilter(), now=NOON, cursor=cursor, limit=limit)
                assert len(page.items) <= limit
                seen += [record.request.id for record in page.items]
                cursor = page.next_cursor
                if cursor is None:
                    break
        assert seen == expected


def test_a_page_stays_in_place_while_the_list_grows(store: SqlStore) -> None:
    with store.write() as transaction:
        made = [add_grant(transaction, granted_at=NOON + number * SECOND) for number in range(4)]
        first = transaction.grants(GrantFilter(), now=NOON, cursor=None, limit=2)
        add_grant(transaction, granted_at=NOON + 9 * SECOND)
        second = transaction.grants(GrantFilter(), now=NOON, cursor=first.next_cursor, limit=2)
    assert [record.grant.id for record in (*first.items, *second.items)] == [
        grant.id for grant in reversed(made)
    ]
    assert second.next_cursor is None


def test_lists_are_filtered_by_requester_and_entitlement(store: SqlStore) -> None:
    with store.write() as transaction:
        made = {
            (person, entitlement): add_grant(
                transaction, add_request(transaction, requester=person, entitlement=entitlement)
            )
            for person in ("ada", "linus")
            for entitlement in ("a", "b", "c")
        }
    with store.read() as reader:
        for requester in (None, "ada", "eve"):
            for entitlements in (None, frozenset[str](), frozenset({"a"}), frozenset({"a", "b", "x"})):
                expected = {
                    grant.id
                    for (person, entitlement), grant in made.items()
                    if requester in {None, person} and (entitlements is None or entitlement in entitlements)
                }
                grants = reader.grants(
                    GrantFilter(requester=requester, entitlements=entitlements),
                    now=NOON,
                    cursor=None,
                    limit=50,
                )
                requests = reader.requests(
                    RequestFilter(requester=requester, entitlements=entitlements),
                    now=NOON,
                    cursor=None,
                    limit=50,
                )
                assert {record.grant.id for record in grants.items} == expected
                assert {record.grant.id for record in requests.items if record.grant} == expected
                assert grants.next_cursor is None


def _encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


CURSORS = [
    "",
    "0",
    "====",
    "not a cursor",
    "ünïcode",
    "\x00",
    "A" * 100_000,
    _encoded("null"),
    _encoded("[]"),
    _encoded("{}"),
    _encoded('["2026-11-24T12:00:00Z"]'),
    _encoded('["2026-11-24T12:00:00Z","rq-1","more"]'),
    _encoded('["2026-11-24T12:00:00Z",1]'),
    _encoded('["2026-11-24T12:00:00","rq-1"]'),  # no zone
    _encoded('["2026-11-24T12:00:00+00:00","rq-1"]'),
    _encoded('["2026-11-24T12:00:00Z", "rq-1"]'),
    _encoded('["yesterday","rq-1"]'),
    _encoded('[1e400,"rq-1"]'),
    _encoded('["9999-12-31T23:59:59-23:59","rq-1"]'),
    _encoded("[" * 60),
    _encoded('["2026-11-24T12:00:00Z","rq-1"]') + "=",
    _encoded('["2026-11-24T12:00:00Z","rq-1"]') + "\n",
    _encoded('["2026-11-24T12:00:00Z","rq-\\u0000"]'),
    _encoded('["2026-11-24T12:00:00Z","rq-\\ud800"]'),
    _encoded('["2026-11-24T12:00:00Z",""]'),
    "../../etc/passwd",
    "' OR 1=1 --",
]


def test_a_cursor_that_was_not_handed_out_is_refused(store: SqlStore) -> None:
    with store.read() as reader:
        for cursor in CURSORS:
            with pytest.raises(BadCursor) as refused:
                reader.requests(RequestFilter(), now=NOON, cursor=cursor, limit=1)
            assert isinstance(refused.value, Invalid)
            with pytest.raises(BadCursor):
                reader.grants(GrantFilter(), now=NOON, cursor=cursor, limit=1)


@given(st.text(max_size=120))
def test_no_text_is_a_cursor_by_chance(text: str) -> None:
    from liftgate.store.pages import _read_cursor

    with pytest.raises(BadCursor):
        _read_cursor(text)


def test_a_cursor_shows_nothing_that_the_filter_hides(store: SqlStore) -> None:
    with store.write() as transaction:
        for number in range(3):
            add_request(transaction, requester="eve", asked_at=NOON + number * SECOND)
        add_request(transaction, requester="ada", asked_at=NOON)
        of_eve = transaction.requests(RequestFilter(requester="eve"), now=NOON, cursor=None, limit=1)
        mine = transaction.requests(
            RequestFilter(requester="ada"), now=NOON, cursor=of_eve.next_cursor, limit=50
        )
    assert [record.request.requester for record in mine.items] == ["ada"]


def test_a_state_that_does_not_exist_is_refused(store: SqlStore) -> None:
    for words in ({"approves"}, {"active", "PENDING"}, {"'; DROP TABLE grants"}, {""}):
        states = frozenset(words)
        with store.read() as reader, pytest.raises(UnknownState):
            reader.requests(RequestFilter(states=states), now=NOON, cursor=None, limit=1)
        with store.read() as reader, pytest.raises(UnknownState):
            reader.grants(GrantFilter(states=states), now=NOON, cursor=None, limit=1)


# The property: for any history and any moment, SQL filters by the same states that Python derives.


@dataclass(frozen=True)
class History:
    """What became of one request, in seconds around noon; small numbers, so that moments coincide."""

    lapses: int
    approvals: int
    outcome: str  # "", "denied", "cancelled", "granted"
    starts: int
    lasts: int
    ending: EndingKind | None


histories = st.builds(
    History,
    lapses=st.integers(-3, 3),
    approvals=st.integers(0, 2),
    outcome=st.sampled_from(["", "denied", "cancelled", "granted", "granted", "granted"]),
    starts=st.integers(-4, 3),
    lasts=st.integers(1, 4),
    ending=st.none() | st.sampled_from(EndingKind),
)
_examples = count(1)


def live_through(transaction: SqlTransaction, history: History, requester: str) -> None:
    asked = request(requester=requester, lapses_at=NOON + history.lapses * SECOND)
    transaction.add_request(asked, draft())
    for number in range(history.approvals):
        transaction.add_review(review(asked, f"reviewer-{number}"), draft())
    match history.outcome:
        case "denied":
            transaction.add_review(review(asked, "zoe", Answer.DENY), draft())
        case "cancelled":
            transaction.add_cancellation(cancellation(asked), draft())
        case "granted":
            starts = NOON + history.starts * SECOND
            window = Window(starts_at=starts, ends_at=starts + history.lasts * SECOND)
            given_now = add_grant(transaction, asked, window=window)
            if history.ending:
                add_ending(transaction, given_now, kind=history.ending)
        case _:
            pass


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    lived=st.lists(histories, min_size=1, max_size=12),
    at=st.integers(-4, 5),
    request_words=st.sets(st.sampled_from(sorted(REQUEST_STATES))),
    grant_words=st.sets(st.sampled_from(sorted(GRANT_STATES))),
)
def test_sql_and_python_agree_on_every_state(
    store: SqlStore, lived: list[History], at: int, request_words: set[str], grant_words: set[str]
) -> None:
    requester, now = f"person-{next(_examples)}", NOON + at * SECOND
    with store.write() as transaction:
        for history in lived:
            live_through(transaction, history, requester)

    def requests_in(states: set[str] | None) -> list[RequestRecord]:
        which = RequestFilter(requester=requester, states=None if states is None else frozenset(states))
        return list(reader.requests(which, now=now, cursor=None, limit=50).items)

    def grants_in(states: set[str] | None) -> list[GrantRecord]:
        which = GrantFilter(requester=requester, states=None if states is None else frozenset(states))
        return list(reader.grants(which, now=now, cursor=None, limit=50).items)

    with store.read() as reader:
        assert len(requests_in(None)) == len(lived)
        assert len(grants_in(None)) == sum(history.outcome == "granted" for history in lived)
        for words in (request_words, *({word} for word in REQUEST_STATES)):
            assert requests_in(words) == [
                record for record in requests_in(None) if state_name(request_state(record, now)) in words
            ]
        for words in (grant_words, *({word} for word in GRANT_STATES)):
            assert grants_in(words) == [
                record for record in grants_in(None) if state_name(grant_state(record, now)) in words
            ]


def test_every_state_of_python_has_its_words_in_sql() -> None:
    from typing import get_args

    from liftgate.access.state import GrantState, RequestState

    assert set(REQUEST_STATES) == {state.__name__.lower() for state in get_args(RequestState)}
    assert set(GRANT_STATES) == {state.__name__.lower() for state in get_args(GrantState)}
