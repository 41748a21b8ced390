"""`python -m bench [--quick] [FIGURE ...]`: measure, say it, and after a full run write docs/benchmarks.md.

Exits 1 where a bar was missed, so that a release can be held to its figures.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Final

from bench.effort import Effort
from bench.figure import Figure
from bench.machine import machine_facts
from bench.report import as_page, as_text, missed

_PAGE: Final = Path(__file__).parent.parent / "docs" / "benchmarks.md"

FIGURES: Final[Mapping[str, str]] = {
    "lend": "bench.lend",
    "embedded": "bench.embedded",
    "command-line": "bench.command_line",
    "size": "bench.size",
    "memory": "bench.memory",
    "revocation": "bench.revocation",
    "replay": "bench.watch.replay",
    "sessions": "bench.watch.sessions",
    "answer": "bench.watch.answer",
    "pages": "bench.pages",
    "waiting": "bench.waiting",
    "evaluate": "bench.iam.evaluate",
    "contains": "bench.iam.contain",
    "parse": "bench.iam.parse",
}
"""Each figure's name, and the module whose ``run`` measures it."""


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for."""
    asked = _parser().parse_args(arguments)
    effort = Effort(is_quick=asked.quick)
    names = [name for name in FIGURES if name in asked.figures] if asked.figures else list(FIGURES)
    machine = machine_facts()
    figures = [_measured(name, effort) for name in names]
    if len(names) == len(FIGURES) and not effort.is_quick:
        _PAGE.write_text(as_page(figures, machine, when=datetime.now(UTC)), encoding="utf-8")
        print("written to docs/benchmarks.md")
    for row in missed(figures):
        print(f"missed: {row.what}, against {row.against}", file=sys.stderr)
    return 1 if missed(figures) else 0


def _measured(name: str, effort: Effort) -> Figure:
    measure: Callable[[Effort], Figure] = import_module(FIGURES[name]).run
    start = time.monotonic()
    figure = measure(effort)
    print(as_text([figure]), f" ({name}: {time.monotonic() - start:.0f} s)\n", sep="\n", flush=True)
    return figure


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Liftgate's figures.")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", type=_figure_name, help=", ".join(FIGURES))
    parser.add_argument("--quick", action="store_true", help="few rounds and small stores; writes no page")
    return parser


def _figure_name(text: str) -> str:
    if text not in FIGURES:
        raise argparse.ArgumentTypeError(f"`{text}` is none of {', '.join(FIGURES)}")
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
