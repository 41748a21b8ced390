"""What the calls of each grant come to. Calls that are kept already are counted when the next one of their grant is: what they come to
follows from them alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "grant_totals",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("grant_id", name="pk_grant_totals"),
        sqlite_strict=True,
    )
