"""Pages of long lists, by the place of the last item seen: no page grows slower the further one reads.

A cursor is opaque to callers and carries no right: who may see what is asked of the database anew for each page.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from liftgate.access.ports import Page
from liftgate.clock import rfc3339
from liftgate.store.columns import Moment
from liftgate.store.errors import BadCursor

T = TypeVar("T")

_LONGEST_CURSOR: Final = 200
_ID: Final = re.compile(r"[0-9a-z-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands in a list that is sorted by time, then by id."""

    at: datetime
    id: str


def newest_first(
    statement: Select[Any],
    at: ColumnElement[datetime],
    ident: ColumnElement[str],
    *,
    cursor: str | None,
    limit: int,
    few: bool = False,
) -> Select[Any]:
    """The statement for one page, and one row more, which tells whether another page follows.

    ``few``: the filter leaves few rows and has an index of its own, by which they are to be found before they are sorted.
    """
    if cursor is not None:
        place = _read_cursor(cursor)
        statement = statement.where(
            tuple_(at, ident) < tuple_(literal(place.at, Moment()), literal(place.id))
        )
    first = sorted_later(at).desc() if few else at.desc()
    return statement.order_by(first, ident.desc()).limit(limit + 1)


class sorted_later(FunctionElement[Any]):  # noqa: N801 - named as SQL functions are
    """A column by which no index is to sort.

    SQLite keeps no statistics here, and to be spared sorting would read a list from its newest item on, through all that is past. A
    unary plus keeps it from that (sqlite.org/optoverview.html, "Disqualifying WHERE clause terms using unary +").
    """

    inherit_cache = True


@compiles(sorted_later)
def _as_it_is(element: sorted_later, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(sorted_later, "sqlite")
def _with_a_plus(element: sorted_later, compiler: SQLCompiler, **options: Any) -> str:
    return "+" + compiler.process(element.clauses, **options)


def page(items: Sequence[T], places: Sequence[Place], limit: int) -> Page[T]:
    """The page that the rows of ``newest_first`` make; ``places`` are those of ``items``."""
    more = len(items) > limit
    return Page(tuple(items[:limit]), _cursor(places[limit - 1]) if more else None)


def _cursor(place: Place) -> str:
    text = json.dumps([rfc3339(place.at), place.id], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> Place:
    place = _decoded(cursor)
    if place is None:
        raise BadCursor(
            f"`{cursor[:40]}` is not a cursor that Liftgate handed out",
            advice="pass `next_cursor` of the page before as it is, or none to begin anew",
            value=cursor[:40],
        )
    return place


def _decoded(cursor: str) -> Place | None:
    """The place that a cursor says; None where it is not, to the letter, what ``_cursor`` writes of a place."""
    try:
        place = _place(json.loads(urlsafe_b64decode(cursor[:_LONGEST_CURSOR] + "=" * (-len(cursor) % 4))))
        return place if place is not None and _cursor(place) == cursor else None
    except (ValueError, OverflowError, RecursionError):
        return None


def _place(fields: object) -> Place | None:
    match fields:
        case [str(at), str(ident)] if _ID.fullmatch(ident):
            return Place(datetime.fromisoformat(at), ident)
        case _:
            return None
