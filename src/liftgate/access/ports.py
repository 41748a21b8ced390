"""What the use cases of ``access`` need of a store, said as protocols. ``liftgate.store`` fulfils them.

Every method that changes something takes the ledger's draft of it, so that no change can be written without its
record (design decision 5). Writing transactions are serialised by the rows that they lock.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar

from liftgate.access.hold import Hold
from liftgate.access.model import (
    Absence,
    Cancellation,
    Conclusion,
    Ending,
    Grant,
    GrantRecord,
    History,
    Request,
    RequestRecord,
    Review,
)
from liftgate.access.told import Told
from liftgate.ledger.model import Draft

T = TypeVar("T")

DENY_SLACK: Final = timedelta(minutes=5)
"""How long after a window's end its deny is still wanted: AWS's clock has surely passed the end by then. It is more than any
clock that AWS would accept is off."""
OPENING_LEAD: Final = DENY_SLACK
"""How long before its window a grant in place is written to its role. It opens by AWS's clock, and until then it only takes room."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A slice of a list, newest first, and the cursor that asks for the next one (None: that was all)."""

    items: tuple[T, ...]
    next_cursor: str | None


class EffectKind(StrEnum):
    """Work to do after a change, queued in its transaction and drained by any worker."""

    DENY = "deny"  # write the role's wanted denies into IAM; key: role ARN
    PRUNE = "prune"  # the same, when a deny is no longer wanted; key: role ARN
    IN_PLACE = "in_place"  # write the statements of the role's grants in place into IAM; key: role ARN
    RESPONSE = "response"  # answer a finding; key: its id
    NOTIFY = "notify"  # send a message to one webhook; key: what it is about, and which webhook
    SETTLE = "settle"  # make the account of a grant that is over; key: its id
    TELL = "tell"  # tell people of a request or grant; key: the id of the telling
    SHUT_OUT = "shut_out"  # take back what is left of somebody who was shut out; key: their id


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One queued piece of work. Doing it twice must do no harm."""

    kind: EffectKind
    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """Which requests to list: what somebody may see, applied in the database."""

    requester: str | None = None
    entitlements: frozenset[str] | None = None  # None: any
    or_requester: str | None = None  # with ``entitlements``: also this person's own
    states: frozenset[str] | None = None  # words of ``state_name``


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantFilter:
    """Which grants to list."""

    requester: str | None = None
    entitlements: frozenset[str] | None = None
    or_requester: str | None = None
    states: frozenset[str] | None = None
    until: datetime | None = None  # granted then or before


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """The caller's word that a repeated call is the same call: an Idempotency-Key and what was sent with it."""

    person_id: str
    key: str
    fingerprint: str  # SHA-256, in hex, of method, path and body


class AccessReader(Protocol):
    """A consistent view of requests and grants."""

    def request(self, request_id: str) -> RequestRecord | None:
        """One request with its reviews, cancellation and grant."""

    def grant(self, grant_id: str) -> GrantRecord | None:
        """One grant with its ending."""

    def told(self, told_id: str) -> Told | None:
        """One telling."""

    def history(self, person_id: str, entitlement: str, *, since: datetime, until: datetime) -> History:
        """What somebody did with an entitlement in a span of time."""

    def stands_for(self, person_id: str, *, now: datetime) -> frozenset[str]:
        """The reviewers who are away now, and whose delegate somebody is."""

    def delegates(self, people: frozenset[str], *, now: datetime) -> frozenset[str]:
        """Who may answer now in the place of any of these."""

    def open_holds(self, person_id: str) -> tuple[Hold, ...]:
        """A person's holds that are not over, the oldest first."""

    def last_shut_out(self, person_id: str) -> datetime | None:
        """When somebody was last put on hold by hand, released since or not."""

    def absences(self, person_id: str, *, now: datetime) -> tuple[Absence, ...]:
        """Absences that are not over, of somebody or with them as the delegate; the first to end first."""

    def absence(self, absence_id: str) -> Absence | None:
        """One absence."""

    def follow_ups(self, grant_id: str) -> tuple[RequestRecord, ...]:
        """The requests that go on from a grant, the first first."""

    def unconcluded(self, *, limit: int) -> tuple[RequestRecord, ...]:
        """Emergencies of anybody at which nobody has looked yet, the one that is due first."""

    def unlooked(self, person_id: str, *, now: datetime) -> tuple[RequestRecord, ...]:
        """Emergencies of somebody at which nobody has looked in time, the first first."""

    def requests(
        self, which: RequestFilter, *, now: datetime, cursor: str | None, limit: int
    ) -> Page[RequestRecord]:
        """A page of requests, newest first."""

    def grants(
        self, which: GrantFilter, *, now: datetime, cursor: str | None, limit: int
    ) -> Page[GrantRecord]:
        """A page of grants, newest first."""


class AccessWriter(AccessReader, Protocol):
    """A transaction that changes requests and grants; committed whole at its end, or not at all."""

    def repeated(self, once: Once | None, *, now: datetime) -> str | None:
        """The id of what the same call made before, if it did. Raises ``KeyReused`` for the same key with another body."""

    def remember(self, once: Once | None, resource_id: str, *, now: datetime) -> None:
        """Bind the key to what the call made, in the transaction that made it."""

    def hold_on(self, person_id: str) -> Hold | None:
        """A person's oldest hold that is not over; until this transaction ends nobody places one on them."""

    def record(self, draft: Draft) -> None:
        """An entry about something that changes nothing else, such as a refusal."""

    def lock_request(self, request_id: str) -> RequestRecord | None:
        """Like ``request``; nobody else changes it until this transaction ends."""

    def lock_grant(self, grant_id: str) -> GrantRecord | None:
        """Like ``grant``; nobody else changes it until this transaction ends."""

    def tell(self, told: Sequence[Told]) -> None:
        """Queue tellings of what this transaction changes; one that was queued before is not queued again."""

    def add_request(self, request: Request, draft: Draft) -> None:
        """A new request."""

    def add_absence(self, absence: Absence, draft: Draft) -> None:
        """Somebody is away, and says who answers for them."""

    def end_absence(self, absence_id: str, ended_at: datetime, draft: Draft) -> None:
        """They are back, or never went."""

    def add_conclusion(self, conclusion: Conclusion, draft: Draft) -> None:
        """What came of looking at an emergency; one for each."""

    def add_review(self, review: Review, draft: Draft) -> None:
        """A reviewer's answer; one for each reviewer and request."""

    def add_cancellation(self, cancellation: Cancellation, draft: Draft) -> None:
        """The requester's withdrawal."""

    def add_grant(self, grant: Grant, draft: Draft, effects: Sequence[Effect] = ()) -> None:
        """The grant of a request, with what must follow in AWS; one at most for each."""

    def add_ending(self, ending: Ending, draft: Draft, effects: Sequence[Effect]) -> None:
        """The early end of a grant, with what must follow in AWS."""


class AccessStore(Protocol):
    """Opens transactions."""

    def read(self) -> AbstractContextManager[AccessReader]:
        """A read-only view."""

    def write(self) -> AbstractContextManager[AccessWriter]:
        """A writing transaction: committed when the block ends, rolled back when it raises."""
