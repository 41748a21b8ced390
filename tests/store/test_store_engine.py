"""Connections: durable, private, and quiet about what they were told."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.servers.postgresql import postgresql_server
from tests.store.store_examples import TestClock, add_grant, add_request, draft

from liftgate.errors import Corrupt
from liftgate.store.engine import Engines, engines_for
from liftgate.store.errors import BadDatabaseUrl, DatabaseDamaged, DatabaseUnavailable
from liftgate.store.sql import SqlStore, open_store

PASSWORD = "hunter2-hunter2"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "liftgate.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///file.db?mode=ro",
        f"mysql://liftgate:{PASSWORD}@db/liftgate",
        f"postgres://liftgate:{PASSWORD}@db/liftgate",
        f"://liftgate:{PASSWORD}@db",
        f"postgresql://liftgate:{PASSWORD}@db:port/liftgate",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadDatabaseUrl) as refused:
        open_store(url, clock=TestClock())
    assert PASSWORD not in f"{refused.value!r}{refused.value}{vars(refused.value)}"
    assert "sqlite:///" in refused.value.advice


def test_an_unreachable_database_is_unavailable_and_shows_no_password() -> None:
    with pytest.raises(DatabaseUnavailable) as refused:
        open_store(f"postgresql://liftgate:{PASSWORD}@127.0.0.1:1/liftgate", clock=TestClock())
    assert PASSWORD not in f"{refused.value!r}{refused.value}{vars(refused.value)}"


def test_a_store_does_not_show_its_password() -> None:
    store = SqlStore(engines_for(f"postgresql://liftgate:{PASSWORD}@127.0.0.1:1/liftgate"), TestClock())
    assert PASSWORD not in repr(store) + repr(store._engines) + str(vars(store))


def test_a_refused_value_is_not_repeated_by_the_driver(store: SqlStore) -> None:
    with pytest.raises(Exception, match="without a zone") as refused, store.write() as transaction:
        add_request(transaction, justification=PASSWORD, asked_at=TestClock().now.replace(tzinfo=None))
    assert PASSWORD not in f"{refused.value!r}{refused.value}"


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "data" / "liftgate" / "liftgate.db"
    store = open_store(f"sqlite:///{file}", clock=TestClock())
    store.migrate()
    with store.write() as transaction:
        add_request(transaction)
        written = sorted(path.name for path in file.parent.iterdir())
        assert written == ["liftgate.db", "liftgate.db-shm", "liftgate.db-wal"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    store.close()


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "liftgate.db").mkdir()
    with pytest.raises(DatabaseUnavailable) as refused:
        open_store(f"sqlite:///{tmp_path / 'liftgate.db'}", clock=TestClock())
    assert refused.value.where == str(tmp_path / "liftgate.db")


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "liftgate.db"
    file.write_bytes(b"not a database, and longer than the header of one " * 100)
    with pytest.raises(DatabaseDamaged) as refused:
        open_store(f"sqlite:///{file}", clock=TestClock())
    assert isinstance(refused.value, Corrupt)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_sqlite_is_set_to_lose_nothing(url: str) -> None:
    engines = engines_for(url)
    for engine, query_only in ((engines.writing, 0), (engines.reading, 1)):
        with engine.begin() as connection:
            found = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "query_only", "trusted_schema")
            }
        assert found == {
            "journal_mode": "wal",
            "synchronous": 2,  # FULL
            "foreign_keys": 1,
            "query_only": query_only,
            "trusted_schema": 0,
        }
    engines.dispose()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_sqlite_keeps_no_value_of_another_type(url: str) -> None:
    engines = engines_for(url)
    with engines.writing.begin() as connection, pytest.raises(Exception, match="datatype mismatch"):
        connection.execute(
            text(
                "INSERT INTO ledger (seq, at, kind, actor, body, previous, hash) "
                "VALUES ('one', 'now', 'k', 'a', '{}', 'p', 'h')"
            )
        )
    engines.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_postgresql_reads_one_view_and_writes_what_is_committed(url: str) -> None:
    engines: Engines = engines_for(url)
    for engine, isolation, read_only in (
        (engines.writing, "read committed", "off"),
        (engines.reading, "repeatable read", "on"),
        (engines.writing, "read committed", "off"),  # nothing stays behind in the pool
    ):
        with engine.begin() as connection:
            found = [
                connection.execute(text(f"SHOW {name}")).scalar_one()
                for name in ("transaction_isolation", "transaction_read_only", "timezone")
            ]
        assert found == [isolation, read_only, "UTC"]
    engines.dispose()


@pytest.mark.slow
def test_what_postgresql_committed_outlives_its_crash() -> None:
    with postgresql_server(durable=True) as server:
        store = open_store(server.new_database(), clock=TestClock())
        store.migrate()
        with store.write() as transaction:
            made = add_grant(transaction)
        server.crash_and_start()
        with pytest.raises(DatabaseUnavailable), store.read() as reader:
            reader.grant(made.id)  # the pool learns here that its connections are gone
        with store.read() as reader:
            assert reader.grant(made.id) is not None
            assert len(list(reader.entries())) == 2
        store.close()


@pytest.mark.slow
def test_what_sqlite_committed_outlives_the_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'liftgate.db'}"
    program = (
        "import os, sys\n"
        "from tests.store.store_examples import TestClock, draft\n"
        "from liftgate.store.sql import open_store\n"
        "store = open_store(sys.argv[1], clock=TestClock())\n"
        "store.migrate()\n"
        "with store.write() as transaction:\n"
        "    transaction.record(draft(actor='before the end'))\n"
        "os._exit(9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, url], check=False, cwd=Path(__file__).parents[2])
    assert ended.returncode == 9
    with open_store(url, clock=TestClock()).read() as reader:
        assert [entry.draft.actor for entry in reader.entries()] == ["before the end"]


def test_a_transaction_cannot_be_used_after_its_end(store: SqlStore) -> None:
    with store.write() as transaction:
        add_request(transaction)
    with pytest.raises(Exception, match="closed"):
        transaction.request("rq-1")


def test_a_connection_is_kept_and_used_again(store: SqlStore, capture_sql: Callable[[], list[str]]) -> None:
    for _ in range(20):
        with store.write() as transaction:
            transaction.record(draft())
    assert store._engines.writing.pool.checkedin() == 1  # type: ignore[attr-defined]  # every pool here is a QueuePool
    assert len([statement for statement in capture_sql() if "INSERT INTO ledger" in statement]) == 20


def test_sqlite_here_has_strict_tables() -> None:
    assert sqlite3.sqlite_version_info >= (3, 37)
