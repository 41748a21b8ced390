"""Work that makes much and throws nothing away, without Python's search for cycles, which would look through all of it again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Search for no cycles as long as the block lasts."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # What is left counts as old, and is not looked through at once. Counting what is frozen takes as long as a search.
            if _search_is_due() and not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _search_is_due() -> bool:
    return gc.get_count()[0] > gc.get_threshold()[0]
