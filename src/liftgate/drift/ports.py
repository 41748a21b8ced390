"""What a check needs of AWS, and of a store."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from liftgate.errors import Unavailable
from liftgate.ledger.model import Draft
from liftgate.watch.ports import NewFinding


class AccountOutOfReach(Unavailable):
    """Nobody who may look is known of an account."""

    code = "account_out_of_reach"


class Clients(Protocol):
    """boto3 clients with short time-outs, that sign as somebody who may look in an account."""

    def __call__(self, service: str, account: str, region: str) -> Any:
        """A client for a service of a region. Raises ``AccountOutOfReach``."""


class Drifts(Protocol):
    """Which findings of a check still stand."""

    def standing(self) -> Mapping[str, str]:
        """The ids of those that do, by wall and thing."""

    def open(self, what: str, finding_id: str) -> bool:
        """One more; False where there is one of the same wall and thing, which another check may have opened just now."""

    def close(self, finding_id: str, at: datetime) -> bool:
        """What was found is no longer so; False where that was known."""

    def are_standing(self, finding_ids: Collection[str]) -> Mapping[str, bool]:
        """Of those that a check found, whether each still stands."""


class DriftWriter(Protocol):
    """A transaction that keeps what a check found; committed whole at its end, or not at all."""

    @property
    def drifts(self) -> Drifts:
        """Those that stand."""

    def keep_findings(self, found: Sequence[NewFinding]) -> frozenset[str]:
        """See ``watch.ports.WatchWriter``."""

    def record(self, draft: Draft) -> None:
        """Put an entry into the ledger."""


class DriftStore(Protocol):
    """Opens transactions."""

    def write(self) -> AbstractContextManager[DriftWriter]:
        """A writing transaction."""
