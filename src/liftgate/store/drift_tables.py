"""Table of what drifted in deployed accounts: it belongs to those of ``tables``."""

from typing import Any, Final

from sqlalchemy import Column, Index, Table, Text

from liftgate.store.columns import Moment, Words
from liftgate.store.tables import metadata

_STRICT: Final[dict[str, Any]] = {"sqlite_strict": True}

# One row for each finding of a check; while a wall of a thing does not stand, there is one that is not over.
drifts = Table(
    "drifts",
    metadata,
    Column("finding_id", Text, primary_key=True),
    Column("what", Words, nullable=False),  # wall and thing
    Column("over_at", Moment),
    **_STRICT,
)
Index(
    "ix_drifts_what_standing",
    drifts.c.what,
    unique=True,
    sqlite_where=drifts.c.over_at.is_(None),
    postgresql_where=drifts.c.over_at.is_(None),
)
