"""Everything here stands on one embedded AWS; outcomes go onto docs/enforcement.md."""

from tests.enforcement.record import pytest_collection_modifyitems, pytest_runtest_makereport
from tests.servers.embedded_aws import embedded_account

__all__ = ["embedded_account", "pytest_collection_modifyitems", "pytest_runtest_makereport"]
