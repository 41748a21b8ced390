"""Identities that were linked by proof, into one table; Slack users were until now in one of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

# A Slack user is one person's, so the user can name the link. As whom that person asked, was not kept.
_MOVE = """
    INSERT INTO linked_identities (id, identity_kind, identity_name, person_id, linked_at)
    SELECT 'li-slack-' || lower(replace(slack_user, '/', '-')), 'slack', slack_user, person_id, linked_at FROM slack_links
"""


def upgrade() -> None:
    """Add tables, move what was linked, and let codes be asked for anew: they lasted ten minutes."""
    op.create_table(
        "link_codes",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by_kind", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_link_codes"),
        sa.UniqueConstraint("person_id", "kind", name="uq_link_codes_person_id_kind"),
        sqlite_strict=True,
    )
    op.create_index("ix_link_codes_expires_at", "link_codes", ["expires_at"])
    op.create_table(
        "linked_identities",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("identity_kind", sa.Text(), nullable=False),
        sa.Column("identity_name", sa.Text(), nullable=False),
        sa.Column("identity_account", sa.Text()),
        sa.Column("identity_user_id", sa.Text()),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("by_kind", sa.Text()),
        sa.Column("by_name", sa.Text()),
        sa.Column("linked_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_linked_identities"),
        sa.UniqueConstraint(
            "identity_kind", "identity_name", name="uq_linked_identities_identity_kind_identity_name"
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_linked_identities_person_id", "linked_identities", ["person_id"])
    op.execute(_MOVE)
    op.drop_table("slack_links")
    op.drop_table("slack_codes")
