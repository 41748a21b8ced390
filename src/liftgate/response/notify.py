"""What people outside are told: that something was found, that somebody was shut out, and that a grant was settled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liftgate.access.drafts import scope_json
from liftgate.access.hold import Hold
from liftgate.access.model import GrantRecord
from liftgate.clock import rfc3339
from liftgate.errors import Unavailable
from liftgate.ledger.model import Json
from liftgate.watch.finding_words import finding_told
from liftgate.watch.ports import FindingRecord
from liftgate.watch.settlement import Settled
from liftgate.watch.settlement_words import sentences


class NotDelivered(Unavailable):
    """Whoever should be told did not take the message."""

    code = "not_delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. Its id is the same each time that it is sent, so that a receiver can drop copies."""

    id: str
    type: str  # "finding.made"
    at: datetime
    data: Mapping[str, Json]


class Notifier(Protocol):
    """Somebody to tell."""

    @property
    def name(self) -> str:
        """Who it is, for logs and the ledger; nothing secret."""

    def send(self, message: Message, now: datetime) -> None:
        """Hand a message over. Raises ``NotDelivered``."""


def finding_message(record: FindingRecord) -> Message:
    """Something was found."""
    finding = record.finding
    return Message(
        id=finding.id,
        type="finding.made",
        at=record.found_at,
        data={
            "finding_id": finding.id,
            "grant_id": finding.grant_id,
            "entitlement": record.entitlement,
            **finding_told(finding),
        },
    )


def hold_message(hold: Hold) -> Message:
    """Somebody was shut out by hand. Why is for guards and auditors: a channel may have other readers."""
    return Message(
        id=f"{hold.person}-held-{rfc3339(hold.placed_at)}",
        type="person.held",
        at=hold.placed_at,
        data={
            "title": f"{hold.person} was shut out by {hold.placed_by}",
            "person": hold.person,
            "by": hold.placed_by,
            "next": "guards see why, and release: liftgate holds",
        },
    )


def settlement_message(made: Settled, record: GrantRecord) -> Message:
    """A grant was settled."""
    found = made.settlement
    return Message(
        id=f"{found.grant_id}-settled-{made.number}",
        type="grant.settled",
        at=made.settled_at,
        data={
            "grant_id": found.grant_id,
            "number": made.number,
            "person": record.grant.requester,
            "entitlement": record.grant.entitlement,
            "calls": found.calls,
            "refused": found.refused,
            "was_used": found.was_used,
            "findings": list(found.findings),
            "sufficed": scope_json(found.sufficed) if found.sufficed else None,
            "sentences": list(sentences(found)),
        },
    )
