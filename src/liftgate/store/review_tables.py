"""Tables of how requests are reviewed, and of what people are told: they belong to those of ``tables``."""

from typing import Any, Final

from sqlalchemy import Column, Index, Integer, Table, Text

from liftgate.store.columns import Moment, Words
from liftgate.store.tables import metadata

_STRICT: Final[dict[str, Any]] = {"sqlite_strict": True}

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
