"""Catalogue versions: kept once, as first seen, and on record."""

from tests.store.store_examples import MINUTE, NOON, draft

from liftgate.ledger.model import EventKind
from liftgate.store.catalogue_versions import CatalogueVersion
from liftgate.store.sql import SqlStore

SEEN = CatalogueVersion(version="c" * 64, snapshot='{"entitlements":["ü\\u0000"]}', first_seen_at=NOON)
LOADED = draft(EventKind.CATALOGUE_LOADED)


def test_a_version_is_kept_and_comes_back(store: SqlStore) -> None:
    with store.write() as transaction:
        assert transaction.keep_catalogue_version(SEEN, LOADED)
    with store.read() as reader:
        assert reader.catalogue_version("c" * 64) == SEEN
        assert reader.catalogue_version("d" * 64) is None


def test_a_version_seen_again_changes_nothing(store: SqlStore) -> None:
    again = CatalogueVersion(version=SEEN.version, snapshot="{}", first_seen_at=NOON + MINUTE)
    with store.write() as transaction:
        assert transaction.keep_catalogue_version(SEEN, LOADED)
        assert not transaction.keep_catalogue_version(again, LOADED)
    with store.read() as reader:
        assert reader.catalogue_version(SEEN.version) == SEEN
        assert len(list(reader.entries())) == 1
