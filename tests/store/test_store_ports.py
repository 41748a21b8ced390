"""One store fulfils the ports of every folder; the type checker holds it to them."""

from liftgate.access.ports import AccessStore
from liftgate.elevation.in_place.ports import InPlaceStore
from liftgate.elevation.ports import ElevationStore
from liftgate.identity.ports import IdentityStore
from liftgate.ledger.ports import LedgerStore
from liftgate.response.ports import ResponseStore
from liftgate.store.sql import SqlStore
from liftgate.watch.ports import SettlementStore, WatchStore
from liftgate.watch.sources.ports import ReadingStore


def fulfils(
    store: SqlStore,
) -> tuple[
    AccessStore,
    ElevationStore,
    InPlaceStore,
    IdentityStore,
    LedgerStore,
    WatchStore,
    ResponseStore,
    SettlementStore,
]:
    return store, store, store, store, store, store, store, store


def test_one_store_is_all_of_them(store: SqlStore) -> None:
    for port in fulfils(store):
        with port.read() as reader:
            assert reader is not None


def test_it_keeps_how_far_log_files_were_read(store: SqlStore) -> None:
    keeping: ReadingStore = store
    with keeping.write() as transaction:
        assert transaction.log_reading.until("s3://never-read") is None
