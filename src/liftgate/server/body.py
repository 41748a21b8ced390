"""What a call may carry: a bounded body, declared as JSON, with one meaning. Checked before any handler sees it.

Pages' forms, and those of other programs that send forms, are declared as such, and read by ``browser.form``; the API takes none.

A pure ASGI layer: it holds the body (64 KiB at most), looks at it, and hands it on whole, so that the size is known even
where no length was declared or a wrong one was.
"""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liftgate.errors import LiftgateError
from liftgate.server.errors import BodyTooLarge, WrongMediaType
from liftgate.server.json_text import check_json
from liftgate.server.problems import problem
from liftgate.server.rights import API, CALLBACK_RIGHTS

LARGEST_BODY: Final = 64 * 1024  # bytes
FORM: Final = "application/x-www-form-urlencoded"
_CALLBACKS: Final = frozenset(path for _, path in CALLBACK_RIGHTS)  # answered in JSON, but called with forms
BODY: Final = "liftgate.body"  # where the scope holds the body that was read
REQUEST_ID: Final = "liftgate.request_id"


class BodyGate:
    """Lets calls through whose body can be read in one way only."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await _checked_body(scope["path"], Headers(scope=scope), receive)
        except LiftgateError as error:
            await problem(error, scope[REQUEST_ID])(scope, receive, send)
            return
        if body is None:  # hung up
            return
        scope[BODY] = body
        await self._app(scope, _replay(body, receive), send)


async def _checked_body(path: str, headers: Headers, receive: Receive) -> bytes | None:
    declared = headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and (len(declared) > 12 or int(declared) > LARGEST_BODY):
        raise _too_large()
    body = await _read(receive)
    if body and is_api(path) and path not in _CALLBACKS:
        _check_declared(headers, "application/json", "JSON")
        check_json(body)
    elif body:
        _check_declared(headers, FORM, "a form")
    return body


def is_api(path: str) -> bool:
    """Whether programs are answered there, in JSON; elsewhere people are, in pages."""
    return path.startswith((f"{API}/", "/health", "/ready", "/metrics")) or path in _CALLBACKS


async def _read(receive: Receive) -> bytes | None:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST_BODY:
            raise _too_large()
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _check_declared(headers: Headers, expected: str, what: str) -> None:
    kind, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if kind.strip().lower() != expected or charset not in {"", "charset=utf-8"}:
        raise WrongMediaType(
            f"the body is not declared as {what}", advice=f"send it with Content-Type: {expected}"
        )
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongMediaType("the body is compressed", advice="send it without Content-Encoding")


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(
        f"the body is larger than {LARGEST_BODY:,} bytes",
        advice="no call needs as much: ask for prefixes instead of single objects, or make several requests",
    )
