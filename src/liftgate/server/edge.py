"""The outermost layer: an id for each call, headers that keep browsers and caches out, one line in the log, no surprise let out.

A pure ASGI layer, since it is on the way of every call. The log has the path but never the query, headers or body.
"""

from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter
from typing import Any, Final, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liftgate.server.body import REQUEST_ID, is_api
from liftgate.server.errors import CalledPlainly
from liftgate.server.forwarded import Proxies
from liftgate.server.meters import Meters
from liftgate.server.problems import internal_fault, problem
from liftgate.server.rights import API
from liftgate.server.without_text import without_text

PERSON: Final = "liftgate.person"  # where the scope holds who was found to be calling
_PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})

# https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_TLS_ONLY: Final = (b"strict-transport-security", b"max-age=31536000")
_NOT_KEPT: Final = (b"cache-control", b"no-store")
_OF_API: Final = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
# Pages run our own script and no other, and show nothing of anybody else's.
_POLICY_OF_PAGES: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_OF_PAGES: Final = (
    (b"referrer-policy", b"same-origin"),  # with no-referrer our own forms would come with `Origin: null`
    (b"content-security-policy", _POLICY_OF_PAGES),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


class Log(Protocol):
    """What is needed of structlog."""

    def info(self, event: str, **fields: Any) -> Any:
        """A line that says what was done."""

    def warning(self, event: str, **fields: Any) -> Any:
        """A line that says what did not work, and is tried again."""

    def error(self, event: str, **fields: Any) -> Any:
        """A line that somebody should look at."""


class Edge:
    """Wraps the whole application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        log: Log,
        new_id: Callable[[], str],
        tls: bool,
        proxies: Proxies,
        meters: Meters,
    ) -> None:
        self._app = app
        self._log = log
        self._new_id = new_id
        self._tls = tls
        self._proxies = proxies
        self._meters = meters
        self._headers = (*_HEADERS, _TLS_ONLY) if tls else _HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, whatever happens inside."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            with self._meters.in_progress.track_inprogress():
                await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        forwarded = self._proxies.read(scope)
        request_id = scope[REQUEST_ID] = forwarded.request_id or self._new_id()
        kind = _OF_API if is_api(scope["path"]) else _OF_PAGES
        ours = [*self._headers, *kind, (b"x-request-id", request_id.encode())]
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                said = message["headers"]
                not_kept = () if any(name == b"cache-control" for name, _ in said) else (_NOT_KEPT,)
                message["headers"] = [*said, *ours, *not_kept]
            await send(message)

        try:
            if forwarded.plain and self._tls:
                await problem(_called_plainly(), request_id)(scope, receive, send_with_headers)
            else:
                await self._app(scope, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001 - the last place that can keep its text from the caller
            self._log.error("failed", request_id=request_id, **without_text(error))
            if not status:
                await problem(internal_fault(), request_id)(scope, receive, send_with_headers)
        seconds = perf_counter() - began
        self._meters.answered(scope["method"], _template(scope), int(status), seconds)
        if scope["path"] in _PROBES and status < HTTPStatus.BAD_REQUEST:
            return  # they come every few seconds, and say the same
        self._log.info(
            "answered",
            request_id=request_id,
            method=scope["method"],
            path=scope["path"][:200],
            status=int(status),
            person=scope.get(PERSON),
            client=forwarded.client,
            ms=round(seconds * 1000, 2),
        )


def _template(scope: Scope) -> str | None:
    """Of the route that a call matched; those of the API know only what follows its prefix."""
    template: str | None = getattr(scope.get("route"), "path", None)
    if template is None or template.startswith(API) or not scope["path"].startswith(f"{API}/"):
        return template
    return API + template


def _called_plainly() -> CalledPlainly:
    return CalledPlainly(
        "the proxy was called over plain http, where tokens and credentials could be read",
        advice="call the server's address with https://; whoever runs the proxy: send http there on to https",
    )
