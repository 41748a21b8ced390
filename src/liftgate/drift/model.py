"""What a check of a deployed account finds: where it has drifted from the plan, and what could not be looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Risk(StrEnum):
    """What it is worth to somebody who means harm."""

    HIGH = "high"  # somebody can do, or hide, what Liftgate is there to prevent
    MEDIUM = "medium"  # one wall of several is down
    LOW = "low"  # access that was agreed on does not work, or evidence goes early


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """One thing that must be so in an account."""

    id: str  # "trust-opened": what is wrong where it does not stand
    risk: Risk
    title: str  # what is wrong, in a few words
    why: str  # what somebody could do, or what is lost
    mend: str  # in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """A command that sets one thing right, and the documents that it reads from files of these names."""

    command: tuple[str, ...]
    documents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One wall that does not stand."""

    wall: Wall
    thing: str  # an ARN
    found: str  # what is
    wanted: str  # what should be
    mend: Mend


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """Something that could not be looked at, or not be judged: it never counts as fine."""

    thing: str
    why: str


@dataclass(frozen=True, slots=True)
class Absent:
    """AWS says that there is no such thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a check found: the worst first."""

    drifts: tuple[Drift, ...]
    unseen: tuple[Unseen, ...]
    looked_at: int  # things

    @property
    def is_whole(self) -> bool:
        """Whether everything could be looked at."""
        return not self.unseen
