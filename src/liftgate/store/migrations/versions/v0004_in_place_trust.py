"""What was seen of a role when access in place was asked for: its boundary."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "in_place_boundaries",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("boundary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_in_place_boundaries_request_id"),
        sa.PrimaryKeyConstraint("request_id", name="pk_in_place_boundaries"),
        sqlite_strict=True,
    )
