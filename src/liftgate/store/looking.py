"""The part of the transaction for those who look at everything: the ledger in pages, and counts."""

from datetime import datetime

from sqlalchemy import Connection

from liftgate.store.ledger_pages import LedgerPages
from liftgate.store.outbox import Outbox
from liftgate.store.overview import OverviewCounts
from liftgate.store.reviewing import Reviewing
from liftgate.store.vitals import Vitals, read_vitals


class Looking(Reviewing):
    """What guards and auditors ask for, in one transaction."""

    def __init__(self, connection: Connection, outbox: Outbox) -> None:
        super().__init__(connection, outbox)
        self.ledger_pages = LedgerPages(connection)
        self.overview = OverviewCounts(connection)

    def vitals(self, now: datetime) -> Vitals:
        """Counts for those who watch the server itself."""
        return read_vitals(self._connection, now)
