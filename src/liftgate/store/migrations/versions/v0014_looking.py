"""The ledger by kind and by person; and of each account that stands, in one word, what was used."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Of accounts that were made before: a scope is kept as canonical JSON, so that equal scopes have equal text.
_SQLITE = """
    INSERT INTO grant_uses (grant_id, use, actions_granted, actions_used)
    SELECT grant_id,
        CASE
            WHEN json_extract(report, '$.calls') <= json_extract(report, '$.refused') THEN 'never'
            WHEN json_extract(report, '$.sufficed') IS NULL THEN 'untold'
            WHEN json_extract(report, '$.sufficed') = json_extract(report, '$.granted') THEN 'whole'
            ELSE 'less' END,
        CASE WHEN json_extract(report, '$.sufficed') IS NOT NULL
            THEN json_array_length(json_extract(report, '$.granted'), '$.actions') END,
        json_array_length(json_extract(report, '$.sufficed'), '$.actions')
    FROM settlements WHERE reopened_at IS NULL
"""
_POSTGRESQL = """
    INSERT INTO grant_uses (grant_id, use, actions_granted, actions_used)
    SELECT grant_id,
        CASE
            WHEN (report::json->>'calls')::bigint <= (report::json->>'refused')::bigint THEN 'never'
            WHEN report::json->>'sufficed' IS NULL THEN 'untold'
            WHEN report::json->>'sufficed' = report::json->>'granted' THEN 'whole'
            ELSE 'less' END,
        CASE WHEN report::json->>'sufficed' IS NOT NULL
            THEN json_array_length((report::json->>'granted')::json->'actions') END,
        json_array_length((report::json->>'sufficed')::json->'actions')
    FROM settlements WHERE reopened_at IS NULL
"""


def upgrade() -> None:
    """Add two indexes and a table, and fill it."""
    op.create_index("ix_ledger_kind_seq", "ledger", ["kind", "seq"], if_not_exists=True)
    op.create_index("ix_ledger_actor_seq", "ledger", ["actor", "seq"], if_not_exists=True)
    op.create_table(
        "grant_uses",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("actions_granted", sa.Integer()),
        sa.Column("actions_used", sa.Integer()),
        sa.PrimaryKeyConstraint("grant_id", name="pk_grant_uses"),
        sa.CheckConstraint("use IN ('never', 'less', 'whole', 'untold')", name=op.f("ck_grant_uses_use")),
        sqlite_strict=True,
    )
    connection = op.get_bind()
    connection.exec_driver_sql(_POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE)
