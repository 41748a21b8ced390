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
class Response:
    """One step that was done about a finding, or in ``observe`` would have been."""

    finding_id: str
    step: Step
    mode: Mode
    outcome: str  # one sentence without a full stop
    done_at: datetime
