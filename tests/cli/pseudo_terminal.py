"""A terminal that nobody sits at: programs take it for one, and what they write to it can be read."""

import os
import pty
import threading
from collections.abc import Iterator
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
