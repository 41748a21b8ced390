"""What the watch needs of rules, of what was read, and of a store, said as protocols.

Every method that changes something takes the ledger's draft of it, as everywhere.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liftgate.access.model import GrantRecord
from liftgate.access.ports import Effect, Page
from liftgate.elevation.model import Session
from liftgate.ledger.model import Draft
from liftgate.watch.activity import Activity
from liftgate.watch.event import Event
from liftgate.watch.finding import Finding, Severity
from liftgate.watch.finding_state import FindingState
from liftgate.watch.known import KnownGrant
from liftgate.watch.rules.totals import Totals
from liftgate.watch.settlement import Call, Settled
from liftgate.watch.verdict import Judged, Verdict


class Unread(Protocol):
    """Something that could not be read."""

    @property
    def reason(self) -> str:
        """In a few words, without a full stop."""

    @property
    def where(self) -> str:
        """Where it stood: the same for each copy of the same message, so that it is set aside once."""

    @property
    def excerpt(self) -> str:
        """How it begins; text of others."""


class Records(Protocol):
    """What came out of one file or message."""

    @property
    def events(self) -> Sequence[Event]:
        """What could be read."""

    @property
    def set_aside(self) -> Sequence[Unread]:
        """What could not."""

    def raw(self, place: int) -> bytes:
        """The JSON of an event as it came; ``place`` is its place in ``events``."""


class Rulebook(Protocol):
    """The rules by which calls become findings."""

    def of_call(self, judged: Judged) -> Sequence[Finding]:
        """What the rules on one call find: a function of the call alone."""

    def of_grant(self, grant: KnownGrant, totals: Totals) -> Sequence[Finding]:
        """What the rules on a whole grant find in all its calls, which come to ``totals``. It raises nothing.

        What holds for some calls must hold for more: a finding is never taken back. A rule's severity and answer do not depend on how many.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Something that could not be read, as it is kept."""

    id: str  # "sa-" and 16 characters: the same for the same text in the same place
    reason: str
    source: str  # where it stood
    excerpt: str
    at: datetime  # when it was first met


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRecord:
    """A finding as it is kept."""

    finding: Finding
    found_at: datetime
    entitlement: str | None  # of its grant


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFinding:
    """A finding to keep, and where it is new what to record of it and what must follow."""

    record: FindingRecord
    draft: Draft
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFilter:
    """Which findings to list: what somebody may see, applied in the database."""

    severities: frozenset[Severity] | None = None  # None: any
    rule: str | None = None
    grant_id: str | None = None
    since: datetime | None = None  # of what was found, not of when
    entitlements: frozenset[str] | None = None  # None: any, and those of no grant
    not_of: str | None = None  # findings about this person are left out
    state: FindingState | None = None  # None: any
    now: datetime | None = None  # at which they are in that state


@dataclass(frozen=True, slots=True, kw_only=True)
class CallGroup:
    """Calls of one operation in one folder with one outcome."""

    service: str
    operation: str
    folder: str
    verdict: Verdict
    refused: bool
    calls: int
    first_at: datetime
    last_at: datetime


class KnownReader(Protocol):
    """Looks up what is known of the calls of a batch. Each takes as long as the batch is large, however much is known."""

    def grant_records(self, grant_ids: Collection[str]) -> Sequence[GrantRecord]:
        """Those grants that are on record."""

    def sessions_of_keys(self, access_key_ids: Collection[str]) -> Sequence[Session]:
        """The sessions to which access keys were lent."""

    def sessions_called(self, names: Collection[str]) -> Sequence[Session]:
        """The sessions of these names."""

    def grants_in_place_of(
        self, user_ids: Collection[str], *, since: datetime, until: datetime
    ) -> Sequence[GrantRecord]:
        """The grants that open these sessions of roles in place, at some moment from ``since`` to ``until``."""

    def lends_sessions(self, role_arn: str) -> bool:
        """Whether the newest grant on a role lends sessions of it; False where there is none."""


