"""Column types: aware UTC datetimes, spans, scopes and free text, the same values in and out on both databases.

SQLite keeps moments as text of one width, so that they sort as they are, and so that a person who opens the file can
read them.
"""

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from liftgate.access.drafts import scope_json
from liftgate.iam.scope import Location, Scope
from liftgate.ledger.canonical import canonical, plain_body
from liftgate.store.errors import Unstorable

BigNumber = BigInteger().with_variant(Integer(), "sqlite")
"""Whole numbers of 64 bits; SQLite's INTEGER is one."""


class Moment(TypeDecorator[datetime]):
    """An aware datetime, in UTC when it comes back. A naive one is refused: it would mean another moment elsewhere."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """``timestamptz``, or text on SQLite, which has no type for moments."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Into the database."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a time without a zone cannot be stored")
        moment = value.astimezone(UTC)
        if dialect.name != "sqlite":
            return moment
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Out of it."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


class Span(TypeDecorator[timedelta]):
    """A timedelta, exactly: whole microseconds."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        """``bigint``, or SQLite's INTEGER."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Into the database."""
        return None if value is None else value // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Out of it."""
        return None if value is None else timedelta(microseconds=value)


class Flag(TypeDecorator[bool]):
    """True or false; SQLite's strict tables know numbers alone."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[bool] | TypeEngine[int]:
        """``boolean``, or SQLite's INTEGER."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(Boolean())

    def process_result_value(self, value: bool | int | None, dialect: Dialect) -> bool | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Out of it."""
        return None if value is None else bool(value)


class ScopeText(TypeDecorator[Scope]):
    """A scope as canonical JSON: equal scopes have equal text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Scope | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Into the database."""
        return None if value is None else scope_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Scope | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Out of it."""
        return None if value is None else read_scope(value)


class Words(TypeDecorator[str]):
    """Text that people or other systems wrote: well-formed, and without the NUL that PostgreSQL cannot keep."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Into the database."""
        if value is not None and ("\x00" in value or not _is_well_formed(value)):
            raise Unstorable(
                "a text holds a NUL or half a character (a lone surrogate)",
                advice="send well-formed Unicode without control characters",
            )
        return value


def _is_well_formed(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# A request, its grant and each of its sessions carry the same scope: cached, since scopes and texts never change.
@lru_cache(maxsize=512)
def scope_text(scope: Scope) -> str:
    """A scope as canonical JSON."""
    return canonical(plain_body({"scope": scope_json(scope)})["scope"])


@lru_cache(maxsize=512)
def read_scope(text: str) -> Scope:
    """The scope that ``scope_text`` wrote."""
    fields: dict[str, Any] = json.loads(text)
    return Scope(
        actions=frozenset(fields["actions"]),
        locations=frozenset(Location(**location) for location in fields["locations"]),
        kms_keys=frozenset(fields["kms_keys"]),
    )
