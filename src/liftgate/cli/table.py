"""A list as a table where the terminal is wide enough for it, else one block for each item."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from liftgate.cli.terminal import has_colours, paint, paint_state, say, say_fields, terminal_width
from liftgate.plain_text import plain

_GAP: Final = 2
_NARROWEST: Final = 24  # columns below which folded prose is no longer pleasant


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. A ``folds`` column gives way to the others; one that is a ``state`` has its colours."""

    title: str
    folds: bool = False
    state: bool = False


def say_table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Print a list. The first column is what an item is called; texts of others are made safe here."""
    shown = [[plain(cell) for cell in row] for row in rows]
    if _fits(columns, shown):
        _say_rows(columns, shown)
    else:
        _say_blocks(columns, shown)


def _fits(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> bool:
    fixed = [place for place, column in enumerate(columns) if not column.folds]
    folding = len(columns) - len(fixed)
    needed = sum(max(len(row[place]) for row in [_titles(columns), *rows]) for place in fixed)
    return needed + folding * _NARROWEST + _GAP * len(columns) <= terminal_width()


def _titles(columns: Sequence[Column]) -> list[str]:
    return [column.title for column in columns]


def _say_rows(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    # rich takes longer to import than the rest of a command: only here.
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(column.title, no_wrap=not column.folds, overflow="fold")
    for row in rows:
        cells = zip(columns, row, strict=True)
        table.add_row(
            *(Text.from_ansi(paint_state(cell)) if column.state else Text(cell) for column, cell in cells)
        )
    colours: Literal["standard"] | None = "standard" if has_colours(sys.stdout) else None
    console = Console(
        width=terminal_width(), color_system=colours, highlight=False, markup=False, emoji=False
    )
    with console.capture() as printed:
        console.print(table)
    for line in printed.get().splitlines():
        say(line.rstrip())


def _say_blocks(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    for number, row in enumerate(rows):
        if number:
            say()
        head = [paint(row[0], "bold")]
        head += [paint_state(cell) for column, cell in zip(columns, row, strict=True) if column.state]
        say("  ".join(head))
        pairs = [(column.title, cell) for column, cell in zip(columns[1:], row[1:], strict=True)]
        states = {column.title for column in columns if column.state}
        say_fields((title.lower(), cell) for title, cell in pairs if cell and title not in states)
