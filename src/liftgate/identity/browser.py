"""A browser's session: its token is renewed while it is used, and it ends when nobody uses it, or when it is old.

A renewed token's predecessor stays good until the browser has shown the new one, since an answer may be lost on its way, and for
``GRACE`` longer, since calls may cross. Whoever shows it after that holds a copy: the session ends, for both.
Limits and renewal: https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from liftgate.clock import Clock, rfc3339
from liftgate.identity.errors import TokenExpired
from liftgate.identity.model import Caller
from liftgate.identity.ports import BrowserSession, IdentityStore, IdentityWriter
from liftgate.identity.service import PersonOf, known_caller, refuse_shut_out, token_unknown
from liftgate.identity.token import RandomBytes, has_form, hash_of, new_token
from liftgate.ledger.model import Draft, EventKind

ROTATES_AFTER: Final = timedelta(minutes=15)
GRACE: Final = timedelta(seconds=60)
_SEEN_EVERY: Final = timedelta(minutes=1)  # so that not each page that is looked at is a write


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserLimits:
    """When a browser must sign in again."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserCaller:
    """Who looks, in which session, and the token that the browser is to have from now on, where it is another."""

    caller: Caller
    session: BrowserSession
    new_token: str | None = None


def begin_browser_session(
    caller: Caller,
    *,
    limits: BrowserLimits,
    store: IdentityStore,
    clock: Clock,
    random: RandomBytes,
    replacing: str | None = None,
    also: Callable[[IdentityWriter, BrowserSession], None] | None = None,
) -> tuple[str, BrowserSession]:
    """A token for a browser whose person was proved. The session of ``replacing``, the token it showed before, ends.

    ``also`` is done in the same transaction; where it raises, there is no session. Raises ``PersonShutOut``.
    """
    now, token = clock(), new_token(random)
    session = BrowserSession(
        id=random(16).hex(),
        token_hash=hash_of(token),
        previous_hash=None,
        is_confirmed=False,
        person_id=caller.person.id,
        identity=caller.identity,
        signed_in_at=now,
        rotated_at=now,
        seen_at=now,
        expires_at=now + limits.absolute,
    )
    with store.write() as transaction:
        refuse_shut_out(session.person_id, transaction)
        before = transaction.browser_session(hash_of(replacing)) if replacing else None
        if before is not None:
            transaction.end_browser_session(before.id)
        transaction.add_browser_session(session, _draft(session))
        if also is not None:
            also(transaction, session)
    return token, session


def browser_caller(
    token: str,
    *,
    limits: BrowserLimits,
    store: IdentityStore,
    person_of: PersonOf,
    clock: Clock,
    random: RandomBytes,
    local_sign_in: bool = False,
    is_used: bool = True,
) -> BrowserCaller:
    """Who shows a token, by the catalogue of this moment.

    ``is_used`` is False for what a page asks by itself, which keeps no session alive. Raises ``TokenUnknown``,
    ``TokenExpired`` and ``IdentityUnknown``.
    """
    shown, now = hash_of(token), clock()
    if not has_form(token):
        raise token_unknown()
    with store.read() as reader:
        session = reader.browser_session(shown)
    if session is None:
        raise token_unknown()
    if now >= min(session.expires_at, session.seen_at + limits.idle):
        raise TokenExpired("you were signed out", advice="sign in again")
    if _is_stale(session, shown, now):
        with store.write() as transaction:
            transaction.end_browser_session(session.id)
        raise token_unknown()
    caller = known_caller(
        session.person_id, session.identity, person_of=person_of, local_sign_in=local_sign_in
    )
    renewed, fresh = _renewed(session, shown, now, random=random, is_used=is_used)
    if renewed != session:
        with store.write() as transaction:
            # Of two calls at once one renews it; the other goes on with the token that it has.
            if not transaction.replace_browser_session(renewed, was=session):
                return BrowserCaller(caller=caller, session=session)
    return BrowserCaller(caller=caller, session=renewed, new_token=fresh)


def end_browser_session(token: str, *, store: IdentityStore) -> None:
    """Sign a browser out. A session that is not known is ended already."""
    if has_form(token):
        with store.write() as transaction:
            session = transaction.browser_session(hash_of(token))
            if session is not None:
                transaction.end_browser_session(session.id)


def _is_stale(session: BrowserSession, shown: str, now: datetime) -> bool:
    """Whether a token is shown that its browser has surely given up."""
    return shown != session.token_hash and session.is_confirmed and now >= session.rotated_at + GRACE


def _renewed(
    session: BrowserSession, shown: str, now: datetime, *, random: RandomBytes, is_used: bool
) -> tuple[BrowserSession, str | None]:
    is_present = shown == session.token_hash
    if is_used and now - session.seen_at >= _SEEN_EVERY:
        session = replace(session, seen_at=now)
    if is_present and not session.is_confirmed:
        session = replace(session, is_confirmed=True)
    was_lost = not is_present and not session.is_confirmed and now >= session.rotated_at + GRACE
    if was_lost or (is_present and now - session.rotated_at >= ROTATES_AFTER):
        token = new_token(random)
        return (
            replace(
                session, token_hash=hash_of(token), previous_hash=shown, is_confirmed=False, rotated_at=now
            ),
            token,
        )
    return session, None


def _draft(session: BrowserSession) -> Draft:
    return Draft(
        at=session.signed_in_at,
        kind=EventKind.SIGNED_IN,
        actor=session.person_id,
        body={
            "identity": str(session.identity),
            "user_id": session.identity.user_id,
            "expires_at": rfc3339(session.expires_at),
            "in": "browser",
        },
    )
