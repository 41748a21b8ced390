"""Asks STS over HTTPS."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Final

import httpx

from liftgate.identity.errors import StsAnswerRefused, StsUnavailable
from liftgate.identity.sts_request import METHOD, PATH, StsAnswer, StsRequest

MAX_ANSWER: Final = 16 * 1024  # bytes; a true answer has some 500
_TIMEOUT: Final = httpx.Timeout(5.0, connect=3.0)  # seconds
_LIMITS: Final = httpx.Limits(max_connections=32, max_keepalive_connections=8)


class HttpStsTransport:
    """Sends requests to the regional STS that each names, or, ``Host`` unchanged, all to one other address."""

    def __init__(self, client: httpx.Client, *, endpoint: str | None = None) -> None:
        """``endpoint`` comes from the server's settings alone; with it an embedded AWS is asked."""
        self._client = client
        self._endpoint = endpoint.rstrip("/") if endpoint else None

    def ask(self, request: StsRequest) -> StsAnswer:
        """See ``StsTransport``."""
        url = (self._endpoint or f"https://{request.host}") + PATH
        headers = {**request.headers, "accept-encoding": "identity", "user-agent": "liftgate"}
        try:
            with self._client.stream(METHOD, url, headers=headers, content=request.body) as response:
                return StsAnswer(
                    status=response.status_code,
                    content_type=response.headers.get("content-type", ""),
                    body=_body(response),
                )
        except httpx.HTTPError:
            # Without its text, which may quote headers.
            raise StsUnavailable("STS cannot be reached", advice="try again in a moment") from None


@contextmanager
def sts_over_http(*, endpoint: str | None = None) -> Iterator[HttpStsTransport]:
    """A transport with connections of its own, shared by all threads. No proxy, redirect or cookie comes between."""
    with httpx.Client(trust_env=False, follow_redirects=False, timeout=_TIMEOUT, limits=_LIMITS) as client:
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield HttpStsTransport(client, endpoint=endpoint)


def _body(response: httpx.Response) -> bytes:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _not_sts("it is packed, though that was not asked for")
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MAX_ANSWER:
            raise _not_sts("it is too long")
    return bytes(body)


def _not_sts(why: str) -> StsAnswerRefused:
    return StsAnswerRefused(
        f"the answer in the place of STS is refused: {why}",
        advice="check that the server's address of STS leads to AWS, through no proxy that rewrites",
    )
