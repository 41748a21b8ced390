"""Whether the ticket that a request names exists and is open: asked of its tracker, which may not answer."""

from dataclasses import dataclass
from typing import Protocol

from liftgate.access.errors import TicketNotOpen, TicketUnknown, TrackerDown, TrackerUnset
from liftgate.catalogue.model import JustificationRule, WhenDown


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFound:
    """What a tracker says of a ticket: nothing but its state."""

    exists: bool
    is_open: bool = False
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSeen:
    """What is kept of it: that the ticket was open, or that its tracker did not say."""

    tracker: str
    state: str | None  # as the tracker names it; None: it did not answer

    @property
    def was_checked(self) -> bool:
        """Whether the tracker answered."""
        return self.state is not None


class Trackers(Protocol):
    """Asks trackers, within a bounded time."""

    def look(self, tracker: str, ticket: str) -> TicketFound:
        """What a tracker says of a ticket. Raises ``TrackerDown``, and ``TrackerUnset`` for one that nobody set up."""


def see_ticket(
    ticket: str | None, rule: JustificationRule, trackers: Trackers | None, *, must_answer: bool = True
) -> TicketSeen | None:
    """What a request's ticket is; None where no tracker is asked. ``must_answer``: it is no emergency, where one goes on without.

    Raises ``TicketUnknown`` and ``TicketNotOpen``; ``TrackerDown`` where the rule does not let that pass, and ``TrackerUnset``,
    which no rule lets pass.
    """
    if ticket is None or rule.tracker is None:
        return None
    if trackers is None:
        raise tracker_unset(rule.tracker)
    try:
        found = trackers.look(rule.tracker, ticket)
    except TrackerDown:
        if must_answer and rule.when_down is WhenDown.REFUSE:
            raise
        return TicketSeen(tracker=rule.tracker, state=None)
    if not found.exists:
        raise TicketUnknown(
            f"`{rule.tracker}` knows no ticket `{ticket}`",
            advice="name a ticket that exists, and that Liftgate's account there may see",
            value=ticket,
            where="ticket",
        )
    if not found.is_open:
        raise TicketNotOpen(
            f"the ticket `{ticket}` is not open: `{rule.tracker}` says `{found.state}`",
            advice="reopen it, or name one that is open",
            value=ticket,
            where="ticket",
        )
    return TicketSeen(tracker=rule.tracker, state=found.state)


def wants_review(seen: TicketSeen | None, rule: JustificationRule) -> bool:
    """Whether a review is to make up for a tracker that did not answer."""
    return seen is not None and not seen.was_checked and rule.when_down is WhenDown.REVIEW


def tracker_unset(tracker: str) -> TrackerUnset:
    """What is said of a tracker that the catalogue names and the settings do not."""
    return TrackerUnset(
        f"the tracker `{tracker}` is not in the server's settings, so no ticket can be checked",
        advice="ask whoever runs Liftgate to add it under `trackers`: docs/tickets.md",
        value=tracker,
        where="ticket",
    )
