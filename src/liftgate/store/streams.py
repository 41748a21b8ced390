"""Rows of a statement that may have very many, few of which are held at once."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Select

from liftgate.store.rows import Row

_AT_ONCE: Final = 1_000


def rows_of(connection: Connection, statement: Select[Any], given: Mapping[str, object]) -> Iterator[Row]:
    """Its rows, by a cursor of the server, which is closed when the last was read or the reader stops."""
    with connection.execute(statement, given, execution_options={"yield_per": _AT_ONCE}) as found:
        yield from found.mappings()
