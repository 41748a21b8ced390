"""Who placed a hold by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "holds_by_hand",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("finding_id", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", "finding_id", name="pk_holds_by_hand"),
        sa.ForeignKeyConstraint(
            ["person", "finding_id"], ["holds.person", "holds.finding_id"], name="fk_holds_by_hand_person"
        ),
        sqlite_strict=True,
    )
