"""A stand-in for STS that answers every call the same time after it arrived: AWS's distance, without its noise.

    with stub_aws(delay=timedelta(milliseconds=60)) as url: ...

It runs as a process of its own, with a thread a connection, so that it competes with nobody for Python's lock.
It checks no signature: what is measured with it is time. Of IAM it answers the one question that is asked before lending.
"""

import io
import secrets
import select
import socketserver
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

ACCOUNT: Final = "111122223333"
_KEY_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_NAMESPACE: Final = "https://sts.amazonaws.com/doc/2011-06-15/"

# The shape of a true answer, https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_ASSUMED: Final = """\
<AssumeRoleResponse xmlns="{namespace}">
  <AssumeRoleResult>
    {source_identity}<AssumedRoleUser>
      <Arn>arn:aws:sts::{account}:assumed-role/{role}/{session}</Arn>
      <AssumedRoleId>AROA{account}ABCD:{session}</AssumedRoleId>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>{key_id}</AccessKeyId>
      <SecretAccessKey>{secret}</SecretAccessKey>
      <SessionToken>{token}</SessionToken>
      <Expiration>{expiration}</Expiration>
    </Credentials>
    <PackedPolicySize>11</PackedPolicySize>
  </AssumeRoleResult>
  <ResponseMetadata>
    <RequestId>{request}</RequestId>
  </ResponseMetadata>
</AssumeRoleResponse>
"""
_IDENTITY: Final = """\
<GetCallerIdentityResponse xmlns="{namespace}">
  <GetCallerIdentityResult>
    <Arn>arn:aws:iam::{account}:user/liftgate-broker</Arn>
    <UserId>AIDAEXAMPLEEXAMPLE00</UserId>
    <Account>{account}</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata><RequestId>{request}</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>
"""
_REFUSED: Final = """\
<ErrorResponse xmlns="{namespace}">
  <Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>
  <RequestId>{request}</RequestId>
</ErrorResponse>
"""


@contextmanager
def stub_aws(*, delay: timedelta) -> Iterator[str]:
    """Start the stand-in on a free port of loopback, and give its address; it ends with the block, or with us."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.stub_aws", str(delay.total_seconds())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait(10)


def stub_environment() -> dict[str, str]:
    """AWS variables for whoever calls the stand-in: keys that it never looks at."""
    return {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00", "AWS_SECRET_ACCESS_KEY": "x" * 40}


def main(arguments: list[str]) -> None:
    """Serve until standard input ends; the one argument is the delay in seconds."""
    delay = float(arguments[0])
    with _Server(("127.0.0.1", 0), _Conversation, delay) as server:
        print(server.server_address[1], flush=True)  # it listens already
        server.serve_until_orphaned()


def answer(form: Mapping[str, list[str]], *, now: datetime) -> tuple[int, str]:
    """The status and XML that STS, or IAM, would answer to a call's form."""
    fields = {name: values[0] for name, values in form.items()}
    match fields.get("Action"):
        case "AssumeRole":
            return 200, _assume_role(fields, now)
        case "GetCallerIdentity":
            return 200, _IDENTITY.format(namespace=_NAMESPACE, account=ACCOUNT, request=secrets.token_hex(16))
        case "GetRolePolicy":
            return 404, _refused("NoSuchEntity", "The role has no such policy.")
        case _:
            return 400, _refused("InvalidAction", "The stand-in knows three actions.")


def _assume_role(fields: Mapping[str, str], now: datetime) -> str:
    expires = now + timedelta(seconds=int(fields.get("DurationSeconds", "3600")))
    return _ASSUMED.format(
        namespace=_NAMESPACE,
        account=ACCOUNT,
        role=fields["RoleArn"].rpartition("/")[2],
        session=fields["RoleSessionName"],
        source_identity=_source_identity(fields),
        key_id="ASIA" + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(16)),
        secret=secrets.token_urlsafe(30),
        token=secrets.token_urlsafe(420),  # a real one with a session policy is of this order
        expiration=expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        request=secrets.token_hex(16),
    )


def _source_identity(fields: Mapping[str, str]) -> str:
    name = fields.get("SourceIdentity")
    return f"<SourceIdentity>{name}</SourceIdentity>" if name else ""  # AWS names it only where it was set


def _refused(code: str, message: str) -> str:
    return _REFUSED.format(namespace=_NAMESPACE, code=code, message=message, request=secrets.token_hex(16))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, address: tuple[str, int], handler: type[socketserver.BaseRequestHandler], delay: float
    ) -> None:
        super().__init__(address, handler)
        self.delay = delay

    def serve_until_orphaned(self) -> None:
        while True:
            readable, _, _ = select.select([self, sys.stdin], [], [])
            if sys.stdin in readable:
                return
            self.handle_request()


class _Conversation(socketserver.StreamRequestHandler):
    """HTTP/1.1, kept alive, read by hand: Python's own handler would take a third of a millisecond a call."""

    server: _Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while line := self.rfile.readline():
            arrived = time.perf_counter()
            if not line.strip():
                continue
            length = _content_length(self.rfile)
            form = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
            status, text = answer(form, now=datetime.now(UTC))
            response = _response(status, text)
            time.sleep(max(0.0, arrived + self.server.delay - time.perf_counter()))
            try:
                self.wfile.write(response)
            except (BrokenPipeError, ConnectionResetError):
                return


def _content_length(lines: io.BufferedIOBase) -> int:
    length = 0
    while (line := lines.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return length


def _response(status: int, text: str) -> bytes:
    body = text.encode()
    head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: text/xml\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


if __name__ == "__main__":
    main(sys.argv[1:])
