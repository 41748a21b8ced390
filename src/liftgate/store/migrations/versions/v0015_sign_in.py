"""What stands on an OpenID provider's word."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add tables."""
    op.create_table(
        "provider_sign_ins",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("provider_session", sa.Text()),
        sa.Column("checked_at", _MOMENT),
        sa.Column("check_after", _MOMENT),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_provider_sign_ins"),
        sqlite_strict=True,
    )
    for name, columns in (
        ("issuer_subject", ["issuer", "subject"]),
        ("issuer_provider_session", ["issuer", "provider_session"]),
        ("expires_at", ["expires_at"]),
    ):
        op.create_index(f"ix_provider_sign_ins_{name}", "provider_sign_ins", columns)
    op.create_table(
        "claimed_groups",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.Column("claimed_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_claimed_groups"),
        sqlite_strict=True,
    )
    op.create_index("ix_claimed_groups_expires_at", "claimed_groups", ["expires_at"])
    op.create_table(
        "changes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_changes"),
        sqlite_strict=True,
    )
