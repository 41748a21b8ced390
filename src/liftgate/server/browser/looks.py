"""Who looks at a page, or sends a form of one: found once, before any handler runs."""

from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import Depends, Request

from liftgate.access.sight import sees_all
from liftgate.identity.browser import BrowserCaller, begin_browser_session, browser_caller
from liftgate.identity.model import Caller
from liftgate.identity.ports import BrowserSession
from liftgate.server.browser.cookie import end_session, session_token, set_session
from liftgate.server.browser.form import (
    ONCE_FIELD,
    Form,
    csrf_token,
    read_form,
    refuse_foreign,
    refuse_without_token,
)
from liftgate.server.browser.limits import is_tls, limits_of
from liftgate.server.browser.vouching import forget_refresh, hold_to_provider
from liftgate.server.calls import Call, once_of, parts_of
from liftgate.server.edge import PERSON
from liftgate.server.errors import MayNotSeeAll, NotSignedIn
from liftgate.server.linking import person_in
from liftgate.server.parts import Parts

BY_ITSELF: Final = "liftgate-live"  # a header of what a page asks by itself, which keeps nobody signed in


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looks at a page."""

    call: Call
    session: BrowserSession

    @property
    def csrf(self) -> str:
        """What the forms of the page carry."""
        return csrf_token(self.session.id, self.call.parts.session_key, self.call.parts.random)


@dataclass(frozen=True, slots=True)
class Submission:
    """Somebody sent a form of a page of theirs."""

    look: Look
    form: Form

    @property
    def call(self) -> Call:
        """The call that it makes."""
        return self.look.call


def sign_browser_in(request: Request, caller: Caller) -> BrowserSession:
    """Give the browser of a call a session of somebody who was proved; what it was signed in as before ends."""
    parts = parts_of(request)
    tls = is_tls(parts)
    token, session = begin_browser_session(
        caller,
        limits=limits_of(parts),
        store=parts.store,
        clock=parts.clock,
        random=parts.random,
        replacing=session_token(request, parts.session_key, tls=tls),
    )
    request.scope[PERSON] = caller.person.id
    set_session(request, token, parts.session_key, lasts=parts.settings.session_lasts, tls=tls)
    return session


def looking(request: Request) -> Look:
    """A look of somebody who is signed in. Raises ``Unauthenticated`` for anybody else."""
    parts = parts_of(request)
    loaded = parts.catalogue.current()
    tls = is_tls(parts)
    token = session_token(request, parts.session_key, tls=tls)
    if token is None:
        raise NotSignedIn("nobody is signed in here", advice="sign in first")
    is_used = BY_ITSELF not in request.headers
    found = browser_caller(
        token,
        limits=limits_of(parts),
        store=parts.store,
        person_of=person_in(loaded.catalogue, parts),
        clock=parts.clock,
        random=parts.random,
        local_sign_in=parts.settings.local_sign_in,
        is_used=is_used,
    )
    hold_to_provider(request, parts, found.session, loaded.catalogue, is_used=is_used)
    _hand_over(request, found, parts, tls=tls)
    request.scope[PERSON] = found.caller.person.id
    return Look(Call(parts, found.caller, loaded), found.session)


def looking_at_all(request: Request) -> Look:
    """A look of a guard or an auditor. Raises ``MayNotSeeAll`` for anybody else."""
    look = looking(request)
    if not sees_all(look.call.person_id, look.call.catalogue):
        raise MayNotSeeAll(
            "this page is for guards and auditors",
            advice="ask one of them, or whoever keeps the catalogue to name you under `auditors`",
            value=look.call.person_id,
        )
    return look


def submitting(request: Request) -> Submission:
    """A form of somebody who is signed in. Raises ``Unauthenticated`` and ``ForeignForm``."""
    look = looking(request)
    parts = look.call.parts
    refuse_foreign(request, parts.audience)
    form = read_form(request)
    refuse_without_token(form, look.session.id, parts.session_key)
    once = once_of(request, look.call.person_id, form.text(ONCE_FIELD) or None)
    return Submission(replace(look, call=replace(look.call, once=once)), form)


Looking = Annotated[Look, Depends(looking)]
LookingAtAll = Annotated[Look, Depends(looking_at_all)]
Submitted = Annotated[Submission, Depends(submitting)]


def sign_browser_out(request: Request) -> None:
    """Let the browser of a call forget its token."""
    parts = parts_of(request)
    end_session(request, tls=is_tls(parts))
    forget_refresh(request, parts)


def _hand_over(request: Request, found: BrowserCaller, parts: Parts, *, tls: bool) -> None:
    if found.new_token is not None:
        left = found.session.expires_at - parts.clock()
        set_session(request, found.new_token, parts.session_key, lasts=left, tls=tls)
