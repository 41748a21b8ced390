"""Sign-ins and used proofs."""

from datetime import timedelta

import pytest
from tests.store.store_examples import MINUTE, NOON, draft, sign_in

from liftgate.identity.model import Identity, IdentityKind
from liftgate.ledger.model import EventKind
from liftgate.store.errors import TakenAlready
from liftgate.store.sql import SqlStore
from liftgate.store.tables import metadata

SIGNED_IN = draft(EventKind.SIGNED_IN)


def test_a_sign_in_comes_back(store: SqlStore) -> None:
    by_aws = sign_in()
    locally = sign_in("b" * 64, identity=Identity(kind=IdentityKind.LOCAL, name="ada"))
    with store.write() as transaction:
        transaction.add_sign_in(by_aws, SIGNED_IN)
        transaction.add_sign_in(locally, SIGNED_IN)
    with store.read() as reader:
        assert reader.sign_in("a" * 64) == by_aws
        assert reader.sign_in("b" * 64) == locally
        assert reader.sign_in("c" * 64) is None
        assert len(list(reader.entries())) == 2


def test_a_sign_in_can_be_ended(store: SqlStore) -> None:
    with store.write() as transaction:
        transaction.add_sign_in(sign_in(), SIGNED_IN)
        transaction.end_sign_in("a" * 64)
        transaction.end_sign_in("b" * 64)
    with store.read() as reader:
        assert reader.sign_in("a" * 64) is None


def test_the_terminals_of_a_browser_are_signed_out_with_it(store: SqlStore) -> None:
    of_browser = sign_in("b" * 64, session_id="browser-1")
    with store.write() as transaction:
        transaction.add_sign_in(sign_in(), SIGNED_IN)
        transaction.add_sign_in(of_browser, SIGNED_IN)
        transaction.add_sign_in(sign_in("c" * 64, session_id="browser-2"), SIGNED_IN)
    with store.write() as transaction:
        assert transaction.sign_in("b" * 64) == of_browser
        assert transaction.end_sign_ins_by("browser-1") == 1
        assert transaction.end_sign_ins_by("browser-1") == 0
        left = [token for token in "abc" if transaction.sign_in(token * 64)]
    assert left == ["a", "c"]


def test_two_sign_ins_never_share_a_token(store: SqlStore) -> None:
    with store.write() as transaction:
        transaction.add_sign_in(sign_in(), SIGNED_IN)
    with pytest.raises(TakenAlready), store.write() as transaction:
        transaction.add_sign_in(sign_in(person_id="eve"), SIGNED_IN)
    with store.read() as reader:
        assert reader.sign_in("a" * 64) == sign_in()


def test_a_proof_is_used_once(store: SqlStore) -> None:
    with store.write() as transaction:
        assert transaction.use_proof("p" * 64, expires_at=NOON)
        assert not transaction.use_proof("p" * 64, expires_at=NOON)
    with store.write() as transaction:
        assert not transaction.use_proof("p" * 64, expires_at=NOON + MINUTE)
        assert transaction.use_proof("q" * 64, expires_at=NOON)


def test_what_expired_is_forgotten_a_little_later(store: SqlStore) -> None:
    slack = timedelta(minutes=5)
    with store.write() as transaction:
        transaction.use_proof("p" * 64, expires_at=NOON)
        transaction.add_sign_in(sign_in(expires_at=NOON), SIGNED_IN)
    with store.write() as transaction:
        assert transaction.forget_expired(now=NOON + slack) == 0
        assert not transaction.use_proof("p" * 64, expires_at=NOON)
        assert transaction.forget_expired(now=NOON + slack + timedelta(microseconds=1)) == 2
        assert transaction.sign_in("a" * 64) is None
        assert transaction.use_proof("p" * 64, expires_at=NOON)


def test_no_table_has_room_for_a_secret() -> None:
    words = ("secret", "token", "password", "signature")
    columns = {
        f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns
    }
    assert {name for name in columns if any(word in name for word in words)} == {
        "sign_ins.token_hash",
        "browser_sessions.token_hash",
        "terminal_sign_ins.token_hash",
    }
    assert len(columns) > 80


def test_a_sign_in_does_not_show_its_hash() -> None:
    assert "a" * 64 not in repr(sign_in())
