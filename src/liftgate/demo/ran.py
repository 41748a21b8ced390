"""Runs a program as a user would, and keeps what it really printed."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LONGEST_SECONDS: Final = 60
_REQUEST: Final = re.compile(r"rq-[0-9a-z]{16}")
_GRANT: Final = re.compile(r"gr-[0-9a-z]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command as it can be typed, and what it answered."""

    command: str
    exit_code: int
    output: str  # standard output and standard error, in the order in which they came

    @property
    def request_id(self) -> str:
        """The request that the output names; empty where it names none."""
        return _first(_REQUEST, self.output)

    @property
    def grant_id(self) -> str:
        """The grant that the output names; empty where it names none."""
        return _first(_GRANT, self.output)


def run(command: Sequence[str], *, environment: Mapping[str, str], folder: Path, shown: str) -> Ran:
    """Run a program in a folder to its end; ``shown`` is how a person types it. One that hangs counts as failed."""
    try:
        done = subprocess.run(  # noqa: S603 - the story's own commands
            list(command),
            cwd=folder,
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=_LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Ran(command=shown, exit_code=-1, output=f"no answer within {_LONGEST_SECONDS} s")
    return Ran(command=shown, exit_code=done.returncode, output=done.stdout.strip())


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[0] if match else ""
