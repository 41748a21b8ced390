"""Faults as a person reads them at a terminal: place and sentence, the line with a caret, and what would be right."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from liftgate.catalogue.fault import Fault

_WIDEST: Final = 100  # columns of a quoted line
_BEFORE: Final = 60  # of which at most so many stand before the caret
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def render_faults(faults: Sequence[Fault]) -> str:
    """Every fault, with a line between them and a count at the end; nothing where there are none.

    Nothing that stands in a file reaches the terminal as a control character.
    """
    if not faults:
        return ""
    files = len({fault.file for fault in faults})
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    summary = f"{count} in {files} files" if files > 1 else count
    return "\n\n".join([*map(_render, faults), summary]) + "\n"


def _render(fault: Fault) -> str:
    lines = [_plain(str(fault))]
    gutter = " " * len(str(fault.line))
    if fault.excerpt is not None:
        text, caret = _quote(fault)
        lines += [f"{gutter} |", f"{fault.line} | {text}".rstrip(), f"{gutter} | {caret}"]
    lines.append(f"{gutter} = help: {_plain(fault.suggestion)}")
    return "\n".join(lines)


def _quote(fault: Fault) -> tuple[str, str]:
    """The line, cut around the place where it is long, and the carets under that place."""
    line, start = fault.excerpt or "", fault.column - 1
    cut = max(0, start - _BEFORE) if len(line) > _WIDEST else 0
    before, under = line[cut:start], line[start : start + fault.width]
    shown = line[cut : cut + _WIDEST]
    head, tail = "…" if cut else "", "…" if cut + _WIDEST < len(line) else ""
    carets = min(max(1, _columns(under)), max(1, _WIDEST - len(before)))
    return f"{head}{_plain(shown)}{tail}", f"{' ' * len(head)}{_padding(before)}{'^' * carets}"


def _plain(text: str) -> str:
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _padding(text: str) -> str:
    """As wide as ``text``, tabs kept."""
    return "".join("\t" if character == "\t" else " " * _columns(character) for character in text)


def _columns(text: str) -> int:
    """The columns that a text takes at a terminal."""
    return sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
