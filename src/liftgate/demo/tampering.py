"""Alters one byte of the ledger, in a copy, and lets the verification find it."""

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from liftgate.clock import system_clock
from liftgate.ledger.chain import Broken, verify
from liftgate.store.sql import open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampered:
    """Which entry was altered, which one the verification named, and its sentence."""

    altered: int
    named: int | None
    observed: str


def tamper(database: Path) -> Tampered:
    """Copy the ledger's database, change one byte of one entry in the middle of the copy, and verify the copy.

    The database's own triggers refuse the change; somebody who owns the file can remove them, and so does this.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "altered.db"
        with closing(sqlite3.connect(database)) as original, closing(sqlite3.connect(copy)) as altered:
            original.backup(altered)
            seq = _alter_one_byte(altered)
        store = open_store(f"sqlite:///{copy}", clock=system_clock)
        try:
            with store.read() as view:
                verdict = verify(view.entries())
        finally:
            store.close()
    if isinstance(verdict, Broken):
        return Tampered(altered=seq, named=verdict.seq, observed=f"entry {verdict.seq} is {verdict.because}")
    return Tampered(altered=seq, named=None, observed="intact")


def _alter_one_byte(database: sqlite3.Connection) -> int:
    triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in triggers:
        database.execute(f'DROP TRIGGER "{name}"')
    seq, body = database.execute(
        "SELECT seq, body FROM ledger WHERE kind = 'request.made' ORDER BY seq LIMIT 1"
    ).fetchone()
    place = body.index('"justification":"') + len('"justification":"')
    other = "X" if body[place] != "X" else "Y"
    database.execute(
        "UPDATE ledger SET body = ? WHERE seq = ?", (body[:place] + other + body[place + 1 :], seq)
    )
    database.commit()
    return int(seq)
