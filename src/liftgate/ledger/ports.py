"""What reading the ledger needs of a store."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from liftgate.ledger.model import Entry


class LedgerReader(Protocol):
    """A consistent view of the ledger."""

    def entries(
        self, *, after: int = 0, limit: int | None = None, about: str | None = None
    ) -> Iterator[Entry]:
        """Entries in order, from ``after`` on; ``about`` keeps those of one request or grant id."""

    def head(self) -> Entry | None:
        """The newest entry."""


class LedgerStore(Protocol):
    """Opens transactions."""

    def read(self) -> AbstractContextManager[LedgerReader]:
        """A read-only view."""
