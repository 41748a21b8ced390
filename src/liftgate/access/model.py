"""A request, its reviews, and the grant that it becomes. State is never stored: see ``state``."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from liftgate.access.ticket import TicketSeen
from liftgate.catalogue.model import Mechanism
from liftgate.iam.scope import Location, Scope, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class InPlace:
    """Access on the very role that the requester holds, for one session of it."""

    user_id: str  # "AROA…:session name", as STS answered it to the proof of identity
    policy: str  # what the role lacks of the scope, as JSON, without who and when
    boundary: str | None = None  # the role's boundary as it was then, as JSON; None: it was not kept

    @property
    def session_name(self) -> str:
        """The one session of the role that it opens for."""
        return self.user_id.partition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One stage of review that a request must pass, as the catalogue wanted it when it was asked for."""

    name: str
    approvals: int
    other_team: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What somebody did with one entitlement in the 30 days before they asked."""

    grants: int = 0
    never_used: int = 0  # of those that are over
    denied: int = 0  # requests
    findings: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Extends:
    """The running grant from which a request goes on."""

    grant_id: str
    in_all: timedelta  # how long the grant and all before it are


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a caller wants, parsed but not yet decided."""

    actions: frozenset[str]  # canonical names
    places: tuple[frozenset[Location], ...]  # for each place named, the locations that its words may mean
    duration: timedelta
    justification: str
    kms_keys: frozenset[str] = frozenset()  # empty: those of the entitlement
    entitlement: str | None = None  # a name, or None to let Liftgate find the one that fits
    ticket: str | None = None
    starts_at: datetime | None = None  # None: when it is approved
    mechanism: Mechanism | None = None  # None: whichever the entitlement has, a session where both would do
    extends: Extends | None = None
    break_glass: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One ask against one entitlement, with the rules under which it was made."""

    id: str  # "rq-" and 16 characters
    requester: str  # person id
    identity: str  # by which the requester proved it: "aws:arn:…"
    entitlement: str
    catalogue_version: str
    account: str
    role_arn: str
    external_id: str | None
    max_session: timedelta
    scope: Scope
    duration: timedelta
    starts_at: datetime | None
    justification: str
    ticket: str | None
    stages: tuple[Demand, ...]  # in order; none: approved without a review
    asked_at: datetime
    lapses_at: datetime
    in_place: InPlace | None = None  # None: sessions are lent
    spared: frozenset[str] = (
        frozenset()
    )  # conditions that did not hold: what they would have wanted is not wanted
    own_team: frozenset[str] = frozenset()  # who shared a team with the requester
    extends: Extends | None = None
    look_by: datetime | None = None  # break-glass: until when somebody must have looked at it
    ticket_seen: TicketSeen | None = None  # None: no tracker was to be asked

    @property
    def approvals_needed(self) -> int:
        """How many people must approve; 0: approved without a review."""
        return sum(stage.approvals for stage in self.stages)


class Answer(StrEnum):
    """What a reviewer may say."""

    APPROVE = "approve"
    DENY = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One reviewer's answer to a request."""

    request_id: str
    reviewer: str  # person id
    identity: str
    answer: Answer
    comment: str
    reviewed_at: datetime
    stage: str = "review"
    in_place_of: str | None = None  # the reviewer who is away, whose answer this is
    scope: Scope | None = None  # less than was asked for; None: all of it
    duration: timedelta | None = None

    @property
    def counts_for(self) -> str:
        """Whose answer it is: of somebody who is away, where it was given in their place."""
        return self.in_place_of or self.reviewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What came of looking at a grant that was taken in an emergency."""

    request_id: str
    by: str
    identity: str
    justified: bool
    comment: str
    concluded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A span in which a reviewer is away, and somebody else may answer for them."""

    id: str  # "aw-" and 16 characters
    person: str
    delegate: str
    starts_at: datetime
    until: datetime
    said_at: datetime
    ended_at: datetime | None = None  # they came back before

    def holds(self, now: datetime) -> bool:
        """Whether they are away at ``now``."""
        return self.starts_at <= now < self.until and (self.ended_at is None or now < self.ended_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """The requester's withdrawal of a request that was not yet answered."""

    request_id: str
    by: str
    cancelled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an approved request becomes: a fixed scope and a fixed window."""

    id: str  # "gr-" and 16 characters: session names carry it
    request_id: str
    requester: str
    entitlement: str
    catalogue_version: str
    account: str
    role_arn: str
    external_id: str | None
    max_session: timedelta
    scope: Scope
    window: Window
    granted_at: datetime
    in_place: InPlace | None = None  # None: sessions are lent


class EndingKind(StrEnum):
    """How a grant ended before its window did."""

    REVOKED = "revoked"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The early end of a grant: taken back by a reviewer or guard, or returned by its requester."""

    grant_id: str
    kind: EndingKind
    by: str
    reason: str
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """Everything that the store knows of one request."""

    request: Request
    reviews: tuple[Review, ...] = ()
    cancellation: Cancellation | None = None
    grant: Grant | None = None
    ending: Ending | None = None  # of the grant
    conclusion: Conclusion | None = None  # of a grant that was taken in an emergency


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRecord:
    """Everything that the store knows of one grant, but for its sessions."""

    grant: Grant
    ending: Ending | None = None
