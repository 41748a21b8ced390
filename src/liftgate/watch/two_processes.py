"""Looks at log files with a second process: each takes the next file that nobody took, and what they give is put in order.

Where the second process ends early, for whatever reason, the first looks at what is left: the result is the same.
"""

import gc
import multiprocessing
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from liftgate.watch.known import Known
from liftgate.watch.log_files import LogFile
from liftgate.watch.look import Judge, Looked
from liftgate.watch.replay import in_turn
from liftgate.watch.rules.rulebook import Rulebook
from liftgate.watch.seen_events import SeenEvents

_WORTH_IT: Final = 4 * 1024 * 1024  # bytes of files below which a process takes longer to start than to help
_PATIENCE: Final = 0.2  # seconds between looks at whether the other is alive


def with_two_processes(
    files: Sequence[LogFile], judging: Judge, rulebook: Callable[[], Rulebook], seen: SeenEvents
) -> Iterator[Looked]:
    """What each file shows, in order. In one process where there is one file, little to read, or one processor."""
    sizes = [file.size for file in files]
    if len(files) < 2 or sum(sizes) - max(sizes) < _WORTH_IT or (os.cpu_count() or 1) < 2:
        yield from in_turn(files, judging, rulebook, seen)
        return
    way = _way()
    context: Any = multiprocessing.get_context(way)
    rules = rulebook if way == "spawn" else lambda: judging.rules  # a copy of this process has them already
    following, done = context.Value("i", 0), context.Queue()
    other = context.Process(
        target=_help,
        args=(files, judging.known, rules, following, done),
        daemon=True,
        name="liftgate replay",
    )
    other.start()
    try:
        shared = _Shared(lambda place: judging.look_alone(files[place]), len(files), following, done, other)
        for place in range(len(files)):
            yield shared.get(place)
    finally:
        other.terminate()
        other.join()
        done.close()


def _way() -> str:
    """A copy of this process begins at once, but is safe only where no other thread could hold a lock."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def _help(
    files: Sequence[LogFile], known: Known, rulebook: Callable[[], Rulebook], following: Any, done: Any
) -> None:
    gc.disable()  # as in ``replay``
    judging = Judge(known, rulebook())
    while (place := _next(following)) < len(files):
        done.put((place, judging.look_alone(files[place])))


def _next(following: Any) -> int:
    with following.get_lock():
        place: int = following.value
        following.value += 1
    return place


class _Shared:
    """What both processes work on, seen from the first."""

    def __init__(
        self, one: Callable[[int], Looked], count: int, following: Any, done: Any, other: Any
    ) -> None:
        self._look = one
        self._count = count
        self._following = following
        self._done = done
        self._other = other
        self._ready: dict[int, Looked] = {}

    def get(self, wanted: int) -> Looked:
        """What a file showed; works on the next that nobody took until that is there."""
        while wanted not in self._ready:
            place = _next(self._following)
            if place < self._count:
                self._ready[place] = self._look(place)
                self._collect()
            else:
                self._wait_for(wanted)
        return self._ready.pop(wanted)

    def _collect(self) -> None:
        try:
            while True:
                place, looked = self._done.get_nowait()
                self._ready[place] = looked
        except queue.Empty:
            return

    def _wait_for(self, wanted: int) -> None:
        was_alive = self._other.is_alive()  # asked before the look: what it put there last is not missed
        try:
            place, looked = self._done.get(timeout=_PATIENCE)
        except queue.Empty:
            if not was_alive:
                self._ready[wanted] = self._look(wanted)
            return
        self._ready[place] = looked
