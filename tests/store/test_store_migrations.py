"""Migrations make what the tables say, once, whoever starts first; and no database of another version is served."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Barrier, Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from tests.store.store_examples import TestClock, add_grant, add_request

from liftgate.errors import LiftgateError, Unavailable
from liftgate.store import migrations
from liftgate.store.engine import engines_for
from liftgate.store.errors import DatabaseNewer, DatabaseOlder
from liftgate.store.sql import SqlStore, open_store
from liftgate.store.tables import metadata

_SQLITE_SCHEMA = "SELECT type, name, sql FROM sqlite_master WHERE type <> 'trigger' ORDER BY name"
_POSTGRESQL_SCHEMA = (
    """
    SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
    WHERE table_schema = 'public' ORDER BY 1, 2
    """,
    """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2
    """,
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
)


def inside(url: str, look: Callable[[Connection], object]) -> object:
    engines = engines_for(url)
    try:
        with engines.writing.begin() as connection:
            return look(connection)
    finally:
        engines.dispose()


def migrate(url: str) -> None:
    store = open_store(url, clock=TestClock())
    store.migrate()
    store.close()


def schema(connection: Connection) -> list[tuple[object, ...]]:
    statements = (_SQLITE_SCHEMA,) if connection.dialect.name == "sqlite" else _POSTGRESQL_SCHEMA
    rows = [
        tuple(row)
        for statement in statements
        for row in connection.execute(text(statement.replace("::", r"\:\:")))
    ]
    assert len(rows) > 30
    return [_without_order(row) for row in rows if "alembic_version" not in str(row)]


def _without_order(row: tuple[object, ...]) -> tuple[object, ...]:
    """SQLite keeps a table as the text that made it, in which constraints may stand in any order."""
    *names, definition = row
    return (*names, *sorted(line.strip(", \t") for line in str(definition).splitlines()))


def test_the_tables_are_what_the_migrations_make(url: str) -> None:
    def difference(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    assert inside(url, difference) == []


@pytest.mark.parametrize(
    ("url", "empty_url"),
    [("sqlite", "sqlite"), pytest.param("postgresql", "postgresql", marks=pytest.mark.slow)],
    indirect=True,
)
def test_not_even_a_constraint_or_an_index_differs(url: str, empty_url: str) -> None:
    inside(empty_url, metadata.create_all)
    assert inside(url, schema) == inside(empty_url, schema)


def test_migrating_again_changes_nothing(store: SqlStore, url: str) -> None:
    with store.write() as transaction:
        made = add_grant(transaction)
    before = inside(url, schema)
    store.migrate()
    store.check()
    assert inside(url, schema) == before
    with store.read() as reader:
        assert reader.grant(made.id) is not None


def at_once(number: int, work: Callable[[], object]) -> list[LiftgateError]:
    """What goes wrong where so many threads begin the same in one moment."""
    together, faults = Barrier(number), list[LiftgateError]()

    def start() -> None:
        together.wait()
        try:
            work()
        except LiftgateError as fault:
            faults.append(fault)

    threads = [Thread(target=start) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_processes_that_start_together_open_and_migrate_once(empty_url: str) -> None:
    def begin() -> None:
        store = open_store(empty_url, clock=TestClock())
        store.migrate()
        store.check()
        store.close()

    assert at_once(4, begin) == []


def test_many_that_open_a_new_sqlite_file_at_once_wait_for_each_other(tmp_path: Path) -> None:
    def open_and_close(url: str) -> None:
        open_store(url, clock=TestClock()).close()

    for number in range(30):
        assert at_once(8, partial(open_and_close, f"sqlite:///{tmp_path / str(number)}.db")) == []


def test_a_migration_that_fails_leaves_nothing(empty_url: str) -> None:
    inside(empty_url, lambda connection: connection.execute(text("CREATE TABLE sessions (other INTEGER)")))
    with pytest.raises(Exception, match=r".+"):
        migrate(empty_url)
    assert inside(empty_url, lambda connection: inspect(connection).get_table_names()) == ["sessions"]


def test_a_newer_database_is_refused_and_left_alone(store: SqlStore, url: str) -> None:
    inside(
        url, lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    )
    for attempt in (lambda: open_store(url, clock=TestClock()), store.migrate, store.check):
        with pytest.raises(DatabaseNewer) as refused:
            attempt()
        assert refused.value.value == "9999"
        assert "newer Liftgate" in refused.value.sentence
        assert isinstance(refused.value, Unavailable)


def test_an_unmigrated_database_says_so(empty_url: str) -> None:
    store = open_store(empty_url, clock=TestClock())
    with pytest.raises(DatabaseOlder):
        store.check()
    with pytest.raises(DatabaseOlder), store.write() as transaction:
        add_request(transaction)
    with pytest.raises(DatabaseOlder), store.read() as reader:
        reader.request("rq-1")
    store.migrate()
    store.check()
    store.close()


def test_the_steps_are_one_line_and_end_at_head() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_heads() == [migrations.HEAD]
    assert script.get_bases() == ["0001"]


def test_a_folder_with_a_percent_sign_is_no_trap(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / '100%(here)s' / 'liftgate.db'}")


@pytest.mark.slow
def test_a_start_without_anything_to_do_does_not_load_alembic(url: str) -> None:
    program = (
        "import sys\n"
        "from liftgate.clock import system_clock\n"
        "from liftgate.store.sql import open_store\n"
        "store = open_store(sys.argv[1], clock=system_clock)\n"
        "store.migrate()\n"
        "store.check()\n"
        "store.close()\n"
        "assert not [name for name in sys.modules if name.startswith('alembic')]\n"
    )
    subprocess.run([sys.executable, "-c", program, url], check=True)
