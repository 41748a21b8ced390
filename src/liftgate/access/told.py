"""What people are told: a value for each telling, queued in the transaction of what it tells of.

It says who is told of what, not how: channels are the business of whoever delivers. Its id follows from what it tells, so
that the same telling is queued once, and a receiver can drop copies.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TellKind(StrEnum):
    """What happened, or is due, that somebody should hear of."""

    REQUEST_MADE = "request.made"  # to its requester: it waits for an answer
    REVIEW_DUE = "review.due"  # to those who may answer the stage that began
    REVIEW_REMINDER = "review.reminder"  # to the same, where it still waits: perhaps several times
    REVIEW_ESCALATED = "review.escalated"  # to those who may answer it from now on, since nobody did
    REQUEST_APPROVED = "request.approved"
    REQUEST_DENIED = "request.denied"
    REQUEST_LAPSED = "request.lapsed"
    REQUEST_CANCELLED = "request.cancelled"  # to those whose answer is no longer wanted
    GRANT_EXTENDED = "grant.extended"  # a running grant goes on by another one
    GRANT_ENDED = "grant.ended"  # taken back, or given back, before its window was over
    BREAK_GLASS_USED = "break_glass.used"  # to guards, auditors and those who review it afterwards
    BREAK_GLASS_REVIEW_DUE = "break_glass.review_due"  # to its reviewers and its person: it is overdue
    BREAK_GLASS_REVIEWED = "break_glass.reviewed"  # to its person: what was concluded
    DELEGATE_NAMED = "delegate.named"  # to the delegate: whose reviews they may answer, and how long


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One telling: what of, to whom, and when."""

    kind: TellKind
    recipients: frozenset[str]  # person ids, as they were known when it was queued
    due_at: datetime
    request_id: str | None = None
    grant_id: str | None = None
    absence_id: str | None = None
    stage: int | None = None  # of the review: 0 for the first
    by: str | None = None  # whose doing it tells of: a person's id

    @property
    def about(self) -> str:
        """The id of what it is about: of the request, which has one grant at most, else of the grant or the absence."""
        about = self.request_id or self.grant_id or self.absence_id
        if about is None:
            raise ValueError("a telling is about something")
        return about

    @property
    def id(self) -> str:
        """Follows from what it tells."""
        stage = "" if self.stage is None else f" {self.stage}"
        when = f" {int(self.due_at.timestamp())}" if self.kind is TellKind.REVIEW_REMINDER else ""
        return f"{self.kind} {self.about}{stage}{when}"
