"""The cookie of a signed-in browser: out of reach of scripts, not sent from other sites' forms, and marked by us.

https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html, "Cookies"; RFC 6265bis on ``__Host-``.
"""

import re
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liftgate.identity.token import has_form
from liftgate.server.browser.session_key import SessionKey

_TO_SET: Final = "liftgate.cookies"  # where the scope holds what is to be set with the answer
_PURPOSE: Final = "cookie"
_SAFE: Final = re.compile(r"[A-Za-z0-9_.-]*")


class CookieSetter:
    """Sets with the answer what was asked to be set while it was made, whatever the answer became."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                to_set = scope.get(_TO_SET, {}).values()
                message["headers"] = [*message["headers"], *((b"set-cookie", one) for one in to_set)]
            await send(message)

        await self._app(scope, receive, send_with_cookies)


def session_token(request: Request, key: SessionKey, *, tls: bool) -> str | None:
    """The token in a call's cookie, where it is marked by us; the database is not asked for any other."""
    text = cookie(request, session_cookie(tls=tls))
    token, _, mark = text.partition(".")
    return token if has_form(token) and key.is_mark(_PURPOSE, token, mark) else None


def set_session(request: Request, token: str, key: SessionKey, *, lasts: timedelta, tls: bool) -> None:
    """Give the browser its token."""
    set_cookie(request, session_cookie(tls=tls), f"{token}.{key.mark(_PURPOSE, token)}", lasts=lasts, tls=tls)


def end_session(request: Request, *, tls: bool) -> None:
    """Let the browser forget its token."""
    set_cookie(request, session_cookie(tls=tls), "", lasts=timedelta(0), tls=tls)


def session_cookie(*, tls: bool) -> str:
    """The cookie's name: over TLS one that no other host, and no plain page, can set."""
    return "__Host-liftgate" if tls else "liftgate"


def cookie(request: Request, name: str) -> str:
    """A cookie's value; empty where there is none, or more than one."""
    found = [
        value.strip()
        for header in request.headers.getlist("cookie")
        for named, _, value in (part.partition("=") for part in header.split(";"))
        if named.strip() == name
    ]
    return found[0] if len(found) == 1 else ""


def set_cookie(
    request: Request, name: str, value: str, *, lasts: timedelta, tls: bool, path: str = "/"
) -> None:
    """Set a cookie with the answer. Its value is of letters, digits and ``_ . -``."""
    if not _SAFE.fullmatch(value):
        raise ValueError(name)
    jar: SimpleCookie = SimpleCookie()
    jar[name] = value
    made = jar[name]
    made["path"], made["httponly"], made["samesite"] = path, True, "Lax"
    made["max-age"] = int(lasts.total_seconds())
    made["secure"] = tls
    request.scope.setdefault(_TO_SET, {})[name] = made.OutputString().encode()
