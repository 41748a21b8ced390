"""What a webhook is told: signed, to its own address alone, and nothing of it in errors."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import time_machine
from standardwebhooks import Webhook

from liftgate.response.notify import Message, NotDelivered
from liftgate.response.webhook import SignedWebhook, webhook_client

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
URL = "https://hooks.example.com/in/a-secret-path?key=hunter2"
NOON = datetime(2026, 11, 2, 12, 0, 0, 500_000, tzinfo=UTC)
MESSAGE = Message(
    id="fi-0123456789abcdef", type="finding.made", at=NOON, data={"title": 'ключ "\u202e\n', "grant_id": None}
)


def hook(answer: Callable[[httpx.Request], httpx.Response]) -> SignedWebhook:
    http = webhook_client()
    http._transport = httpx.MockTransport(answer)
    http._mounts.clear()
    return SignedWebhook(URL, SECRET, http)


def test_its_receiver_can_prove_who_says_so() -> None:
    sent: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(204)

    hook(take).send(MESSAGE, NOON)
    [request] = sent
    body, headers = request.read(), dict(request.headers)
    assert str(request.url) == URL
    with time_machine.travel(NOON, tick=False):
        told: dict[str, Any] = Webhook(SECRET).verify(body, headers)
        with pytest.raises(Exception, match="No matching signature"):
            Webhook(SECRET).verify(body.replace(b"finding", b"fiction"), headers)
    assert (told["type"], told["data"]) == ("finding.made", dict(MESSAGE.data))
    assert headers["webhook-id"] == MESSAGE.id
    assert json.loads(body)["timestamp"].startswith("2026-11-02T12:00:00")


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 410, 429, 500])
def test_whatever_but_success_is_a_failure_and_leads_nowhere(status: int) -> None:
    asked: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(status, headers={"location": "https://elsewhere.example.com/"})

    with pytest.raises(NotDelivered, match=str(status)):
        hook(refuse).send(MESSAGE, NOON)
    assert asked == [URL]


def test_neither_address_nor_secret_is_in_an_error() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"no route to {request.url}")

    with pytest.raises(NotDelivered) as failure:
        hook(fail).send(MESSAGE, NOON)
    said = f"{failure.value!r} {failure.value.advice} {failure.value.sentence}"
    assert "hooks.example.com" in said
    assert "hunter2" not in said
    assert "secret-path" not in said
    assert SECRET[6:] not in repr(vars(failure.value))
