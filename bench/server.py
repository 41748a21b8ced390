"""A `liftgate serve` as people start it: a process of its own, with settings from its environment."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.in_process import CATALOGUE

_LIFTGATE: Final = str(Path(sys.executable).with_name("liftgate"))
_SERVES: Final = re.compile(r"^Liftgate serves (http://\S+)$", re.MULTILINE)
_READY_WITHIN_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """Where it listens, and its process."""

    address: str
    process_id: int


@contextmanager
def running_server(
    sts_url: str, aws: Mapping[str, str], *, database_url: str | None = None
) -> Iterator[RunningServer]:
    """Start a server on a free port and stop it at the end of the block.

    ``aws`` holds the broker's credentials as AWS's variables. Without a ``database_url`` it has an SQLite file of its own.
    """
    with tempfile.TemporaryDirectory() as home:
        environ = {
            "HOME": home,
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "LIFTGATE_CATALOGUE": str(CATALOGUE),
            "LIFTGATE_DATABASE_URL": database_url or f"sqlite:///{home}/liftgate.db",
            "LIFTGATE_LOCAL_SIGN_IN": "true",
            "LIFTGATE_AWS_STS_ENDPOINT": sts_url,
            "LIFTGATE_AWS_IAM_ENDPOINT": sts_url,
            **aws,
        }
        said = Path(home, "log")  # a file: a pipe that nobody empties would stop the server
        with said.open("wb") as log:
            process = subprocess.Popen(
                [_LIFTGATE, "serve", "--port", "0"], env=environ, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            yield RunningServer(address=_address(process, said), process_id=process.pid)
        finally:
            process.terminate()
            process.wait(20)


def _address(process: subprocess.Popen[bytes], said: Path) -> str:
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = _SERVES.search(said.read_text(encoding="utf-8"))
        if found:
            return found[1]
        time.sleep(0.02)
    raise RuntimeError(f"`liftgate serve` did not start: {said.read_text(encoding='utf-8')}")
