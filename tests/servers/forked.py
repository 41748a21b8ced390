"""Liftgate as a process that is forked from one which has imported it all: a start takes a tenth of the processor time.

What a start itself must show (that the program begins, ends, and reads its environment) is tested with the program: here the
environment is put in place after Python has begun.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import DupFd
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any, Final, TextIO

from liftgate.cli.main import main

_CONTEXT: Final = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.servers.warm_liftgate"])
_PATIENCE_SECONDS: Final = 60


class Forked:
    """A process, with what ``subprocess.Popen`` has for one."""

    def __init__(self, process: BaseProcess, stdout: TextIO) -> None:
        self._process = process
        self.stdout = stdout

    def send_signal(self, number: signal.Signals) -> None:
        if self._process.pid is not None and self._process.exitcode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, seconds: float = _PATIENCE_SECONDS) -> int:
        """What it ends with. Raises ``TimeoutExpired`` where it goes on."""
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise TimeoutExpired("liftgate", seconds)
        return self._process.exitcode


@contextmanager
def forked_liftgate(*words: str, environment: Mapping[str, str], folder: Path, log: Path) -> Iterator[Forked]:
    """Run ``liftgate WORDS`` for as long as the block lasts, and no longer; ``log`` gets what it says on the error stream."""
    process = fork(main, words, environment=environment, folder=folder, log=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def fork(
    what: Callable[..., object],
    *given: object,
    environment: Mapping[str, str],
    folder: Path,
    log: Path,
) -> Forked:
    """Begin a process that calls a function, and ends with what that gives. It goes with the tests, if nobody ends it before."""
    hears, says = os.pipe()
    process = _CONTEXT.Process(
        target=_be, args=(what, given, dict(environment), folder, _Passed(says), log), daemon=True
    )
    process.start()
    os.close(says)
    return Forked(process, os.fdopen(hears, encoding="utf-8"))


class _Passed:
    """A file descriptor that the child is to have."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __reduce__(self) -> tuple[Any, ...]:
        return _Received, (DupFd(self._number),)


class _Received:
    """The same in the child."""

    def __init__(self, passed: Any) -> None:
        self.number: int = passed.detach()


def _be(
    what: Callable[..., Any],
    given: tuple[object, ...],
    environment: dict[str, str],
    folder: Path,
    says: _Received,
    log: Path,
) -> None:
    """In the child: do that to its end."""
    os.dup2(says.number, 1)
    os.close(says.number)
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    # Anew, since what there was may believe that it writes into a file of pytest's.
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.exit(what(*given))
