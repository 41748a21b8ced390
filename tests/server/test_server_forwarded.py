"""What proxies, and those who pretend to be one, say of a call: on real sockets, with the attacks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from tests.server.running import calling, served
from tests.server.server_world import World

from liftgate.server.app import create_app
from liftgate.server.forwarded import Proxies

PUBLIC = "https://liftgate.example.com"
EVIL = "liftgate.attacker.example"
FOREIGN = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": f"for=203.0.113.7;proto=http;host={EVIL}",
    "X-Real-IP": "203.0.113.7",
    "X-Request-Id": "an-id-of-the-attackers-choice",
}


@contextmanager
def public(world: World, *trusted: str) -> Iterator[httpx.Client]:
    """A server that people reach as PUBLIC, through proxies at these addresses."""
    settings = world.parts.settings.model_copy(
        update={"public_url": PUBLIC, "trusted_proxies": trusted, "local_sign_in": False}
    )
    parts = replace(world.parts, settings=settings, audience=PUBLIC)
    with served(create_app(parts)) as address, calling(address, follow_redirects=False) as http:
        yield http


def answered(world: World) -> list[dict[str, Any]]:
    return [line for line in world.log.lines if line["event"] == "answered"]


def test_what_strangers_forward_is_ignored(world: World) -> None:
    with public(world, "192.0.2.0/24") as http:
        plain = http.get("/")
        attacked = http.get("/", headers={**FOREIGN, "Host": EVIL})
        asked = http.get("/api/v1/me", headers=FOREIGN)
        measured = http.get("/metrics", headers={"Host": "127.0.0.1", "X-Forwarded-For": "127.0.0.1"})
    assert (attacked.status_code, attacked.content) == (plain.status_code, plain.content)
    assert attacked.headers.get("location") == plain.headers.get("location")
    assert "attacker" not in attacked.text + repr(attacked.headers)
    assert "strict-transport-security" in attacked.headers
    assert (asked.status_code, measured.status_code) == (401, 403)
    assert asked.json()["request_id"] == asked.headers["x-request-id"] != FOREIGN["X-Request-Id"]
    assert {line["client"] for line in answered(world)} == {"127.0.0.1"}
    assert "203.0.113.7" not in world.log.text


def test_a_stranger_cannot_ask_for_the_measures_as_this_machine(world: World) -> None:
    with public(world) as http:
        assert http.get("/metrics", headers={"Host": "localhost"}).status_code == 403
        assert http.get("/metrics", headers={"Host": PUBLIC.removeprefix("https://")}).status_code == 403


def test_what_a_declared_proxy_says_is_believed(world: World) -> None:
    hops = "127.0.0.1, 198.51.100.9, 203.0.113.7, 10.1.2.3"  # the first two are what an attacker wrote
    secure = {"X-Forwarded-Proto": "https"}
    with public(world, "127.0.0.1", "10.0.0.0/8") as http:
        asked = http.get(
            "/api/v1/me", headers={**secure, "X-Forwarded-For": hops, "X-Request-Id": "1-67891233-abcdef"}
        )
        garbled = http.get(
            "/api/v1/me",
            headers={**secure, "X-Forwarded-For": "x, <b>", "X-Request-Id": "<script>alert</script>"},
        )
        twice = http.get(
            "/api/v1/me", headers=[*secure.items(), ("X-Request-Id", "a" * 16), ("X-Request-Id", "b" * 16)]
        )
    assert asked.json()["request_id"] == asked.headers["x-request-id"] == "1-67891233-abcdef"
    assert "script" not in garbled.headers["x-request-id"]
    assert twice.headers["x-request-id"] not in {"a" * 16, "b" * 16}
    first, second, _ = answered(world)
    assert (first["client"], first["request_id"]) == ("203.0.113.7", "1-67891233-abcdef")
    assert second["client"] == "127.0.0.1"


def test_a_call_that_came_to_the_proxy_in_plain_is_refused(world: World) -> None:
    with public(world, "127.0.0.1") as http:
        for sent in ("http", "HTTP", "https, http", "ws"):
            answer = http.get("/api/v1/me", headers={"X-Forwarded-Proto": sent})
            assert (answer.status_code, answer.json()["code"]) == (403, "called_plainly")
        assert http.get("/api/v1/me", headers={"X-Forwarded-Proto": "http, https"}).status_code == 401
        assert http.get("/healthz").status_code == 200  # as a load balancer asks


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        ([], "10.0.0.1"),
        (["203.0.113.7"], "203.0.113.7"),
        (["203.0.113.7:4711"], "203.0.113.7"),
        (["[2001:db8::7]:4711"], "2001:db8::7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["203.0.113.7", "10.9.9.9"], "203.0.113.7"),  # in two headers
        (["203.0.113.7, unknown"], "10.0.0.1"),
        (["1.1.1.1, unknown, 10.2.2.2"], "10.2.2.2"),
        ([", ".join(["10.3.3.3"] * 500)], "10.3.3.3"),
        ([""], "10.0.0.1"),
    ],
    ids=str,
)
def test_the_client_is_the_nearest_hop_that_is_no_proxy(hops: list[str], client: str) -> None:
    scope = {
        "type": "http",
        "client": ("10.0.0.1", 1),
        "headers": [(b"x-forwarded-for", hop.encode()) for hop in hops],
    }
    assert Proxies((ip_network("10.0.0.0/8"),)).read(scope).client == client


@pytest.mark.parametrize("peer", ["::ffff:10.0.0.1", "10.0.0.1"])
def test_a_proxy_is_known_in_either_form_of_its_address(peer: str) -> None:
    scope = {"type": "http", "client": (peer, 1), "headers": [(b"x-request-id", b"from-the-proxy")]}
    proxies = Proxies((ip_network("10.0.0.0/8"),))
    assert proxies.read(scope).request_id == "from-the-proxy"
    assert proxies.read({**scope, "client": None}).request_id is None
    assert proxies.read({**scope, "client": ("", 0)}).request_id is None
    assert Proxies(()).read(scope).request_id is None
