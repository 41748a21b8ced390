"""What CloudTrail told: calls, what was found of them, and what could not be read. What was there before is left as it is."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add three tables, and indexes by which the grant of a call is found."""
    _activities()
    _findings()
    op.create_table(
        "set_aside",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_set_aside"),
        sqlite_strict=True,
    )
    op.create_index("ix_set_aside_at_id", "set_aside", ["at", "id"])
    op.create_index("ix_in_place_requests_user_id", "in_place_requests", ["user_id"])
    op.create_index("ix_grants_role_arn_granted_at_id", "grants", ["role_arn", "granted_at", "id"])


def _activities() -> None:
    op.create_table(
        "activities",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("grant_id", sa.Text(), nullable=True),
        sa.Column("session_name", sa.Text(), nullable=True),
        sa.Column("role_arn", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=True),
        sa.Column("made_version_id", sa.Text(), nullable=True),
        sa.Column("requests", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("refused", _FLAG, nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("source_address", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("bytes_in", _NUMBER, nullable=True),
        sa.Column("bytes_out", _NUMBER, nullable=True),
        sa.Column("read_only", _FLAG, nullable=True),
        sa.Column("record", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name="pk_activities"),
        sqlite_strict=True,
    )
    op.create_index("ix_activities_grant_id_at_event_id", "activities", ["grant_id", "at", "event_id"])


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.Column("grant_id", sa.Text(), nullable=True),
        sa.Column("entitlement", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("session_name", sa.Text(), nullable=True),
        sa.Column("role_arn", sa.Text(), nullable=True),
        sa.Column("event_ids", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "severity IN ('informational', 'low', 'medium', 'high', 'critical')",
            name=op.f("ck_findings_severity"),
        ),
        sa.CheckConstraint(
            "answer IN ('nothing', 'alert', 'revoke', 'quarantine')", name=op.f("ck_findings_answer")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
        sqlite_strict=True,
    )
    for columns in (
        ["at", "id"],
        ["severity", "at", "id"],
        ["rule", "at", "id"],
        ["grant_id", "at", "id"],
        ["entitlement", "at", "id"],
    ):
        op.create_index(f"ix_findings_{'_'.join(columns)}", "findings", columns)
