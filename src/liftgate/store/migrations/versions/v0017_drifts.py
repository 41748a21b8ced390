"""Which findings of a check of deployed accounts still stand."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "drifts",
        sa.Column("finding_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("over_at", _MOMENT),
        sa.PrimaryKeyConstraint("finding_id", name="pk_drifts"),
        sqlite_strict=True,
    )
    standing = sa.text("over_at IS NULL")
    op.create_index(
        "ix_drifts_what_standing",
        "drifts",
        ["what"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
