"""The npm package `@cloud-copilot/iam-simulate`, run as a program of its own: JSON Lines in, JSON Lines out.

It is AGPL-licensed: a development tool that is asked over pipes, never imported, shipped or copied.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pytest

FOLDER: Final = Path(__file__).parent.parent / "iam" / "simulate"
_AT_ONCE: Final = 100  # answers to this many fit into a pipe, so that neither side waits for the other


class Simulate:
    """A running node process; made by ``running_simulate``."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def answers(self, simulations: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """``{"decision", "ignored"}`` or ``{"error"}`` for each, in order."""
        waiting = iter(simulations)
        assert self._process.stdin
        assert self._process.stdout
        while some := list(islice(waiting, _AT_ONCE)):
            self._process.stdin.write("".join(f"{json.dumps(one)}\n" for one in some))
            self._process.stdin.flush()
            for _ in some:
                line = self._process.stdout.readline()
                if not line:
                    raise RuntimeError(f"node ended: {self._process.poll()}")
                yield json.loads(line)

    def answer(self, simulation: dict[str, Any]) -> dict[str, Any]:
        return next(self.answers([simulation]))


@contextmanager
def running_simulate() -> Iterator[Simulate]:
    """Start node; skips the test, saying why, where node or the package is not installed."""
    with subprocess.Popen(
        [_node(), "simulate.mjs"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Simulate(process)


@contextmanager
def timed_simulate(simulations: Iterable[dict[str, Any]]) -> Iterator[Callable[[], float]]:
    """A function that runs all simulations in node and says how many seconds that took, reading and writing left out."""
    with subprocess.Popen(
        [_node(), "simulate.mjs", "timed"],
        cwd=FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        given, taken = process.stdin, process.stdout
        given.writelines(f"{json.dumps(one)}\n" for one in simulations)

        def run() -> float:
            given.write("\n")
            given.flush()
            seconds: float = json.loads(taken.readline())["seconds"]
            return seconds

        yield run


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        pytest.skip(
            "NOT COMPARED WITH IAM-SIMULATE: install Debian's packages `nodejs` and `npm` to run this test"
        )
    if not (FOLDER / "node_modules" / "@cloud-copilot" / "iam-simulate").exists():
        pytest.skip(
            f"NOT COMPARED WITH IAM-SIMULATE: run `npm ci --ignore-scripts` in {FOLDER} to run this test"
        )
    return node
