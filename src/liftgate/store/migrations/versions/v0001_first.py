"""The first tables, and the triggers that keep the ledger append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_SQLITE_APPEND_ONLY = (
    """
    CREATE TRIGGER ledger_refuses_update BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
    """,
    """
    CREATE TRIGGER ledger_refuses_delete BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
    """,
    # INSERT OR REPLACE deletes without a DELETE trigger.
    """
    CREATE TRIGGER ledger_grows_at_its_end BEFORE INSERT ON ledger
    WHEN EXISTS (
        SELECT 1 FROM ledger WHERE seq >= NEW.seq OR previous = NEW.previous OR hash = NEW.hash
    )
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
    """,
)
_POSTGRESQL_APPEND_ONLY = (
    """
    CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$
    """,
    """
    CREATE TRIGGER ledger_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()
    """,
    # Also where a session calls itself a replica to be spared triggers.
    "ALTER TABLE ledger ENABLE ALWAYS TRIGGER ledger_refuses_change",
)


def upgrade() -> None:
    """Make every table."""
    _tables()
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE_APPEND_ONLY if on_sqlite else _POSTGRESQL_APPEND_ONLY:
        op.execute(statement)


def _tables() -> None:
    op.create_table(
        "catalogue_versions",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("first_seen_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_catalogue_versions"),
        sqlite_strict=True,
    )
    op.create_table(
        "denies_in_place",
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("role_arn", "grant_id", name="pk_denies_in_place"),
        sqlite_strict=True,
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=True),
        sa.Column("used_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name="pk_idempotency_keys"),
        sqlite_strict=True,
    )
    op.create_index("ix_idempotency_keys_used_at", "idempotency_keys", ["used_at"])
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger",
        sa.Column("seq", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("grant_id", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_ledger"),
        sa.UniqueConstraint("hash", name="uq_ledger_hash"),
        sa.UniqueConstraint("previous", name="uq_ledger_previous"),
        sqlite_strict=True,
    )
    op.create_index("ix_ledger_grant_id_seq", "ledger", ["grant_id", "seq"])
    op.create_index("ix_ledger_request_id_seq", "ledger", ["request_id", "seq"])
    op.create_table(
        "outbox",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", _MOMENT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_outbox_due_at_id", "outbox", ["due_at", "id"])
    op.create_table(
        "requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("entitlement", sa.Text(), nullable=False),
        sa.Column("catalogue_version", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("max_session", _NUMBER, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("duration", _NUMBER, nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=True),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=True),
        sa.Column("approvals_needed", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("lapses_at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('approved', 'denied', 'cancelled')", name=op.f("ck_requests_outcome")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sqlite_strict=True,
    )
    op.create_index("ix_requests_asked_at_id", "requests", ["asked_at", "id"])
    op.create_index("ix_requests_entitlement_asked_at_id", "requests", ["entitlement", "asked_at", "id"])
    for name, columns in {
        "ix_requests_open": ["lapses_at"],
        "ix_requests_open_requester": ["requester", "lapses_at"],
        "ix_requests_open_entitlement": ["entitlement", "lapses_at"],
    }.items():
        is_open = sa.text("outcome IS NULL")
        op.create_index(name, "requests", columns, sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("ix_requests_requester_asked_at_id", "requests", ["requester", "asked_at", "id"])
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("identity_kind", sa.Text(), nullable=False),
        sa.Column("identity_name", sa.Text(), nullable=False),
        sa.Column("identity_account", sa.Text(), nullable=True),
        sa.Column("identity_user_id", sa.Text(), nullable=True),
        sa.Column("signed_in_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_ins"),
        sqlite_strict=True,
    )
    op.create_index("ix_sign_ins_expires_at", "sign_ins", ["expires_at"])
    op.create_table(
        "used_proofs",
        sa.Column("proof_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("proof_hash", name="pk_used_proofs"),
        sqlite_strict=True,
    )
    op.create_index("ix_used_proofs_expires_at", "used_proofs", ["expires_at"])
    op.create_table(
        "cancellations",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("cancelled_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_cancellations_request_id"),
        sa.PrimaryKeyConstraint("request_id", name="pk_cancellations"),
        sqlite_strict=True,
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("entitlement", sa.Text(), nullable=False),
        sa.Column("catalogue_version", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("max_session", _NUMBER, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("granted_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_grants_request_id"),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sa.UniqueConstraint("request_id", name="uq_grants_request_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_grants_ends_at", "grants", ["ends_at"])
    op.create_index("ix_grants_entitlement_granted_at_id", "grants", ["entitlement", "granted_at", "id"])
    op.create_index("ix_grants_granted_at_id", "grants", ["granted_at", "id"])
    op.create_index("ix_grants_requester_ends_at", "grants", ["requester", "ends_at"])
    op.create_index("ix_grants_entitlement_ends_at", "grants", ["entitlement", "ends_at"])
    op.create_index("ix_grants_requester_granted_at_id", "grants", ["requester", "granted_at", "id"])
    op.create_table(
        "reviews",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reviewed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_reviews_request_id"),
        sa.PrimaryKeyConstraint("request_id", "reviewer", name="pk_reviews"),
        sqlite_strict=True,
    )
    op.create_table(
        "endings",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=False),
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("window_ends_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name="fk_endings_grant_id"),
        sa.PrimaryKeyConstraint("grant_id", name="pk_endings"),
        sqlite_strict=True,
    )
    op.create_index("ix_endings_role_arn_window_ends_at", "endings", ["role_arn", "window_ends_at"])
    op.create_index("ix_endings_window_ends_at", "endings", ["window_ends_at"])
    op.create_table(
        "sessions",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("intended_at", _MOMENT, nullable=False),
        sa.Column("lent_at", _MOMENT, nullable=True),
        sa.Column("access_key_id", sa.Text(), nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name="fk_sessions_grant_id"),
        sa.PrimaryKeyConstraint("grant_id", "number", name="pk_sessions"),
        sa.UniqueConstraint("access_key_id", name="uq_sessions_access_key_id"),
        sa.UniqueConstraint("name", name="uq_sessions_name"),
        sqlite_strict=True,
    )
