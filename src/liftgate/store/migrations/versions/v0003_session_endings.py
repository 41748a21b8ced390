"""Sessions that were taken back while their grant went on."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "session_endings",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=False),
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("window_ends_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id", "number"],
            ["sessions.grant_id", "sessions.number"],
            name="fk_session_endings_grant_id",
        ),
        sa.PrimaryKeyConstraint("grant_id", "number", name="pk_session_endings"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_session_endings_role_arn_window_ends_at", "session_endings", ["role_arn", "window_ends_at"]
    )
    op.create_index("ix_session_endings_window_ends_at", "session_endings", ["window_ends_at"])
