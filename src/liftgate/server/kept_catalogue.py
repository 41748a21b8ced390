"""The catalogue in force, each version of it kept in the store before anything is decided by it.

Where the settings map groups of the OpenID provider, its word about who is in them is laid over the catalogue. That word is on
the ledger, with its end; the version says what the files say.
"""

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Protocol

from liftgate.catalogue.claimed import with_members
from liftgate.catalogue.fault import Fault
from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.snapshot import to_snapshot
from liftgate.catalogue.source import Loaded
from liftgate.clock import Clock
from liftgate.identity.linking import end_links_without_person
from liftgate.ledger.model import Draft, EventKind
from liftgate.server.edge import Log
from liftgate.store.catalogue_versions import CatalogueVersion
from liftgate.store.sql import SqlStore


class Source(Protocol):
    """Where the catalogue comes from."""

    def current(self) -> Loaded:
        """The catalogue in force now."""


_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Laid:
    """A catalogue over which the provider's word was laid, good until another word comes, or one is over."""

    of: Loaded
    number: int
    until: datetime
    loaded: Loaded


class KeptCatalogue:
    """Serves one catalogue to many threads."""

    def __init__(
        self, source: Source, store: SqlStore, clock: Clock, log: Log, fed: frozenset[str] = frozenset()
    ) -> None:
        """``fed`` are the groups of the catalogue into which the provider may put people."""
        self._source = source
        self._store = store
        self._clock = clock
        self._log = log
        self._lock = threading.Lock()
        self._fed = fed
        self._laid: _Laid | None = None
        self._kept: str | None = None  # the version that was last found to be in the store
        self._told: tuple[Fault, ...] = ()  # the faults that the log was last told of

    def current(self) -> Loaded:
        """The catalogue in force now; its snapshot is in the store, and on record, before this returns."""
        loaded = self._of_files()
        return self._laid_over(loaded) if self._fed else loaded

    def version(self) -> str:
        """What ``current`` would be a version of, without asking the store whom the provider put into groups."""
        return self._of_files().catalogue.version

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the files as they stand now, without asking the store."""
        return self._source.current().faults

    def _of_files(self) -> Loaded:
        loaded = self._source.current()
        if loaded.faults != self._told:
            self._tell(loaded)
        if loaded.catalogue.version != self._kept:
            with self._lock:
                if loaded.catalogue.version != self._kept:
                    self._keep(loaded.catalogue)
        return loaded

    def _tell(self, loaded: Loaded) -> None:
        """Once for each change: whoever took somebody out believes them out. What the files say stays in them."""
        with self._lock:
            if loaded.faults == self._told:
                return
            self._told = loaded.faults
        if not loaded.faults:
            self._log.info("catalogue without faults again", version=loaded.catalogue.version)
            return
        first = loaded.faults[0]
        self._log.error(
            "catalogue faulty: the last good one serves",
            version=loaded.catalogue.version,
            faults=len(loaded.faults),
            first=f"{first.file}:{first.line}",
            kind=first.kind.value,
        )

    def _laid_over(self, loaded: Loaded) -> Loaded:
        now = self._clock()
        with self._store.read() as view:
            number = view.provided.claimed_number()
            laid = self._laid
            if laid and laid.of is loaded and laid.number == number and now < laid.until:
                return laid.loaded
            claimed = view.provided.claimed(now=now)
        members = {
            group: frozenset(one.person_id for one in claimed if group in one.groups) for group in self._fed
        }
        over = replace(loaded, catalogue=with_members(loaded.catalogue, members))
        until = min((one.expires_at for one in claimed), default=_NEVER)
        self._laid = _Laid(loaded, number, until, over)
        return over

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
            end_links_without_person(transaction, catalogue.people, now=now)
        self._kept = catalogue.version
