from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.history import Setting, write_history

from liftgate.access.ports import GrantFilter
from liftgate.ledger.chain import Intact, verify
from liftgate.store.engine import engines_for
from liftgate.store.sql import SqlStore

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SETTING = Setting(
    requester="ada",
    entitlement="reports",
    account="111122223333",
    role_arn="arn:aws:iam::111122223333:role/Writer",
    bucket="lakeside-reports",
)


def test_a_history_is_what_the_store_itself_could_have_written(tmp_path: Path) -> None:
    engines = engines_for(f"sqlite:///{tmp_path}/liftgate.db")
    store = SqlStore(engines, lambda: NOW)
    store.migrate()

    with engines.writing.begin() as connection:
        head = write_history(connection, SETTING, past=50, live=20, now=NOW)

    with store.read() as reader:
        assert verify(reader.entries(), expected_head=head) == Intact(count=4 * 70, head=head)
        live = reader.grants(GrantFilter(states=frozenset({"active"})), now=NOW, cursor=None, limit=100).items
        all_grants = reader.grants(GrantFilter(), now=NOW, cursor=None, limit=100).items
        assert len(live) == 20
        assert len(all_grants) == 70
        assert sum(record.grant.requester == "ada" for record in all_grants) == 7
        assert min(record.grant.granted_at for record in all_grants) < NOW - timedelta(days=3 * 365)
        sessions = reader.sessions(live[0].grant.id)
        assert [session.number for session in sessions] == [1]
    store.close()
