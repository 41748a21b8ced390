"""One AWS, one migrated database for all; what came of the crashes goes onto docs/enforcement.md."""

from pathlib import Path

import pytest
from tests.enforcement.record import pytest_collection_modifyitems, pytest_runtest_makereport
from tests.servers.embedded_aws import embedded_account
from tests.servers.new_database import new_database

__all__ = ["embedded_account", "pytest_collection_modifyitems", "pytest_runtest_makereport"]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database, to be copied."""
    folder = tmp_path_factory.mktemp("empty")
    new_database(folder)
    return folder / "liftgate.db"
