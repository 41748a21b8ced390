"""SQLite files as they are after Liftgate's migrations, which take longer than most tests: made once, then copied."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from liftgate.clock import system_clock
from liftgate.store.sql import open_store


def new_database(folder: Path) -> str:
    """Put a migrated database into a folder; returns its URL."""
    path = folder / "liftgate.db"
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "liftgate.db"
        store = open_store(f"sqlite:///{path}", clock=system_clock)
        store.migrate()
        store.close()
        assert not path.with_name("liftgate.db-wal").exists()
        return path.read_bytes()
