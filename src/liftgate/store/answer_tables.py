"""Tables of what is done about findings, and of what grants come to: they belong to those of ``tables``."""

from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from liftgate.store.columns import Moment, Words
from liftgate.store.tables import metadata

_STRICT: Final[dict[str, Any]] = {"sqlite_strict": True}
_OPEN: Final[dict[str, Any]] = {
    "sqlite_where": text("over_at IS NULL"),
    "postgresql_where": text("over_at IS NULL"),
}

# One row for each step of each finding: the key is what keeps a step from being done twice.
responses = Table(
    "responses",
    metadata,
    Column("finding_id", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("done_at", Moment, nullable=False),
    PrimaryKeyConstraint("finding_id", "step"),
    CheckConstraint("step IN ('alert', 'revoke', 'quarantine')", name="step"),
    CheckConstraint("mode IN ('observe', 'act')", name="mode"),
    **_STRICT,
)

holds = Table(
    "holds",
    metadata,
    Column("person", Text, nullable=False),
    Column("finding_id", Text, nullable=False),
    Column("because", Words, nullable=False),
    Column("placed_at", Moment, nullable=False),
    # When the last release that was needed came; null: it stands.
    Column("over_at", Moment),
    PrimaryKeyConstraint("person", "finding_id"),
    # Asked at every request, approval and loan: the few that stand, however many are past.
    Index("ix_holds_open", "person", "placed_at", **_OPEN),
    **_STRICT,
)

# Holds that a finding did not place: their own key stands in the place of its id.
holds_by_hand = Table(
    "holds_by_hand",
    metadata,
    Column("person", Text, nullable=False),
    Column("finding_id", Text, nullable=False),
    Column("placed_by", Text, nullable=False),
    PrimaryKeyConstraint("person", "finding_id"),
    ForeignKeyConstraint(["person", "finding_id"], ["holds.person", "holds.finding_id"]),
    **_STRICT,
)

releases = Table(
    "releases",
    metadata,
    Column("person", Text, nullable=False),
    Column("finding_id", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Words, nullable=False),
    Column("released_at", Moment, nullable=False),
    PrimaryKeyConstraint("person", "finding_id", "by"),
    ForeignKeyConstraint(["person", "finding_id"], ["holds.person", "holds.finding_id"]),
    **_STRICT,
)

# What a grant's calls come to, added up as they are kept. Where a grant has calls and no row, they are counted when the next one comes.
grant_totals = Table(
    "grant_totals",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("totals", Words, nullable=False),
    **_STRICT,
)

# When events last came, whoever took them in and whatever they were of: one row, whose name is "events".
watch_marks = Table(
    "watch_marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    **_STRICT,
)

settlements = Table(
    "settlements",
    metadata,
    Column("grant_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("report", Words, nullable=False),
    Column("events", Text, nullable=False),  # SHA-256 of the ids of its calls
    Column("settled_at", Moment, nullable=False),
    # When a call came to light that it does not count; null: it counts all that are known.
    Column("reopened_at", Moment),
    PrimaryKeyConstraint("grant_id", "number"),
    **_STRICT,
)

# Of the account of each grant that stands: what was used of it in one word, so that many are counted without reading reports.
grant_uses = Table(
    "grant_uses",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("use", Text, nullable=False),
    # Null: it is not known what would have sufficed.
    Column("actions_granted", Integer),
    Column("actions_used", Integer),
    CheckConstraint("use IN ('never', 'less', 'whole', 'untold')", name="use"),
    **_STRICT,
)
