"""Terminals that are being signed in, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from tests.store.store_examples import MINUTE, NOON

from liftgate.identity.login_model import DeviceLogin, LoginCode, Vouched
from liftgate.identity.model import Identity, IdentityKind
from liftgate.store.sql import SqlStore

BY = Vouched(
    person_id="ada",
    identity=Identity(kind=IdentityKind.LOCAL, name="ada"),
    session_id="browser-1",
    until=NOON + timedelta(hours=8),
)
CODE = LoginCode(code_hash="a" * 64, challenge="c" * 43, by=BY, machine="laptop", expires_at=NOON + MINUTE)
DEVICE = DeviceLogin(
    secret_hash="b" * 64,
    user_code="BCDFGHJK",
    machine="build-7",
    asked_at=NOON,
    expires_at=NOON + 10 * MINUTE,
)


def test_a_code_comes_back_once(store: SqlStore) -> None:
    with store.write() as transaction:
        transaction.logins.add_code(CODE)
    with store.write() as transaction:
        assert transaction.logins.take_code("a" * 64) == CODE
        assert transaction.logins.take_code("a" * 64) is None


def test_of_many_that_show_a_code_at_once_one_gets_it(store: SqlStore) -> None:
    with store.write() as transaction:
        transaction.logins.add_code(CODE)

    def take(_: int) -> bool:
        with store.write() as transaction:
            return transaction.logins.take_code("a" * 64) is not None

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(take, range(4))) == 1


def test_a_terminal_waits_is_answered_once_and_is_taken_once(store: SqlStore) -> None:
    with store.write() as transaction:
        logins = transaction.logins
        logins.add_device(DEVICE)
        assert logins.device("b" * 64) == logins.device_called("BCDFGHJK") == DEVICE
        assert (logins.waiting(now=NOON), logins.waiting(now=DEVICE.expires_at)) == (1, 0)
        logins.mark_polled("b" * 64, NOON)
        logins.answer_device("BCDFGHJK", BY)
        logins.answer_device("BCDFGHJK", None)
        assert logins.device("b" * 64) == replace(DEVICE, polled_at=NOON, is_allowed=True, by=BY)
        assert logins.take_device("b" * 64)
        assert not logins.take_device("b" * 64)


def test_wrong_codes_are_counted_until_they_no_longer_count(store: SqlStore) -> None:
    with store.write() as transaction:
        logins = transaction.logins
        for _ in range(3):
            logins.count_wrong_code("ada", now=NOON, until=NOON + MINUTE)
        assert logins.wrong_codes("ada", now=NOON) == 3
        assert logins.wrong_codes("grace", now=NOON) == 0
        assert logins.wrong_codes("ada", now=NOON + MINUTE) == 0
        logins.count_wrong_code("ada", now=NOON + MINUTE, until=NOON + 2 * MINUTE)
        assert logins.wrong_codes("ada", now=NOON + MINUTE) == 1
