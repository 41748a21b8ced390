"""Sessions lent under grants."""

from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from liftgate.elevation.model import Session
from liftgate.store.errors import TakenAlready
from liftgate.store.rows import session_of, session_row
from liftgate.store.tables import sessions

_OF_GRANT: Final = (
    select(sessions).where(sessions.c.grant_id == bindparam("grant_id")).order_by(sessions.c.number)
)
_ADD: Final = insert(sessions)
_SETTLE: Final = (
    update(sessions)
    .where(
        sessions.c.grant_id == bindparam("of_grant"),
        sessions.c.number == bindparam("of_number"),
        sessions.c.lent_at.is_(None),
        sessions.c.failure.is_(None),
    )
    .values(
        lent_at=bindparam("lent_at"),
        access_key_id=bindparam("access_key_id"),
        expires_at=bindparam("expires_at"),
        failure=bindparam("failure"),
    )
)


class Sessions:
    """The sessions of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, grant_id: str) -> tuple[Session, ...]:
        """A grant's sessions, in the order of their numbers."""
        found = self._connection.execute(_OF_GRANT, {"grant_id": grant_id}).mappings()
        return tuple(session_of(row) for row in found)

    def add(self, session: Session) -> None:
        """The intent of a session."""
        self._connection.execute(_ADD, session_row(session))

    def settle(self, session: Session) -> None:
        """The outcome of a session, which it has once."""
        outcome = {
            "of_grant": session.grant_id,
            "of_number": session.number,
            "lent_at": session.lent_at,
            "access_key_id": session.access_key_id,
            "expires_at": session.expires_at,
            "failure": session.failure,
        }
        if self._connection.execute(_SETTLE, outcome).rowcount != 1:
            raise TakenAlready(
                f"`{session.name}` has its outcome already, or was never intended",
                advice="ask for another session",
                value=session.name,
            )
