"""Texts in any case, as patterns: each token takes every character that folds to the same."""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from liftgate.iam.patterns.automaton import OneOf, Tokens

_MOST = 64
_LAST = 0x1FFFF  # no character beyond has two cases


@lru_cache(maxsize=1024)
def folded_tokens(text: str) -> tuple[Tokens, ...] | None:
    """Patterns that together match every text that is equal to ``text`` but for case; None where they are too many.

    Mostly it is one. Where a single character folds to several (``ß`` to ``ss``), there is one for each way to write them.
    """
    found: list[Tokens] = []
    for pattern in _from(text.casefold()):
        found.append(pattern)
        if len(found) > _MOST:
            return None
    return tuple(found)


def _from(folded: str) -> Iterator[Tokens]:
    waiting: list[tuple[int, Tokens]] = [(0, ())]
    while waiting:
        place, before = waiting.pop()
        if place == len(folded):
            yield before
        for length in range(1, min(3, len(folded) - place) + 1):
            part = folded[place : place + length]
            letters = _sources().get(part, frozenset()) | (frozenset(part) if length == 1 else frozenset())
            if letters:
                waiting.append((place + length, (*before, OneOf(letters))))


@cache
def _sources() -> Mapping[str, frozenset[str]]:
    """Which other characters fold to a text of one to three: by Unicode's table, as Python reads it."""
    found: dict[str, set[str]] = {}
    for code in range(_LAST + 1):
        character = chr(code)
        folded = character.casefold()
        if folded != character:
            found.setdefault(folded, set()).add(character)
    return {text: frozenset(letters) for text, letters in found.items()}
