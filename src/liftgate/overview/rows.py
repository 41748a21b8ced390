"""What a store counts for the overview: few rows, however many grants there were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

# Longest waits of the bars of the distribution, in seconds; the last bar holds what took longer.
WAITS: Final = (60, 300, 900, 3_600, 14_400, 86_400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Whole days in UTC, the last of which is not over: ``until`` is now."""

    since: datetime  # a midnight
    until: datetime
    days: int
    first_week: datetime  # the Monday, at midnight, of the week in which it begins


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """Grants of one day that came to the same end."""

    day: int  # 0, 1, … of the span
    outcome: str  # "ended", "returned", "revoked" or "live"
    grants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitRow:
    """How long reviewed grants of one week waited from request to approval, in whole seconds, by the nearest rank."""

    week: int  # 0, 1, … of the span
    grants: int
    median: int
    ninetieth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRow:
    """Grants that are over and were used alike."""

    use: str | None  # of ``watch.settlement.Use``; None: the account is not made yet, or anew
    grants: int
    actions_granted: int  # of those of which it is known what would have sufficed
    actions_used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LentRow:
    """How long the grants of one entitlement were open, all together."""

    entitlement: str
    grants: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """Findings of one severity in one state."""

    severity: str
    state: str
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerRow:
    """One reviewer's answers to requests of the span."""

    person: str
    approved: int
    denied: int


class OverviewReader(Protocol):
    """Counts. Each takes one question to the database."""

    def outcomes(self, span: Span) -> Sequence[OutcomeRow]:
        """Grants that were made in the span, by day."""

    def waits(self, span: Span) -> Sequence[WaitRow]:
        """Reviewed grants that were made in the span, by week."""

    def wait_of_all(self, span: Span) -> WaitRow | None:
        """The same as one; None: there are none."""

    def wait_counts(self, span: Span) -> Sequence[int]:
        """How many waited as long as each of ``WAITS``, and longer."""

    def uses(self, span: Span) -> Sequence[UseRow]:
        """Grants that were made in the span and are over."""

    def lent(self, span: Span) -> Sequence[LentRow]:
        """Grants that were open in the span, as far as they were."""

    def findings(self, span: Span) -> Sequence[FindingRow]:
        """Findings of calls in the span, by the state that they are in now."""

    def reviewers(self, span: Span) -> Sequence[ReviewerRow]:
        """Who answered requests that were made in the span."""
