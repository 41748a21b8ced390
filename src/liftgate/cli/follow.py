"""Following a request until it is answered: the server holds its answer back until there is one, or for a while.

One that does not is asked again a little later each time.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol

from liftgate.cli.answers import RequestAnswer
from liftgate.cli.exit_code import ExitCode
from liftgate.clock import Clock
from liftgate.errors import Unavailable

_FIRST: Final = 1.0  # seconds
_LONGEST: Final = 10.0
_FACTOR: Final = 1.4
_HELD: Final = timedelta(seconds=1)  # an answer that took longer was held back

ENDINGS: Final = {
    "approved": ExitCode.OK,
    "denied": ExitCode.REFUSED,
    "lapsed": ExitCode.NOT_APPROVED,
    "cancelled": ExitCode.NOT_APPROVED,
}


class Watcher(Protocol):
    """Shows somebody how the waiting goes."""

    def waits(self, request: RequestAnswer) -> None:
        """Still pending."""

    def lost(self, error: Unavailable) -> None:
        """The server did not answer; it will be asked again."""


def follow(
    request: RequestAnswer,
    *,
    fetch: Callable[[], RequestAnswer],
    watcher: Watcher,
    clock: Clock,
    sleep: Callable[[float], None],
) -> RequestAnswer:
    """Ask again until the request is answered, lapsed or cancelled; a server that is away is waited for until then.

    ``sleep`` takes seconds. Raises whatever else ``fetch`` raises.
    """
    pause = _FIRST
    while request.state == "pending":
        watcher.waits(request)
        began = clock()
        try:
            request = fetch()
        except Unavailable as error:
            if clock() >= request.lapses_at:
                raise
            watcher.lost(error)
        if request.state == "pending" and clock() - began < _HELD:
            sleep(pause)
            pause = min(pause * _FACTOR, _LONGEST)
    return request


def ending_code(request: RequestAnswer) -> ExitCode:
    """The exit code with which a wait ends."""
    return ENDINGS.get(request.state, ExitCode.NOT_APPROVED)
