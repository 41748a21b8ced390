"""Browsers that are signed in."""

from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, or_, select, update

from liftgate.identity.ports import BrowserSession
from liftgate.store.browser_tables import browser_sessions
from liftgate.store.rows import identity_of, identity_row

_C: Final = browser_sessions.c
_ONE: Final = select(browser_sessions).where(
    or_(_C.token_hash == bindparam("shown"), _C.previous_hash == bindparam("shown"))
)
_BEGUN: Final = select(_C.signed_in_at).where(_C.id == bindparam("which"))
_ADD: Final = insert(browser_sessions)
_REPLACE: Final = update(browser_sessions).where(
    _C.id == bindparam("which"),
    _C.token_hash == bindparam("was_hash"),
)
_END: Final = delete(browser_sessions).where(_C.id == bindparam("which"))
_END_OF: Final = delete(browser_sessions).where(_C.person_id == bindparam("who")).returning(_C.id)
_FORGET: Final = delete(browser_sessions).where(_C.expires_at < bindparam("before"))
_OWN: Final = tuple(one.name for one in fields(BrowserSession) if one.name != "identity")


class BrowserSessions:
    """The browsers' sessions of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def one(self, token_hash: str) -> BrowserSession | None:
        """The session of a present or previous token, expired or not."""
        row = self._connection.execute(_ONE, {"shown": token_hash}).mappings().one_or_none()
        return None if row is None else _session_of(row)

    def signed_in_at(self, session_id: str) -> datetime | None:
        """When a session began."""
        begun: datetime | None = self._connection.execute(_BEGUN, {"which": session_id}).scalar()
        return begun

    def add(self, session: BrowserSession) -> None:
        """A browser signed in."""
        self._connection.execute(_ADD, _row(session))

    def replace(self, session: BrowserSession, *, was: BrowserSession) -> bool:
        """Keep what became of a session, unless its token was renewed meanwhile."""
        row = _row(session)
        row["which"], row["was_hash"] = row.pop("id"), was.token_hash
        statement = _REPLACE.values({name: bindparam(name) for name in _row(session) if name != "id"})
        return self._connection.execute(statement, row).rowcount == 1

    def end(self, session_id: str) -> None:
        """Forget a session."""
        self._connection.execute(_END, {"which": session_id})

    def end_of(self, person_id: str) -> int:
        """Forget all sessions of somebody; how many there were."""
        return len(self._connection.execute(_END_OF, {"who": person_id}).all())

    def forget(self, *, before: datetime) -> int:
        """Delete what expired before a moment; how many were deleted."""
        return self._connection.execute(_FORGET, {"before": before}).rowcount


def _session_of(row: RowMapping) -> BrowserSession:
    return BrowserSession(**{name: row[name] for name in _OWN}, identity=identity_of(row))


def _row(session: BrowserSession) -> dict[str, Any]:
    return {name: getattr(session, name) for name in _OWN} | identity_row(session.identity)
