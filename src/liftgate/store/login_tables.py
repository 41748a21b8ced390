"""The tables of terminals that are being signed in: they belong to those of ``tables``."""

from typing import Any, Final

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from liftgate.store.columns import Flag, Moment, Words
from liftgate.store.tables import metadata


def _vouched(*, is_known: bool) -> list[Column[Any]]:
    """Who a browser's session says that a terminal belongs to."""
    return [
        Column("person_id", Text, nullable=not is_known),
        Column("identity_kind", Text, nullable=not is_known),
        Column("identity_name", Words, nullable=not is_known),
        Column("identity_account", Text),
        Column("identity_user_id", Words),
        Column("session_id", Text, nullable=not is_known),
        Column("until", Moment, nullable=not is_known),
    ]


# Tokens that a browser's session signed in. Without a row: a token that was had by a proof of its own.
terminal_sign_ins: Final = Table(
    "terminal_sign_ins",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("session_id", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index(None, "session_id"),
    Index(None, "expires_at"),
    sqlite_strict=True,
)

login_codes: Final = Table(
    "login_codes",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("challenge", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    *_vouched(is_known=True),
    Index(None, "expires_at"),
    sqlite_strict=True,
)

device_logins: Final = Table(
    "device_logins",
    metadata,
    Column("device_hash", Text, primary_key=True),
    Column("user_code", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("polled_at", Moment),
    Column("is_allowed", Flag),
    *_vouched(is_known=False),
    UniqueConstraint("user_code"),
    Index(None, "expires_at"),
    sqlite_strict=True,
)

wrong_codes: Final = Table(
    "wrong_codes",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index(None, "expires_at"),
    sqlite_strict=True,
)
