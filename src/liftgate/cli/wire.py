"""The connection to a server over HTTP, with httpx: JSON in, JSON out, and every fault as one of our errors."""

import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from liftgate import VERSION
from liftgate.cli.errors import AnswerUnreadable, ServerUnreachable
from liftgate.cli.fields import JsonObject
from liftgate.cli.ports import Call
from liftgate.cli.problem import problem_error
from liftgate.cli.server_url import ServerUrl
from liftgate.clock import Clock

# httpx imports its own command line program, and with it every part of rich and pygments, where it finds them: two thirds
# of its time. Named as missing for a moment, it is left out.
_modules: dict[str, object] = sys.modules  # type: ignore[assignment]  # None for a module makes its import fail
_modules.setdefault("httpx._main", None)
import httpx  # noqa: E402

if _modules["httpx._main"] is None:
    del _modules["httpx._main"]

_TIMEOUT: Final = httpx.Timeout(30, connect=5)
_DATE_LASTS: Final = timedelta(seconds=1)  # the Date header knows no fractions
_MAY_BE_OLD: Final = timedelta(seconds=2)  # servers write it anew once a second, or when they come to it


class HttpWire:
    """A connection to one server. Nothing is ever sent to another: redirects are refused."""

    def __init__(self, server: ServerUrl, clock: Clock, *, http: httpx.Client | None = None) -> None:
        self._server = server
        self._clock = clock
        self._http = http or _http_client(server)
        self.server_ahead = timedelta()

    def send(self, call: Call) -> JsonObject | None:
        """The JSON object that was answered, or None for an answer without content."""
        response = self._respond(call)
        return None if response.status_code == 204 else _document(response)

    def lines(self, call: Call) -> Iterator[bytes]:
        """The answer as lines, as it arrives."""
        with self._faults(), self._http.stream(call.method, call.path, headers=_headers(call)) as response:
            if response.status_code != 200:
                response.read()
                _check(response, self._server)
            yield from _split(response.iter_bytes())

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _respond(self, call: Call) -> httpx.Response:
        query = {name: value for name, value in (call.query or {}).items() if value is not None}
        with self._faults():
            try:
                response = self._once(call, query)
            except (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError):
                if call.method != "GET" and call.key is None:
                    raise
                response = self._once(call, query)
        _check(response, self._server)
        return response

    def _once(self, call: Call, query: Mapping[str, str | int]) -> httpx.Response:
        began = self._clock()
        response = self._http.request(
            call.method, call.path, params=query, json=call.body, headers=_headers(call)
        )
        self._compare_clocks(response, began)
        return response

    def _compare_clocks(self, response: httpx.Response, began: datetime) -> None:
        try:
            theirs = parsedate_to_datetime(response.headers.get("date", ""))
        except ValueError:
            return
        self.server_ahead = _ahead(theirs.replace(tzinfo=theirs.tzinfo or UTC), began, self._clock())

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            said = str(error).strip() or type(error).__name__
            raise ServerUnreachable(
                f"Liftgate at `{self._server.base}` did not answer: {said[:200]}",
                advice="is the address right, and are you in the right network? try: liftgate doctor",
            ) from None


def _headers(call: Call) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    if call.token:
        headers["Authorization"] = f"Bearer {call.token}"
    if call.key:
        headers["Idempotency-Key"] = call.key
    return headers


def _http_client(server: ServerUrl) -> httpx.Client:
    # On loopback no proxy may come in between: it would see the token in plain text. And where no TLS is spoken,
    # a context that trusts nobody saves the time to read certificates.
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.Client(
        base_url=server.base,
        timeout=_TIMEOUT,
        headers={"User-Agent": f"liftgate/{VERSION}"},
        trust_env=not server.is_loopback,
        verify=nobody if server.base.startswith("http://") else True,
    )


def _check(response: httpx.Response, server: ServerUrl) -> None:
    if response.is_success:
        return
    if response.is_redirect:
        raise AnswerUnreadable(
            f"`{server.base}` sends us on to `{response.headers.get('location', '')[:200]}`",
            advice="a sign-in is never sent on; if that address is right, give it as --server",
        )
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        raise problem_error(response.status_code, _document(response))
    if response.status_code in {429, 502, 503, 504}:
        raise problem_error(response.status_code, {})
    raise AnswerUnreadable(
        f"`{server.base}` answered {response.status_code}, but not as Liftgate does",
        advice="is this the address of Liftgate? try: liftgate doctor",
    )


def _ahead(theirs: datetime, began: datetime, ended: datetime) -> timedelta:
    """By how much a clock is ahead of ours that showed ``theirs`` at some moment between: at the most, as far as it must be.

    A session must not be taken to last longer than it does; that it may be renewed a little early harms nobody.
    """
    at_least, at_most = theirs - ended, theirs + _DATE_LASTS - began
    return timedelta() if at_least <= timedelta() <= at_most + _MAY_BE_OLD else at_most


def _document(response: httpx.Response) -> JsonObject:
    try:
        value: Any = response.json()
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise AnswerUnreadable(
            "the server's answer is not JSON", advice="is this the address of Liftgate? try: liftgate doctor"
        )
    return value


def _split(chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in lines)
    if rest:
        yield rest
