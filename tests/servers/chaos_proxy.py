"""A proxy that stands before an AWS and does it wrong, by a plan: what goes through it is plain HTTP, on 127.0.0.1 only.

    with chaos_proxy(aws.endpoint_url) as proxy:
        proxy.strike("PutRolePolicy", Fault.HANGS, times=1)

Calls pass unchanged, signature and host included, unless a rule of the plan, or the chance that ``storm`` was given, strikes them.
"""

import random
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from threading import Event, Lock
from typing import Final
from urllib.parse import parse_qs, urlsplit

from tests.servers.http_thread import answering

from liftgate.demo.embedded_aws import Keys

_ONE_CONNECTION: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
_REFUSAL: Final = (
    '<ErrorResponse xmlns="https://{service}.amazonaws.com/doc/"><Error><Type>Sender</Type><Code>{code}</Code>'
    "<Message>{message}</Message></Error><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>"
)


class Fault(StrEnum):
    """What AWS, or something on the way to it, does wrong. The values are the words of docs/enforcement.md."""

    HANGS = "does it and never answers"
    DROPS = "does it and hangs up"
    TWICE = "does it twice and answers the second"
    DOUBLED = "does it and answers twice"
    THROTTLES = "throttles (400)"
    TOO_MANY = "throttles (429)"
    FAILS = "answers 500"
    AWAY = "answers 503"


_INSTEAD: Final = {
    Fault.THROTTLES: (400, "Throttling", "Rate exceeded"),
    Fault.TOO_MANY: (429, "TooManyRequestsException", "Too Many Requests"),
    Fault.FAILS: (500, "InternalFailure", "An internal error has occurred"),
    Fault.AWAY: (503, "ServiceUnavailable", "Try again later"),
}


_QUICK: Final = tuple(
    one for one in Fault if one is not Fault.HANGS
)  # silence takes a caller's whole patience


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCall:
    """A call as it arrived: its action, and the fields by which a rule may choose it."""

    action: str
    fields: dict[str, str]

    @property
    def policy(self) -> str:
        return self.fields.get("PolicyName", "")


@dataclass(slots=True, kw_only=True)
class _Rule:
    action: str
    policy: str  # the name of the inline policy that the call is about; "" for any
    fault: Fault | None
    left: int | None  # how often it still strikes; None: as long as it stands
    meanwhile: Callable[[], None] | None = None  # done when AWS has done its part and nobody was answered


