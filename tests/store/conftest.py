"""One store, on each database: every test that takes ``store`` runs on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from tests.servers.new_database import new_database
from tests.servers.postgresql import PostgresqlServer, postgresql_server
from tests.store.store_examples import TestClock

from liftgate.store.sql import SqlStore, open_store


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """One cluster for all tests here."""
    with postgresql_server() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which nothing is yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    url = server.new_database()
    yield url
    server.drop_database(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    new_database(folder)
    return folder / "liftgate.db"


@pytest.fixture(scope="session")
def postgresql_template(postgresql: PostgresqlServer) -> str:
    """A migrated database, to be copied."""
    url = postgresql.new_database()
    store = open_store(url, clock=TestClock())
    store.migrate()
    store.close()
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of its own."""
    if request.param == "sqlite":
        yield new_database(tmp_path)
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    url = server.new_database(template=request.getfixturevalue("postgresql_template"))
    yield url
    server.drop_database(url)


@pytest.fixture
def open_another(url: str, clock: TestClock) -> Iterator[Callable[[], SqlStore]]:
    """Opens further stores on the test's database, as other servers would."""
    opened: list[SqlStore] = []

    def another() -> SqlStore:
        opened.append(open_store(url, clock=clock))
        return opened[-1]

    yield another
    for store in opened:
        store.close()


@pytest.fixture
def store(open_another: Callable[[], SqlStore]) -> SqlStore:
    """A store on the test's database."""
    return open_another()


@pytest.fixture
def capture_sql(store: SqlStore) -> Callable[[], list[str]]:
    """Every statement that the store sends from now on."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(store._engines.writing, "before_cursor_execute", note)
    return lambda: sent
