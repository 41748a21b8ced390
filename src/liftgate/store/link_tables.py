"""The tables of identities that were linked by proof: they belong to those of ``tables``."""

from typing import Final

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from liftgate.store.columns import Moment, Words
from liftgate.store.tables import metadata

# Codes that people were given while they were signed in: an identity that is proved with one becomes theirs.
link_codes: Final = Table(
    "link_codes",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("by_kind", Text, nullable=False),
    Column("by_name", Words, nullable=False),
    Column("expires_at", Moment, nullable=False),
    UniqueConstraint("person_id", "kind"),  # the newest alone is good
    Index(None, "expires_at"),
    sqlite_strict=True,
)

linked_identities: Final = Table(
    "linked_identities",
    metadata,
    Column("id", Text, primary_key=True),
    Column("identity_kind", Text, nullable=False),
    Column("identity_name", Words, nullable=False),
    Column("identity_account", Text),
    Column("identity_user_id", Words),
    Column("person_id", Text, nullable=False),
    # The identity to which it was linked; null in what earlier releases linked.
    Column("by_kind", Text),
    Column("by_name", Words),
    Column("linked_at", Moment, nullable=False),
    UniqueConstraint("identity_kind", "identity_name"),  # an identity is one person's
    Index(None, "person_id"),
    sqlite_strict=True,
)
