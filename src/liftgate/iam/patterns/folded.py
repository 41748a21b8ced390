"""Texts in any case, and as patterns of which each token takes every character that is the same but for case.

Case is left out letter by letter, so that texts of two lengths are never equal (``ß`` is not ``ss``), and a letter of
ASCII is equal to letters of ASCII only (the sign for Kelvin is no ``k``). AWS says "case-insensitive" and no more.
"""

from collections.abc import Mapping
from functools import cache, lru_cache

from liftgate.iam.patterns.automaton import OneOf, Tokens

_LAST = 0x1FFFF  # no character beyond has two cases


def fold(text: str) -> str:
    """The text in one case: equal for texts that are equal but for case."""
    return text.lower() if text.isascii() else "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1 and folded.isascii() is character.isascii():
            return folded
    return character


@lru_cache(maxsize=1024)
def folded_tokens(text: str) -> Tokens:
    """The pattern that matches every text that is equal to ``text`` but for case."""
    return tuple(OneOf(_sources().get(one, frozenset(one))) for one in fold(text))


@cache
def _sources() -> Mapping[str, frozenset[str]]:
    """The characters that fold to one, where they are several: by Unicode's table, as Python reads it."""
    found: dict[str, set[str]] = {}
    for code in range(_LAST + 1):
        character = chr(code)
        folded = fold(character)
        if folded != character:
            found.setdefault(folded, {folded}).add(character)
    return {text: frozenset(letters) for text, letters in found.items()}
