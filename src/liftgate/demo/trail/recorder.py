"""The layer of the embedded AWS that writes CloudTrail: each call to S3, STS and IAM goes onto a queue, as EventBridge would
put it, and into a log file.

Ministack has a CloudTrail of its own, whose records carry neither the parameters of a call nor the role behind it.
"""

import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from liftgate.clock import Clock
from liftgate.demo.trail.callers import Callers
from liftgate.demo.trail.log_files import Record, is_of_trail
from liftgate.demo.trail.parameters import LONGEST_BODY
from liftgate.demo.trail.record import SERVICES, envelope, trail_record
from liftgate.demo.trail.seen import SeenAnswer, SeenCall, seen_call

Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]
Deliver: TypeAlias = Callable[[str], None]

QUEUE: Final = "liftgate-cloudtrail"
DEAD_LETTER_QUEUE: Final = "liftgate-cloudtrail-dead-letters"

_LARGEST: Final = 256 * 1024  # bytes of an event; EventBridge drops larger ones
_START: Final = 16 * 1024  # bytes of an answer in which a fault, or what was lent, stands
CONTROL: Final = "/v20180820/"  # of S3, for access points and whole accounts: written otherwise, and nobody here asks for it
_MAX_RECEIVES: Final = 5
_VISIBILITY: Final = 30  # seconds


def recording(
    app: App, *, deliver: Deliver, write: Callable[[Record], None], clock: Clock, new_id: Callable[[], str]
) -> App:
    """The same application, each of whose calls is recorded once it has been answered: ``deliver`` puts the event onto the queue,
    ``write`` the record into a log file. No fault in here reaches a caller.
    """
    callers = Callers()

    async def layer(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        call = _heard(scope, clock)
        if call is None:
            await app(scope, receive, send)
            return
        tap = _Tap(receive, send)
        await app(scope, tap.receive, tap.send)
        try:
            _record(call, tap.answer(call), callers, _Sinks(deliver, write), new_id)
        except Exception as fault:  # noqa: BLE001 - what is recorded is never worth a call that worked
            print(f"a call was not recorded: {type(fault).__name__}: {fault}", file=sys.stderr)  # noqa: T201 - into its log

    return layer


def create_queues(*, account: str, region: str) -> Deliver:
    """Create the queue, and the one for what cannot be taken from it; the answer puts a message on the first."""
    from ministack.core.responses import request_scope  # noqa: PLC0415  # belongs to the demo extra
    from ministack.services import sqs  # noqa: PLC0415

    dead_letters = f"arn:aws:sqs:{region}:{account}:{DEAD_LETTER_QUEUE}"
    redrive = {"deadLetterTargetArn": dead_letters, "maxReceiveCount": _MAX_RECEIVES}
    with request_scope(account, region):
        sqs._act_create_queue(  # noqa: SLF001 - as its own notifications of S3 do
            {"QueueName": DEAD_LETTER_QUEUE, "Attributes": {"MessageRetentionPeriod": "1209600"}}, ""
        )
        attributes = {"RedrivePolicy": json.dumps(redrive), "VisibilityTimeout": str(_VISIBILITY)}
        url = sqs._act_create_queue({"QueueName": QUEUE, "Attributes": attributes}, "")["QueueUrl"]  # noqa: SLF001

    def deliver(body: str) -> None:
        with request_scope(account, region):
            sqs._act_send_message({"QueueUrl": url, "MessageBody": body}, url)  # noqa: SLF001

    return deliver


def _heard(scope: Mapping[str, Any], clock: Clock) -> SeenCall | None:
    if scope["type"] != "http" or scope["path"].startswith(CONTROL):
        return None
    try:
        call = seen_call(scope, scope["headers"], clock())
    except Exception:  # noqa: BLE001 - a call that cannot be read goes to ministack, which says so
        return None
    return call if call is not None and call.service in SERVICES else None


def _record(
    call: SeenCall, answer: SeenAnswer, callers: Callers, to: "_Sinks", new_id: Callable[[], str]
) -> None:
    identity = callers.identity(call.access_key_id)
    if identity is None:
        return
    callers.remember(call, answer)
    record = trail_record(
        call, answer, identity, vhost=_vhost(call), account=identity["accountId"], event_id=new_id()
    )
    if record is None or is_of_trail(record):
        return
    to.write(record)
    event = json.dumps(envelope(record, new_id), separators=(",", ":"))
    if len(event) <= _LARGEST:
        to.deliver(event)


def _vhost(call: SeenCall) -> str | None:
    from ministack.app import _extract_s3_vhost_bucket  # noqa: PLC0415  # belongs to the demo extra

    bucket: str | None = _extract_s3_vhost_bucket(call.headers.get("host", ""))
    return bucket


@dataclass(frozen=True, slots=True)
class _Sinks:
    """Where records go."""

    deliver: Deliver
    write: Callable[[Record], None]


@dataclass(slots=True)
class _Tap:
    """What flows by: counted, and the beginnings kept."""

    _receive: Receive
    _send: Send
    _status: int = 0
    _headers: dict[str, str] = field(default_factory=dict)
    _start: bytearray = field(default_factory=bytearray)
    _body: bytearray = field(default_factory=bytearray)
    _received: int = 0
    _sent: int = 0

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            body = message.get("body", b"")
            self._received += len(body)
            self._body += body[: max(0, LONGEST_BODY + 1 - len(self._body))]
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = {
                bytes(name).decode("latin-1").lower(): bytes(value).decode("latin-1")
                for name, value in message.get("headers", [])
            }
        elif message["type"] == "http.response.body":
            body = message.get("body", b"")
            self._sent += len(body)
            self._start += body[: max(0, _START - len(self._start))]
        await self._send(message)

    def answer(self, call: SeenCall) -> SeenAnswer:
        decoded = call.headers.get(
            "x-amz-decoded-content-length", ""
        )  # without the signatures between its chunks
        return SeenAnswer(
            status=self._status,
            headers=self._headers,
            start=bytes(self._start),
            sent_bytes=0 if call.method == "HEAD" else self._sent,
            received_bytes=int(decoded) if decoded.isdigit() else self._received,
            body=bytes(self._body),
        )
