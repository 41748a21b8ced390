"""A finding: what should not have happened, and what is to be done about it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from liftgate.watch.ids import sixteen


class Severity(StrEnum):
    """How bad it is; the names are OCSF's."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Answer(StrEnum):
    """What a rule wants done. Each takes in the ones before it."""

    NOTHING = "nothing"  # it is on the list of findings
    ALERT = "alert"  # people are told
    REVOKE = "revoke"  # the grant is taken back
    QUARANTINE = "quarantine"  # all grants of the person are taken back, and new ones held


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a rule found. The same events give the same finding, with the same id, however often they are read."""

    id: str  # "fi-" and 16 characters
    rule: str  # the rule's name: "outside-scope"
    title: str  # in a few words
    because: str  # in one sentence
    severity: Severity
    answer: Answer
    at: datetime  # of the event; for a rule on a whole grant, of the latest event that it counts
    grant_id: str | None = None
    person: str | None = None
    session_name: str | None = None
    role_arn: str | None = None
    event_ids: tuple[str, ...] = field(default=())  # one, or for a rule on a whole grant none


def finding_id(rule: str, subject: str) -> str:
    """The id of what a rule found about an event (by its id) or a grant."""
    return "fi-" + sixteen(f"{rule}\0{subject}")
