"""A tracker, as it is set up: where it is, who asks, and what there says that a ticket is open."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class TrackerKind(StrEnum):
    """Whose wire format a tracker speaks."""

    JIRA = "jira"  # Jira Cloud, REST API v3
    SERVICENOW = "servicenow"  # the Table API
    HTTP = "http"  # anything that answers JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """One tracker. Of its credentials nothing is ever shown."""

    name: str
    kind: TrackerKind
    url: str  # of the site; of HTTP, the address of a ticket, with ``{ticket}`` where its name goes
    state: str  # a JSON pointer (RFC 6901) into the answer
    open: frozenset[str]  # the states, there, in which a ticket is open
    time_limit: timedelta
    user: str | None = None
    token: str | None = field(
        default=None, repr=False
    )  # with a user the password of basic access, else a bearer token
    table: str = "task"  # of ServiceNow
