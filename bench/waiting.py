"""How soon after an approval is clicked the command line that waits for it has credentials."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx

from bench.effort import Effort
from bench.figure import Figure, limited
from bench.measure import Samples
from bench.server import running_server
from bench.stub_aws import stub_aws, stub_environment

_LONGEST: Final = 0.5  # seconds, the median
_DISTANCE: Final = timedelta(milliseconds=60)
_LIFTGATE: Final = str(Path(sys.executable).with_name("liftgate"))
_ENOUGH: Final = 30  # seconds after which something is broken
_REQUEST: Final = re.compile(r"rq-[0-9a-z]{16}")
_CSRF: Final = re.compile(r'name="csrf" value="([^"]+)"')


def run(effort: Effort) -> Figure:
    """A real server, a real command line, and the form of the page *Review*."""
    with (
        stub_aws(delay=_DISTANCE) as sts,
        running_server(sts, stub_environment()) as server,
        _reviewer(server.address) as grace,
        tempfile.TemporaryDirectory() as home,
    ):
        samples = Samples(tuple(_waited(server.address, grace, home) for _ in range(effort.rounds(30))))
    return Figure(
        title="From an approval to credentials",
        how=(
            "`liftgate request --wait` waits at a `liftgate serve` on SQLite. Its reviewer presses Approve on the page of the request; the "
            "time is from there until the waiting command has ended, with a session in its cache. STS is a stand-in that answers "
            f"{_DISTANCE // timedelta(milliseconds=1)} ms after a call arrives."
        ),
        rows=(
            limited("approval clicked to the waiting command having credentials", samples, longest=_LONGEST),
        ),
    )


@contextmanager
def _reviewer(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers={"Origin": address}) as browser:
        signed_in = browser.post("/sign-in/local", data={"person": "grace"})
        assert signed_in.status_code == 303, signed_in.text
        yield browser


def _waited(address: str, reviewer: httpx.Client, home: str) -> float:
    words = [
        "request",
        "s3://lakeside-reports/2026/",
        "--delete",
        "--for",
        "20m",
        "--reason",
        "measure the waiting",
        "--wait",
    ]
    environment = {
        "HOME": home,
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "LIFTGATE_SERVER": address,
        "LIFTGATE_SIGN_IN": "local:ada",
    }
    with subprocess.Popen(
        [_LIFTGATE, *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as waiting:
        assert waiting.stderr is not None
        said = waiting.stderr.readline()  # "rq-… waits for …"
        found = _REQUEST.search(said)
        assert found is not None, said
        page = reviewer.get(f"/requests/{found[0]}").text
        csrf = _CSRF.search(page)
        assert csrf is not None, page
        time.sleep(0.3)  # it is in the middle of waiting
        began = time.perf_counter()
        clicked = reviewer.post(f"/requests/{found[0]}/reviews", data={"csrf": csrf[1], "answer": "approve"})
        assert clicked.status_code == 303, clicked.text
        assert waiting.wait(_ENOUGH) == 0
        took = time.perf_counter() - began
    cached = [one for one in Path(home).rglob("*") if one.is_file()]
    assert any("SecretAccessKey" in one.read_text(errors="replace") for one in cached), cached
    return took
