"""One AWS, one program that forks servers, one migrated database for all; what came of the crashes goes onto docs/enforcement.md."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.enforcement.record import pytest_collection_modifyitems, pytest_runtest_makereport
from tests.servers.embedded_aws import embedded_account
from tests.servers.new_database import new_database
from tests.whole.crash_world import Nursery, running_nursery

__all__ = ["embedded_account", "pytest_collection_modifyitems", "pytest_runtest_makereport"]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with running_nursery() as running:
        yield running


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database, to be copied."""
    folder = tmp_path_factory.mktemp("empty")
    new_database(folder)
    return folder / "liftgate.db"
