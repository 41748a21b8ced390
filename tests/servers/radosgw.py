"""Ceph's S3 gateway with IAM and STS, as a running server: one monitor, one object store in memory, one gateway.

    with running_radosgw() as radosgw:
        broker = radosgw.new_user("broker")
        radosgw.client("s3", broker).create_bucket(Bucket="reports")

It enforces identity, session and bucket policies by code that nobody here wrote. Everything listens on 127.0.0.1, keeps
its state in memory or in a folder of its own, and ends with the block. Session-scoped fixture: ``radosgw``.
"""

import grp
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

PROGRAMS: Final = ("monmaptool", "ceph", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin")
REGION: Final = "default"
_READY_WITHIN_SECONDS: Final = 60.0
_USER: Final = pwd.getpwuid(os.geteuid()).pw_name
_GROUP: Final = grp.getgrgid(os.getegid()).gr_name
_AS_WHO_WE_ARE: Final = ("--setuser", _USER, "--setgroup", _GROUP)  # not as the user `ceph`
_SETTINGS: Final = """\
[global]
fsid={cluster}
mon_host=v1:127.0.0.1:{monitor}
ms_bind_msgr2=false
public_network=127.0.0.0/8
cluster_network=127.0.0.0/8
auth_cluster_required=none
auth_service_required=none
auth_client_required=none
osd_pool_default_size=1
osd_pool_default_min_size=1
osd_pool_default_pg_num=1
osd_pool_default_pgp_num=1
osd_pool_default_pg_autoscale_mode=off
mon_allow_pool_size_one=true
osd_crush_chooseleaf_type=0
osd_objectstore=memstore
memstore_device_bytes=268435456
paxos_propose_interval=0.05
paxos_min_wait=0.01
mon_tick_interval=1
run_dir={folder}/run
log_file={folder}/$name.log
admin_socket={folder}/run/$name.asok
pid_file={folder}/run/$name.pid
[client.rgw]
rgw_frontends=beast endpoint=127.0.0.1:{port}
rgw_s3_auth_use_sts=true
rgw_sts_key={token_key}
rgw_sts_max_session_duration=43200
rgw_data={folder}/rgw
debug_rgw=1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Credentials: of a user, or of a session."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Radosgw:
    """A running gateway. ``admin`` may make roles and user policies."""

    endpoint_url: str
    admin: Keys
    folder: Path = field(repr=False)

    def client(self, service: str, keys: Keys) -> Any:
        """A boto3 client that calls the gateway as the holder of ``keys``; service: s3, iam or sts."""
        from botocore.config import Config

        made = _boto3_session().client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token,
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
        )
        if service != "s3":
            made.meta.events.register(f"before-parse.{service}.*", _as_aws_words_errors)
        return made

    def new_user(self, name: str, *, caps: str = "", tenant: str = "") -> Keys:
        """A user with one pair of keys. ``caps``: what it may administer, ``roles=*;user-policy=*``."""
        keys = Keys(access_key_id=f"{tenant}{name}", secret_access_key=secrets.token_urlsafe(20))
        self.administer(
            "user", "create", f"--uid={name}", f"--display-name={name}",
            f"--access-key={keys.access_key_id}", f"--secret-key={keys.secret_access_key}",
            *([f"--caps={caps}"] if caps else []),
            *([f"--tenant={tenant}"] if tenant else []),
        )  # fmt: skip
        return keys

    def new_role(self, name: str, trust: dict[str, Any], *, policy: dict[str, Any] | None = None) -> str:
        """A role, with an inline policy if one is given; returns its ARN."""
        iam = self.client("iam", self.admin)
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=compact(trust))
        if policy is not None:
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=compact(policy))
        arn: str = made["Role"]["Arn"]
        return arn

    def assume(
        self, keys: Keys, role_arn: str, *, session: str = "s1", policy: dict[str, Any] | None = None
    ) -> Keys:
        """A session of the role, under a session policy if one is given."""
        limits = {} if policy is None else {"Policy": compact(policy)}
        lent = self.client("sts", keys).assume_role(RoleArn=role_arn, RoleSessionName=session, **limits)
        found = lent["Credentials"]
        return Keys(
            access_key_id=found["AccessKeyId"],
            secret_access_key=found["SecretAccessKey"],
            session_token=found["SessionToken"],
        )

    def administer(self, *arguments: str) -> str:
        """Run ``radosgw-admin``; returns what it printed."""
        return _run("radosgw-admin", *self._conf, *arguments)

    @property
    def _conf(self) -> tuple[str, str]:
        return ("--conf", str(self.folder / "ceph.conf"))


@pytest.fixture(scope="session")
def radosgw() -> Iterator[Radosgw]:
    """A running gateway, one for all tests of a worker. Keep its tests on one: ``pytest.mark.xdist_group("radosgw")``."""
    with running_radosgw() as running:
        yield running


def _as_aws_words_errors(response_dict: dict[str, Any], **_: Any) -> None:
    """Its IAM and STS say errors as S3 does, at times after the answer of a success, and botocore finds no code in them."""
    error = re.search(rb"<Error>.*</Error>", response_dict["body"], re.DOTALL)
    if error is not None and b"<ErrorResponse" not in response_dict["body"]:
        response_dict["body"] = b"<ErrorResponse>" + error[0] + b"</ErrorResponse>"


@cache
def _boto3_session() -> Any:
    """Kept, because it keeps what it has read of AWS's services."""
    import boto3

    return boto3.session.Session()


def compact(policy: dict[str, Any]) -> str:
    """The policy without white space: this gateway reads the ``+`` by which a form says a space as a plus."""
    return json.dumps(policy, separators=(",", ":"))


def is_installed() -> bool:
    """Whether all programs that it takes are there."""
    return all(map(shutil.which, PROGRAMS))


@contextmanager
def running_radosgw() -> Iterator[Radosgw]:
    """Start the gateway and wait until it answers; skips the test, saying why, where it is not installed."""
    if not is_installed():
        pytest.skip(
            "NOT TESTED ON RADOSGW: install Debian's packages `ceph-mon`, `ceph-osd` and `radosgw` to run this test"
        )
    folder = Path(tempfile.mkdtemp(prefix="liftgate-radosgw-"))
    try:
        yield _started(folder)
    finally:
        _stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path) -> Radosgw:
    port = _configure(folder)
    conf = ("--conf", str(folder / "ceph.conf"))
    _start_store(folder, conf)
    _run("radosgw", *conf, *_AS_WHO_WE_ARE, "-n", "client.rgw")
    endpoint_url = f"http://127.0.0.1:{port}"
    _wait_until(lambda: _answers(endpoint_url), "the gateway", folder)
    admin = Keys(access_key_id="admin", secret_access_key=secrets.token_urlsafe(20))
    radosgw = Radosgw(endpoint_url=endpoint_url, admin=admin, folder=folder)
    radosgw.administer(
        "user", "create", "--uid=admin", "--display-name=admin", "--access-key=admin",
        f"--secret-key={admin.secret_access_key}", "--caps=roles=*;user-policy=*;oidc-provider=*",
    )  # fmt: skip
    return radosgw