class WatchReader(KnownReader, Protocol):
    """A consistent view of what was seen and found."""

    def findings(self, which: FindingFilter, *, cursor: str | None, limit: int) -> Page[FindingRecord]:
        """A page of findings, the latest first."""

    def finding(self, finding_id: str) -> FindingRecord | None:
        """One finding."""

    def activity(self, event_id: str) -> Activity | None:
        """One call."""

    def activities(self, grant_id: str, *, cursor: str | None, limit: int) -> Page[Activity]:
        """A page of a grant's calls, the latest first."""

    def call_groups(self, grant_id: str, *, limit: int) -> Sequence[CallGroup]:
        """A grant's calls in groups, by the first of each."""

    def set_aside(self, *, cursor: str | None, limit: int) -> Page[SetAside]:
        """A page of what could not be read, the latest first."""

    def totals(self, grant_id: str) -> Totals:
        """What all of a grant's calls come to. It takes as long as a few calls, however many there are."""

    def events_last_came(self) -> datetime | None:
        """When events were last taken in, as far as that was marked."""

    def known_grants(
        self, *, since: datetime, until: datetime, cursor: str | None, limit: int
    ) -> Page[GrantRecord]:
        """A page of the grants whose window touches a span, the last to end first."""

    def known_sessions(self, grant_ids: Collection[str]) -> Sequence[Session]:
        """The sessions of these grants."""


class WatchWriter(WatchReader, Protocol):
    """A transaction that keeps what was seen; committed whole at its end, or not at all."""

    def count_alone(self, grant_ids: Collection[str]) -> None:
        """Until this transaction ends, nobody else keeps calls of these grants: totals miss none. Call it first, and once."""

    def keep_activities(self, activities: Sequence[Activity]) -> frozenset[str]:
        """Keep calls, and add those that were not kept before to the totals of their grants; the answer is the ids of their events."""

    def keep_findings(self, found: Sequence[NewFinding]) -> frozenset[str]:
        """Keep findings; of those that were not kept before, whose ids are the answer, also drafts and effects.

        Of one about a whole grant that was kept before, ``because`` and ``at`` come to be those given now.
        """

    def keep_set_aside(self, found: Sequence[tuple[SetAside, Draft]]) -> frozenset[str]:
        """Keep what could not be read, with its draft where it was not kept before; the answer is the ids of those."""

    def standing(self, grant_ids: Collection[str]) -> Sequence[str]:
        """Those of the grants whose account counts all calls that were known; sorted."""

    def reopen(self, grant_id: str, at: datetime, draft: Draft, effect: Effect) -> None:
        """The grant's account counts all no longer."""


class WatchStore(Protocol):
    """Opens transactions."""

    def read(self) -> AbstractContextManager[WatchReader]:
        """A read-only view."""

    def write(self) -> AbstractContextManager[WatchWriter]:
        """A writing transaction: committed when the block ends, rolled back when it raises."""


class SettlementReader(Protocol):
    """A consistent view of a grant's calls and its account."""

    def grant(self, grant_id: str) -> GrantRecord | None:
        """One grant with its ending."""

    def settled(self, grant_id: str) -> Settled | None:
        """A grant's newest account."""

    def calls(self, grant_id: str) -> Iterator[Call]:
        """All of a grant's calls, as they count and in the order in which ``settle`` goes through them; few are held at once."""

    def event_ids(self, grant_id: str) -> Iterator[str]:
        """The ids of all of a grant's calls, sorted."""

    def finding_ids(self, grant_id: str) -> Sequence[str]:
        """All that was found of a grant."""


class SettlementWriter(SettlementReader, Protocol):
    """A transaction that keeps an account."""

    def count_alone(self, grant_ids: Collection[str]) -> None:
        """Until this transaction ends, nobody else keeps calls of these grants."""

    def counts(self, grant_id: str) -> tuple[int, int]:
        """How many calls and findings of a grant there are."""

    def add_settlement(self, made: Settled, draft: Draft, effects: Sequence[Effect]) -> None:
        """A new account, with whom to tell of it."""


class SettlementStore(Protocol):
    """Opens transactions."""

    def read(self) -> AbstractContextManager[SettlementReader]:
        """A read-only view."""

    def write(self) -> AbstractContextManager[SettlementWriter]:
        """A writing transaction: committed when the block ends, rolled back when it raises."""
