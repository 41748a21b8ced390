"""Signing in on an OpenID provider's word, standing on it, and being signed out by it: one use case a function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liftgate.clock import Clock, rfc3339
from liftgate.errors import Unauthenticated, Unavailable
from liftgate.identity.browser import BrowserLimits, begin_browser_session
from liftgate.identity.errors import (
    IssuerUnavailable,
    LogoutRefused,
    ProofUsed,
    TokenExpired,
)
from liftgate.identity.model import Caller
from liftgate.identity.ports import BrowserSession, IdentityStore, IdentityWriter
from liftgate.identity.provider import ATTEMPT_LASTS, Attempt, Reached, Vouched, vouched_again
from liftgate.identity.provider_ports import ClaimedGroups, ProviderSignIn
from liftgate.identity.service import PersonOf, unknown
from liftgate.identity.signed_token import LEEWAY, Claims, Expected, verified_claims
from liftgate.identity.subject import identity_of_subject
from liftgate.identity.token import RandomBytes, hash_of
from liftgate.ledger.model import Draft, EventKind

CHECKED_EVERY: Final = timedelta(minutes=5)
_AGAIN_AFTER: Final = timedelta(minutes=1)  # where the provider does not answer
LONGEST_UNCHECKED: Final = timedelta(
    minutes=30
)  # so long may it not answer until nobody is believed to be signed in

_LOGOUT_OLDEST: Final = timedelta(minutes=10)
_LOGOUT_TYPES: Final = frozenset({"", "jwt", "logout+jwt"})
_LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_LONGEST_NAME: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutOrder:
    """Whose sign-ins are to end: a subject's, a session's, or those that are of both."""

    jti: str
    subject: str | None
    provider_session: str | None


def caller_vouched_for(vouched: Vouched, reached: Reached, *, person_of: PersonOf) -> Caller:
    """Whom the catalogue knows by a subject. Raises ``IdentityUnknown``, which says what is to be written there."""
    identity = identity_of_subject(reached.provider.issuer, vouched.subject)
    person = person_of(identity)
    if person is None:
        raise unknown(identity)
    return Caller(person=person, identity=identity)


def sign_browser_in_by_provider(
    vouched: Vouched,
    attempt: Attempt,
    reached: Reached,
    caller: Caller,
    *,
    limits: BrowserLimits,
    store: IdentityStore,
    clock: Clock,
    random: RandomBytes,
    replacing: str | None,
    counts_groups: bool = True,
) -> tuple[str, BrowserSession]:
    """A token for the browser of somebody for whom a provider vouched; an attempt leads to one only.

    ``counts_groups`` is False for a linked identity: a link says who somebody is, and gives them nothing more.
    Raises ``ProofUsed``.
    """

    def also(transaction: IdentityWriter, session: BrowserSession) -> None:
        if not transaction.use_proof(attempt.proof_hash, expires_at=session.signed_in_at + 2 * ATTEMPT_LASTS):
            raise ProofUsed("this sign-in was finished before", advice="begin it anew")
        can_ask = vouched.refresh_token is not None
        transaction.provided.add(
            ProviderSignIn(
                session_id=session.id,
                person_id=session.person_id,
                identity=session.identity,
                provider_session=vouched.provider_session,
                checked_at=session.signed_in_at if can_ask else None,
                check_after=session.signed_in_at + CHECKED_EVERY if can_ask else None,
                expires_at=session.expires_at,
            )
        )
        if counts_groups:
            _keep_groups(transaction, vouched, session.person_id, reached, session.signed_in_at)

    return begin_browser_session(
        caller, limits=limits, store=store, clock=clock, random=random, replacing=replacing, also=also
    )


def check_with_provider(
    session: BrowserSession,
    refresh_token: Callable[[], str | None],
    reached: Reached,
    *,
    store: IdentityStore,
    clock: Clock,
    counts_groups: bool = True,
) -> str | None:
    """Ask the provider now and then whether somebody is still signed in; what to ask it with from now on, where that is new.

    ``refresh_token`` is what the browser holds: who lost it is signed out, since nobody can be asked about them.
    Of several calls at once one asks: a provider may take a second use of the same refresh token for theft.
    Raises ``TokenExpired`` where it says no, and ``Unavailable`` where it has not answered for too long.
    """
    now = clock()
    with store.read() as view:
        sign_in = view.provided.one(session.id)
    if sign_in is None:
        raise _signed_out()
    if sign_in.check_after is None or sign_in.checked_at is None:
        return None
    is_overdue = now - sign_in.checked_at >= LONGEST_UNCHECKED
    if now < sign_in.check_after or not _claims(store, sign_in, now):
        if is_overdue:
            raise _unheard(reached)
        return None
    held = refresh_token()
    try:
        if held is None:
            raise _signed_out()
        subject = sign_in.identity.name.partition("#")[2]
        vouched = vouched_again(held, subject, reached, now=now)
    except Unavailable:
        if is_overdue:
            raise
        return None
    except Unauthenticated:
        _end(store, session.id, now)
        raise _signed_out() from None
    with store.write() as transaction:
        transaction.provided.checked(session.id, at=now, check_after=now + CHECKED_EVERY)
        if vouched.id_token is not None and counts_groups:
            _keep_changed_groups(transaction, vouched, session.person_id, reached, now)
    return vouched.refresh_token if vouched.refresh_token != held else None


def log_out_by_provider(logout_token: str, reached: Reached, *, store: IdentityStore, clock: Clock) -> int:
    """End what a provider says is over (OpenID Connect Back-Channel Logout 1.0, section 2.6); how many browsers that were.

    Raises ``Unauthenticated`` for a token that is not the provider's, ``LogoutRefused`` for one that is no order to log
    somebody out, or was used before, and ``Unavailable``.
    """
    now = clock()
    order = logout_order(logout_token, reached, now=now)
    issuer = reached.provider.issuer
    with store.write() as transaction:
        used = hash_of(f"oidc-logout {issuer} {order.jti}")
        if not transaction.use_proof(used, expires_at=now + _LOGOUT_OLDEST + 2 * LEEWAY):
            raise _no_order("it was used before")
        ended = transaction.provided.of_provider(
            issuer=issuer, subject=order.subject, provider_session=order.provider_session
        )
        for one in ended:
            _sign_out(transaction, one, now)
    return len(ended)


def logout_order(logout_token: str, reached: Reached, *, now: datetime) -> LogoutOrder:
    """What a logout token orders. Raises as ``log_out_by_provider`` does, but for what was used before."""
    provider = reached.provider
    expected = Expected(
        issuer=provider.issuer, audience=provider.client_id, oldest=_LOGOUT_OLDEST, types=_LOGOUT_TYPES
    )
    claims = verified_claims(logout_token, expected, issuers=reached.issuers, now=now)
    events = claims.get("events")
    if not isinstance(events, Mapping) or _LOGOUT_EVENT not in events or "nonce" in claims:
        raise _no_order("it is a token of another kind")  # an ID token must never pass for one
    jti, subject, sid = (_name(claims, one) for one in ("jti", "sub", "sid"))
    if jti is None or (subject is None and sid is None):
        raise _no_order("it orders nobody's logout")
    return LogoutOrder(jti=jti, subject=subject, provider_session=sid)


def _name(claims: Claims, claim: str) -> str | None:
    said = claims.get(claim)
    if said is None:
        return None
    if not isinstance(said, str) or not 0 < len(said) <= _LONGEST_NAME:
        raise _no_order(f"its `{claim}` names nothing")
    return said


def _claims(store: IdentityStore, sign_in: ProviderSignIn, now: datetime) -> bool:
    with store.write() as transaction:
        return transaction.provided.claim(sign_in, check_after=now + _AGAIN_AFTER)


def _unheard(reached: Reached) -> IssuerUnavailable:
    return IssuerUnavailable(
        f"the issuer `{reached.provider.issuer[:200]}` has not said for a while that you are still signed in",
        advice="try again in a minute",
    )


def _end(store: IdentityStore, session_id: str, now: datetime) -> None:
    """A browser's session and what was let in by it."""
    with store.write() as transaction:
        ended = transaction.provided.one(session_id)
        if ended is not None:
            _sign_out(transaction, ended, now)


