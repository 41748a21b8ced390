"""The store on SQLite and PostgreSQL.

    store = open_store("sqlite:////var/lib/liftgate/liftgate.db", clock=system_clock)
    store.migrate()
    with store.write() as transaction:
        transaction.add_request(request, draft)

Everything in the block is committed with its ledger entries when the block ends, and nothing of it where the block raises.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from liftgate.clock import Clock
from liftgate.drift.ports import Drifts
from liftgate.elevation.in_place.ports import InPlaceReader
from liftgate.elevation.ports import ElevationReader
from liftgate.identity.ports import IdentityReader
from liftgate.ledger.ports import LedgerPager, LedgerReader
from liftgate.notices.slack.ports import SlackBook
from liftgate.overview.rows import OverviewReader
from liftgate.response.ports import ResponseReader
from liftgate.store import migrations
from liftgate.store.catalogue_versions import CatalogueVersion
from liftgate.store.engine import Engines, engines_for
from liftgate.store.faults import translated
from liftgate.store.transaction import SqlTransaction
from liftgate.store.vitals import Vitals
from liftgate.watch.activity import Activity
from liftgate.watch.ports import SettlementReader, WatchReader
from liftgate.watch.settlement import Settled
from liftgate.watch.sources.ports import LogReading


class StoreReader(
    ResponseReader,
    ElevationReader,
    InPlaceReader,
    IdentityReader,
    WatchReader,
    SettlementReader,
    LedgerReader,
    Protocol,
):
    """All that can be read, in one consistent view."""

    @property
    def ledger_pages(self) -> LedgerPager:
        """Pages of the ledger, narrowed."""

    @property
    def overview(self) -> OverviewReader:
        """Counts of a span."""

    @property
    def drifts(self) -> Drifts:
        """Which findings of a check of deployed accounts still stand."""

    @property
    def log_reading(self) -> LogReading:
        """How far the trail's log files have been read."""

    @property
    def slack(self) -> SlackBook:
        """Where requests are shown in Slack, and whose Slack users people are."""

    def catalogue_version(self, version: str) -> CatalogueVersion | None:
        """A version of the catalogue, if it was ever seen."""

    def vitals(self, now: datetime) -> Vitals:
        """Counts for those who watch the server itself."""

    def all_settled(self, grant_id: str) -> tuple[Settled, ...]:
        """All accounts of a grant, the first first."""

    def destructive(self, grant_id: str, *, limit: int) -> tuple[Activity, ...]:
        """Calls of a grant that wrote or deleted objects, the first first."""


class SqlStore:
    """Fulfils every store port: ``access``, ``elevation``, ``identity``, ``watch``, ``response`` and ``ledger``."""

    def __init__(self, engines: Engines, clock: Clock) -> None:
        self._engines = engines
        self._clock = clock

    @contextmanager
    def read(self) -> Iterator[StoreReader]:
        """A read-only view; the database itself refuses to write in it."""
        with translated(), self._engines.reading.begin() as connection:
            yield SqlTransaction(connection, self._clock)

    @contextmanager
    def write(self) -> Iterator[SqlTransaction]:
        """A writing transaction: committed when the block ends, rolled back when it raises."""
        with translated(), self._engines.writing.begin() as connection:
            transaction = SqlTransaction(connection, self._clock)
            yield transaction
            transaction.seal_drafts()

    def migrate(self) -> None:
        """Bring the database up to this version; safe where several processes start at once."""
        with translated():
            migrations.migrate(self._engines.writing)

    def check(self) -> None:
        """Raise ``Unavailable`` where the database does not answer, or is not of this version."""
        with translated(), self._engines.reading.begin() as connection:
            migrations.check(connection)

    def close(self) -> None:
        """Close all connections."""
        self._engines.dispose()


def open_store(url: str, *, clock: Clock) -> SqlStore:
    """A store on ``sqlite:////path/to/file.db`` or ``postgresql://user@host/database``.

    Raises ``DatabaseNewer`` where a newer Liftgate has written it. Call ``migrate`` before anything else.
    """
    engines = engines_for(url)
    with translated(), engines.reading.begin() as connection:
        migrations.refuse_newer(connection)
    return SqlStore(engines, clock)
