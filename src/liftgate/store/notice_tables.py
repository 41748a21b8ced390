"""Tables of tickets and of Slack: they belong to those of ``tables``."""

from typing import Any, Final

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from liftgate.store.columns import Moment, Words
from liftgate.store.tables import metadata

_STRICT: Final[dict[str, Any]] = {"sqlite_strict": True}

# What the tracker of its ticket said when the request was made; a null state: it did not answer.
ticket_checks = Table(
    "ticket_checks",
    metadata,
    Column("request_id", Text, ForeignKey("requests.id"), primary_key=True),
    Column("tracker", Text, nullable=False),
    Column("state", Words),
    **_STRICT,
)

# The message that shows a request, to be changed with it: Slack names it by its channel and its time.
slack_messages = Table(
    "slack_messages",
    metadata,
    Column("request_id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("ts", Text, nullable=False),
    Column("shown", Text, nullable=False),  # SHA-256 of what it says
    **_STRICT,
)

# Codes that people were given while they were signed in: whoever sends one from Slack is that person.
slack_codes = Table(
    "slack_codes",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index(None, "person_id"),
    Index(None, "expires_at"),
    **_STRICT,
)

slack_links = Table(
    "slack_links",
    metadata,
    Column("slack_user", Text, primary_key=True),  # "T…/U…": a user's id alone is not unique
    Column("person_id", Text, nullable=False),
    Column("linked_at", Moment, nullable=False),
    Index(None, "person_id"),
    **_STRICT,
)
