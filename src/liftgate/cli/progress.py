"""One line on a terminal that says how far something is; gone when it is done. It has no thread, and leaves stdout alone."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, TextIO

from liftgate.cli.terminal import has_colours
from liftgate.clock import Clock
from liftgate.span import in_words

_QUIET: Final = timedelta(seconds=0.5)  # what is done by then needs no line
_REDRAWN: Final = timedelta(seconds=0.1)
_CLEAR: Final = "\r\x1b[2K"
_LONGEST_BAR: Final = 40
_SHORTEST_BAR: Final = 10
_MB: Final = 1_000_000


class Progress:
    """How many of a number of bytes are done."""

    def __init__(
        self, total: int, clock: Clock, draw: Callable[[str], object], width: Callable[[], int]
    ) -> None:
        """``draw`` writes text to a terminal of ``width`` columns."""
        self._total = max(1, total)
        self._clock = clock
        self._draw = draw
        self._width = width
        self._done = 0
        self._began = clock()
        self._drawn_at = self._began + _QUIET - _REDRAWN
        self._is_shown = False

    def advance(self, size: int) -> None:
        """So many more are done; drawn ten times a second at most, so that it does not flicker."""
        self._done += size
        now = self._clock()
        if now - self._drawn_at >= _REDRAWN:
            self._drawn_at, self._is_shown = now, True
            # A terminal breaks the line at its last column: that stays free.
            self._draw(_CLEAR + _line(self._done, self._total, now - self._began, self._width() - 1))

    def clear(self) -> None:
        """Make room for other lines on the same terminal."""
        if self._is_shown:
            self._is_shown = False
            self._draw(_CLEAR)


@contextmanager
def progress(total: int, stream: TextIO, clock: Clock) -> Iterator[Progress]:
    """A line on a stream, where that is a terminal; else what it is told is not shown."""

    def draw(text: str) -> None:
        stream.write(text)
        stream.flush()

    shown = Progress(total, clock, draw if has_colours(stream) else lambda _: None, lambda: _columns(stream))
    try:
        yield shown
    finally:
        shown.clear()


def _line(done: int, total: int, spent: timedelta, width: int) -> str:
    """As much as fits, the share of it first."""
    share = min(1.0, max(1, done) / total)
    counts = f"{done / _MB:,.1f} of {total / _MB:,.1f} MB"
    left = timedelta(seconds=round((spent * (1 / share - 1)).total_seconds()))
    for told in (f"{counts}, {in_words(left)} left" if left else counts, counts, f"{share:.0%}"):
        bar = min(_LONGEST_BAR, width - len(told) - 1)
        if bar >= _SHORTEST_BAR:
            whole = round(bar * share)
            return f"{'━' * whole}{'─' * (bar - whole)} {told}"
        if len(told) <= width and "left" not in told:
            return told
    return ""


def _columns(stream: TextIO) -> int:
    """Of the stream's own terminal: stdout may be a file."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
