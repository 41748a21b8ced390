"""A real store and a clock that stands still; the embedded AWS for those tests that ask for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.elevation.elevation_stage import Stage, staged
from tests.servers.embedded_aws import embedded_account
from tests.servers.new_database import new_database
from tests.store.store_examples import TestClock

from liftgate.clock import system_clock
from liftgate.demo.sample_account import SampleAccount
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
    return open_store(new_database(database.parent), clock=clock)


@pytest.fixture
def stage(embedded_account: SampleAccount, database: Path) -> Iterator[Stage]:
    """A role of the test's own, and a store that goes by the machine's clock, as AWS does."""
    opened = open_store(new_database(database.parent), clock=system_clock)
    yield staged(embedded_account, opened)
    opened.close()
