"""The live line of ``--wait``: on a terminal one that changes, elsewhere a line for each change."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from liftgate.cli.answers import RequestAnswer
from liftgate.cli.describe import waiting
from liftgate.cli.follow import Watcher
from liftgate.cli.terminal import has_colours, terminal_width
from liftgate.clock import Clock
from liftgate.errors import Unavailable
from liftgate.plain_text import plain

_SPINNER: Final = 3  # columns: itself, a space, and one that some terminals need to not break the line
_HINT: Final = " · Ctrl-C stops waiting"


@contextmanager
def live_line(clock: Clock) -> Iterator[Watcher]:
    """A watcher that writes to stderr, so that stdout holds results only."""
    if not has_colours(sys.stderr):
        yield _Lines()
        return
    from rich.console import Console  # noqa: PLC0415 - only where there is a live line
    from rich.text import Text  # noqa: PLC0415

    console = Console(stderr=True, highlight=False)
    with console.status("") as status:
        yield _Status(
            clock=clock, update=lambda line: status.update(Text(line)), width=terminal_width() - _SPINNER
        )


@dataclass
class _Lines:
    last: str = ""

    def waits(self, request: RequestAnswer) -> None:
        self._say(f"{request.id} waits for {request.waiting_for or 'an answer'}")

    def lost(self, error: Unavailable) -> None:
        self._say(f"{error.sentence}; asking again")

    def _say(self, line: str) -> None:
        if line != self.last:
            print(plain(line), file=sys.stderr, flush=True)
            self.last = line


@dataclass(frozen=True)
class _Status:
    clock: Clock
    update: Callable[[str], None]
    width: int

    def waits(self, request: RequestAnswer) -> None:
        self._show(f"waits for {waiting(request, self.clock())}")

    def lost(self, error: Unavailable) -> None:
        self._show(f"{error.sentence}; asking again")

    def _show(self, line: str) -> None:
        shown = plain(line)
        if len(shown) + len(_HINT) <= self.width:
            shown += _HINT
        self.update(shown if len(shown) <= self.width else f"{shown[: self.width - 1]}…")