def _configure(folder: Path) -> int:
    """Write the settings; returns the gateway's port."""
    port, monitor = _free_port(), _free_port()
    for part in ("mon", "osd", "rgw", "run"):
        (folder / part).mkdir()
    settings = _SETTINGS.format(
        folder=folder, cluster=uuid.uuid4(), monitor=monitor, port=port, token_key=secrets.token_hex(8)
    )
    (folder / "ceph.conf").write_text(settings, encoding="utf-8")
    return port


def _start_store(folder: Path, conf: tuple[str, str]) -> None:
    """The monitor, and the object store in memory."""
    settings = dict(
        line.split("=", 1) for line in (folder / "ceph.conf").read_text("utf-8").splitlines() if "=" in line
    )
    cluster, address = settings["fsid"], settings["mon_host"]
    _run("monmaptool", "--create", "--addv", "a", f"[{address}]", "--fsid", cluster, folder / "monmap")
    monitor = (*conf, *_AS_WHO_WE_ARE, "-i", "a", "--mon-data", folder / "mon")
    _run("ceph-mon", *monitor, "--mkfs", "--monmap", folder / "monmap")
    _run("ceph-mon", *monitor)
    store = str(uuid.uuid4())
    _wait_until(lambda: _works("ceph", *conf, "osd", "new", store), "the monitor", folder)
    data = (*conf, *_AS_WHO_WE_ARE, "-i", "0", "--osd-data", folder / "osd")
    _run("ceph-osd", *data, "--osd-uuid", store, "--mkfs")
    _wait_until(lambda: _works("ceph-osd", *data), "the object store", folder)
    _wait_until(lambda: _is_up(conf), "the object store", folder)


def _works(program: str, *arguments: str | Path) -> bool:
    """Whether a program succeeds: in its first moments a monitor turns others away."""
    try:
        _run(program, *arguments)
    except RuntimeError:
        return False
    return True


def _is_up(conf: tuple[str, str]) -> bool:
    """Whether the monitor says that the store is up; a busy one turns others away for longer than its first moments."""
    try:
        state = json.loads(_run("ceph", *conf, "osd", "stat", "--format=json"))
    except RuntimeError:
        return False
    return bool(state["num_up_osds"])


def _stop(folder: Path) -> None:
    """End what we started, by the ids that it wrote down."""
    for name in ("client.rgw", "osd.0", "mon.a"):
        process = _process(folder, name)
        if process is not None:
            os.kill(process, signal.SIGKILL)  # nothing of it is to be kept


def _process(folder: Path, name: str) -> int | None:
    """The id that a daemon wrote down, while the process that has it is still that daemon's."""
    try:
        number = int((folder / "run" / f"{name}.pid").read_text(encoding="ascii"))
        command = Path(f"/proc/{number}/cmdline").read_bytes()
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return None
    return number if str(folder).encode() in command else None


def _wait_until(true: Callable[[], bool], what: str, folder: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.05)  # waits for another program, which tells nobody when it is ready
    raise RuntimeError(f"{what} did not start: {_last_lines(folder)}")


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({})
    )  # never through a proxy to ourselves
    try:
        with opener.open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _last_lines(folder: Path) -> str:
    logs = [log.read_text(encoding="utf-8", errors="replace") for log in folder.glob("*.log")]
    return " | ".join(line for log in logs for line in log.strip().splitlines()[-1:])


def _run(program: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        [program, *arguments], cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{program} {arguments[-1]} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
