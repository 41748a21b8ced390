"""Consumers, and readers, in threads of this process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Final

from liftgate.watch.sources.ports import Pause
from liftgate.watch.sources.queue import Consumer, consume

_ENDS_WITHIN: Final = timedelta(
    minutes=1
)  # a batch is finished; one that hangs is handed out again, to somebody else


@contextmanager
def every(span: timedelta, do: Callable[[], None]) -> Iterator[None]:
    """Do something each time that a span has passed, in a thread of its own, while the block runs."""
    ended = Event()

    def run() -> None:
        while not ended.wait(span.total_seconds()):
            do()

    thread = Thread(target=run, name="liftgate-holder", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def pause_until(stopping: Event) -> Pause:
    """Waits that an order to stop cuts short."""
    return lambda span: not stopping.wait(span.total_seconds())


def start_consumers(
    consumer: Consumer, stopping: Event, *, threads: int, came_round: Callable[[], None] = lambda: None
) -> Callable[[], None]:
    """Start consumers that end when ``stopping`` is set; the answer sets it, and waits until each has finished its batch."""
    stops = [
        start_thread(
            lambda: consume(consumer, stopping=stopping.is_set, came_round=came_round),
            stopping,
            name=f"liftgate-watch-{number}",
        )
        for number in range(1, threads + 1)
    ]

    def stop() -> None:
        stopping.set()
        for one in stops:
            one()

    return stop


def start_thread(work: Callable[[], None], stopping: Event, *, name: str) -> Callable[[], None]:
    """Start work that ends when ``stopping`` is set; the answer sets it, and waits a while until it has."""
    thread = Thread(target=work, name=name, daemon=True)  # work that hangs may not keep the process
    thread.start()

    def stop() -> None:
        stopping.set()
        thread.join(_ENDS_WITHIN.total_seconds())

    return stop
