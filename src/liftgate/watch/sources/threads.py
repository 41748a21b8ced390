"""Consumers in threads of this process."""

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


def start_consumers(consumer: Consumer, stopping: Event, *, threads: int) -> Callable[[], None]:
    """Start consumers that end when ``stopping`` is set; the answer sets it, and waits until each has finished its batch."""
    started = [
        Thread(
            target=consume,
            args=(consumer,),
            kwargs={"stopping": stopping.is_set},
            name=f"liftgate-watch-{number}",
            daemon=True,  # work that hangs may not keep the process
        )
        for number in range(1, threads + 1)
    ]
    for thread in started:
        thread.start()

    def stop() -> None:
        stopping.set()
        for thread in started:
            thread.join(_ENDS_WITHIN.total_seconds())

    return stop
