"""Tables of how requests are reviewed, and of what people are told: they belong to those of ``tables``."""

from typing import Any, Final

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from liftgate.store.columns import Flag, Moment, ScopeText, Span, Words
from liftgate.store.tables import metadata

_STRICT: Final[dict[str, Any]] = {"sqlite_strict": True}

_NOT_LOOKED_AT: Final[dict[str, Any]] = {
    "sqlite_where": text("concluded_at IS NULL"),
    "postgresql_where": text("concluded_at IS NULL"),
}

# What was wanted of a request, as JSON. Without a row: one stage called "review", of as many approvals as the request says.
request_terms = Table(
    "request_terms",
    metadata,
    Column("request_id", Text, ForeignKey("requests.id"), primary_key=True),
    Column("stages", Words, nullable=False),
    Column("spared", Words, nullable=False),
    Column("own_team", Words, nullable=False),
    **_STRICT,
)

# What an answer says beyond yes or no. Without a row: of the stage "review", in one's own right, to all that was asked for.
review_terms = Table(
    "review_terms",
    metadata,
    Column("request_id", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("in_place_of", Text),
    Column("scope", ScopeText),
    Column("duration", Span),
    PrimaryKeyConstraint("request_id", "reviewer"),
    ForeignKeyConstraint(["request_id", "reviewer"], ["reviews.request_id", "reviews.reviewer"]),
    **_STRICT,
)

# The running grant from which a request goes on.
extensions = Table(
    "extensions",
    metadata,
    Column("request_id", Text, ForeignKey("requests.id"), primary_key=True),
    Column("grant_id", Text, ForeignKey("grants.id"), nullable=False),
    Column("in_all", Span, nullable=False),  # how long that grant and all before it are
    Index(None, "grant_id"),
    **_STRICT,
)

# Grants that were taken without a review, and what was concluded afterwards.
emergencies = Table(
    "emergencies",
    metadata,
    Column("request_id", Text, ForeignKey("requests.id"), primary_key=True),
    Column("person", Text, nullable=False),  # of the request, so that theirs are found without it
    Column("look_by", Moment, nullable=False),
    Column("by", Text),
    Column("identity", Words),
    Column("justified", Flag),
    Column("comment", Words),
    Column("concluded_at", Moment),
    # Asked at each emergency: the few at which nobody has looked, however many are past.
    Index("ix_emergencies_open", "person", "look_by", **_NOT_LOOKED_AT),
    **_STRICT,
)

# Spans in which a reviewer is away, and who answers for them.
absences = Table(
    "absences",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("delegate", Text, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("said_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index(None, "delegate", "until"),
    Index(None, "person", "until"),
    **_STRICT,
)

# What people are told, one row for each telling: the key follows from what it tells, so nothing is told twice.
tellings = Table(
    "tellings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("recipients", Words, nullable=False),  # JSON: a sorted list of person ids
    Column("due_at", Moment, nullable=False),
    Column("request_id", Text),
    Column("grant_id", Text),
    Column("absence_id", Text),
    Column("stage", Integer),
    Column("by", Text),
    Index(None, "request_id"),
    **_STRICT,
)
