"""The enforcers, each started at first need, and a store for all that is lent on it."""

from collections.abc import Callable, Iterator

import pytest
from tests.enforcement.enforcers import EMBEDDED, RADOSGW, SEAWEEDFS_ROLES, Enforcer, ceph, embedded, weed
from tests.enforcement.record import (
    note_version,
    pytest_collection_modifyitems,
    pytest_runtest_makereport,
)
from tests.enforcement.stage import Stage, furnish
from tests.servers.embedded_aws import embedded_account
from tests.servers.radosgw import radosgw
from tests.servers.seaweedfs import running_seaweedfs

from liftgate.clock import system_clock
from liftgate.store.sql import SqlStore, open_store

__all__ = [
    "embedded_account",
    "pytest_collection_modifyitems",
    "pytest_runtest_makereport",
    "radosgw",
]


@pytest.fixture(scope="session")
def embedded_enforcer(request: pytest.FixtureRequest) -> Enforcer:
    return _ready(embedded(request.getfixturevalue("embedded_account")))


@pytest.fixture(scope="session")
def radosgw_enforcer(request: pytest.FixtureRequest) -> Enforcer:
    return _ready(ceph(request.getfixturevalue("radosgw")))


@pytest.fixture(scope="session")
def seaweedfs_enforcer() -> Iterator[Enforcer]:
    with running_seaweedfs(SEAWEEDFS_ROLES) as running:
        yield _ready(weed(running))


@pytest.fixture
def enforcer(by: str, request: pytest.FixtureRequest) -> Enforcer:
    """The one that the test's parameter names."""
    fixtures = {EMBEDDED: "embedded_enforcer", RADOSGW: "radosgw_enforcer"}
    found: Enforcer = request.getfixturevalue(fixtures.get(by, "seaweedfs_enforcer"))
    return found


@pytest.fixture(scope="session")
def enforcement_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where a worker's store is."""
    return f"sqlite:///{tmp_path_factory.mktemp('enforcement') / 'liftgate.db'}"


@pytest.fixture(scope="session")
def enforcement_store(enforcement_database: str) -> Iterator[SqlStore]:
    """A store of a worker: grants of different tests do not meet, as each has a role of its own."""
    store = open_store(enforcement_database, clock=system_clock)
    store.migrate()
    yield store
    store.close()


@pytest.fixture(scope="session")
def shared_roles() -> dict[str, str]:
    """By enforcer: the role of those tests that put nothing on it."""
    return {}


@pytest.fixture
def shared_stage(enforcement_store: SqlStore, shared_roles: dict[str, str]) -> Callable[[Enforcer], Stage]:
    """On an enforcer's role that all such tests share: nothing is put on it."""

    def on(enforcer: Enforcer) -> Stage:
        if enforcer.name not in shared_roles:
            shared_roles[enforcer.name] = enforcer.new_role()
        return Stage(enforcer=enforcer, store=enforcement_store, role_arn=shared_roles[enforcer.name])

    return on


@pytest.fixture
def stage(enforcer: Enforcer, shared_stage: Callable[[Enforcer], Stage]) -> Stage:
    """The same, on the enforcer that the test's parameter names."""
    return shared_stage(enforcer)


@pytest.fixture
def own_stage(enforcer: Enforcer, enforcement_store: SqlStore) -> Stage:
    """On a role of the test's own."""
    return Stage(enforcer=enforcer, store=enforcement_store, role_arn=enforcer.new_role())


def _ready(enforcer: Enforcer) -> Enforcer:
    note_version(enforcer.name, enforcer.version, enforcer.adapted)
    furnish(enforcer)
    return enforcer
