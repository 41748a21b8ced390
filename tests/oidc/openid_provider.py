"""A real OpenID provider (npm's oidc-provider) in a process of its own, and somebody's browser before it."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from tests.server.server_world import ADDRESS
from tests.servers.http_thread import answering

from liftgate.identity.issuer_http import issuers_over_http
from liftgate.identity.ports import IssuerTransport
from liftgate.server.oidc_settings import CALLBACK

FOLDER = Path(__file__).parent / "npm"
SECRET = "a secret: with % and + in it, of the right length"


@dataclass
class OpenIdProvider:
    """The provider, and what it told of logouts."""

    issuer: str
    transport: IssuerTransport  # the real one: its certificates take longer to read than a test
    logouts: "Queue[str]" = field(default_factory=Queue)

    def control(self, what: str, **said: str) -> None:
        httpx.get(f"{self.issuer}/control/{what}", params=said).raise_for_status()

    def logout_token(self) -> str:
        """The next that it sends."""
        return self.logouts.get(timeout=10)


class ProvidersBrowser:
    """Somebody's browser, as far as the provider sees it; they are signed in there once for all."""

    def __init__(self) -> None:
        self.http = httpx.Client(follow_redirects=False, timeout=10)

    def authorize(self, address: str, person: str) -> str:
        """From the address to which Liftgate sent the browser, to the one to which the provider sends it back."""
        answer = self.http.get(address)
        for _ in range(6):
            if answer.is_redirect:
                where = str(answer.next_request.url) if answer.next_request else ""
                if where.startswith(ADDRESS):
                    return where
                answer = self.http.get(where)
            else:
                assert 'name="login"' in answer.text, answer.text
                fields = {"prompt": "login", "login": person, "password": "any"}
                answer = self.http.post(_action(answer), data=fields)
        raise AssertionError(answer.text)

    def sign_out(self, address: str) -> str:
        """From the address to which Liftgate leads, to the one to which the provider leads back."""
        asked = self.http.get(address)
        assert asked.status_code == 200, asked.text
        fields = dict(re.findall(r'name="(xsrf)" value="([^"]+)"', asked.text))
        return self.http.post(_action(asked), data={**fields, "logout": "yes"}).headers["location"]


def _action(page: httpx.Response) -> str:
    found = re.search(r'action="([^"]+)"', page.text)
    assert found, page.text
    return str(page.url.join(found[1]))


@contextmanager
def running_openid_provider() -> Iterator[OpenIdProvider]:
    """One provider; skips the test where node or the package is missing."""
    if shutil.which("node") is None or not (FOLDER / "node_modules" / "oidc-provider").exists():
        pytest.skip("oidc-provider is not installed (npm ci in tests/oidc/npm)")
    logouts: Queue[str] = Queue()
    with _hearing(logouts) as back_channel, issuers_over_http() as transport:
        environment = {
            "CALLBACK": ADDRESS + CALLBACK,
            "AFTER_LOGOUT": f"{ADDRESS}/sign-in",
            "BACK_CHANNEL": back_channel,
            "PATH": str(Path(shutil.which("node") or "").parent),
        }
        process = subprocess.Popen(
            ["node", "provider.mjs"],
            cwd=FOLDER,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            port = next(line for line in process.stdout if line.strip().isdigit()).strip()
            yield OpenIdProvider(f"http://127.0.0.1:{port}", transport, logouts)
        finally:
            process.kill()
            process.communicate()


@contextmanager
def _hearing(logouts: "Queue[str]") -> Iterator[str]:
    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self.send_response(200)
            self.end_headers()
            logouts.put(parse_qs(body)["logout_token"][0])

        def log_message(self, *_: Any) -> None:
            pass

    with answering(Ear) as port:
        yield f"http://127.0.0.1:{port}/"
