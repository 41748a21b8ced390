"""Sessions lent under grants."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from liftgate.elevation.model import Session, SessionEnding
from liftgate.store.columns import Moment
from liftgate.store.errors import Dangling, TakenAlready
from liftgate.store.rows import session_of, session_row
from liftgate.store.tables import grants, session_endings, sessions

_OF_GRANT: Final = (
    select(sessions).where(sessions.c.grant_id == bindparam("grant_id")).order_by(sessions.c.number)
)
_WITHOUT_OUTCOME: Final = (
    select(sessions)
    .where(
        sessions.c.lent_at.is_(None),
        sessions.c.failure.is_(None),
        sessions.c.intended_at < bindparam("intended_before", type_=Moment()),
    )
    .order_by(sessions.c.intended_at)
    .limit(1_000)
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


_ENDINGS: Final = (
    select(
        session_endings.c.grant_id,
        session_endings.c.number,
        session_endings.c.by,
        session_endings.c.reason,
        session_endings.c.ended_at,
    )
    .where(session_endings.c.grant_id == bindparam("grant_id"))
    .order_by(session_endings.c.number)
)
# The role and the window come from the grant itself, so that no caller can refuse a session on another role.
_END: Final = (
    insert(session_endings)
    .from_select(
        ["grant_id", "number", "by", "reason", "ended_at", "role_arn", "window_ends_at"],
        select(
            grants.c.id,
            bindparam("number", type_=session_endings.c.number.type),
            bindparam("by", type_=session_endings.c.by.type),
            bindparam("reason", type_=session_endings.c.reason.type),
            bindparam("ended_at", type_=Moment()),
            grants.c.role_arn,
            grants.c.ends_at,
        ).where(grants.c.id == bindparam("grant_id")),
    )
    .execution_options(preserve_rowcount=True)
)


class Sessions:
    """The sessions of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, grant_id: str) -> tuple[Session, ...]:
        """A grant's sessions, in the order of their numbers."""
        found = self._connection.execute(_OF_GRANT, {"grant_id": grant_id}).mappings()
        return tuple(session_of(row) for row in found)

    def without_outcome(self, intended_before: datetime) -> tuple[Session, ...]:
        """Sessions of which neither loan nor failure is on record, the oldest first; reads the whole table."""
        found = self._connection.execute(_WITHOUT_OUTCOME, {"intended_before": intended_before}).mappings()
        return tuple(session_of(row) for row in found)

    def add(self, session: Session) -> None:
        """The intent of a session."""
        self._connection.execute(_ADD, session_row(session))

    def endings(self, grant_id: str) -> tuple[SessionEnding, ...]:
        """Those that were taken back, in the order of their numbers."""
        found = self._connection.execute(_ENDINGS, {"grant_id": grant_id}).mappings()
        return tuple(SessionEnding(**row) for row in found)

    def end(self, ending: SessionEnding) -> None:
        """One was taken back."""
        values = {
            "grant_id": ending.grant_id,
            "number": ending.number,
            "by": ending.by,
            "reason": ending.reason,
            "ended_at": ending.ended_at,
        }
        if self._connection.execute(_END, values).rowcount != 1:
            raise Dangling(
                f"there is no session `{ending.name}` to end",
                advice="see the grant's sessions: liftgate show",
                value=ending.name,
            )

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
