"""What is done about findings, holds, and the accounts of grants. What was there before is left as it is: what is over has no account."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add four tables."""
    op.create_table(
        "responses",
        sa.Column("finding_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("done_at", _MOMENT, nullable=False),
        sa.CheckConstraint("step IN ('alert', 'revoke', 'quarantine')", name=op.f("ck_responses_step")),
        sa.CheckConstraint("mode IN ('observe', 'act')", name=op.f("ck_responses_mode")),
        sa.PrimaryKeyConstraint("finding_id", "step", name="pk_responses"),
        sqlite_strict=True,
    )
    _holds()
    op.create_table(
        "settlements",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=False),
        sa.Column("reopened_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("grant_id", "number", name="pk_settlements"),
        sqlite_strict=True,
    )


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("finding_id", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("placed_at", _MOMENT, nullable=False),
        sa.Column("over_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("person", "finding_id", name="pk_holds"),
        sqlite_strict=True,
    )
    is_open = sa.text("over_at IS NULL")
    op.create_index(
        "ix_holds_open", "holds", ["person", "placed_at"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        "releases",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("finding_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("released_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person", "finding_id"], ["holds.person", "holds.finding_id"], name="fk_releases_person"
        ),
        sa.PrimaryKeyConstraint("person", "finding_id", "by", name="pk_releases"),
        sqlite_strict=True,
    )
