"""Waiting for what another process does."""

import time
from collections.abc import Callable


def until(true: Callable[[], bool], told: Callable[[], str] = str) -> None:
    """Look again and again until it is so. It fails the test where it does not come to be, with what is ``told`` then."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, told()
        time.sleep(0.05)
