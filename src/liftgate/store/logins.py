"""Terminals that are being signed in."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from liftgate.identity.login_model import DeviceLogin, LoginCode, Vouched
from liftgate.store.browser_tables import browser_sessions
from liftgate.store.columns import Moment
from liftgate.store.login_tables import device_logins, login_codes, wrong_codes
from liftgate.store.rows import identity_of, identity_row
from liftgate.store.upsert import insert_into

_D: Final = device_logins.c
_ADD_CODE: Final = insert(login_codes)
_TAKE_CODE: Final = (
    delete(login_codes).where(login_codes.c.code_hash == bindparam("which")).returning(login_codes)
)
_ADD_DEVICE: Final = insert(device_logins)
_DEVICE: Final = select(device_logins).where(_D.device_hash == bindparam("which"))
_CALLED: Final = select(device_logins).where(_D.user_code == bindparam("which"))
_WAITING: Final = select(func.count()).where(_D.expires_at > bindparam("now", type_=Moment()))
_POLLED: Final = update(device_logins).where(_D.device_hash == bindparam("which"))
_ANSWER: Final = update(device_logins).where(_D.user_code == bindparam("which"), _D.is_allowed.is_(None))
_TAKE_DEVICE: Final = delete(device_logins).where(_D.device_hash == bindparam("which"))
_SIGNED_IN: Final = select(browser_sessions.c.id).where(browser_sessions.c.id == bindparam("which"))
_WRONG: Final = select(wrong_codes.c.tries).where(
    wrong_codes.c.person_id == bindparam("who"),
    wrong_codes.c.expires_at > bindparam("now", type_=Moment()),
)
_END_OF: Final = tuple(
    delete(table).where(table.c.person_id == bindparam("who")) for table in (login_codes, device_logins)
)
_FORGET: Final = tuple(
    delete(table).where(table.c.expires_at < bindparam("before", type_=Moment()))
    for table in (login_codes, device_logins, wrong_codes)
)


class Logins:
    """The logins of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_code(self, code: LoginCode) -> None:
        """A code was sent."""
        row = {
            "code_hash": code.code_hash,
            "challenge": code.challenge,
            "machine": code.machine,
            "expires_at": code.expires_at,
        }
        self._connection.execute(_ADD_CODE, row | _vouched_row(code.by))

    def take_code(self, code_hash: str) -> LoginCode | None:
        """Use a code up: of two that show it at once, one finds it."""
        row = self._connection.execute(_TAKE_CODE, {"which": code_hash}).mappings().one_or_none()
        if row is None:
            return None
        return LoginCode(
            code_hash=row["code_hash"],
            challenge=row["challenge"],
            by=_vouched_of(row),
            machine=row["machine"],
            expires_at=row["expires_at"],
        )

    def add_device(self, login: DeviceLogin) -> None:
        """A terminal waits."""
        row = {
            "device_hash": login.secret_hash,
            "user_code": login.user_code,
            "machine": login.machine,
            "asked_at": login.asked_at,
            "expires_at": login.expires_at,
        }
        self._connection.execute(_ADD_DEVICE, row)

    def device(self, secret_hash: str) -> DeviceLogin | None:
        """The terminal that holds a secret."""
        row = self._connection.execute(_DEVICE, {"which": secret_hash}).mappings().one_or_none()
        return None if row is None else _device_of(row)

    def device_called(self, user_code: str) -> DeviceLogin | None:
        """The terminal that shows a code."""
        row = self._connection.execute(_CALLED, {"which": user_code}).mappings().one_or_none()
        return None if row is None else _device_of(row)

    def waiting(self, *, now: datetime) -> int:
        """How many terminals wait."""
        return self._connection.execute(_WAITING, {"now": now}).scalar_one()

    def mark_polled(self, secret_hash: str, at: datetime) -> None:
        """A terminal asked."""
        self._connection.execute(_POLLED.values(polled_at=at), {"which": secret_hash})

    def answer_device(self, user_code: str, by: Vouched | None) -> None:
        """Allow a terminal that waits, or with None refuse it."""
        row = {"is_allowed": by is not None} | ({} if by is None else _vouched_row(by))
        self._connection.execute(_ANSWER.values(row), {"which": user_code})

    def take_device(self, secret_hash: str) -> bool:
        """Use a terminal's login up; False where that was done already."""
        return self._connection.execute(_TAKE_DEVICE, {"which": secret_hash}).rowcount == 1

    def is_signed_in(self, session_id: str) -> bool:
        """Whether a browser's session was not ended."""
        return self._connection.execute(_SIGNED_IN, {"which": session_id}).one_or_none() is not None

    def wrong_codes(self, person_id: str, *, now: datetime) -> int:
        """How many codes somebody mistyped of late."""
        found = self._connection.execute(_WRONG, {"who": person_id, "now": now}).scalar_one_or_none()
        return found or 0

    def count_wrong_code(self, person_id: str, *, now: datetime, until: datetime) -> None:
        """Somebody mistyped a code; it counts ``until`` then."""
        row = {
            "person_id": person_id,
            "tries": self.wrong_codes(person_id, now=now) + 1,
            "expires_at": until,
        }
        statement = insert_into(self._connection, wrong_codes).values(row)
        # Of two at once each may count one, but neither fewer than there were.
        self._connection.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=row))

    def end_of(self, person_id: str) -> None:
        """Forget the terminals that somebody let in and that have not signed in yet."""
        for statement in _END_OF:
            self._connection.execute(statement, {"who": person_id})

    def forget(self, *, before: datetime) -> int:
        """Delete what expired before a moment; how many were deleted."""
        return sum(self._connection.execute(statement, {"before": before}).rowcount for statement in _FORGET)


def _device_of(row: RowMapping) -> DeviceLogin:
    return DeviceLogin(
        secret_hash=row["device_hash"],
        user_code=row["user_code"],
        machine=row["machine"],
        asked_at=row["asked_at"],
        expires_at=row["expires_at"],
        polled_at=row["polled_at"],
        is_allowed=row["is_allowed"],
        by=None if row["session_id"] is None else _vouched_of(row),
    )


def _vouched_of(row: RowMapping) -> Vouched:
    return Vouched(
        person_id=row["person_id"],
        identity=identity_of(row),
        session_id=row["session_id"],
        until=row["until"],
    )


def _vouched_row(by: Vouched) -> dict[str, Any]:
    return {"person_id": by.person_id, "session_id": by.session_id, "until": by.until} | identity_row(
        by.identity
    )
