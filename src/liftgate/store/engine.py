"""Connections to SQLite and PostgreSQL, set so that a commit is durable and a reader sees one state of the whole."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from liftgate.store.errors import BadDatabaseUrl, DatabaseUnavailable

_PATIENCE: Final = 10  # seconds that anything waits for a lock or a connection before it says so

_MANY_STARTS: Final = 20  # of processes together, on a database that none of them has opened before
_SQLITE_SETTINGS: Final = (
    f"PRAGMA busy_timeout = {_PATIENCE * 1000}",
    "PRAGMA synchronous = FULL",  # in WAL mode NORMAL would lose commits at a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",  # a schema that somebody tampered with runs no functions
    "PRAGMA cache_size = -16000",  # 16 MB: the indexes that a request touches, among 100,000 grants
)
_POSTGRESQL_SETTINGS: Final = (
    "SET TIME ZONE 'UTC'",
    f"SET lock_timeout = '{_PATIENCE}s'",
    "SET idle_in_transaction_session_timeout = '5min'",  # a process that hangs must not hold its locks for ever
)


@dataclass(frozen=True, slots=True)
class Engines:
    """Where writing and reading transactions get their connections."""

    writing: Engine
    reading: Engine

    def dispose(self) -> None:
        """Close all connections."""
        self.writing.dispose()
        self.reading.dispose()


def engines_for(url: str) -> Engines:
    """The engines for ``sqlite:///path/to/file.db`` or ``postgresql://user@host/database``."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed.set(drivername="postgresql+psycopg"))
    raise _bad_url(f"`{parsed.get_backend_name()}` is not a database that Liftgate can use")


def _sqlite(url: URL) -> Engines:
    if not url.database or url.database == ":memory:" or url.query:
        raise _bad_url("Liftgate needs SQLite to be a file, without options")
    _make_private_file(Path(url.database))
    # One writer, as SQLite has it: threads queue for it here, in order and without polling.
    writing = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=_PATIENCE, hide_parameters=True)
    reading = create_engine(
        url, pool_size=40, max_overflow=0, pool_timeout=_PATIENCE, pool_use_lifo=True, hide_parameters=True
    )
    _prepare_sqlite(writing, begin="BEGIN IMMEDIATE", settings=_SQLITE_SETTINGS)
    _prepare_sqlite(reading, begin="BEGIN", settings=(*_SQLITE_SETTINGS, "PRAGMA query_only = ON"))
    return Engines(writing, reading)


def _write_ahead(connection: Any) -> object:
    """Ask for the write-ahead log. SQLite does not wait where others ask for it just then; to begin a transaction it does."""
    for _ in range(_MANY_STARTS):
        try:
            return connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
    return connection.execute("PRAGMA journal_mode = WAL").fetchone()


def _prepare_sqlite(engine: Engine, *, begin: str, settings: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        connection.execute(settings[0])
        if _write_ahead(connection) != ("wal",):
            raise DatabaseUnavailable(
                "SQLite cannot keep a write-ahead log where the database file lies",
                advice="put the file on a local disk",
            )
        for setting in settings[1:]:
            connection.execute(setting)

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.execute(begin)


def _make_private_file(path: Path) -> None:
    """The ledger and the hashes of tokens are for the owner of the process only; the log files follow the file's mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as fault:
        raise DatabaseUnavailable(
            "the database file cannot be opened for writing",
            advice="look at the permissions of the file and its folder",
            where=str(path),
        ) from fault


def _postgresql(url: URL) -> Engines:
    try:
        writing = create_engine(
            url,
            pool_size=20,
            max_overflow=0,
            pool_timeout=_PATIENCE,
            pool_use_lifo=True,
            hide_parameters=True,
            isolation_level="READ COMMITTED",
            connect_args={"connect_timeout": _PATIENCE},
        )
    except ModuleNotFoundError as fault:
        raise BadDatabaseUrl(
            "the PostgreSQL driver is not installed", advice="pip install 'liftgate[postgresql]'"
        ) from fault
    event.listen(writing, "connect", _set_up_postgresql)
    reading = writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(writing, reading)


def _set_up_postgresql(connection: Any, _record: object) -> None:
    connection.execute("; ".join(_POSTGRESQL_SETTINGS))
    connection.commit()


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise _bad_url("the database's URL cannot be read") from None


def _bad_url(sentence: str) -> BadDatabaseUrl:
    return BadDatabaseUrl(
        sentence, advice="use sqlite:////path/to/liftgate.db or postgresql://user@host/database"
    )
