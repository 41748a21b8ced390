"""The live line of ``--wait``: on a terminal one that changes, elsewhere a line for each change."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from liftgate.cli.answers import RequestAnswer
from liftgate.cli.describe import waiting
from liftgate.cli.follow import Watcher
from liftgate.cli.plain_text import plain
from liftgate.cli.terminal import has_colours
from liftgate.clock import Clock
from liftgate.errors import Unavailable


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
            clock=clock, update=lambda line: status.update(Text(line, overflow="ellipsis", no_wrap=True))
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

    def waits(self, request: RequestAnswer) -> None:
        self.update(plain(f"waits for {waiting(request, self.clock())} · Ctrl-C to stop waiting"))

    def lost(self, error: Unavailable) -> None:
        self.update(plain(f"{error.sentence}; asking again"))
