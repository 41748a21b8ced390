"""A desk for each test, on a copy of a migrated file."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.access.access_examples import NOON
from tests.access.rules_desk import Desk, catalogue

from liftgate.catalogue.model import Entitlement
from liftgate.store.sql import open_store


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("desk") / "liftgate.db"
    store = open_store(f"sqlite:///{file}", clock=lambda: NOON)
    store.migrate()
    store.close()
    return file


@pytest.fixture
def desk_of(migrated: Path, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Makes a desk for a catalogue of some entitlements."""
    with ExitStack() as stack:

        def make(*entitlements: Entitlement) -> Desk:
            file = tmp_path / "liftgate.db"
            shutil.copy(migrated, file)
            store = stack.enter_context(closing(open_store(f"sqlite:///{file}", clock=lambda: NOON)))
            return Desk(store, catalogue(*entitlements))

        yield make
