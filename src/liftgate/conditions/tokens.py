"""A CEL expression as its tokens (CEL specification, "Syntax"), with their places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"""
      (?P<space>   \s+ | //[^\n]* )
    | (?P<text>    [rRbB]{0,2} (?: \"{3}.*?\"{3} | '{3}.*?'{3} | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' ) )
    | (?P<number>  0x[0-9a-fA-F]+u? | [0-9]+ (?:\.[0-9]+)? (?:[eE][+-]?[0-9]+)? [uU]? )
    | (?P<name>    [A-Za-z_][A-Za-z0-9_]* )
    | (?P<sign>    && | \|\| | [=!<>]= | . )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token. ``kind`` is "text", "number", "name" or "sign"."""

    kind: str
    text: str
    line: int
    column: int


def tokens(expression: str) -> Iterator[Token]:
    """The tokens of an expression; white space and comments are passed over."""
    line, start = 1, 0
    for found in _TOKEN.finditer(expression):
        kind, text = str(found.lastgroup), found[0]
        if kind != "space":
            yield Token(kind, text, line, found.start() - start + 1)
        breaks = text.count("\n")
        if breaks:
            line, start = line + breaks, found.start() + text.rindex("\n") + 1
