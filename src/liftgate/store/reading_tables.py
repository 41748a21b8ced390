"""Tables of how far CloudTrail's log files have been read: they belong to those of ``tables``."""

from typing import Any, Final

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table

from liftgate.store.columns import Flag, Moment, Words
from liftgate.store.tables import metadata

_STRICT: Final[dict[str, Any]] = {"sqlite_strict": True}

# Everything that a trail delivered up to this moment was read.
log_reading = Table(
    "log_reading",
    metadata,
    Column("trail", Words, primary_key=True),
    Column("until", Moment, nullable=False),
    **_STRICT,
)

# Files that were delivered about then or later, each of which is taken once; and those that could not be taken.
log_files = Table(
    "log_files",
    metadata,
    Column("trail", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("delivered_at", Moment, nullable=False),
    Column("taken", Flag, nullable=False),
    PrimaryKeyConstraint("trail", "key"),
    Index(None, "trail", "taken", "delivered_at"),
    **_STRICT,
)
