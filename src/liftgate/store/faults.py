"""From what a database driver raises to what a caller can act on. Messages of drivers stay out: they quote values and hosts."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import exc

from liftgate.errors import LiftgateError
from liftgate.store.errors import (
    Dangling,
    DatabaseDamaged,
    DatabaseOlder,
    DatabaseUnavailable,
    TakenAlready,
    Unstorable,
)

# What each unique constraint guards. SQLite names the columns, PostgreSQL the constraint.
_TAKEN: Final = {
    "grants.request_id": "this request has its grant already",
    "uq_grants_request_id": "this request has its grant already",
    "reviews.request_id, reviews.reviewer": "this reviewer has answered the request already",
    "pk_reviews": "this reviewer has answered the request already",
    "cancellations.request_id": "this request was cancelled already",
    "pk_cancellations": "this request was cancelled already",
    "endings.grant_id": "this grant was ended already",
    "pk_endings": "this grant was ended already",
    "sessions.grant_id, sessions.number": "another session of this grant has this number",
    "pk_sessions": "another session of this grant has this number",
    "uq_sessions_name": "another session has this name",
    "sessions.name": "another session has this name",
    "sessions.access_key_id": "another session has this access key",
    "uq_sessions_access_key_id": "another session has this access key",
}
# PostgreSQL, appendix A
_FOREIGN_KEY_VIOLATION: Final = "23503"
_UNDEFINED_TABLE: Final = "42P01"
_BUSY_STATES: Final = ("55P03", "40P01", "40001", "53300")  # no lock in time, deadlock, too many connections
_LOCKED: Final = ("database is locked", "database table is locked")
_MISSING: Final = ("no such table", "no such column")
_DAMAGED: Final = ("malformed", "not a database")


@contextmanager
def translated() -> Iterator[None]:
    """Raise ``Conflict``, ``Unavailable`` or ``Corrupt`` in place of a driver's error."""
    try:
        yield
    except exc.IntegrityError as fault:
        raise _conflict(fault) from fault
    except exc.TimeoutError as fault:
        raise _busy() from fault
    except exc.ProgrammingError as fault:
        if _sqlstate(fault) == _UNDEFINED_TABLE:
            raise _older() from fault
        raise
    except (exc.DataError, UnicodeEncodeError) as fault:
        raise Unstorable(
            "a text or number is of a form that the database does not take",
            advice="send well-formed Unicode without control characters, and numbers of a sensible size",
        ) from fault
    except (exc.DBAPIError, sqlite3.Error) as fault:
        raise _from_driver(fault) from fault
    except exc.StatementError as fault:
        raise fault.orig or fault from None  # a value refused by its column's type


def _conflict(fault: exc.IntegrityError) -> LiftgateError:
    name = _constraint(fault)
    if _sqlstate(fault) == _FOREIGN_KEY_VIOLATION or "FOREIGN KEY" in str(fault.orig):
        return Dangling(
            "this belongs to something that the database does not have",
            advice="look at what it belongs to again",
        )
    return TakenAlready(
        _TAKEN.get(name, "somebody else made the same change first"),
        advice="look at it again before you go on",
    )


def _constraint(fault: exc.IntegrityError) -> str:
    diagnosis = getattr(fault.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name)
    return str(fault.orig).removeprefix("UNIQUE constraint failed: ")


def _sqlstate(fault: exc.DBAPIError | sqlite3.Error) -> str | None:
    state: str | None = getattr(getattr(fault, "orig", None), "sqlstate", None)
    return state


def _from_driver(fault: exc.DBAPIError | sqlite3.Error) -> LiftgateError:
    text = str(fault.orig if isinstance(fault, exc.DBAPIError) else fault)
    if any(part in text for part in _MISSING):
        return _older()
    if any(part in text for part in _DAMAGED):
        return DatabaseDamaged(
            "the database file is damaged, or is none", advice="restore it from a backup; see docs/ledger.md"
        )
    if _sqlstate(fault) in _BUSY_STATES or any(part in text for part in _LOCKED):
        return _busy()
    return DatabaseUnavailable(
        "the database did not answer; what was being written may or may not be there",
        advice="try again; if it stays so, look whether the database runs and has room",
    )


def _busy() -> DatabaseUnavailable:
    return DatabaseUnavailable("the database is too busy", advice="try again in a moment")


def _older() -> DatabaseOlder:
    return DatabaseOlder(
        "the database has not been brought up to this version",
        advice="start `liftgate serve`, which migrates it",
    )
