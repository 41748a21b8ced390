"""Tables of tickets and of Slack: they belong to those of ``tables``."""

from typing import Any, Final

from sqlalchemy import Column, ForeignKey, Table, Text

from liftgate.store.columns import Words
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
