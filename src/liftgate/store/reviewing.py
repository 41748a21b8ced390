"""The part of the transaction that knows how requests are reviewed, and what people are told of them."""

from collections.abc import Sequence

from sqlalchemy import Connection

from liftgate.access.effects import effect_of_told
from liftgate.access.told import Told
from liftgate.store.answering import Answering
from liftgate.store.outbox import Outbox
from liftgate.store.tellings import Tellings


class Reviewing(Answering):
    """Tellings, in one transaction."""

    def __init__(self, connection: Connection, outbox: Outbox) -> None:
        super().__init__(connection, outbox)
        self._tellings = Tellings(connection)

    def told(self, told_id: str) -> Told | None:
        """One telling."""
        return self._tellings.one(told_id)

    def tell(self, told: Sequence[Told]) -> None:
        """Queue tellings of what this transaction changes; one that was queued before is not queued again."""
        self.outbox.enqueue_first([effect_of_told(one) for one in self._tellings.add(told)])
