"""Slack at the wire: its Web API, which checks what it is sent as Slack's documentation says, and its Socket Mode.

https://docs.slack.dev/reference/methods · https://docs.slack.dev/reference/block-kit · https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import base64
import hashlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from queue import Queue
from typing import Any
from urllib.parse import parse_qs

from tests.servers.http_thread import answering

BOT_TOKEN = "xoxb-0000000000-hunter2"
APP_TOKEN = "xapp-1-A000-hunter2"
_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455


@dataclass
class FakeSlack:
    """One workspace."""

    url: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    messages: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # by channel and ts
    replies: list[dict[str, Any]] = field(default_factory=list)  # in threads
    is_mute: bool = False  # takes what it is sent, and hangs up without an answer
    failing: str | None = None  # an error that every call answers
    posted: "Queue[dict[str, Any]]" = field(default_factory=Queue)  # messages, each as it comes
    updated: "Queue[dict[str, Any]]" = field(default_factory=Queue)
    sockets: "Queue[Socket]" = field(default_factory=Queue)  # each as it is opened

    def of(self, method: str) -> list[dict[str, Any]]:
        """What a method was called with, each time."""
        return [body for name, body in self.calls if name == method]

    @property
    def message(self) -> dict[str, Any]:
        """The one message that there is."""
        [found] = self.messages.values()
        return found

    def answer(self, method: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
        """What Slack answers to a call."""
        expected = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if token != f"Bearer {expected}":
            return {"ok": False, "error": "invalid_auth"}
        self.calls.append((method, body))
        if self.failing is not None:
            return {"ok": False, "error": self.failing}
        return self._methods[method](body)

    @property
    def _methods(self) -> Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        return {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": _whisper,
            "views.open": _open,
            "apps.connections.open": self._connect,
        }

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        check_message(body)
        if "thread_ts" in body:
            return self._reply(body)
        ts = f"1700000000.{len(self.messages) + 1:06d}"
        self.messages[body["channel"], ts] = body
        self.posted.put(body)
        return {"ok": True, "channel": body["channel"], "ts": ts, "message": {"text": body["text"]}}

    def _reply(self, body: dict[str, Any]) -> dict[str, Any]:
        if (body["channel"], body["thread_ts"]) not in self.messages:
            return {"ok": False, "error": "thread_not_found"}
        self.replies.append(body)
        return {"ok": True, "channel": body["channel"], "ts": f"1700000001.{len(self.replies):06d}"}

    def _update(self, body: dict[str, Any]) -> dict[str, Any]:
        check_message(body)
        if (body["channel"], body["ts"]) not in self.messages:
            return {"ok": False, "error": "message_not_found"}
        self.messages[body["channel"], body["ts"]] = body
        self.updated.put(body)
        return {"ok": True, "channel": body["channel"], "ts": body["ts"], "text": body["text"]}

    def _connect(self, body: dict[str, Any]) -> dict[str, Any]:
        del body
        return {"ok": True, "url": self.url.replace("http://", "ws://") + "link/?ticket=secret&app_id=A000"}


def _whisper(body: dict[str, Any]) -> dict[str, Any]:
    assert set(body) >= {"channel", "user", "text"}
    assert body["user"][0] in "UW"
    return {"ok": True, "message_ts": "1700000000.000900"}


def _open(body: dict[str, Any]) -> dict[str, Any]:
    assert body["trigger_id"]
    check_view(body["view"])
    return {"ok": True, "view": {"id": "V0001", **body["view"]}}


def check_message(body: dict[str, Any]) -> None:
    """As chat.postMessage and chat.update would."""
    assert body["channel"][0] in "CGD"
    assert 1 <= len(body["text"]) <= 4_000
    assert body["parse"] == "none"
    check_blocks(body["blocks"], 50)


def check_view(view: dict[str, Any]) -> None:
    """As views.open would."""
    assert view["type"] == "modal"
    assert len(view.get("private_metadata", "")) <= 3_000
    assert len(view.get("callback_id", "")) <= 255
    for name in ("title", "submit", "close"):
        if name in view:
            check_text(view[name], 24, plain=True)
    if any(block["type"] == "input" for block in view["blocks"]):
        assert "submit" in view
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    assert len(set(inputs)) == len(inputs)
    check_blocks(view["blocks"], 100)


def check_blocks(blocks: list[dict[str, Any]], most: int) -> None:
    """The limits of https://docs.slack.dev/reference/block-kit/blocks."""
    assert 1 <= len(blocks) <= most
    for block in blocks:
        _CHECKS[block["type"]](block)


