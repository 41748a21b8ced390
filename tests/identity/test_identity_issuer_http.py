"""What is carried to issuers and back: nothing that is too long, too slow, moved elsewhere, or packed."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import Any

import httpx
import pytest
from tests.servers.http_thread import answering

from liftgate.identity.errors import IssuerUnavailable
from liftgate.identity.issuer_http import MAX_ANSWER, HttpIssuerTransport, issuers_over_http


class Answers(BaseHTTPRequestHandler):
    """Answers by the path."""

    seen: list[tuple[str, dict[str, str], bytes]]

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(302 if self.path == "/moved" else 200)
        if self.path == "/moved":
            self.send_header("Location", "/")
        if self.path == "/packed":
            self.send_header("Content-Encoding", "gzip")
        if self.path == "/cookie":
            self.send_header("Set-Cookie", "a=b")
        self.end_headers()
        self.wfile.write(b"x" * (MAX_ANSWER + 1) if self.path == "/long" else b"{}")

    do_POST = do_GET  # noqa: N815 - the name is http.server's

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def issuer() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    seen: list[tuple[str, dict[str, str], bytes]] = []
    with answering(type("Handler", (Answers,), {"seen": seen})) as port:
        yield f"http://127.0.0.1:{port}", seen


def test_answers_come_whole_and_redirects_are_not_followed() -> None:
    with issuer() as (url, seen), issuers_over_http() as transport:
        assert transport.get(f"{url}/").body == b"{}"
        assert transport.get(f"{url}/moved").status == 302
        transport.get(f"{url}/cookie")
        posted = transport.post(f"{url}/token", {"code": "a b&c"}, headers={"authorization": "Basic eA=="})
    assert posted.status == 200
    assert [path for path, _, _ in seen] == ["/", "/moved", "/cookie", "/token"]
    assert seen[-1][2] == b"code=a+b%26c"
    assert seen[-1][1]["authorization"] == "Basic eA=="
    assert "cookie" not in seen[-1][1]
    assert "{}" not in repr(posted)


@pytest.mark.parametrize("path", ["/long", "/packed"])
def test_an_answer_that_is_none_is_refused(path: str) -> None:
    with issuer() as (url, _), issuers_over_http() as transport, pytest.raises(IssuerUnavailable):
        transport.get(url + path)


def test_an_answer_that_never_ends_is_left() -> None:
    ticks = count(step=6)  # each look at the clock is six seconds later
    with (
        issuer() as (url, _),
        httpx.Client() as client,
        pytest.raises(IssuerUnavailable, match="too long"),
    ):
        HttpIssuerTransport(client, elapsed=lambda: float(next(ticks))).get(f"{url}/long")


def test_nobody_there_is_said_without_what_was_sent() -> None:
    with issuers_over_http() as transport, pytest.raises(IssuerUnavailable) as refused:
        transport.post("http://127.0.0.1:9/token", {"client_secret": "hush"}, headers={})
    assert "hush" not in f"{refused.value!r}{refused.value.advice}"


@pytest.mark.parametrize(
    "url", ["http://id.example.com/", "ftp://127.0.0.1/", "https://", "https://a@b/", "https://a b/"]
)
def test_only_safe_addresses_are_called(url: str) -> None:
    with issuers_over_http() as transport, pytest.raises(IssuerUnavailable, match="over https alone"):
        transport.get(url)
