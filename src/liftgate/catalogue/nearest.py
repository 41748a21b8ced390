"""Suggestions for near misses: the known name that somebody probably meant."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

_MOST_COMPARED: Final = 2000  # names; comparing is slow, and a suggestion is a courtesy
_LONGEST: Final = 64


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name most like ``name``, or None where none is like it, or where looking would take long."""
    if len(name) > _LONGEST or len(known) > _MOST_COMPARED:
        return None
    by_lower = {word.lower(): word for word in known}
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def suggest(name: str, known: Collection[str], otherwise: str) -> str:
    """A sentence that names the nearest known name, or ``otherwise``."""
    found = nearest(name, known)
    return f"did you mean `{found}`?" if found else otherwise
