"""The demo's sign-in by a name alone is for programs on this machine: not for a web page in its browser, nor through a proxy."""

from typing import Final

from fastapi import Request

from liftgate.server.addresses import is_loopback
from liftgate.server.errors import LocalSignInExposed

_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def is_local(request: Request) -> bool:
    """Whether a call was addressed to loopback by name, and no proxy says that it passed it on."""
    return is_loopback(request.url.hostname or "") and not any(name in request.headers for name in _FORWARDED)


def refuse_unless_local(request: Request, *, from_own_page: bool = False) -> None:
    """Raise ``LocalSignInExposed`` where the call was addressed to another name, or came from elsewhere.

    A page in a browser can send calls to loopback, under a name that its owner points there (DNS rebinding); it cannot
    choose the ``Host`` of such a call, nor leave out its ``Origin``. ``from_own_page``: the ``Origin`` was looked at already.
    """
    if not is_local(request) or (not from_own_page and "origin" in request.headers):
        raise LocalSignInExposed(
            "local sign-in is for programs on this machine that address it as loopback",
            advice="call http://127.0.0.1 or http://localhost directly, or sign in with an AWS identity",
            where="Host",
        )
