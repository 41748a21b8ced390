"""The catalogue in force, each version of it kept in the store before anything is decided by it."""

import threading
from typing import Protocol

from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.snapshot import to_snapshot
from liftgate.catalogue.source import Loaded
from liftgate.clock import Clock
from liftgate.ledger.model import Draft, EventKind
from liftgate.store.catalogue_versions import CatalogueVersion
from liftgate.store.sql import SqlStore


class Source(Protocol):
    """Where the catalogue comes from."""

    def current(self) -> Loaded:
        """The catalogue in force now."""


class KeptCatalogue:
    """Serves one catalogue to many threads."""

    def __init__(self, source: Source, store: SqlStore, clock: Clock) -> None:
        self._source = source
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: str | None = None  # the version that was last found to be in the store

    def current(self) -> Loaded:
        """The catalogue in force now; its snapshot is in the store, and on record, before this returns."""
        loaded = self._source.current()
        if loaded.catalogue.version != self._kept:
            with self._lock:
                if loaded.catalogue.version != self._kept:
                    self._keep(loaded.catalogue)
        return loaded

    def _keep(self, catalogue: Catalogue) -> None:
        now = self._clock()
        seen = CatalogueVersion(version=catalogue.version, snapshot=to_snapshot(catalogue), first_seen_at=now)
        draft = Draft(
            at=now,
            kind=EventKind.CATALOGUE_LOADED,
            actor="liftgate",
            body={
                "version": catalogue.version,
                "entitlements": sorted(catalogue.entitlements),
                "guards": sorted(catalogue.guards),
                "auditors": sorted(catalogue.auditors),
                "trusted_session_names": sorted(catalogue.trusted_session_names),
            },
        )
        with self._store.write() as transaction:
            is_new = transaction.keep_catalogue_version(seen, draft)
            if not is_new and self._kept is not None:  # an older version is back in force
                transaction.record(draft)
        self._kept = catalogue.version
