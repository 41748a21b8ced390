"""Signing a terminal in by a browser: one use case a function. What a login is, ``login_model`` says.

A terminal's sign-in ends with the browser's session at the latest: it was proved when that was, and by nothing else.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from liftgate.clock import Clock
from liftgate.errors import LiftgateError
from liftgate.identity.errors import (
    LoginCodeUnknown,
    LoginDenied,
    LoginOver,
    LoginPending,
    LoginTooOften,
    TooManyLogins,
    TooManyWrongCodes,
)
from liftgate.identity.login_model import (
    CODE_LASTS,
    DEVICE_LASTS,
    INTERVAL,
    MOST_WAITING,
    MOST_WRONG,
    DeviceLogin,
    LoginCode,
    Logins,
    TerminalAsk,
    Vouched,
    is_kept_by,
    new_user_code,
    read_user_code,
)
from liftgate.identity.ports import BrowserSession, IdentityStore, SignIn
from liftgate.identity.service import PersonOf, hand_out_token, known_caller, refuse_held_to_let_in
from liftgate.identity.token import RandomBytes, hash_of, new_secret

HandedOut: TypeAlias = tuple[str, SignIn]

_ANEW: Final = "run `liftgate login` again"
_WAIT: Final = "ask again after the interval that the login was begun with"


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalDoor:
    """What signing a terminal in needs of its surroundings."""

    store: IdentityStore
    person_of: PersonOf
    local_sign_in: bool  # the server's setting
    clock: Clock
    random: RandomBytes


def allow_terminal(
    ask: TerminalAsk, session: BrowserSession, *, store: IdentityStore, clock: Clock, random: RandomBytes
) -> str:
    """The code for a terminal that the person of a browser's session said is theirs. Raises ``PersonShutOut``."""
    code = new_secret(random)
    with store.write() as transaction:
        refuse_held_to_let_in(session.person_id, transaction)
        transaction.logins.add_code(
            LoginCode(
                code_hash=hash_of(code),
                challenge=ask.challenge,
                by=_vouched(session),
                machine=ask.machine,
                expires_at=clock() + CODE_LASTS,
            )
        )
    return code


def sign_in_with_code(code: str, verifier: str, at: TerminalDoor) -> HandedOut:
    """A token for the terminal to which a code was sent. A code is used up by whoever shows it, also with a wrong verifier.

    Raises ``LoginOver``, and what ``known_caller`` raises.
    """
    now = at.clock()
    with at.store.write() as transaction:
        taken = transaction.logins.take_code(hash_of(code))
    if taken is None or now >= taken.expires_at or not is_kept_by(taken.challenge, verifier):
        raise _over()
    return _hand_out(taken.by, taken.machine, at)


def begin_device_login(
    machine: str, *, store: IdentityStore, clock: Clock, random: RandomBytes
) -> tuple[str, DeviceLogin]:
    """The secret of a terminal that will show a code, and what is kept of it. Raises ``TooManyLogins``."""
    now, secret = clock(), new_secret(random)
    login = DeviceLogin(
        secret_hash=hash_of(secret),
        user_code=new_user_code(random),
        machine=machine,
        asked_at=now,
        expires_at=now + DEVICE_LASTS,
    )
    with store.write() as transaction:
        if transaction.logins.waiting(now=now) >= MOST_WAITING:
            raise TooManyLogins(
                f"{MOST_WAITING:,} terminals wait for their codes", advice="try again in ten minutes"
            )
        transaction.logins.add_device(login)
    return secret, login


def terminal_of_code(
    typed: str, session: BrowserSession, *, store: IdentityStore, clock: Clock
) -> DeviceLogin:
    """The terminal that shows the code somebody typed. Raises ``LoginCodeUnknown`` and ``TooManyWrongCodes``."""
    with store.write() as transaction:
        found = _called(typed, session.person_id, transaction.logins, now=clock())
    if isinstance(found, LiftgateError):
        raise found
    return found


def answer_terminal(
    typed: str, session: BrowserSession, *, is_allowed: bool, store: IdentityStore, clock: Clock
) -> None:
    """Say of the terminal that shows a code that it is one's own, or not.

    Raises what ``terminal_of_code`` raises, and for a yes ``PersonShutOut``.
    """
    with store.write() as transaction:
        if is_allowed:
            refuse_held_to_let_in(session.person_id, transaction)
        found = _called(typed, session.person_id, transaction.logins, now=clock())
        if isinstance(found, DeviceLogin):
            by = _vouched(session) if is_allowed else None
            transaction.logins.answer_device(found.user_code, by)
    if isinstance(found, LiftgateError):
        raise found


def sign_in_with_device(secret: str, at: TerminalDoor) -> HandedOut:
    """A token for a terminal whose code was confirmed.

    Raises ``LoginPending``, ``LoginTooOften``, ``LoginDenied`` and ``LoginOver``, and what ``known_caller`` raises.
    """
    with at.store.write() as transaction:
        found = _asked_again(hash_of(secret), transaction.logins, at.clock())
    if isinstance(found, LiftgateError):
        raise found
    by, machine = found
    return _hand_out(by, machine, at)


def _asked_again(secret_hash: str, logins: Logins, now: datetime) -> tuple[Vouched, str] | LiftgateError:
    """Who stands for a terminal, and what it is called; or why it is not signed in, of which the transaction keeps its part."""
    login = logins.device(secret_hash)
    if login is None or now >= login.expires_at:
        return _over()
    if login.is_allowed is None:
        if login.polled_at is not None and now < login.polled_at + INTERVAL:
            return LoginTooOften("the server was asked too soon again", advice=_WAIT)
        logins.mark_polled(secret_hash, now)
        return LoginPending("nobody has confirmed the code yet", advice=_WAIT)
    if not logins.take_device(secret_hash):
        return _over()
    if login.by is None:
        return LoginDenied("the terminal was refused in the browser", advice=_ANEW)
    return login.by, login.machine


def _hand_out(by: Vouched, machine: str, at: TerminalDoor) -> HandedOut:
    caller = known_caller(by.person_id, by.identity, person_of=at.person_of, local_sign_in=at.local_sign_in)
    now = at.clock()
    with at.store.write() as transaction:
        # Whoever was signed out since, signs nothing in.
        if now < by.until and transaction.logins.is_signed_in(by.session_id):
            return hand_out_token(
                transaction,
                caller.person,
                by.identity,
                now=now,
                until=by.until,
                random=at.random,
                session_id=by.session_id,
                more={"in": "terminal", "machine": machine},
            )
    raise _over()


def _called(typed: str, person_id: str, logins: Logins, *, now: datetime) -> DeviceLogin | LiftgateError:
    """The terminal that waits with a code; a code that is none is counted, by the transaction that looked for it."""
    if logins.wrong_codes(person_id, now=now) >= MOST_WRONG:
        return TooManyWrongCodes(
            "you typed too many wrong codes", advice="wait ten minutes, then type the code anew"
        )
    user_code = read_user_code(typed)
    found = logins.device_called(user_code) if user_code else None
    if found is not None and found.is_allowed is None and now < found.expires_at:
        return found
    logins.count_wrong_code(person_id, now=now, until=now + DEVICE_LASTS)
    return LoginCodeUnknown(
        "no terminal shows that code now", advice="look again, or run `liftgate login --device` again"
    )


def _vouched(session: BrowserSession) -> Vouched:
    return Vouched(
        person_id=session.person_id,
        identity=session.identity,
        session_id=session.id,
        until=session.expires_at,
    )


def _over() -> LoginOver:
    return LoginOver("the login is over, or was used already", advice=_ANEW)
