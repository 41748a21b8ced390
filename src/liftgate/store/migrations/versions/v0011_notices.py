"""What trackers said of tickets, the messages in Slack by which requests are shown, and whose Slack users people are."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add their tables."""
    op.create_table(
        "ticket_checks",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_ticket_checks_request_id"),
        sa.PrimaryKeyConstraint("request_id", name="pk_ticket_checks"),
        sqlite_strict=True,
    )
    op.create_table(
        "slack_messages",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name="pk_slack_messages"),
        sqlite_strict=True,
    )
    op.create_table(
        "slack_codes",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_slack_codes"),
        sqlite_strict=True,
    )
    op.create_table(
        "slack_links",
        sa.Column("slack_user", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("linked_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("slack_user", name="pk_slack_links"),
        sqlite_strict=True,
    )
    op.create_index("ix_slack_codes_person_id", "slack_codes", ["person_id"])
    op.create_index("ix_slack_codes_expires_at", "slack_codes", ["expires_at"])
    op.create_index("ix_slack_links_person_id", "slack_links", ["person_id"])
