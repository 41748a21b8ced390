"""The table of browsers that are signed in: it belongs to those of ``tables``."""

from typing import Final

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from liftgate.store.columns import Flag, Moment, Words
from liftgate.store.tables import metadata

browser_sessions: Final = Table(
    "browser_sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False),
    Column("previous_hash", Text),
    Column("is_confirmed", Flag, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("identity_kind", Text, nullable=False),
    Column("identity_name", Words, nullable=False),
    Column("identity_account", Text),
    Column("identity_user_id", Words),
    Column("signed_in_at", Moment, nullable=False),
    Column("rotated_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    UniqueConstraint("token_hash"),
    Index(None, "previous_hash"),  # each page that is looked at finds its session by either
    Index(None, "expires_at"),
    sqlite_strict=True,
)
