"""What was seen of roles that are opened in place: the boundary when it was asked for, and since when the name is fixed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add two tables."""
    op.create_table(
        "in_place_boundaries",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("boundary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_in_place_boundaries_request_id"),
        sa.PrimaryKeyConstraint("request_id", name="pk_in_place_boundaries"),
        sqlite_strict=True,
    )
    op.create_table(
        "fixed_names",
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("role_arn", name="pk_fixed_names"),
        sqlite_strict=True,
    )