def _check_section(block: dict[str, Any]) -> None:
    assert "text" in block or "fields" in block
    if "text" in block:
        check_text(block["text"], 3_000)
    assert len(block.get("fields", [0])) in range(1, 11)
    for one in block.get("fields", []):
        check_text(one, 2_000)


def _check_actions(block: dict[str, Any]) -> None:
    assert 1 <= len(block["elements"]) <= 25
    assert len({one["action_id"] for one in block["elements"]}) == len(block["elements"])
    for button in block["elements"]:
        check_button(button)


def _check_context(block: dict[str, Any]) -> None:
    assert 1 <= len(block["elements"]) <= 10
    for one in block["elements"]:
        check_text(one, 3_000)


def _check_input(block: dict[str, Any]) -> None:
    check_text(block["label"], 2_000, plain=True)
    assert len(block["block_id"]) <= 255
    if "hint" in block:
        check_text(block["hint"], 2_000, plain=True)
    assert block["element"]["type"] == "plain_text_input"
    assert 1 <= len(block["element"]["action_id"]) <= 255
    assert 1 <= block["element"]["max_length"] <= 3_000


_CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "header": lambda block: check_text(block["text"], 150, plain=True),
    "section": _check_section,
    "actions": _check_actions,
    "context": _check_context,
    "input": _check_input,
}


def check_button(button: dict[str, Any]) -> None:
    """https://docs.slack.dev/reference/block-kit/block-elements/button-element."""
    assert button["type"] == "button"
    assert len(button["action_id"]) <= 255
    assert len(button.get("value", "")) <= 2_000
    assert len(button.get("url", "")) <= 3_000
    assert button.get("style", "primary") in {"primary", "danger"}
    check_text(button["text"], 75, plain=True)


def check_text(text: dict[str, Any], most: int, *, plain: bool = False) -> None:
    """https://docs.slack.dev/reference/block-kit/composition-objects/text-object."""
    assert text["type"] in ({"plain_text"} if plain else {"plain_text", "mrkdwn"})
    assert 1 <= len(text["text"]) <= most
    assert set(text) <= (
        {"type", "text", "emoji"} if text["type"] == "plain_text" else {"type", "text", "verbatim"}
    )


class Socket:
    """One Socket Mode connection, as Slack's side of it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self.acknowledged: Queue[dict[str, Any]] = Queue()

    def send(self, message: dict[str, Any]) -> None:
        """One text frame, unmasked (RFC 6455, section 5)."""
        self._frame(0x81, json.dumps(message).encode())

    def hang_up(self) -> None:
        """Close it, as Slack does every few hours."""
        with suppress(OSError):
            self._frame(0x88, struct.pack("!H", 1000))
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def serve(self) -> None:
        """Read what the client sends, until it goes."""
        with suppress(OSError, ConnectionError, struct.error):
            while True:
                first, second = self._read(2)
                length = second & 0x7F
                if length == 126:
                    [length] = struct.unpack("!H", self._read(2))
                mask = self._read(4)
                data = bytes(byte ^ mask[place % 4] for place, byte in enumerate(self._read(length)))
                if first & 0x0F == 0x1:
                    self.acknowledged.put(json.loads(data))
                elif first & 0x0F == 0x9:
                    self._frame(0x8A, data)
                elif first & 0x0F == 0x8:
                    return

    def _frame(self, first: int, data: bytes) -> None:
        head = (
            struct.pack("!BB", first, len(data))
            if len(data) < 126
            else struct.pack("!BBH", first, 126, len(data))
        )
        with self._lock:
            self._connection.sendall(head + data)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self._connection.recv(size - len(data))
            if not more:
                raise ConnectionError
            data += more
        return data


@contextmanager
def fake_slack() -> Iterator[FakeSlack]:
    """A workspace on a free port."""
    slack = FakeSlack()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"] or 0))
            kind = self.headers.get("Content-Type", "").partition(";")[0]
            if kind == "application/json":
                body = json.loads(raw)
            else:
                body = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
            method = self.path.rpartition("/")[2]
            said = json.dumps(slack.answer(method, self.headers.get("Authorization", ""), body)).encode()
            if slack.is_mute:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def do_GET(self) -> None:
            key = self.headers["Sec-WebSocket-Key"] + _MAGIC
            accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()  # noqa: S324 - RFC 6455 wants it
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.send_header("Sec-WebSocket-Accept", accept)
            self.end_headers()
            opened = Socket(self.connection)
            opened.send({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A000"}})
            slack.sockets.put(opened)
            opened.serve()
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with answering(Handler) as port:
        slack.url = f"http://127.0.0.1:{port}/api/"
        yield slack
