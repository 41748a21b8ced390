"""The part of the transaction that knows how requests are reviewed, and what people are told of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from liftgate.access.effects import effect_of_told
from liftgate.access.model import Absence, Conclusion, History, RequestRecord
from liftgate.access.told import Told
from liftgate.ledger.model import Draft
from liftgate.store.absences import Absences
from liftgate.store.answering import Answering
from liftgate.store.history import history
from liftgate.store.outbox import Outbox
from liftgate.store.requests import Requests
from liftgate.store.tellings import Tellings


class Reviewing(Answering):
    """Absences, emergencies, extensions and tellings, in one transaction."""

    def __init__(self, connection: Connection, outbox: Outbox) -> None:
        super().__init__(connection, outbox)
        self._connection = connection
        self._requests = Requests(connection)
        self._absences = Absences(connection)
        self._tellings = Tellings(connection)

    def history(self, person_id: str, entitlement: str, *, since: datetime, until: datetime) -> History:
        """What somebody did with an entitlement in a span of time."""
        return history(self._connection, person_id, entitlement, since=since, until=until)

    # absences

    def stands_for(self, person_id: str, *, now: datetime) -> frozenset[str]:
        """The reviewers who are away now, and whose delegate somebody is."""
        return self._absences.stands_for(person_id, now)

    def delegates(self, people: frozenset[str], *, now: datetime) -> frozenset[str]:
        """Who may answer now in the place of any of these."""
        return self._absences.delegates(people, now)

    def absences(self, person_id: str, *, now: datetime) -> tuple[Absence, ...]:
        """Absences that are not over, of somebody or with them as the delegate; the first to end first."""
        return self._absences.of(person_id, now)

    def absence(self, absence_id: str) -> Absence | None:
        """One absence."""
        return self._absences.one(absence_id)

    def add_absence(self, absence: Absence, draft: Draft) -> None:
        """Somebody is away, and says who answers for them."""
        self._absences.add(absence)
        self.record(draft)

    def end_absence(self, absence_id: str, ended_at: datetime, draft: Draft) -> None:
        """They are back, or never went."""
        self._absences.end(absence_id, ended_at)
        self.record(draft)

    # emergencies and extensions

    def follow_ups(self, grant_id: str) -> tuple[RequestRecord, ...]:
        """The requests that go on from a grant, the first first."""
        return self._requests.follow_ups(grant_id)

    def unconcluded(self, *, limit: int) -> tuple[RequestRecord, ...]:
        """Emergencies of anybody at which nobody has looked yet, the one that is due first."""
        return self._requests.unconcluded(limit)

    def unlooked(self, person_id: str, *, now: datetime) -> tuple[RequestRecord, ...]:
        """Emergencies of somebody at which nobody has looked in time, the first first."""
        return self._requests.unlooked(person_id, now)

    def add_conclusion(self, conclusion: Conclusion, draft: Draft) -> None:
        """What came of looking at an emergency; one for each."""
        self._requests.add_conclusion(conclusion)
        self.record(draft)

    # tellings

    def told(self, told_id: str) -> Told | None:
        """One telling."""
        return self._tellings.one(told_id)

    def tell(self, told: Sequence[Told]) -> None:
        """Queue tellings of what this transaction changes; one that was queued before is not queued again."""
        self.outbox.enqueue_first([effect_of_told(one) for one in self._tellings.add(told)])
