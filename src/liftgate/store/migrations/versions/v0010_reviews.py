"""How requests are reviewed, and what people are told of them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
_SPAN = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")
_NOT_LOOKED_AT = sa.text("concluded_at IS NULL")


def upgrade() -> None:
    """Add their tables."""
    _reviews()
    _emergencies()
    _absences()
    _tellings()


def _reviews() -> None:
    op.create_table(
        "request_terms",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("stages", sa.Text(), nullable=False),
        sa.Column("spared", sa.Text(), nullable=False),
        sa.Column("own_team", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name="pk_request_terms"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_request_terms_request_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "review_terms",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("in_place_of", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("duration", _SPAN, nullable=True),
        sa.PrimaryKeyConstraint("request_id", "reviewer", name="pk_review_terms"),
        sa.ForeignKeyConstraint(
            ["request_id", "reviewer"],
            ["reviews.request_id", "reviews.reviewer"],
            name="fk_review_terms_request_id",
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "extensions",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("in_all", _SPAN, nullable=False),
        sa.PrimaryKeyConstraint("request_id", name="pk_extensions"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_extensions_request_id"),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name="fk_extensions_grant_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_extensions_grant_id", "extensions", ["grant_id"])


def _emergencies() -> None:
    op.create_table(
        "emergencies",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("look_by", _MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("justified", _FLAG, nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("concluded_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("request_id", name="pk_emergencies"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_emergencies_request_id"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_emergencies_open",
        "emergencies",
        ["person", "look_by"],
        sqlite_where=_NOT_LOOKED_AT,
        postgresql_where=_NOT_LOOKED_AT,
    )


def _absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("delegate", sa.Text(), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("said_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
        sqlite_strict=True,
    )
    op.create_index("ix_absences_delegate_until", "absences", ["delegate", "until"])
    op.create_index("ix_absences_person_until", "absences", ["person", "until"])


def _tellings() -> None:
    op.create_table(
        "tellings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("grant_id", sa.Text(), nullable=True),
        sa.Column("absence_id", sa.Text(), nullable=True),
        sa.Column("stage", sa.Integer(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tellings"),
        sqlite_strict=True,
    )
    op.create_index("ix_tellings_request_id", "tellings", ["request_id"])
