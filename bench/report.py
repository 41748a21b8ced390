"""The figures as text for a terminal and as a page for docs/, both saying whether each bar was met, or not."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from bench.figure import Amount, Breakdown, Figure, Row

_TITLES: Final = ("what", "median", "min-max", "ratio", "middle half", "bar", "met")
_PREFACE: Final = """\
Written by `make bench`; do not edit. A ratio is that of two medians taken in the same run, turn by turn, so that what slowed
the machine slowed both. "Middle half" is where half of the ratios lie when each round is taken by itself. Times are
milliseconds of wall clock. Measured in {when}.
"""


def as_text(figures: Sequence[Figure]) -> str:
    """What a terminal shows."""
    return "\n".join(_figure_text(figure) for figure in figures)


def as_page(figures: Sequence[Figure], machine: Sequence[Amount], *, when: datetime) -> str:
    """docs/benchmarks.md, whole."""
    chapters = [  # each ends with a line end of its own: joined, they stand a blank line apart
        "# Benchmarks\n",
        _PREFACE.format(when=f"{when:%B %Y} ({when:%Y-%m-%d})"),
        _bars_page(figures),
        *(_figure_page(figure) for figure in figures),
        "## The machine\n",
        _markdown(("what", "value"), [(fact.what, fact.amount) for fact in machine], texts=2),
    ]
    return "\n".join(chapters)


def missed(figures: Iterable[Figure]) -> list[Row]:
    """The rows whose bar was not met."""
    return [row for figure in figures for row in figure.rows if row.is_met is False]


def _figure_text(figure: Figure) -> str:
    blocks = [figure.title]
    if figure.rows:
        blocks += _columns(_TITLES, [_cells(row) for row in figure.rows])
    for breakdown in figure.breakdowns:
        blocks += ["", *_columns(_breakdown_titles(breakdown), _breakdown_cells(breakdown))]
    blocks += [f"  {amount.what}: {amount.amount}" for amount in figure.amounts]
    blocks += [f"  not measured: {reason}" for reason in figure.not_run]
    return "\n".join(blocks) + "\n"


def _bars_page(figures: Sequence[Figure]) -> str:
    held = [row for figure in figures for row in figure.rows if row.is_held]
    cells = [(row.what, row.against or _cells(row)[1] + " ms", *_cells(row)[3:]) for row in held]
    return _markdown(("what", "against", "ratio", "middle half", "bar", "met"), cells, texts=2)


def _figure_page(figure: Figure) -> str:
    blocks = [f"## {figure.title}\n", f"{figure.how}\n"]
    if figure.rows:
        blocks.append(_markdown(_TITLES, [_cells(row) for row in figure.rows]))
    blocks += [_markdown(_breakdown_titles(each), _breakdown_cells(each)) for each in figure.breakdowns]
    if figure.amounts:
        blocks.append(_markdown(("what", "amount"), [(each.what, each.amount) for each in figure.amounts]))
    blocks += [f"Not measured: {reason}\n" for reason in figure.not_run]
    return "\n".join(blocks)


def _cells(row: Row) -> tuple[str, ...]:
    samples = row.samples
    times = (
        _milliseconds(samples.median),
        f"{_milliseconds(samples.smallest)}-{_milliseconds(samples.largest)}",
    )
    if row.ratio is None:
        return row.what, *times, "", "", _bar(row), _verdict(row)
    spread = f"{row.ratio.low:.2f}-{row.ratio.high:.2f}"
    return row.what, *times, f"{row.ratio.of_medians:.2f}", spread, _bar(row), _verdict(row)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.2f}" if seconds >= _SHORT else f"{seconds * 1e3:.5f}"


_SHORT: Final = 1e-4  # seconds: below it two places would say nothing


def _bar(row: Row) -> str:
    if row.longest is not None:
        return f"≤ {row.longest * 1e3:g} ms"
    if row.bar is None:
        return ""
    return f"{'≥' if row.is_faster else '≤'} {row.bar:g}"


def _verdict(row: Row) -> str:
    return {True: "yes", False: "NO", None: ""}[row.is_met]


def _breakdown_titles(breakdown: Breakdown) -> tuple[str, ...]:
    return f"part of: {breakdown.of}", "median", "share"


def _breakdown_cells(breakdown: Breakdown) -> list[tuple[str, ...]]:
    whole = sum(part.seconds for part in breakdown.parts)
    return [
        (part.what, f"{part.seconds * 1e3:.2f}", f"{100 * part.seconds / whole:.0f} %")
        for part in breakdown.parts
    ]


def _columns(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [tuple(titles), *(tuple(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(titles))]
    return ["  " + _justified(line, widths) for line in lines]


def _justified(line: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(line, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]).rstrip()


def _markdown(titles: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int = 1) -> str:
    """A table whose first ``texts`` columns are words and whose others are numbers."""
    lines = [titles, ["---"] * texts + ["---:"] * (len(titles) - texts), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