def _sign_out(transaction: IdentityWriter, ended: ProviderSignIn, now: datetime) -> None:
    """A browser, and the terminals that it signed in."""
    terminals = transaction.end_sign_ins_by(ended.session_id)
    transaction.end_browser_session(ended.session_id)
    transaction.provided.end(ended.session_id)
    draft = Draft(
        at=now,
        kind=EventKind.SIGNED_OUT,
        actor="liftgate",
        body={"person": ended.person_id, "identity": str(ended.identity), "terminals": terminals},
    )
    transaction.record(draft)


def _keep_changed_groups(
    transaction: IdentityWriter, vouched: Vouched, person_id: str, reached: Reached, now: datetime
) -> None:
    before = transaction.provided.claimed(now=now, person_id=person_id)
    if not before or before[0].groups != vouched.groups:
        _keep_groups(transaction, vouched, person_id, reached, now)


def _keep_groups(
    transaction: IdentityWriter, vouched: Vouched, person_id: str, reached: Reached, now: datetime
) -> None:
    if not reached.provider.groups:
        return
    claimed = ClaimedGroups(
        person_id=person_id,
        groups=vouched.groups,
        claimed_at=now,
        expires_at=now + reached.provider.groups_last,
    )
    draft = Draft(
        at=now,
        kind=EventKind.GROUPS_CLAIMED,
        actor=person_id,
        body={
            "identity": str(identity_of_subject(reached.provider.issuer, vouched.subject)),
            "groups": sorted(claimed.groups),
            "until": rfc3339(claimed.expires_at),
        },
    )
    transaction.provided.keep_claimed(claimed)
    transaction.record(draft)


def _signed_out() -> TokenExpired:
    return TokenExpired("you were signed out by your provider", advice="sign in again")


def _no_order(why: str) -> LogoutRefused:
    return LogoutRefused(
        f"the logout token is refused: {why}", advice="send a new one, as Back-Channel Logout 1.0 says"
    )
