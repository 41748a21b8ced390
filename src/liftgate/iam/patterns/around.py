"""Reads a pattern that has variables as it would be read with a character in the place of each."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from liftgate.iam.patterns.automaton import Tokens, Wild

VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
PLACE: Final = "\0"
"""The character in its place. A pattern that holds it cannot be read so."""


def read_around(pattern: str, read: Callable[[str], Tokens]) -> Iterator[tuple[str | Wild, str | None]]:
    """The tokens that ``read`` makes, each with None, and in the place of a variable what stands in its braces."""
    inside = iter(VARIABLE.findall(pattern))
    for token in read(VARIABLE.sub(PLACE, pattern)):
        if isinstance(token, str | Wild):
            yield token, next(inside) if token == PLACE else None
