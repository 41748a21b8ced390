"""What reading the ledger needs of a store."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liftgate.ledger.model import Entry, EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFilter:
    """Which entries to list. None: any."""

    about: str | None = None  # a request's or grant's id
    kind: EventKind | None = None
    actor: str | None = None  # a person's id, or "liftgate"
    since: datetime | None = None  # to the second
    until: datetime | None = None  # that second left out


class LedgerPager(Protocol):
    """Reads pages of the ledger, narrowed."""

    def oldest_first(self, which: LedgerFilter, *, after: int, limit: int) -> tuple[Entry, ...]:
        """The first entries after a place."""

    def newest_first(self, which: LedgerFilter, *, before: int | None, limit: int) -> tuple[Entry, ...]:
        """The last entries before a place, backwards."""


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
