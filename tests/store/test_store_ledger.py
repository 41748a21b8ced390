"""The ledger in a database: it only grows, and whoever changes it past Liftgate is found, down to the byte."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, exc, select, text, update
from tests.store.store_examples import MINUTE, NOON, TestClock, add_grant, deny, draft, ending

from liftgate.ledger.chain import Broken, Head, Intact, Verdict, seal, verify
from liftgate.ledger.errors import UnreadableEntry
from liftgate.ledger.export import export_lines, verify_export
from liftgate.ledger.model import EventKind
from liftgate.store.engine import engines_for
from liftgate.store.ledger import Ledger
from liftgate.store.sql import SqlStore, open_store
from liftgate.store.tables import ledger

LENGTH = 7
COLUMNS = ("at", "kind", "actor", "request_id", "grant_id", "body", "previous", "hash")


@pytest.fixture
def head(store: SqlStore) -> Head:
    """A ledger of seven entries, and its head as somebody noted it elsewhere."""
    for number in range(LENGTH):
        with store.write() as transaction:
            transaction.record(
                draft(
                    EventKind.GRANTED,
                    at=NOON + number * MINUTE,
                    request_id=f"rq-{number // 2:016}",
                    grant_id=f"gr-{number:016}",
                    body={"number": number, "why": "naïve 🪣"},
                )
            )
    with store.read() as reader:
        newest = reader.head()
    assert newest is not None
    return Head(seq=newest.seq, hash=newest.hash)


@contextmanager
def past_liftgate(url: str) -> Iterator[Connection]:
    """What somebody can do who owns the database: take the triggers away first."""
    engines = engines_for(url)
    try:
        with engines.writing.begin() as connection:
            if connection.dialect.name == "sqlite":
                for trigger in ("refuses_update", "refuses_delete", "grows_at_its_end"):
                    connection.execute(text(f"DROP TRIGGER ledger_{trigger}"))
            else:
                connection.execute(text("ALTER TABLE ledger DISABLE TRIGGER ALL"))
            yield connection
    finally:
        engines.dispose()


def verified(store: SqlStore, expected_head: Head | None = None) -> Verdict:
    with store.read() as reader:
        return verify(reader.entries(), expected_head=expected_head)


def test_an_entry_comes_back_as_it_was_sealed(store: SqlStore) -> None:
    drafts = [
        draft(at=NOON.replace(microsecond=1), actor='ünï "code" 🪣'),
        draft(EventKind.GRANTED, request_id="rq-1", grant_id="gr-1", body={"a": [1, None, {"b": True}]}),
    ]
    with store.write() as transaction:
        for made in drafts:
            transaction.record(made)
    first = seal(drafts[0], None)
    with store.read() as reader:
        assert list(reader.entries()) == [first, seal(drafts[1], first)]
        assert reader.head() == seal(drafts[1], first)


def test_an_empty_ledger_has_no_head(store: SqlStore) -> None:
    with store.read() as reader:
        assert reader.head() is None
        assert list(reader.entries()) == []
    assert verified(store) == Intact(count=0, head=None)


@pytest.mark.usefixtures("head")
def test_entries_can_be_read_from_a_place_and_about_something(store: SqlStore) -> None:
    def seqs(**which: Any) -> list[int]:
        with store.read() as reader:
            return [entry.seq for entry in reader.entries(**which)]

    assert seqs(after=4) == [5, 6, 7]
    assert seqs(after=4, limit=2) == [5, 6]
    assert seqs(limit=0) == []
    assert seqs(after=99) == []
    assert seqs(after=10**30, limit=10**30) == []
    assert seqs(after=5, limit=10**30) == [6, 7]
    assert seqs(about="rq-0000000000000001") == [3, 4]
    assert seqs(about="gr-0000000000000003") == [4]
    assert seqs(about="rq-0000000000000001", after=3, limit=5) == [4]
    assert seqs(about="nothing") == []


def test_a_long_ledger_is_read_in_batches(store: SqlStore) -> None:
    with store.write() as transaction:
        for number in range(1203):
            transaction.record(draft(body={"number": number}))
    with store.read() as reader:
        assert [entry.seq for entry in reader.entries()] == list(range(1, 1204))
        assert [entry.seq for entry in reader.entries(after=200, limit=700)] == list(range(201, 901))
        assert isinstance(verify(reader.entries()), Intact)


def test_an_export_of_the_store_verifies_by_itself(store: SqlStore, head: Head) -> None:
    with store.read() as reader:
        lines = list(export_lines(reader.entries()))
    assert verify_export(lines, expected_head=head) == Intact(count=LENGTH, head=head)


@pytest.mark.usefixtures("head")
def test_the_database_refuses_to_change_an_entry(store: SqlStore, url: str) -> None:
    assert_refused(url, "UPDATE ledger SET actor = 'eve' WHERE seq = 3")
    assert_refused(url, "UPDATE ledger SET actor = actor")
    assert_refused(url, "DELETE FROM ledger WHERE seq = 7")
    assert_refused(url, "DELETE FROM ledger")
    assert isinstance(verified(store), Intact)


@pytest.mark.usefixtures("head")
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO ledger SELECT seq, at, kind, 'eve', null, null, body, previous, hash FROM ledger",
        "INSERT OR REPLACE INTO ledger SELECT 8, at, kind, 'eve', null, null, body, previous, 'h' FROM ledger",
        "INSERT OR REPLACE INTO ledger SELECT 8, at, kind, 'eve', null, null, body, 'p', hash FROM ledger",
        "INSERT OR REPLACE INTO ledger SELECT 0, at, kind, 'eve', null, null, body, 'p', 'h' FROM ledger",
        "UPDATE OR REPLACE ledger SET seq = 3 WHERE seq = 4",
    ],
)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_sqlite_refuses_to_replace_an_entry(store: SqlStore, url: str, statement: str) -> None:
    assert_refused(url, statement)
    assert isinstance(verified(store), Intact)


@pytest.mark.slow
@pytest.mark.usefixtures("head")
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_postgresql_refuses_to_truncate_also_for_a_replica(store: SqlStore, url: str) -> None:
    assert_refused(url, "TRUNCATE ledger")
    assert_refused(url, "UPDATE ledger SET actor = 'eve'", first="SET session_replication_role = replica")
    assert isinstance(verified(store), Intact)


@pytest.mark.slow
@pytest.mark.usefixtures("head")
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_liftgate_can_run_as_a_role_that_may_only_append(url: str, clock: TestClock) -> None:
    name = "appender_" + url.rpartition("_")[2]
    engines = engines_for(url)
    with engines.writing.begin() as connection:
        for statement in (
            f"CREATE ROLE {name} LOGIN",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
            f"REVOKE UPDATE, DELETE ON ledger FROM {name}",
        ):
            connection.execute(text(statement))
    engines.dispose()

    as_appender = url.replace("postgres@", f"{name}@")
    store = open_store(as_appender, clock=clock)
    store.migrate()
    with store.write() as transaction:
        given = add_grant(transaction)
        transaction.add_ending(ending(given), draft(EventKind.REVOKED), [deny()])
    assert isinstance(verified(store), Intact)
    store.close()
    for statement in ("UPDATE ledger SET actor = 'eve'", "TRUNCATE ledger", "DROP TABLE ledger"):
        assert_refused(as_appender, statement, because="permission denied|must be owner")
    assert_refused(as_appender, "ALTER TABLE ledger DISABLE TRIGGER ALL", because="must be owner")


def assert_refused(
    url: str, statement: str, *, first: str = "SELECT 1", because: str = "append-only"
) -> None:
    engines = engines_for(url)
    try:
        with engines.writing.connect() as connection, connection.begin() as attempt:
            connection.execute(text(first))
            with pytest.raises(exc.DBAPIError, match=because):
                connection.execute(text(statement))
            attempt.rollback()
    finally:
        engines.dispose()


def test_one_altered_byte_in_any_column_is_found_and_named(url: str, head: Head) -> None:
    with past_liftgate(url) as connection:
        for column in COLUMNS:
            for seq in (1, 4, LENGTH):
                before = value_of(connection, seq, column)
                middle = len(before) // 2
                altered = before[:middle] + chr(ord(before[middle]) ^ 1) + before[middle + 1 :]
                alter(connection, seq, **{column: altered})
                for expected in (None, head):
                    verdict = verdict_of(connection, expected)
                    assert isinstance(verdict, Broken), (column, seq)
                    assert verdict.seq == seq
                alter(connection, seq, **{column: before})
        assert isinstance(verdict_of(connection, head), Intact)


@pytest.mark.usefixtures("head")
def test_each_byte_of_an_entry_counts(url: str) -> None:
    tried, unseen = 0, []
    with past_liftgate(url) as connection:
        for column in COLUMNS:
            before = value_of(connection, 4, column)
            for altered in alterations(before):
                alter(connection, 4, **{column: altered})
                verdict = verdict_of(connection)
                tried += 1
                if not isinstance(verdict, Broken) or verdict.seq != 4:
                    unseen.append((column, altered, verdict))
            alter(connection, 4, **{column: before})
    assert tried > 500
    assert unseen == []


def alterations(before: str) -> Iterator[str]:
    for place, letter in enumerate(before):
        for put in {" ", chr(ord(letter) ^ 1), letter.swapcase()} - {letter}:
            yield before[:place] + put + before[place + 1 :]


def verdict_of(connection: Connection, expected_head: Head | None = None) -> Verdict:
    """What verification says inside a transaction that is still open."""
    entries = Ledger(connection).entries(after=0, limit=None, about=None)
    return verify(entries, expected_head=expected_head)


def value_of(connection: Connection, seq: int, column: str) -> str:
    found: str = connection.execute(select(ledger.c[column]).where(ledger.c.seq == seq)).scalar_one()
    return found


def alter(connection: Connection, seq: int, /, **values: object) -> None:
    connection.execute(update(ledger).where(ledger.c.seq == seq).values(values))


CHANGES = [
    ("UPDATE ledger SET seq = 100 WHERE seq = 4", 4),
    ("UPDATE ledger SET seq = 100 WHERE seq = 1", 1),
    ("UPDATE ledger SET seq = 0 WHERE seq = 1", 1),
    ("UPDATE ledger SET seq = -1 WHERE seq = 3", 3),
    ("UPDATE ledger SET request_id = NULL WHERE seq = 4", 4),
    ("UPDATE ledger SET body = '[]' WHERE seq = 4", 4),
    ("UPDATE ledger SET body = '' WHERE seq = 4", 4),
    ("UPDATE ledger SET body = '{' WHERE seq = 4", 4),
    ("UPDATE ledger SET body = '{\"number\":3.0}' WHERE seq = 4", 4),
    ("UPDATE ledger SET at = 'yesterday' WHERE seq = 4", 4),
    ("UPDATE ledger SET at = '2026-11-24T12:03:00+00:00' WHERE seq = 4", 4),
    ("UPDATE ledger SET kind = 'grant.forged' WHERE seq = 4", 4),
    ("DELETE FROM ledger WHERE seq = 4", 4),
    ("DELETE FROM ledger WHERE seq = 1", 1),
    ("DELETE FROM ledger WHERE seq < 4", 1),
]


@pytest.mark.usefixtures("head")
def test_altered_and_deleted_entries_are_found_and_named(url: str) -> None:
    with past_liftgate(url) as connection:
        for statement, named in CHANGES:
            with connection.begin_nested() as attempt:
                connection.exec_driver_sql(statement)
                verdict = verdict_of(connection)
                assert isinstance(verdict, Broken), statement
                assert verdict.seq == named, statement
                attempt.rollback()
        assert isinstance(verdict_of(connection), Intact)


@pytest.mark.usefixtures("head")
def test_swapped_entries_are_found(store: SqlStore, url: str) -> None:
    with past_liftgate(url) as connection:
        for seq, moved_to in ((4, 100), (5, 4), (100, 5)):
            alter(connection, seq, seq=moved_to)
    assert verified(store) == Broken(seq=4, because="altered: its hash is not the hash of its content")


@pytest.mark.usefixtures("head")
def test_a_rehashed_entry_is_found_at_the_one_that_follows(store: SqlStore, url: str) -> None:
    with store.read() as reader:
        third, fourth = list(reader.entries(after=2, limit=2))
    forged = seal(draft(EventKind.GRANTED, at=fourth.draft.at, actor="eve", body=fourth.draft.body), third)
    with past_liftgate(url) as connection:
        alter(connection, 4, actor="eve", request_id=None, grant_id=None, hash=forged.hash)
    verdict = verified(store)
    assert isinstance(verdict, Broken)
    assert verdict.seq == 5
    assert "`4` was rewritten" in verdict.because


@pytest.mark.usefixtures("head")
def test_an_inserted_entry_is_found(store: SqlStore, url: str) -> None:
    with past_liftgate(url) as connection:
        for seq in range(LENGTH, 3, -1):
            alter(connection, seq, seq=seq + 1)
        connection.execute(
            text(
                "INSERT INTO ledger SELECT 4, at, kind, 'eve', request_id, grant_id, body, :previous, :hash "
                "FROM ledger WHERE seq = 3"
            ),
            {"previous": "e" * 64, "hash": "f" * 64},
        )
    verdict = verified(store)
    assert isinstance(verdict, Broken)
    assert verdict.seq == 4


def test_a_cut_end_is_found_against_a_known_head(store: SqlStore, url: str, head: Head) -> None:
    with past_liftgate(url) as connection:
        connection.execute(text("DELETE FROM ledger WHERE seq > 5"))
    assert isinstance(verified(store), Intact)
    assert verified(store, head) == Broken(
        seq=6, because="cut off: the ledger ends at `5`, but its noted head is `7`"
    )


def test_an_end_that_was_cut_and_regrown_is_found_against_a_known_head(
    store: SqlStore, url: str, head: Head
) -> None:
    with past_liftgate(url) as connection:
        connection.execute(text("DELETE FROM ledger WHERE seq > 5"))
    for _ in range(3):
        with store.write() as transaction:
            add_grant(transaction)
    assert isinstance(verified(store), Intact)
    assert verified(store, head) == Broken(
        seq=7, because="rewritten: another entry stood here when its hash was noted"
    )


@pytest.mark.usefixtures("head")
def test_a_damaged_head_is_said_and_not_hidden(store: SqlStore, url: str) -> None:
    with past_liftgate(url) as connection:
        connection.execute(text("UPDATE ledger SET at = 'never' WHERE seq = 7"))
    with store.read() as reader, pytest.raises(UnreadableEntry) as damaged:
        reader.head()
    assert damaged.value.seq == LENGTH


@pytest.mark.usefixtures("head")
def test_only_appending_is_ever_sent_to_the_ledger(
    store: SqlStore, capture_sql: Callable[[], list[str]]
) -> None:
    with store.write() as transaction:
        add_grant(transaction)
    sent = [statement for statement in capture_sql() if " ledger" in statement]
    assert sent
    assert all(statement.lstrip().startswith(("SELECT", "INSERT INTO ledger")) for statement in sent)
