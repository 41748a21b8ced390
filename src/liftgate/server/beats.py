"""When the loops of this process last came round, so that one that hangs or has died can be told from one that waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One loop."""

    loop: str
    within: timedelta  # so often it comes round, if all is well
    began_at: datetime
    last_at: datetime | None = None  # None: it never came round

    def is_late(self, now: datetime) -> bool:
        """Whether it should have come round by now. One that has just begun is late until its first round is done."""
        return self.last_at is None or now - self.last_at > self.within


class Beats:
    """The loops of a process. Safe to use from every thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._beats: dict[str, Beat] = {}

    def expect(self, loop: str, *, within: timedelta, now: datetime) -> None:
        """A loop begins."""
        with self._lock:
            self._beats[loop] = Beat(loop=loop, within=within, began_at=now)

    def came_round(self, loop: str, now: datetime) -> None:
        """A loop did what it does, and nothing of it failed. What nobody expected is not kept."""
        with self._lock:
            beat = self._beats.get(loop)
            if beat is not None:
                self._beats[loop] = Beat(loop=loop, within=beat.within, began_at=beat.began_at, last_at=now)

    def all(self) -> tuple[Beat, ...]:
        """Every loop, by name."""
        with self._lock:
            return tuple(self._beats[loop] for loop in sorted(self._beats))
