"""Grants and their endings."""

from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    LABEL_STYLE_TABLENAME_PLUS_COL,
    Connection,
    Select,
    bindparam,
    insert,
    select,
)

from liftgate.access.model import Ending, Grant, GrantRecord
from liftgate.access.ports import GrantFilter, Page
from liftgate.store.columns import Moment
from liftgate.store.errors import Dangling
from liftgate.store.list_shape import ListShape, narrowed, shape_of
from liftgate.store.pages import Place, newest_first, page
from liftgate.store.requests import Requests
from liftgate.store.rows import grant_record_of, grant_row
from liftgate.store.states import are_few_grants, grants_in
from liftgate.store.tables import endings, grants, in_place_boundaries, in_place_grants, in_place_requests

RECORDS: Final = (
    select(grants, in_place_requests, in_place_boundaries, endings)
    .select_from(
        grants.outerjoin(in_place_requests, in_place_requests.c.request_id == grants.c.request_id)
        .outerjoin(in_place_boundaries, in_place_boundaries.c.request_id == grants.c.request_id)
        .outerjoin(endings)
    )
    .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
)
_ONE: Final = RECORDS.where(grants.c.id == bindparam("grant_id"))
_LOCK: Final = select(grants.c.id).where(grants.c.id == bindparam("grant_id")).with_for_update()
_ADD: Final = insert(grants)
_ADD_IN_PLACE: Final = insert(in_place_grants)
# The role and the window come from the grant itself, so that no caller can end one role's grant on another.
_ADD_ENDING: Final = (
    insert(endings)
    .from_select(
        ["grant_id", "kind", "by", "reason", "ended_at", "role_arn", "window_ends_at"],
        select(
            grants.c.id,
            bindparam("kind", type_=endings.c.kind.type),
            bindparam("by", type_=endings.c.by.type),
            bindparam("reason", type_=endings.c.reason.type),
            bindparam("ended_at", type_=Moment()),
            grants.c.role_arn,
            grants.c.ends_at,
        ).where(grants.c.id == bindparam("grant_id")),
    )
    .execution_options(preserve_rowcount=True)
)


class Grants:
    """The grants of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def one(self, grant_id: str) -> GrantRecord | None:
        """A grant with its ending."""
        row = self._connection.execute(_ONE, {"grant_id": grant_id}).mappings().one_or_none()
        return grant_record_of(row) if row else None

    def lock(self, grant_id: str) -> GrantRecord | None:
        """The same, and nobody else changes it until the transaction ends (two statements: see ``Requests.lock``)."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(_LOCK, {"grant_id": grant_id})
        return self.one(grant_id)

    def page(self, which: GrantFilter, *, now: datetime, cursor: str | None, limit: int) -> Page[GrantRecord]:
        """A page, newest first."""
        asked = {
            "requester": which.requester,
            "or_requester": which.or_requester,
            "until": which.until,
            "now": now,
        }
        statement = (_first_page if cursor is None else _page)(
            shape_of(which), limit, cursor, until=which.until is not None
        )
        rows = self._connection.execute(statement, asked).mappings()
        records = [grant_record_of(row) for row in rows]
        return page(records, [Place(found.grant.granted_at, found.grant.id) for found in records], limit)

    def add(self, grant: Grant) -> None:
        """The grant of a request, which it closes."""
        Requests(self._connection).close(grant.request_id, "approved")
        self._connection.execute(_ADD, grant_row(grant))
        if grant.in_place is not None:
            self._connection.execute(
                _ADD_IN_PLACE,
                {"grant_id": grant.id, "role_arn": grant.role_arn, "ends_at": grant.window.ends_at},
            )

    def add_ending(self, ending: Ending) -> None:
        """An early end."""
        added = self._connection.execute(
            _ADD_ENDING,
            {
                "grant_id": ending.grant_id,
                "kind": ending.kind.value,
                "by": ending.by,
                "reason": ending.reason,
                "ended_at": ending.ended_at,
            },
        )
        if added.rowcount != 1:
            raise Dangling(
                f"there is no grant `{ending.grant_id}` to end",
                advice="list the grants: liftgate grants",
                value=ending.grant_id,
            )


def _page(shape: ListShape, limit: int, cursor: str | None, *, until: bool) -> Select[Any]:
    statement = newest_first(
        RECORDS,
        grants.c.granted_at,
        grants.c.id,
        cursor=cursor,
        limit=limit,
        few=are_few_grants(shape.states),
    )
    statement = narrowed(statement, grants, shape)
    if shape.states is not None:
        statement = statement.where(grants_in(shape.states))
    if until:
        statement = statement.where(grants.c.granted_at <= bindparam("until", type_=Moment()))
    return statement


_first_page: Final = lru_cache(maxsize=256)(_page)
