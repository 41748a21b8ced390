"""How far CloudTrail's log files have been read. Nothing is said of what was read before: it is begun anew, and counts once anyway."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
_FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add two tables."""
    op.create_table(
        "log_reading",
        sa.Column("trail", sa.Text(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("trail", name="pk_log_reading"),
        sqlite_strict=True,
    )
    op.create_table(
        "log_files",
        sa.Column("trail", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("delivered_at", _MOMENT, nullable=False),
        sa.Column("taken", _FLAG, nullable=False),
        sa.PrimaryKeyConstraint("trail", "key", name="pk_log_files"),
        sqlite_strict=True,
    )
    op.create_index("ix_log_files_trail_taken_delivered_at", "log_files", ["trail", "taken", "delivered_at"])