class ChaosProxy:
    """The plan, and what came through."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname or "", parts.port or 80)
        self._rules: list[_Rule] = []
        self._chance: tuple[random.Random, float] | None = None
        self._lock = Lock()
        self.address = ""
        self.struck: list[tuple[AwsCall, Fault | None]] = []
        self.calls: list[AwsCall] = []
        self.issued: list[tuple[str, Keys]] = []  # session name, and what AWS lent, whoever was told of it

    def strike(self, action: str, fault: Fault, *, times: int | None = None, policy: str = "") -> None:
        """Let calls of an action go wrong: the next ``times`` of them, or all until ``calm``."""
        self._rules.append(_Rule(action=action, policy=policy, fault=fault, left=times))

    def meanwhile(self, action: str, done: Callable[[], None], *, policy: str = "") -> Event:
        """Do something once, after AWS did its part of the next call of an action and before it answers.

        The answer is set when that is done: whoever called may have had enough of waiting before.
        """
        finished = Event()

        def once() -> None:
            try:
                done()
            finally:
                finished.set()

        self._rules.append(_Rule(action=action, policy=policy, fault=None, left=1, meanwhile=once))
        return finished

    def storm(self, chance: random.Random, share: float) -> None:
        """Let a share of all calls go wrong, each in a way that ``chance`` draws."""
        self._chance = (chance, share)

    def calm(self) -> None:
        """Let everything pass, and forget what came through."""
        with self._lock:
            self._rules.clear()
            self._chance = None
            self.struck.clear()
            self.calls.clear()
            self.issued.clear()

    def pass_all(self) -> None:
        """Let everything pass from here on."""
        with self._lock:
            self._rules.clear()
            self._chance = None

    def judge(self, call: AwsCall) -> tuple[Fault | None, Callable[[], None] | None]:
        """What happens to a call."""
        with self._lock:
            self.calls.append(call)
            for rule in self._rules:
                if rule.action == call.action and rule.policy in {"", call.policy} and rule.left != 0:
                    rule.left = None if rule.left is None else rule.left - 1
                    self.struck.append((call, rule.fault))
                    return rule.fault, rule.meanwhile
            if self._chance is not None and self._chance[0].random() < self._chance[1]:
                fault = self._chance[0].choice(_QUICK)
                self.struck.append((call, fault))
                return fault, None
        return None, None

    def ask(self, method: str, path: str, headers: list[tuple[str, str]], body: bytes) -> "_Answer":
        """Ask the real one, over a connection of this call's own."""
        upstream = HTTPConnection(*self._upstream, timeout=60)
        try:
            upstream.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                if name.lower() != "connection":
                    upstream.putheader(name, value)
            upstream.endheaders(body)
            got = upstream.getresponse()
            kept = [(name, value) for name, value in got.getheaders() if name.lower() not in _ONE_CONNECTION]
            answer = _Answer(got.status, kept, got.read())
        finally:
            upstream.close()
        return answer

    def note_issued(self, call: AwsCall, answer: "_Answer") -> None:
        """Keep what STS lent: a test asks later what it may still do."""
        if call.action == "AssumeRole" and answer.status == 200:
            text = answer.body.decode()
            found = [
                re.findall(f"<{part}>([^<]+)</{part}>", text)[0]
                for part in ("AccessKeyId", "SecretAccessKey", "SessionToken")
            ]
            keys = Keys(access_key_id=found[0], secret_access_key=found[1], session_token=found[2])
            self.issued.append((call.fields["RoleSessionName"], keys))


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


@contextmanager
def chaos_proxy(upstream: str) -> Iterator[ChaosProxy]:
    """Run a proxy before ``upstream`` on a free port, as long as the block lasts."""
    proxy = ChaosProxy(upstream)

    class Handler(_Handler):
        chaos = proxy

    with answering(Handler) as port:
        proxy.address = f"http://127.0.0.1:{port}"
        yield proxy


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer leaves in one piece
    chaos: ChaosProxy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fields = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
        call = AwsCall(action=fields.get("Action", ""), fields=fields)
        fault, meanwhile = self.chaos.judge(call)
        if fault in _INSTEAD:
            self._refuse(*_INSTEAD[fault])
            return
        answer = self._ask(call, body)
        if fault is Fault.TWICE:
            answer = self._ask(call, body)
        if meanwhile is not None:
            meanwhile()
        if fault in {Fault.HANGS, Fault.DROPS}:
            self._leave_unanswered(wait=fault is Fault.HANGS)
            return
        for _ in range(2 if fault is Fault.DOUBLED else 1):
            self._send(answer)

    def _ask(self, call: AwsCall, body: bytes) -> _Answer:
        answer = self.chaos.ask(self.command, self.path, list(self.headers.items()), body)
        self.chaos.note_issued(call, answer)
        return answer

    def _leave_unanswered(self, *, wait: bool) -> None:
        self.close_connection = True
        with suppress(OSError):
            if wait:
                self.connection.recv(1)  # until the caller has had enough
            self.connection.shutdown(socket.SHUT_RDWR)

    def _refuse(self, status: int, code: str, message: str) -> None:
        body = _REFUSAL.format(service="aws", code=code, message=message).encode()
        self._send(_Answer(status, [("Content-Type", "text/xml")], body))

    def _send(self, answer: _Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Say nothing: tests look at ``struck``."""
