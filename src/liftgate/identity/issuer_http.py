"""Asks issuers of tokens over https."""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Final

import httpx

from liftgate.identity.errors import IssuerUnavailable
from liftgate.identity.issuer import is_safe_address
from liftgate.identity.ports import IssuerAnswer

MAX_ANSWER: Final = 512 * 1024  # bytes; key sets with certificates in them have some 20,000
_LONGEST: Final = 10.0  # seconds, for a whole answer however slowly it comes
_TIMEOUT: Final = httpx.Timeout(5.0, connect=3.0)  # seconds
_LIMITS: Final = httpx.Limits(max_connections=16, max_keepalive_connections=4)
_HEADERS: Final = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "liftgate"}


class HttpIssuerTransport:
    """See ``IssuerTransport``. ``elapsed`` tells seconds, from anywhere on."""

    def __init__(self, client: httpx.Client, *, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._elapsed = elapsed

    def get(self, url: str) -> IssuerAnswer:
        """See ``IssuerTransport``."""
        return self._ask(self._client.build_request("GET", _safe(url), headers=_HEADERS))

    def post(self, url: str, fields: Mapping[str, str], *, headers: Mapping[str, str]) -> IssuerAnswer:
        """See ``IssuerTransport``."""
        request = self._client.build_request(
            "POST", _safe(url), data=dict(fields), headers={**_HEADERS, **headers}
        )
        return self._ask(request)

    def _ask(self, request: httpx.Request) -> IssuerAnswer:
        until = self._elapsed() + _LONGEST
        try:
            response = self._client.send(request, stream=True)
            try:
                return IssuerAnswer(status=response.status_code, body=self._body(response, until))
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL):
            # Without its text, which may quote what was sent.
            raise _unavailable(request, "cannot be reached") from None

    def _body(self, response: httpx.Response, until: float) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise _unavailable(response.request, "packed its answer, though that was not asked for")
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > MAX_ANSWER:
                raise _unavailable(response.request, "gave an answer that is too long")
            if self._elapsed() > until:
                raise _unavailable(response.request, "took too long to answer")
        return bytes(body)


@contextmanager
def issuers_over_http() -> Iterator[HttpIssuerTransport]:
    """A transport with connections of its own, shared by all threads. No proxy, redirect or cookie comes between.

    Beside the well-known authorities of certificates those of the machine count, for providers inside a company.
    """
    with httpx.Client(
        verify=_trusted(), trust_env=False, follow_redirects=False, timeout=_TIMEOUT, limits=_LIMITS
    ) as client:
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield HttpIssuerTransport(client)


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities, read once: it takes longer than all else that a client needs."""
    trusted = httpx.create_ssl_context(trust_env=False)
    trusted.load_default_certs()
    return trusted


def _safe(url: str) -> str:
    if not is_safe_address(url):
        raise IssuerUnavailable(
            "an issuer is asked over https alone", advice="write its address with https://"
        )
    return url


def _unavailable(request: httpx.Request, what: str) -> IssuerUnavailable:
    return IssuerUnavailable(f"the issuer at `{request.url.host}` {what}", advice="try again in a moment")
