"""What the calls of each grant come to, when events last came, and accounts of grants that were live when accounts began.

Calls that are kept already are counted when the next one of their grant is: what they come to follows from them alone.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What the columns are now stays written here, whatever ``store.columns`` becomes.
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


# An account is queued when a grant is made. Of one that was made before there were accounts it was queued only where it ended early:
# here it is for those of which calls are on record, and for those that were live when anything last happened, which the ledger tells.
_ACCOUNTS = sa.text("""
    INSERT INTO outbox (kind, key, due_at, attempts)
    SELECT 'settle', grants.id, grants.ends_at, 0 FROM grants
    WHERE NOT EXISTS (SELECT 1 FROM settlements WHERE settlements.grant_id = grants.id)
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.kind = 'settle' AND outbox.key = grants.id)
    AND (
        grants.ends_at > :last_at
        OR EXISTS (SELECT 1 FROM activities WHERE activities.grant_id = grants.id)
    )
    ORDER BY grants.ends_at, grants.id
""").bindparams(sa.bindparam("last_at", type_=_MOMENT))
_LAST = sa.text("SELECT at FROM ledger ORDER BY seq DESC LIMIT 1")


def upgrade() -> None:
    """Add two tables, and queue the accounts that nobody queued."""
    _tables()
    connection = op.get_bind()
    last = connection.execute(_LAST).scalar()
    if last is not None:
        connection.execute(_ACCOUNTS, {"last_at": _moment(last, connection.dialect.name)})


def _moment(text: str, dialect: str) -> object:
    """A time of the ledger as the columns keep it: SQLite compares texts, of one width."""
    moment = datetime.fromisoformat(text).astimezone(UTC)
    if dialect == "sqlite":
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return moment


def _tables() -> None:
    op.create_table(
        "grant_totals",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("grant_id", name="pk_grant_totals"),
        sqlite_strict=True,
    )
    op.create_table(
        "watch_marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_watch_marks"),
        sqlite_strict=True,
    )
