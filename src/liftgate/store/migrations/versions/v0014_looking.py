"""The ledger by kind and by person."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two indexes."""
    op.create_index("ix_ledger_kind_seq", "ledger", ["kind", "seq"])
    op.create_index("ix_ledger_actor_seq", "ledger", ["actor", "seq"])
