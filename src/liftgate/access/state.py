"""State is derived: what a request or grant *is* follows from its record and the clock (design decision 4).

Each state is its own type, and a transition takes only the type in which it is legal, so an illegal move does not
type-check. No job flips a status, so nothing can be late or lost.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from liftgate.access.model import (
    Answer,
    Cancellation,
    Ending,
    EndingKind,
    Grant,
    GrantRecord,
    Request,
    RequestRecord,
    Review,
)


@dataclass(frozen=True, slots=True)
class Pending:
    """Waits for reviewers."""

    request: Request
    approvals: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class Approved:
    """Became a grant."""

    request: Request
    grant: Grant


@dataclass(frozen=True, slots=True)
class Denied:
    """A reviewer said no."""

    request: Request
    denial: Review


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The requester withdrew it."""

    request: Request
    cancellation: Cancellation


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Nobody answered in time."""

    request: Request


RequestState: TypeAlias = Pending | Approved | Denied | Cancelled | Lapsed


def request_state(record: RequestRecord, now: datetime) -> RequestState:
    """What a request is at ``now``."""
    request = record.request
    if record.grant is not None:
        return Approved(request, record.grant)
    if record.cancellation is not None:
        return Cancelled(request, record.cancellation)
    for review in record.reviews:
        if review.answer is Answer.DENY:
            return Denied(request, review)
    if now >= request.lapses_at:
        return Lapsed(request)
    return Pending(request, record.reviews)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Approved; its window has not begun."""

    grant: Grant


@dataclass(frozen=True, slots=True)
class Active:
    """Sessions may be lent under it now."""

    grant: Grant


@dataclass(frozen=True, slots=True)
class Ended:
    """Its window is over."""

    grant: Grant


@dataclass(frozen=True, slots=True)
class Revoked:
    """Taken back by a reviewer or guard."""

    grant: Grant
    ending: Ending


@dataclass(frozen=True, slots=True)
class Returned:
    """Given back by its requester before the window's end."""

    grant: Grant
    ending: Ending


Live: TypeAlias = Scheduled | Active
LIVE: Final = frozenset({"scheduled", "active"})
"""The words for what can still be taken back."""
GrantState: TypeAlias = Scheduled | Active | Ended | Revoked | Returned


def grant_state(record: GrantRecord, now: datetime) -> GrantState:
    """What a grant is at ``now``."""
    grant, ending = record.grant, record.ending
    if ending is not None:
        return Revoked(grant, ending) if ending.kind is EndingKind.REVOKED else Returned(grant, ending)
    if now >= grant.window.ends_at:
        return Ended(grant)
    return Active(grant) if now >= grant.window.starts_at else Scheduled(grant)


def state_name(state: RequestState | GrantState) -> str:
    """The word for a state, the same in the API, the CLI, the pages and the ledger."""
    return type(state).__name__.lower()
