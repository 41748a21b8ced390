"""Records taken out of text that is no whole JSON: cut off, damaged in one place, or nested too deeply to be read at once.

Strings and brackets are counted, nothing else is looked at, so that each record can then be read, or set aside, by itself.
"""

import re
from collections.abc import Iterator
from typing import Final

# A string, perhaps never closed; or a bracket. Possessive: a string of megabytes needs no memory to go back.
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_OPENING: Final = frozenset({b"[", b"{"})
_RECORDS: Final = re.compile(rb'\A\s*\{\s*"Records"\s*:\s*\[')
_ARRAY: Final = re.compile(rb"\A\s*\[")


def records_in(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Each whole object of a list of records, with its number from 1: of ``{"Records": […`` or of ``[…``.

    Ends where the list does, or where the text is cut off: what was begun and never closed is left out.
    """
    opened = _RECORDS.match(text) or _ARRAY.match(text)
    if opened is None:
        return
    depth, start, number = 0, 0, 0
    for token in _TOKEN.finditer(text, opened.end()):
        sign = token.group()
        if sign in _OPENING:
            if depth == 0:
                start, number = token.start(), number + 1
            depth += 1
        elif sign in {b"]", b"}"}:
            if depth == 0:
                return
            depth -= 1
            if depth == 0:
                yield number, text[start : token.end()]


def is_open(text: bytes) -> bool:
    """Whether something that was begun is never closed."""
    depth = 0
    for token in _TOKEN.finditer(text):
        sign = token.group()
        depth += (sign in _OPENING) - (sign in {b"]", b"}"})
    return depth > 0


def holds_records(text: bytes) -> bool:
    """Whether the text begins as a list of records does."""
    return bool(_RECORDS.match(text) or _ARRAY.match(text))
