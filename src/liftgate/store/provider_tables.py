"""The tables of what stands on an OpenID provider's word: they belong to those of ``tables``."""

from typing import Final

from sqlalchemy import Column, Index, Table, Text

from liftgate.store.columns import BigNumber, Moment, Words
from liftgate.store.tables import metadata

provider_sign_ins: Final = Table(
    "provider_sign_ins",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("provider_session", Words),
    Column("checked_at", Moment),
    Column("check_after", Moment),
    Column("expires_at", Moment, nullable=False),
    Index(None, "issuer", "subject"),
    Index(None, "issuer", "provider_session"),
    Index(None, "expires_at"),
    sqlite_strict=True,
)

claimed_groups: Final = Table(
    "claimed_groups",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("groups", Words, nullable=False),  # a JSON list
    Column("claimed_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index(None, "expires_at"),
    sqlite_strict=True,
)

# One row for each thing of which processes keep a copy: its number changes whenever the thing does.
changes: Final = Table(
    "changes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("number", BigNumber, nullable=False),
    sqlite_strict=True,
)
