"""The part of the transaction that does what findings call for, and that keeps the accounts of grants."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from liftgate.access.hold import Hold, Release
from liftgate.access.ports import Effect
from liftgate.ledger.model import Draft
from liftgate.response.model import Response
from liftgate.store.outbox import Outbox
from liftgate.store.responses import Responses
from liftgate.store.settlements import Settlements
from liftgate.watch.activity import Activity
from liftgate.watch.settlement import Call, Settled


class Answering(ABC):
    """Responses, holds and accounts, in one transaction."""

    def __init__(self, connection: Connection, outbox: Outbox) -> None:
        self.outbox = outbox
        self._responses = Responses(connection)
        self._settlements = Settlements(connection)

    @abstractmethod
    def record(self, draft: Draft) -> None:
        """Put a draft on record when this transaction commits."""

    # responses

    def responses(self, finding_ids: Sequence[str]) -> tuple[Response, ...]:
        """What was done about findings, in the order in which it was."""
        return self._responses.of(finding_ids)

    def add_response(self, response: Response, draft: Draft, effects: Sequence[Effect] = ()) -> bool:
        """A step that was done, with what must follow; False, and nothing of it kept, where it was done before."""
        is_new = self._responses.add(response)
        if is_new:
            self.outbox.enqueue(effects)
            self.record(draft)
        return is_new

    def destructive(self, grant_id: str, *, limit: int) -> tuple[Activity, ...]:
        """Calls of a grant that wrote or deleted objects, the first first."""
        return self._responses.destructive(grant_id, limit)

    # holds

    def hold_on(self, person_id: str) -> Hold | None:
        """A person's oldest hold that is not over; until this transaction ends nobody places one on them."""
        return self._responses.hold_on(person_id)

    def open_holds(self, person_id: str | None = None) -> tuple[Hold, ...]:
        """Holds that are not over, the oldest first; of one person, or all."""
        return self._responses.open_holds(person_id)

    def last_shut_out(self, person_id: str) -> datetime | None:
        """When somebody was last put on hold by hand, released since or not."""
        return self._responses.last_shut_out(person_id)

    def is_held(self, person_id: str) -> bool:
        """Whether somebody is on hold; until this transaction ends nobody is put on hold."""
        return self.hold_on(person_id) is not None

    def is_shut_out(self, person_id: str) -> bool:
        """Whether somebody was put on hold by hand; until this transaction ends nobody is."""
        return self._responses.is_shut_out(person_id)

    def hold_of(self, person_id: str, finding_id: str) -> Hold | None:
        """The hold that a finding placed on somebody, over or not."""
        return self._responses.hold_of(person_id, finding_id)

    def lock_holds(self, person_id: str) -> tuple[Hold, ...]:
        """Like ``open_holds``; nobody else releases them until this transaction ends."""
        return self._responses.lock_holds(person_id)

    def place_hold(self, hold: Hold, draft: Draft, effects: Sequence[Effect] = ()) -> bool:
        """A hold, with what must follow; False, and nothing kept, where the same finding placed it before. Whoever asks ``hold_on`` for the person waits."""
        is_new = self._responses.place(hold)
        if is_new:
            self.outbox.enqueue(effects)
            self.record(draft)
        return is_new

    def add_release(self, hold: Hold, release: Release, draft: Draft, *, is_over: bool) -> None:
        """A guard's release of one hold; ``is_over``: it was the last that was needed."""
        self._responses.release(hold, release, is_over=is_over)
        self.record(draft)

    # accounts

    def settled(self, grant_id: str) -> Settled | None:
        """A grant's newest account."""
        return self._settlements.latest(grant_id)

    def all_settled(self, grant_id: str) -> tuple[Settled, ...]:
        """All accounts of a grant, the first first."""
        return self._settlements.all(grant_id)

    def calls(self, grant_id: str) -> Iterator[Call]:
        """All of a grant's calls, as they count, those of one place together."""
        return self._settlements.calls(grant_id)

    def event_ids(self, grant_id: str) -> Iterator[str]:
        """The ids of all of a grant's calls, sorted."""
        return self._settlements.event_ids(grant_id)

    def finding_ids(self, grant_id: str) -> tuple[str, ...]:
        """All that was found of a grant."""
        return self._settlements.finding_ids(grant_id)

    def counts(self, grant_id: str) -> tuple[int, int]:
        """How many calls and findings of a grant there are."""
        return self._settlements.counts(grant_id)

    def add_settlement(self, made: Settled, draft: Draft, effects: Sequence[Effect]) -> None:
        """A new account, with whom to tell of it."""
        self._settlements.add(made)
        self.outbox.enqueue(effects)
        self.record(draft)

    def standing(self, grant_ids: Collection[str]) -> tuple[str, ...]:
        """Those of the grants whose account counts all calls that were known; sorted."""
        return self._settlements.standing(grant_ids)

    def reopen(self, grant_id: str, at: datetime, draft: Draft, effect: Effect) -> None:
        """The grant's account counts all no longer."""
        self._settlements.reopen(grant_id, at)
        self.outbox.enqueue([effect])
        self.record(draft)
