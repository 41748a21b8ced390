"""Runs a program as a user would, and keeps what it really printed."""

import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


def run(command: Sequence[str], *, environment: Mapping[str, str], shown: str | None = None) -> Ran:
    """Run a program to its end; ``shown`` is how a person would type it. One that hangs counts as failed."""
    typed = shown if shown is not None else shlex.join(command)
    try:
        done = subprocess.run(  # noqa: S603 - the story's own commands
            list(command),
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
        return Ran(command=typed, exit_code=-1, output=f"no answer within {_LONGEST_SECONDS} s")
    return Ran(command=typed, exit_code=done.returncode, output=done.stdout.strip())


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[0] if match else ""
