"""A list as CSV, for spreadsheets: text of others in it is text, never a formula, and never an instruction to a terminal.

Source: "CSV Injection", OWASP: spreadsheets take a cell for a formula by how it begins, quoted or not.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from liftgate.cli.terminal import say
from liftgate.plain_text import plain

# Also as East Asian input methods write them, which spreadsheets take for the same.
_FORMULAS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_CONTROLS: Final = ("\t", "\r", "\n")


def say_csv(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a list with its titles."""
    for row in (titles, *rows):
        say(_line(row))


def cell(text: str) -> str:
    r"""A text as spreadsheets show it: what would be a formula has an apostrophe before it, and controls are spelled out.

    >>> cell("=1+1"), cell("\t=1"), cell("a\nb")
    ("'=1+1", "'\\t=1", 'a\\nb')
    """
    risky = text.startswith(_CONTROLS) or text.lstrip().startswith(_FORMULAS)
    return f"'{plain(text)}" if risky else plain(text)


def _line(row: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(map(cell, row))
    return written.getvalue()
