"""Lists in a sentence."""

from collections.abc import Sequence


def joined(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return _listed(words, "and")


def either(words: Sequence[str]) -> str:
    """``a, b or c``."""
    return _listed(words, "or")


def count(number: int, noun: str) -> str:
    """``1 key``, ``1,200 keys``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _listed(words: Sequence[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
