"""A login: somebody signs a terminal in by the browser in which they are signed in already.

Two ways. The terminal that can be reached by the browser, on the same machine, gets a code on 127.0.0.1 (RFC 8252), good once, for a
minute, and only with the verifier that the terminal kept (RFC 7636). Any other shows a code that the person types in a browser
(RFC 8628), and asks until that was confirmed.
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from liftgate.identity.errors import LoginUnusable
from liftgate.identity.model import Identity
from liftgate.identity.token import RandomBytes, challenge_of

CODE_LASTS: Final = timedelta(minutes=1)
DEVICE_LASTS: Final = timedelta(minutes=10)
INTERVAL: Final = timedelta(seconds=3)  # between two times that a terminal asks
MOST_WAITING: Final = 1_000  # anybody may begin a login: so much of the database they get, and no more
MOST_WRONG: Final = 5  # codes that a person may mistype in ``DEVICE_LASTS``

# RFC 8628, section 6.1: no vowels, so that no words come about, and nothing that could be taken for something else.
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
_HALF: Final = 4
_USER_CODE: Final = re.compile(f"[{_LETTERS}]{{8}}")
_TEXT: Final = re.compile("[A-Za-z0-9_-]{43}")  # 32 bytes in base64url
MACHINE: Final = "[A-Za-z0-9._-]{1,64}"
_PORT: Final = re.compile("[1-9][0-9]{0,4}")
_HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Who a browser's session says that its terminal belongs to, and until when."""

    person_id: str
    identity: Identity
    session_id: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalAsk:
    """What a terminal on the browser's machine wrote into the address: unproved, but of the right form."""

    port: int  # on 127.0.0.1, where the terminal waits
    state: str
    challenge: str
    machine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginCode:
    """A code that was sent to a terminal by way of the browser."""

    code_hash: str = field(repr=False)
    challenge: str
    by: Vouched
    machine: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLogin:
    """A terminal that waits for its code to be confirmed."""

    secret_hash: str = field(repr=False)
    user_code: str  # eight letters
    machine: str
    asked_at: datetime
    expires_at: datetime
    polled_at: datetime | None = None
    is_allowed: bool | None = None  # None: nobody answered yet
    by: Vouched | None = None  # once it is allowed


class Logins(Protocol):
    """The logins that are under way, in one transaction."""

    def add_code(self, code: LoginCode) -> None:
        """A code was sent."""

    def take_code(self, code_hash: str) -> LoginCode | None:
        """Use a code up."""

    def add_device(self, login: DeviceLogin) -> None:
        """A terminal waits."""

    def device(self, secret_hash: str) -> DeviceLogin | None:
        """The terminal that holds a secret."""

    def device_called(self, user_code: str) -> DeviceLogin | None:
        """The terminal that shows a code."""

    def waiting(self, *, now: datetime) -> int:
        """How many terminals wait."""

    def mark_polled(self, secret_hash: str, at: datetime) -> None:
        """A terminal asked."""

    def answer_device(self, user_code: str, by: Vouched | None) -> None:
        """Allow a terminal that waits, or with None refuse it."""

    def take_device(self, secret_hash: str) -> bool:
        """Use a terminal's login up; False where that was done already."""

    def is_signed_in(self, session_id: str) -> bool:
        """Whether a browser's session was not ended."""

    def wrong_codes(self, person_id: str, *, now: datetime) -> int:
        """How many codes somebody mistyped of late."""

    def count_wrong_code(self, person_id: str, *, now: datetime, until: datetime) -> None:
        """Somebody mistyped a code; it counts ``until`` then."""


def read_ask(port: str, state: str, challenge: str, machine: str) -> TerminalAsk:
    """What stands in an address. Raises ``LoginUnusable``."""
    good = (
        _PORT.fullmatch(port)
        and int(port) <= _HIGHEST_PORT
        and _TEXT.fullmatch(state)
        and _TEXT.fullmatch(challenge)
        and re.fullmatch(MACHINE, machine)
    )
    if not good:
        raise LoginUnusable(
            "this address is none that `liftgate login` opens", advice="run `liftgate login` again"
        )
    return TerminalAsk(port=int(port), state=state, challenge=challenge, machine=machine)


def read_user_code(typed: str) -> str | None:
    """The eight letters in what somebody typed, however they wrote them; None where there are none such."""
    letters = re.sub(r"[\s-]", "", typed).upper()
    return letters if _USER_CODE.fullmatch(letters) else None


def new_user_code(random: RandomBytes) -> str:
    """Eight letters, each as likely as the others: of 128 bits what is left over favours none that anybody could notice."""
    number, letters = int.from_bytes(random(16)), ""
    for _ in range(2 * _HALF):
        number, letter = divmod(number, len(_LETTERS))
        letters += _LETTERS[letter]
    return letters


def shown_user_code(user_code: str) -> str:
    """``BCDF-GHJK``."""
    return f"{user_code[:_HALF]}-{user_code[_HALF:]}"


def is_kept_by(challenge: str, verifier: str) -> bool:
    """Whether a verifier is that of an S256 challenge (RFC 7636, section 4.6)."""
    return bool(_TEXT.fullmatch(verifier)) and secrets.compare_digest(challenge_of(verifier), challenge)
