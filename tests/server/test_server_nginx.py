"""The lines for nginx that docs/running.md shows, with a real nginx between the caller and the server."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from tests.server.running import served
from tests.server.server_world import World
from tests.server.test_server_running import certificate

from liftgate.server.app import create_app

PAGE = Path(__file__).resolve().parents[2] / "docs" / "running.md"
PUBLIC = "https://liftgate.example.com"
CALLER = "127.0.0.2"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
CONFIGURATION = """\
user root;
pid {folder}/nginx.pid;
error_log {folder}/errors.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        {location}
    }}
}}
"""


@contextmanager
def nginx(folder: Path, server: str) -> Iterator[str]:
    """Nginx as the page says, in front of a server; where it listens."""
    if NGINX is None:
        pytest.skip("NOT TRIED WITH NGINX: install Debian's package `nginx-light` to run this test")
    [shown] = re.findall(r"^```nginx\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    made, key = certificate(folder, "liftgate.example.com")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = folder / "nginx.conf"
    path.write_text(
        CONFIGURATION.format(
            folder=folder,
            port=port,
            certificate=made,
            key=key,
            location=shown.replace("http://127.0.0.1:8484", server),
        )
    )
    started = subprocess.run(
        [NGINX, "-p", folder, "-c", path], capture_output=True, text=True, timeout=30, check=False
    )  # it goes on by itself once it listens
    assert started.returncode == 0, started.stderr
    try:
        yield f"https://127.0.0.1:{port}"
    finally:
        subprocess.run([NGINX, "-p", folder, "-c", path, "-s", "stop"], check=True, timeout=30)


def test_behind_nginx_the_server_knows_who_calls_and_is_not_deceived(world: World, tmp_path: Path) -> None:
    settings = world.parts.settings.model_copy(
        update={"public_url": PUBLIC, "trusted_proxies": ("127.0.0.1",), "local_sign_in": False}
    )
    foreign = {
        "Host": "liftgate.attacker.example",
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "http",
        "X-Request-Id": "an-id-of-the-attackers-choice",
    }
    caller = httpx.HTTPTransport(verify=False, local_address=CALLER)
    with (
        served(create_app(replace(world.parts, settings=settings, audience=PUBLIC))) as server,
        nginx(tmp_path, server) as address,
        httpx.Client(base_url=address, transport=caller, trust_env=False) as http,
    ):
        assert http.get("/healthz").status_code == 200
        asked = http.get("/api/v1/me", headers=foreign)
    assert (asked.status_code, asked.json()["code"]) == (401, "not_signed_in")
    assert re.fullmatch(r"[0-9a-f]{32}", asked.headers["x-request-id"])  # nginx's own
    [line] = [
        line for line in world.log.lines if line["event"] == "answered" and line["path"] == "/api/v1/me"
    ]
    assert (line["client"], line["request_id"]) == (CALLER, asked.headers["x-request-id"])
