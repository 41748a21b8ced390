"""A browser's attempt to sign in by a provider: what it must bring back, in a cookie that only this browser has, for ten minutes."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request

from liftgate.identity.provider import ATTEMPT_LASTS, Attempt, attempt_of, not_begun
from liftgate.server.browser.cookie import cookie, set_cookie
from liftgate.server.parts import Parts

_PURPOSE: Final = "oidc-attempt"
_SEED: Final = 32  # bytes
_LONGEST_WAY: Final = 1_500  # characters of where somebody wanted to go


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt, and where somebody wanted to go before it."""

    attempt: Attempt
    then: str
    code_hash: str | None = None  # of the code that links whoever comes back, where one was typed


def begin_attempt(request: Request, parts: Parts, then: str, *, tls: bool, code_hash: str = "") -> Attempt:
    """A new attempt, which this browser alone can finish; one that it began before is forgotten."""
    seed = _encoded(parts.random(_SEED))
    way = _encoded(then.encode() if len(then) <= _LONGEST_WAY else b"/")
    text = f"{seed}.{int(parts.clock().timestamp())}.{way}.{code_hash}"
    value = f"{text}.{parts.session_key.mark(_PURPOSE, text)}"
    set_cookie(request, _name(tls=tls), value, lasts=ATTEMPT_LASTS, tls=tls)
    return attempt_of(seed, parts.session_key.mark)


def begun_attempt(request: Request, parts: Parts, *, tls: bool) -> Begun:
    """The attempt that a browser comes back from. Raises ``SignInNotBegun``."""
    text, _, mark = cookie(request, _name(tls=tls)).rpartition(".")
    if not parts.session_key.is_mark(_PURPOSE, text, mark):
        raise not_begun()
    seed, began, way, *more = text.split(".")  # one that an earlier release began has no more
    if parts.clock() >= datetime.fromtimestamp(int(began), UTC) + ATTEMPT_LASTS:
        raise not_begun()
    return Begun(attempt_of(seed, parts.session_key.mark), _decoded(way), next(filter(None, more), None))


def end_attempt(request: Request, *, tls: bool) -> None:
    """Let the browser forget it: whatever came of it, it leads nowhere any more."""
    set_cookie(request, _name(tls=tls), "", lasts=ATTEMPT_LASTS * 0, tls=tls)


def _name(*, tls: bool) -> str:
    return "__Host-liftgate-oidc" if tls else "liftgate-oidc"


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decoded(text: str) -> str:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
