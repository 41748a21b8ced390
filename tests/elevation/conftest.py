"""A real store and a clock that stands still; the embedded AWS for those tests that ask for it."""

from pathlib import Path

import pytest
from tests.servers.embedded_aws import embedded_account
from tests.store.store_examples import TestClock

from liftgate.store.sql import SqlStore, open_store

__all__ = ["embedded_account"]


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "liftgate.db"


@pytest.fixture
def store(database: Path, clock: TestClock) -> SqlStore:
    opened = open_store(f"sqlite:///{database}", clock=clock)
    opened.migrate()
    return opened
