"""What is recorded never gets in the way of a call."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from liftgate.demo.trail import recorder
from liftgate.demo.trail.parameters import s3_parameters
from liftgate.demo.trail.recorder import Receive, Send, recording
from liftgate.demo.trail.seen import seen_call

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "PUT",
    "path": "/bucket/key",
    "query_string": b"",
    "headers": [
        (
            b"authorization",
            b"AWS4-HMAC-SHA256 Credential=AKIAEXAMPLEEXAMPLE12/20261102/us-east-1/s3/aws4_request, Signature=0",
        )
    ],
}


def test_a_call_is_answered_where_recording_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fails(*_: object) -> None:
        asked.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(recorder, "_record", fails)

    assert _answered() == [
        {"type": "http.response.start", "status": 200, "headers": []},
        {"type": "http.response.body", "body": b"done"},
    ]
    assert asked


def test_a_query_that_a_caller_adds_does_not_pass_for_the_path() -> None:
    scope = {**SCOPE, "path": "/payroll/1", "query_string": b"key=2026/a&bucketName=reports&versionId=3"}
    call = seen_call(scope, scope["headers"], datetime(2026, 11, 2, tzinfo=UTC))
    assert call is not None
    told = s3_parameters(call, "PutObject", bucket="payroll", key="1", body=b"")
    assert told == {"bucketName": "payroll", "Host": "", "key": "1", "versionId": "3"}


def test_a_call_is_answered_where_it_cannot_even_be_read() -> None:
    def no_clock() -> datetime:
        raise ZeroDivisionError

    assert _answered(clock=no_clock)[0]["status"] == 200


def test_a_fault_of_the_call_itself_stays_its_own() -> None:
    async def broken(*_: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        _answered(app=broken)


async def _app(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    assert (await receive())["body"] == b"sent"
    assert scope["path"] == "/bucket/key"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


def _answered(
    app: Any = _app, clock: Any = lambda: datetime(2026, 11, 2, tzinfo=UTC)
) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"sent"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    layer = recording(app, deliver=lambda _: None, write=lambda _: None, clock=clock, new_id=lambda: "id")

    async def whole() -> None:
        await layer(SCOPE, receive, send)

    with ThreadPoolExecutor(1) as own:  # a browser of this worker keeps a loop running on this thread
        own.submit(asyncio.run, whole()).result()
    return sent
