"""A terminal that nobody sits at: programs take it for one, and what they write to it can be read."""

import os
import pty
import select
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def pseudo_terminal() -> Iterator[tuple[int, list[bytes]]]:
    """The end for a program, and what was written to it: all of it once the block has ended."""
    ours, theirs = pty.openpty()
    shown: list[bytes] = []

    def read() -> None:
        try:
            while chunk := os.read(ours, 65_536):
                shown.append(chunk)
        except OSError:  # the other side was closed
            return

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield theirs, shown
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)


class Conversation:
    """A program at a terminal of its own, and somebody who types there."""

    def __init__(self, process: "subprocess.Popen[bytes]", ours: int) -> None:
        self._process = process
        self._ours = ours
        self._shown = b""
        self._seen = 0  # how much of it was answered

    @property
    def shown(self) -> str:
        """All that was written to the terminal so far, with what was typed."""
        return self._shown.decode().replace("\r\n", "\n")

    def shown_at(self, prompt: str) -> str:
        """What was written until a line that begins so waits for an answer."""
        while not self._waits_with(prompt):
            assert self._read(), f"no `{prompt}` in: {self.shown}"
        return self.shown

    def answer(self, prompt: str, text: str) -> None:
        """Wait for a line that begins so, and type. ``\x03`` is Ctrl-C."""
        self.shown_at(prompt)
        self._seen = len(self._shown)
        os.write(self._ours, text.encode() if text == "\x03" else f"{text}\n".encode())

    def end(self) -> int:
        """Wait until the program ends; its exit code."""
        while self._read():
            pass
        return self._process.wait(60)

    def _waits_with(self, prompt: str) -> bool:
        line = self._shown[self._seen :].rpartition(b"\n")[2].decode(errors="replace")
        return line.startswith(prompt) and line.endswith(": ")

    def _read(self) -> bool:
        if not select.select([self._ours], [], [], 60)[0]:
            return False
        try:
            chunk = os.read(self._ours, 65_536)
        except OSError:  # the program closed its side
            return False
        self._shown += chunk
        return bool(chunk)


@contextmanager
def conversation(program: list[str], environ: Mapping[str, str]) -> Iterator[Conversation]:
    """Start a program whose controlling terminal is ours, so that Ctrl-C reaches it as it would a person's."""
    ours, theirs = pty.openpty()
    leader = "import os, sys; os.setsid(); os.close(os.open(os.ttyname(0), os.O_RDWR)); os.execv(sys.argv[1], sys.argv[1:])"
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", leader, *program],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environ,
    )
    os.close(theirs)
    try:
        yield Conversation(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
