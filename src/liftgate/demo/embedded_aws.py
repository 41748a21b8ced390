"""An AWS on this machine that really enforces: starts ministack with its IAM switched on, and stops it.

    with running_embedded_aws() as aws:
        s3 = aws.client("s3", aws.root)

It listens on 127.0.0.1 only, keeps its state in memory, and ends with the program that started it, however that ends.
"""

import os
import secrets
import shutil
import socket
import string
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from liftgate.demo.embedded_aws_server import READY_PATH, ROOTS_VARIABLE
from liftgate.demo.errors import EmbeddedAwsFailed
from liftgate.demo.trail.log_files import BUCKET as TRAIL_BUCKET
from liftgate.demo.trail.recorder import DEAD_LETTER_QUEUE, QUEUE

ACCOUNT: Final = "111122223333"  # the account numbers of AWS's own examples
OTHER_ACCOUNT: Final = "444455556666"
REGION: Final = "us-east-1"
_SERVICES: Final = "s3,iam,sts,kms,sqs,events,cloudtrail,cloudformation"
_READY_WITHIN_SECONDS: Final = 60.0
_STOPS_WITHIN_SECONDS: Final = 5.0
_KEY_ALPHABET: Final = string.ascii_uppercase + "234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """One set of AWS credentials of the embedded AWS."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedAws:
    """Where the embedded AWS listens, and its roots. A root's key id is a secret: its signature is not checked."""

    endpoint_url: str
    root: Keys = field(repr=False)
    other_root: Keys = field(repr=False)  # of ``OTHER_ACCOUNT``
    account: str = ACCOUNT
    region: str = REGION
    process_id: int

    @property
    def cloudtrail_queue_url(self) -> str:
        """The queue on which CloudTrail's events arrive, where it was started with CloudTrail."""
        return f"{self.endpoint_url}/{self.account}/{QUEUE}"

    @property
    def dead_letter_queue_url(self) -> str:
        """The queue for what was received too often from the other."""
        return f"{self.endpoint_url}/{self.account}/{DEAD_LETTER_QUEUE}"

    @property
    def trail_bucket(self) -> str:
        """The bucket with CloudTrail's log files, where it was started with CloudTrail."""
        return TRAIL_BUCKET

    def root_of(self, account: str) -> Keys:
        """The root of one of its two accounts."""
        return {self.account: self.root, OTHER_ACCOUNT: self.other_root}[account]

    def client(self, service: str, keys: Keys, **settings: Any) -> Any:
        """A boto3 client that calls the embedded AWS as the holder of ``keys``."""
        # Slow to import, and not needed to start or stop.
        from liftgate.elevation.aws_clients import aws_session, reach_by_address  # noqa: PLC0415

        # A session of its own: boto3's default one belongs to the whole process and reads its environment.
        client = aws_session().client(
            service,  # type: ignore[call-overload]  # the stubs know service names only as literals
            endpoint_url=self.endpoint_url,
            region_name=self.region,
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token,
            **settings,
        )
        if service == "s3control":
            reach_by_address(client)
        return client


@contextmanager
def running_embedded_aws(*, port: int = 0, cloudtrail: bool = False) -> Iterator[EmbeddedAws]:
    """Start the embedded AWS, wait until it answers, and stop it at the end of the block.

    ``port`` 0 means a free one. With ``cloudtrail``, each call to S3, STS and IAM is put on a queue as CloudTrail and
    EventBridge would, and into the log files of a bucket. Raises ``EmbeddedAwsFailed`` where it does not come up.
    """
    folder = Path(tempfile.mkdtemp(prefix="liftgate-aws-"))
    try:
        with socket.create_server(("127.0.0.1", port)) as listener:
            aws, process = _start(listener, folder, cloudtrail=cloudtrail)
        try:
            _wait_until_ready(aws, process, folder)
            yield aws
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(
    listener: socket.socket, folder: Path, *, cloudtrail: bool
) -> tuple[EmbeddedAws, subprocess.Popen[bytes]]:
    """The parent opens the socket, so there is no moment in which another program could take the port."""
    port = listener.getsockname()[1]
    root, other_root = (
        Keys(access_key_id=_new_key_id(), secret_access_key=secrets.token_urlsafe(30)) for _ in range(2)
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  # our own module, run by our own interpreter
            [
                sys.executable,
                "-m",
                "liftgate.demo.embedded_aws_server",
                str(listener.fileno()),
                *(["cloudtrail"] if cloudtrail else []),
            ],
            stdin=subprocess.PIPE,  # its end tells the child that we are gone
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
            cwd=folder,
            env=_environment(root, port, folder)
            | {ROOTS_VARIABLE: f"{other_root.access_key_id}={OTHER_ACCOUNT}"},
        )
    aws = EmbeddedAws(
        endpoint_url=f"http://127.0.0.1:{port}", root=root, other_root=other_root, process_id=process.pid
    )
    return aws, process


def _environment(root: Keys, port: int, folder: Path) -> dict[str, str]:
    """Nothing is inherited but the way to Python: the caller's AWS settings must not leak in."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
    return kept | {
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": root.access_key_id,
        "AWS_SECRET_ACCESS_KEY": root.secret_access_key,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "SERVICES": _SERVICES,
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",  # would listen on a port of its own
        "DOCKER_HOST": f"unix://{folder}/no-docker",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _new_key_id() -> str:
    return "AKIA" + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(28))


def _wait_until_ready(aws: EmbeddedAws, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if _answers(aws.endpoint_url + READY_PATH):
            return
        time.sleep(0.02)
    raise EmbeddedAwsFailed(
        f"the embedded AWS did not start: {_last_line(folder / 'log')}",
        advice="install the `demo` extra; `liftgate doctor` says what is missing.",
    )


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({})
    )  # never through a proxy to ourselves
    try:
        with opener.open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(_STOPS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
