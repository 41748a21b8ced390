"""What came of the crashes goes onto docs/enforcement.md."""

from tests.enforcement.record import pytest_collection_modifyitems, pytest_runtest_makereport

__all__ = ["pytest_collection_modifyitems", "pytest_runtest_makereport"]
