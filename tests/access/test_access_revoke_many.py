"""The red button: every live grant of a kind ends, nothing else does, and only those may press it who should."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.access.access_examples import NOON, caller, catalogue
from tests.servers.new_database import new_database
from tests.store.store_examples import TestClock, add_ending, add_grant, add_request

from liftgate.access.errors import MayNotRevoke, TextRefused
from liftgate.access.model import GrantRecord
from liftgate.access.ports import GrantFilter
from liftgate.access.revoke_many import Everything, OfPerson, UnderEntitlement, Which, revoke_many
from liftgate.access.state import LIVE
from liftgate.iam.scope import Window
from liftgate.store.sql import SqlStore, open_store

HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(new_database(tmp_path), clock=TestClock())
    yield opened
    opened.close()


def press(store: SqlStore, which: Which, who: str = "sec", reason: str = "keys leaked") -> list[str]:
    ended: tuple[GrantRecord, ...] = revoke_many(
        which, caller(who), reason, catalogue=catalogue(), store=store, clock=lambda: NOON
    )
    return sorted(record.grant.id for record in ended)


def given(
    store: SqlStore, requester: str = "ada", entitlement: str = "reports-write", **window: object
) -> str:
    with store.write() as transaction:
        asked = add_request(transaction, requester=requester, entitlement=entitlement)
        return add_grant(transaction, asked, **window).id


def live(store: SqlStore) -> list[str]:
    with store.read() as view:
        found = view.grants(GrantFilter(states=LIVE), now=NOON, cursor=None, limit=200).items
    return sorted(record.grant.id for record in found)


def test_all_of_one_person_end_active_and_scheduled(store: SqlStore) -> None:
    adas, graces = given(store), given(store, requester="grace")
    later = given(store, window=Window(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR))
    over = given(store, window=Window(starts_at=NOON - 2 * HOUR, ends_at=NOON))
    assert press(store, OfPerson("ada")) == sorted([adas, later])
    assert live(store) == [graces]
    with store.read() as view:
        past = view.grant(over)
    assert past is not None
    assert past.ending is None


def test_all_under_one_entitlement_end(store: SqlStore) -> None:
    reports, payroll = given(store), given(store, entitlement="payroll")
    assert press(store, UnderEntitlement("reports-write"), who="grace") == [reports]
    assert live(store) == [payroll]


def test_everything_ends_however_much_it_is_and_once(store: SqlStore) -> None:
    made = sorted(given(store) for _ in range(230))
    assert press(store, Everything()) == made
    assert live(store) == []
    assert press(store, Everything()) == []
    with store.read() as view:
        kinds = [entry.draft.kind.value for entry in view.entries()]
    assert kinds.count("grants.revoked") == 2
    assert kinds.count("grant.revoked") == 230


def test_what_was_returned_already_is_left_as_it_is(store: SqlStore) -> None:
    one = given(store)
    with store.write() as transaction:
        record = transaction.grant(one)
        assert record is not None
        add_ending(transaction, record.grant)
    assert press(store, Everything()) == []


@pytest.mark.parametrize(
    ("who", "which"),
    [
        ("ada", OfPerson("ada")),
        ("grace", OfPerson("ada")),
        ("grace", Everything()),
        ("grace", UnderEntitlement("payroll")),
        ("audit", Everything()),
        ("eve", UnderEntitlement("reports-write")),
    ],
    ids=str,
)
def test_others_may_not_press_it(store: SqlStore, who: str, which: Which) -> None:
    one = given(store)
    with pytest.raises(MayNotRevoke):
        press(store, which, who=who)
    assert live(store) == [one]
    with store.read() as view:
        assert [entry.draft.kind.value for entry in view.entries()][-1] == "ending.refused"


def test_a_hostile_reason_ends_nothing(store: SqlStore) -> None:
    one = given(store)
    with pytest.raises(TextRefused):
        press(store, Everything(), reason="\x1b[2J")
    assert live(store) == [one]
