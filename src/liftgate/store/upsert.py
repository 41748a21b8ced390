"""Inserting what may be there already: SQLite and PostgreSQL write it alike, and SQLAlchemy has a statement for each."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert, to which can be said what to do ``on_conflict``."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return insert(table)
