"""The part of the transaction for those who look at everything: the ledger in pages, and counts."""

from sqlalchemy import Connection

from liftgate.store.ledger_pages import LedgerPages
from liftgate.store.outbox import Outbox
from liftgate.store.overview import OverviewCounts
from liftgate.store.reviewing import Reviewing


class Looking(Reviewing):
    """What guards and auditors ask for, in one transaction."""

    def __init__(self, connection: Connection, outbox: Outbox) -> None:
        super().__init__(connection, outbox)
        self.ledger_pages = LedgerPages(connection)
        self.overview = OverviewCounts(connection)
