"""A request in plain words, for whoever is to answer it: who, what, where, how long, why, and what is unusual about it.

The texts are what people wrote, shown by nobody yet: each medium makes them safe in its own way before it shows them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liftgate.access.model import Answer, Grant, Request, RequestRecord
from liftgate.access.review import people_in_words
from liftgate.access.stages import can_be_met, steps_of
from liftgate.access.state import Approved, Cancelled, Denied, Lapsed, Pending, request_state
from liftgate.access.ticket import TicketSeen
from liftgate.catalogue.model import Catalogue, Entitlement
from liftgate.iam.explain import explain_scope
from liftgate.iam.s3.actions import AccessLevel, action
from liftgate.span import in_words

_FOR_GOOD: Final = frozenset({"s3:DeleteObjectVersion", "s3:DeleteBucket"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a reviewer wants to know."""

    name: str  # ours: "why"
    text: str  # theirs, perhaps: of several lines where they wrote several


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWords:
    """A request, as it is told."""

    headline: str
    facts: tuple[Fact, ...]
    unusual: tuple[str, ...]  # a clause each, without a full stop


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request."""

    is_open: bool
    sentence: str  # one line, but for what people wrote in it


def request_words(request: Request, catalogue: Catalogue, *, is_first: bool | None = None) -> RequestWords:
    """The request in words. ``is_first``: its requester had no grant of this entitlement before; None: not known."""
    who = person_words(request.requester, catalogue)
    return RequestWords(
        headline=f"{who} broke the glass for {request.entitlement}"
        if request.look_by is not None
        else f"{who} asks for {request.entitlement}",
        facts=tuple(_facts(request, who)),
        unusual=tuple(_unusual(request, catalogue.entitlements.get(request.entitlement), is_first)),
    )


def person_words(person_id: str, catalogue: Catalogue) -> str:
    """Somebody's name and id: names alone are not unique."""
    person = catalogue.people.get(person_id)
    return f"{person.name} ({person_id})" if person is not None else person_id


def outcome_words(record: RequestRecord, catalogue: Catalogue, now: datetime) -> Outcome:
    """What a request has come to, for whoever was asked to answer it."""
    match request_state(record, now):
        case Pending():
            return Outcome(is_open=True, sentence=_waiting(record, catalogue, now))
        case Approved(grant=grant):
            until = moment_words(grant.window.ends_at)
            said = f"approved{_approvers(record, catalogue)}{_less(record.request, grant)}"
            return Outcome(is_open=False, sentence=f"{said}; access ends {until}")
        case Denied(denial=denial):
            why = f": {denial.comment}" if denial.comment else ""
            return Outcome(
                is_open=False, sentence=f"denied by {person_words(denial.reviewer, catalogue)}{why}"
            )
        case Cancelled():
            return Outcome(is_open=False, sentence="cancelled by its requester")
        case Lapsed():
            return Outcome(is_open=False, sentence="lapsed: nobody answered in time")


def _waiting(record: RequestRecord, catalogue: Catalogue, now: datetime) -> str:
    if not can_be_met(steps_of(record.request, record.reviews, catalogue, now), record.reviews):
        return "the catalogue has too few people left who could approve it: deny it, or add reviewers"
    if record.reviews:
        said = people_in_words(frozenset(one.reviewer for one in record.reviews))
        return f"approved by {said} so far; more must approve"
    return f"waits for an answer until {moment_words(record.request.lapses_at)}"


def moment_words(moment: datetime) -> str:
    """A moment to the minute, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _less(request: Request, grant: Grant) -> str:
    length = grant.window.ends_at - grant.window.starts_at
    less = [
        *([explain_scope(grant.scope)] if grant.scope != request.scope else []),
        *([in_words(length)] if length < request.duration else []),
    ]
    return f", but only {' for '.join(less)}" if less else ""


def _approvers(record: RequestRecord, catalogue: Catalogue) -> str:
    names = [person_words(one.reviewer, catalogue) for one in record.reviews if one.answer is Answer.APPROVE]
    return f" by {' and '.join(names)}" if names else " without a review"


def _facts(request: Request, who: str) -> Iterator[Fact]:
    yield Fact("Who", who)
    yield Fact("What", explain_scope(request.scope))
    begins = f"from {moment_words(request.starts_at)}" if request.starts_at else "from when it is approved"
    yield Fact("How long", f"{in_words(request.duration)}, {begins}")
    yield Fact("Why", request.justification or "nothing was said")
    if request.ticket is not None:
        seen = request.ticket_seen
        yield Fact("Ticket", f"{request.ticket}{f' ({_ticket_words(seen)})' if seen else ''}")


def _ticket_words(seen: TicketSeen) -> str:
    if not seen.was_checked:
        return f"not checked: {seen.tracker} did not answer"
    return f"open in {seen.tracker} when it was asked for: {seen.state}"


def _unusual(request: Request, entitlement: Entitlement | None, is_first: bool | None) -> Iterator[str]:
    if request.look_by is not None:
        yield "it is an emergency: nobody was asked before"
    if is_first:
        yield f"{request.requester} has not had {request.entitlement} before"
    if request.ticket_seen is not None and not request.ticket_seen.was_checked:
        yield "its ticket was not checked"
    for_good = sorted(request.scope.actions & _FOR_GOOD)
    if for_good:
        yield f"it can delete for good ({', '.join(for_good)})"
    granting = sorted(name for name in request.scope.actions if action(name).level is AccessLevel.PERMISSIONS)
    if granting:
        yield f"it can change who else has access ({', '.join(granting)})"
    if entitlement is None:
        return
    if request.scope.locations == entitlement.ceiling.locations and len(request.scope.locations) > 0:
        yield f"it reaches everywhere that {entitlement.name} can"
    if request.duration >= entitlement.longest:
        yield "it is for the longest time that may be asked for"
