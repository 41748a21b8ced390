"""A request, its reviews, and the grant that it becomes. State is never stored: see ``state``."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from liftgate.catalogue.model import Mechanism
from liftgate.iam.scope import Location, Scope, Window


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
    approvals_needed: int  # 0: approved without a review
    asked_at: datetime
    lapses_at: datetime
    in_place: InPlace | None = None  # None: sessions are lent


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRecord:
    """Everything that the store knows of one grant, but for its sessions."""

    grant: Grant
    ending: Ending | None = None
