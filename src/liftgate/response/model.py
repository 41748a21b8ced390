"""What is done about a finding."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Mode(StrEnum):
    """Whether findings are answered."""

    OBSERVE = "observe"  # only say what would have been done
    ACT = "act"


class Step(StrEnum):
    """One thing that is done about a finding."""

    ALERT = "alert"
    REVOKE = "revoke"  # the finding's grant
    QUARANTINE = "quarantine"  # every grant of its person, and a hold on new ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A guard's word that a person may ask again."""

    by: str  # person id
    reason: str
    released_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A person who gets no new grants until two guards, neither of them the person, have said so."""

    person: str
    finding_id: str
    because: str
    placed_at: datetime
    releases: tuple[Release, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether two guards have released it."""
        return len({release.by for release in self.releases} - {self.person}) >= RELEASES_NEEDED


RELEASES_NEEDED = 2
