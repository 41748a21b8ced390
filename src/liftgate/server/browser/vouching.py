"""Browsers that are signed in on a provider's word: begun by it, held to it, and ended with it."""

from dataclasses import replace
from typing import Final

from starlette.requests import Request

from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.who import person_of
from liftgate.identity.model import Caller, Identity, IdentityKind
from liftgate.identity.ports import BrowserSession
from liftgate.identity.provider import Attempt, Reached, Vouched
from liftgate.identity.provider_sign_in import check_with_provider, sign_browser_in_by_provider
from liftgate.identity.service import token_unknown
from liftgate.identity.subject import issuer_of
from liftgate.identity.token_sign_in import is_declared
from liftgate.server.browser.cookie import session_token, set_session
from liftgate.server.browser.kept_secret import LONGEST, forget_secret, keep_secret, kept_secret
from liftgate.server.browser.limits import is_tls, limits_of
from liftgate.server.edge import PERSON
from liftgate.server.parts import Parts

_REFRESH: Final = "refresh"
_ID_TOKEN: Final = "id-token"  # noqa: S105 - a cookie's name


def sign_in_by_provider(
    request: Request, parts: Parts, reached: Reached, *, vouched: Vouched, attempt: Attempt, caller: Caller
) -> None:
    """Give the browser of a call a session on a provider's word; what it was signed in as before ends."""
    tls = is_tls(parts)
    if vouched.refresh_token is not None and len(vouched.refresh_token.encode()) > LONGEST:
        parts.log.warning("a refresh token is too long for a cookie, and is not kept")
        vouched = replace(vouched, refresh_token=None)
    token, session = sign_browser_in_by_provider(
        vouched,
        attempt,
        reached,
        caller,
        limits=limits_of(parts),
        store=parts.store,
        clock=parts.clock,
        random=parts.random,
        replacing=session_token(request, parts.session_key, tls=tls),
        counts_groups=person_of(parts.catalogue.current().catalogue, caller.identity) is not None,
    )
    request.scope[PERSON] = caller.person.id
    set_session(request, token, parts.session_key, lasts=parts.settings.session_lasts, tls=tls)
    _keep_refresh(request, parts, session, vouched.refresh_token)
    if vouched.id_token is not None:
        _keep(request, parts, _ID_TOKEN, vouched.id_token, of=_ID_TOKEN)


def hold_to_provider(
    request: Request, parts: Parts, session: BrowserSession, catalogue: Catalogue, *, is_used: bool
) -> None:
    """Ask the provider, now and then, whether somebody is still signed in. Raises ``Unauthenticated`` where they are not.

    What a page asks by itself asks nobody: its answer may be lost, and a new refresh token with it.
    """
    refuse_other_issuers(session.identity, parts)
    if session.identity.kind is not IdentityKind.OIDC or parts.provider is None or not is_used:
        return
    fresh = check_with_provider(
        session,
        lambda: kept_secret(request, _REFRESH, parts.session_key, of=session.id, tls=is_tls(parts)),
        parts.provider,
        store=parts.store,
        clock=parts.clock,
        counts_groups=person_of(catalogue, session.identity) is not None,
    )
    if fresh is not None:
        _keep_refresh(request, parts, session, fresh)


def refuse_other_issuers(identity: Identity, parts: Parts) -> None:
    """Raise ``TokenUnknown`` for somebody of a provider that the settings no longer name."""
    known = parts.provider.provider.issuer if parts.provider else None
    if identity.kind is IdentityKind.OIDC and issuer_of(identity) != known:
        raise token_unknown()


def refuse_unheard_issuers(caller: Caller, parts: Parts) -> None:
    """The same for calls with a token of ours, which services of the declared issuers hold too."""
    declared = parts.token_issuers.declared if parts.token_issuers else ()
    if not is_declared(issuer_of(caller.identity), caller.person, declared):
        refuse_other_issuers(caller.identity, parts)


def id_token_kept(request: Request, parts: Parts) -> str | None:
    """The ID token of the browser's last sign-in, by which its provider knows which session to end."""
    return kept_secret(request, _ID_TOKEN, parts.session_key, of=_ID_TOKEN, tls=is_tls(parts))


def forget_refresh(request: Request, parts: Parts) -> None:
    """After signing out: nothing is left to ask the provider with."""
    if parts.provider is not None:
        forget_secret(request, _REFRESH, tls=is_tls(parts))


def forget_id_token(request: Request, parts: Parts) -> None:
    """After the provider's session was ended too."""
    forget_secret(request, _ID_TOKEN, tls=is_tls(parts))


def _keep_refresh(request: Request, parts: Parts, session: BrowserSession, token: str | None) -> None:
    if token is None or not _keep(request, parts, _REFRESH, token, of=session.id):
        forget_refresh(request, parts)


def _keep(request: Request, parts: Parts, name: str, secret: str, *, of: str) -> bool:
    return keep_secret(
        request,
        name,
        secret,
        parts.session_key,
        parts.random,
        of=of,
        lasts=parts.settings.session_lasts,
        tls=is_tls(parts),
    )
