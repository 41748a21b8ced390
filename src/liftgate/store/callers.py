"""Whose calls CloudTrail tells of: looked up by what a record says of its caller. Each question is as long as its answer."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, literal, select

from liftgate.access.model import GrantRecord
from liftgate.access.ports import Page
from liftgate.elevation.model import Session
from liftgate.store.columns import Moment
from liftgate.store.grants import RECORDS
from liftgate.store.pages import Place, newest_first, page
from liftgate.store.rows import Row, grant_record_of, session_of
from liftgate.store.tables import grants, in_place_requests, sessions

_GRANTS: Final = RECORDS.where(grants.c.id.in_(bindparam("ids", expanding=True)))
_OF_KEYS: Final = select(sessions).where(sessions.c.access_key_id.in_(bindparam("ids", expanding=True)))
_CALLED: Final = select(sessions).where(sessions.c.name.in_(bindparam("ids", expanding=True)))
_OF_USERS: Final = select(in_place_requests.c.request_id).where(
    in_place_requests.c.user_id.in_(bindparam("ids", expanding=True))
)
# In two steps: told both at once, SQLite would go through all that is live by the end of its window.
_IN_PLACE: Final = RECORDS.where(
    grants.c.request_id.in_(bindparam("ids", expanding=True)),
    grants.c.starts_at <= bindparam("until", type_=Moment()),
    grants.c.ends_at > bindparam("since", type_=Moment()),
)
_NEWEST_ON_ROLE: Final = (
    select(in_place_requests.c.request_id.is_(None))
    .select_from(grants.outerjoin(in_place_requests, in_place_requests.c.request_id == grants.c.request_id))
    .where(grants.c.role_arn == bindparam("of_role"))
    .order_by(grants.c.granted_at.desc(), grants.c.id.desc())
    .limit(1)
)
_OF_GRANTS: Final = (
    select(sessions)
    .where(sessions.c.grant_id.in_(bindparam("ids", expanding=True)))
    .order_by(sessions.c.grant_id, sessions.c.number)
)
_AT_ONCE: Final = 5_000  # values in one statement


class Callers:
    """Who the callers in one transaction's records are."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def grants(self, grant_ids: Collection[str]) -> tuple[GrantRecord, ...]:
        """Those that are on record."""
        return tuple(map(grant_record_of, self._rows(_GRANTS, grant_ids)))

    def sessions_of_keys(self, access_key_ids: Collection[str]) -> tuple[Session, ...]:
        """The sessions to which access keys were lent."""
        return tuple(map(session_of, self._rows(_OF_KEYS, access_key_ids)))

    def sessions_called(self, names: Collection[str]) -> tuple[Session, ...]:
        """The sessions of these names."""
        return tuple(map(session_of, self._rows(_CALLED, names)))

    def grants_in_place_of(
        self, user_ids: Collection[str], *, since: datetime, until: datetime
    ) -> tuple[GrantRecord, ...]:
        """The grants that open these sessions in place at some moment of a span."""
        asked = [row["request_id"] for row in self._rows(_OF_USERS, user_ids)]
        return tuple(map(grant_record_of, self._rows(_IN_PLACE, asked, since=since, until=until)))

    def between(
        self, *, since: datetime, until: datetime, cursor: str | None, limit: int
    ) -> Page[GrantRecord]:
        """A page of the grants whose window touches a span, the last to end first."""
        statement = newest_first(RECORDS, grants.c.ends_at, grants.c.id, cursor=cursor, limit=limit).where(
            grants.c.starts_at < literal(until, Moment()), grants.c.ends_at > literal(since, Moment())
        )
        found = [grant_record_of(row) for row in self._connection.execute(statement).mappings()]
        return page(found, [Place(one.grant.window.ends_at, one.grant.id) for one in found], limit)

    def sessions_of(self, grant_ids: Collection[str]) -> tuple[Session, ...]:
        """The sessions of these grants, in the order of ids and numbers."""
        return tuple(map(session_of, self._rows(_OF_GRANTS, grant_ids)))

    def lends_sessions(self, role_arn: str) -> bool:
        """Whether the newest grant on a role lends sessions of it."""
        return bool(self._connection.execute(_NEWEST_ON_ROLE, {"of_role": role_arn}).scalar())

    def _rows(self, statement: Select[Any], ids: Collection[str], **more: datetime) -> Iterator[Row]:
        wanted = [
            one for one in ids if "\x00" not in one
        ]  # what nobody was ever called, nobody need look for
        for start in range(0, len(wanted), _AT_ONCE):
            some = {"ids": wanted[start : start + _AT_ONCE], **more}
            yield from self._connection.execute(statement, some).mappings()
