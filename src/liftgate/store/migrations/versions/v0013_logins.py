"""Terminals that are being signed in by a browser."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
_FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add their tables."""
    op.create_table(
        "terminal_sign_ins",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_terminal_sign_ins"),
        sqlite_strict=True,
    )
    op.create_index("ix_terminal_sign_ins_session_id", "terminal_sign_ins", ["session_id"])
    op.create_index("ix_terminal_sign_ins_expires_at", "terminal_sign_ins", ["expires_at"])
    op.create_table(
        "login_codes",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        *_vouched(is_known=True),
        sa.PrimaryKeyConstraint("code_hash", name="pk_login_codes"),
        sqlite_strict=True,
    )
    op.create_index("ix_login_codes_expires_at", "login_codes", ["expires_at"])
    op.create_table(
        "device_logins",
        sa.Column("device_hash", sa.Text(), nullable=False),
        sa.Column("user_code", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("polled_at", _MOMENT),
        sa.Column("is_allowed", _FLAG),
        *_vouched(is_known=False),
        sa.PrimaryKeyConstraint("device_hash", name="pk_device_logins"),
        sa.UniqueConstraint("user_code", name="uq_device_logins_user_code"),
        sqlite_strict=True,
    )
    op.create_index("ix_device_logins_expires_at", "device_logins", ["expires_at"])
    op.create_table(
        "wrong_codes",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_wrong_codes"),
        sqlite_strict=True,
    )
    op.create_index("ix_wrong_codes_expires_at", "wrong_codes", ["expires_at"])


def _vouched(*, is_known: bool) -> list[sa.Column[Any]]:
    return [
        sa.Column("person_id", sa.Text(), nullable=not is_known),
        sa.Column("identity_kind", sa.Text(), nullable=not is_known),
        sa.Column("identity_name", sa.Text(), nullable=not is_known),
        sa.Column("identity_account", sa.Text()),
        sa.Column("identity_user_id", sa.Text()),
        sa.Column("session_id", sa.Text(), nullable=not is_known),
        sa.Column("until", _MOMENT, nullable=not is_known),
    ]
