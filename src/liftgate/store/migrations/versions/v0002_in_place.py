"""Requests and grants in place, and what is known of their statements on roles. What was there before is left as it is."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add three tables."""
    op.create_table(
        "in_place_requests",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_in_place_requests_request_id"),
        sa.PrimaryKeyConstraint("request_id", name="pk_in_place_requests"),
        sqlite_strict=True,
    )
    op.create_table(
        "in_place_grants",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name="fk_in_place_grants_grant_id"),
        sa.PrimaryKeyConstraint("grant_id", name="pk_in_place_grants"),
        sqlite_strict=True,
    )
    op.create_index("ix_in_place_grants_ends_at", "in_place_grants", ["ends_at"])
    op.create_index("ix_in_place_grants_role_arn_ends_at", "in_place_grants", ["role_arn", "ends_at"])
    op.create_table(
        "in_place_statements",
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('intended', 'read_back', 'open')", name=op.f("ck_in_place_statements_state")
        ),
        sa.PrimaryKeyConstraint("role_arn", "grant_id", name="pk_in_place_statements"),
        sqlite_strict=True,
    )
    op.create_index("ix_in_place_statements_grant_id", "in_place_statements", ["grant_id"])
