"""What `liftgate serve` holds in memory when nobody asks for anything."""

import time
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

from bench.client import Client
from bench.effort import Effort
from bench.figure import Amount, Figure
from bench.in_process import PERSON
from bench.server import running_server
from bench.stub_aws import stub_aws, stub_environment

_AT_REST: Final = 5.0  # seconds without a call


def run(effort: Effort) -> Figure:
    """Once fresh, and once after work."""
    calls = effort.rounds(500)
    with stub_aws(delay=timedelta(0)) as sts, running_server(sts, stub_environment()) as server:
        time.sleep(_AT_REST)
        fresh = _memory(server.process_id)
        with closing(Client(server.address, PERSON)) as client:
            for _ in range(calls):
                client.lend()
        time.sleep(_AT_REST)
        worked = _memory(server.process_id)
    return Figure(
        title="Memory of the server at rest",
        how=(
            f"`liftgate serve` with its API, worker and SQLite, read from the kernel after {_AT_REST:.0f} quiet seconds: "
            "RSS is all that it holds, PSS counts what it shares with other processes by its share."
        ),
        amounts=(
            *_amounts("when it has started", fresh),
            *_amounts(f"after {calls} requests with their sessions", worked),
        ),
    )


def _memory(process_id: int) -> Mapping[str, float]:
    """In MiB, by the kernel's names (proc_pid_smaps_rollup(5), proc_pid_status(5)); those that it does not tell are left out."""
    folder = Path("/proc", str(process_id))
    lines = []
    for file in ("smaps_rollup", "status"):
        try:
            lines += (folder / file).read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
    fields = (line.partition(":") for line in lines)
    return {name: int(value.split()[0]) / 1024 for name, _, value in fields if name in {"VmRSS", "Pss"}}


def _amounts(when: str, memory: Mapping[str, float]) -> list[Amount]:
    shown = {"VmRSS": "RSS", "Pss": "PSS"}
    return [
        Amount(what=f"{shown[name]} {when}", amount=f"{memory[name]:.0f} MiB")
        for name in shown
        if name in memory
    ]
