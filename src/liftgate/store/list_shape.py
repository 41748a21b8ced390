"""Lists of requests and of grants are narrowed alike: what their statements depend on beside parameters, and the clauses for it.

Built anew for each page that anybody looks at, a statement would cost more than its rows: by its shape it can be kept.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, or_

from liftgate.access.ports import GrantFilter, RequestFilter


@dataclass(frozen=True, slots=True)
class ListShape:
    """Which of a filter's fields are given; of sets, which."""

    by_requester: bool
    entitlements: frozenset[str] | None
    or_requester: bool
    states: frozenset[str] | None


def shape_of(which: RequestFilter | GrantFilter) -> ListShape:
    """The shape of a filter."""
    return ListShape(
        which.requester is not None, which.entitlements, which.or_requester is not None, which.states
    )


def narrowed(statement: Select[Any], table: Table, shape: ListShape) -> Select[Any]:
    """Only those of a requester and of entitlements, by the parameters ``requester`` and ``or_requester``."""
    if shape.by_requester:
        statement = statement.where(table.c.requester == bindparam("requester"))
    if shape.entitlements is not None:
        seen: ColumnElement[bool] = table.c.entitlement.in_(sorted(shape.entitlements))
        if shape.or_requester:
            seen = or_(seen, table.c.requester == bindparam("or_requester"))
        statement = statement.where(seen)
    return statement
