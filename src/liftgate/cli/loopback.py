"""Where a terminal waits for its browser: a port of this machine alone, for one answer (RFC 8252, section 7.3).

Any page in the browser can call it, and other people on this machine can. So an answer counts only with the state that we wrote into
the address, which nobody else has seen; and the code in it is worth nothing without the verifier, which never leaves this process.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from liftgate.cli.errors import LoginNotAnswered, LoginRefused

_HOST: Final = "127.0.0.1"
_SLOWEST: Final = (
    5.0  # seconds for a browser to say what it wants: it opens connections that it may never use
)
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Connection": "close",
}
_PAGE: Final = """\
<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>Liftgate</title><h1>{said}</h1><p>You can close this page and go back to the terminal.</p></html>
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the browser brought. Without a code: somebody said no."""

    code: str | None = field(repr=False)


class Loopback:
    """A port that hears one answer."""

    def __init__(self, server: ThreadingHTTPServer, heard: SimpleQueue[Heard]) -> None:
        self._heard = heard
        self.port: int = server.server_address[1]

    def code(self, *, seconds: float) -> str:
        """The code that the browser brings. Raises ``LoginRefused`` and ``LoginNotAnswered``."""
        try:
            heard = self._heard.get(timeout=seconds)
        except Empty:
            raise LoginNotAnswered(
                "nobody answered in the browser",
                advice="try again, or on a machine without a browser: liftgate login --device",
            ) from None
        if heard.code is None:
            raise LoginRefused("this terminal was refused in the browser", advice="try again: liftgate login")
        return heard.code


@contextmanager
def listening(state: str) -> Iterator[Loopback]:
    """A port that hears the answer which belongs to ``state``."""
    heard: SimpleQueue[Heard] = SimpleQueue()
    with ThreadingHTTPServer((_HOST, 0), _handler(state, heard)) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Loopback(server, heard)
        finally:
            server.shutdown()
            thread.join()


def _handler(state: str, heard: SimpleQueue[Heard]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _SLOWEST
        server_version, sys_version = "liftgate", ""

        def do_GET(self) -> None:
            """Hear the answer, or say that there is nothing here."""
            found = _read(self.path, state) if self._is_ours() else None
            if found is None:
                self._say(HTTPStatus.NOT_FOUND, "There is nothing here")
                return
            self._say(HTTPStatus.OK, "Signed in" if found.code else "The terminal was refused")
            heard.put(found)

        def _is_ours(self) -> bool:
            # A name that its owner points at this machine would come with itself as the host (DNS rebinding).
            said = self.headers.get_all("host") or []
            return said == [f"{_HOST}:{self.connection.getsockname()[1]}"]

        def _say(self, status: HTTPStatus, said: str) -> None:
            body = _PAGE.format(said=said).encode()
            self.send_response(status)
            for name, value in _HEADERS.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing: the address holds a code."""

        def handle(self) -> None:
            """One call; a browser that hangs up, or never says anything, is nobody's business."""
            try:
                super().handle()
            except (TimeoutError, ConnectionError):
                self.close_connection = True

    return Handler


def _read(path: str, state: str) -> Heard | None:
    parts = urlsplit(path)
    said = parse_qs(parts.query, keep_blank_values=True)
    if parts.path != "/" or not secrets.compare_digest(_only(said, "state").encode(), state.encode()):
        return None
    code = _only(said, "code")
    if code:
        return Heard(code)
    return Heard(None) if _only(said, "error") else None


def _only(said: dict[str, list[str]], name: str) -> str:
    values = said.get(name, [])
    return values[0] if len(values) == 1 else ""
