"""The line that says how far a replay is: what it draws, and that it draws nothing else."""

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.pseudo_terminal import pseudo_terminal

from liftgate.cli.progress import Progress, progress

REAL = Path(__file__).parent.parent / "data" / "cloudtrail"
LIFTGATE = str(Path(sys.executable).with_name("liftgate"))
MB = 1_000_000


class Terminal:
    """Draws onto one line, and keeps what stood on it."""

    def __init__(self, width: int = 80) -> None:
        self.width = width
        self.now = datetime(2026, 11, 2, 12, tzinfo=UTC)
        self.lines: list[str] = []
        self.shown = Progress(100 * MB, lambda: self.now, self.draw, lambda: self.width)

    def draw(self, text: str) -> None:
        assert text.startswith("\r\x1b[2K")
        line = text.removeprefix("\r\x1b[2K")
        assert not set("\r\n\x1b") & set(line)
        assert len(line) < self.width
        self.lines.append(line)

    def advance(self, size: int, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.shown.advance(size)


def test_it_says_how_much_is_done_and_how_long_the_rest_takes() -> None:
    terminal = Terminal()
    terminal.advance(25 * MB, 10)
    terminal.advance(65 * MB, 26)
    terminal.advance(10 * MB, 4)
    assert terminal.lines == [
        f"{'━' * 10}{'─' * 30} 25.0 of 100.0 MB, 30s left",
        f"{'━' * 36}{'─' * 4} 90.0 of 100.0 MB, 4s left",
        f"{'━' * 40} 100.0 of 100.0 MB",
    ]


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (45, f"{'━' * 4}{'─' * 13} 25.0 of 100.0 MB, 30s left"),
        (38, f"{'━' * 2}{'─' * 8} 25.0 of 100.0 MB, 30s left"),
        (37, f"{'━' * 5}{'─' * 14} 25.0 of 100.0 MB"),
        (27, "25.0 of 100.0 MB"),
        (17, "25.0 of 100.0 MB"),
        (16, f"{'━' * 3}{'─' * 8} 25%"),
        (12, "25%"),
        (4, "25%"),
        (3, ""),
        (1, ""),
    ],
)
def test_on_a_narrow_terminal_it_never_breaks_the_line(width: int, line: str) -> None:
    terminal = Terminal(width=max(width, 1))
    terminal.advance(25 * MB, 10)
    assert terminal.lines == [line]


def test_many_small_files_do_not_make_it_flicker() -> None:
    terminal = Terminal()
    for _ in range(2_000):
        terminal.advance(MB // 100, 0.001)
    assert 10 <= len(terminal.lines) <= 20


def test_what_is_done_at_once_shows_nothing() -> None:
    terminal = Terminal()
    terminal.advance(100 * MB, 0.3)
    terminal.shown.clear()
    assert terminal.lines == []


def test_it_makes_room_and_comes_back() -> None:
    terminal = Terminal()
    terminal.advance(MB, 10)
    terminal.shown.clear()
    terminal.shown.clear()
    terminal.advance(MB, 10)
    assert [bool(line) for line in terminal.lines] == [True, False, True]


def test_of_no_bytes_at_all_it_says_no_nonsense() -> None:
    terminal = Terminal()
    terminal.shown = Progress(0, lambda: terminal.now, terminal.draw, lambda: 80)
    terminal.advance(0, 10)
    terminal.advance(5, 10)


def test_where_nobody_looks_it_is_silent() -> None:
    stream = io.StringIO()
    now = datetime(2026, 11, 2, 12, tzinfo=UTC)
    moments = iter([now, now + timedelta(hours=1)])
    with progress(100, stream, lambda: next(moments)) as shown:
        shown.advance(50)
    assert stream.getvalue() == ""


@pytest.mark.slow
def test_results_reach_a_pipe_though_errors_go_to_a_terminal() -> None:
    """`liftgate replay logs/ --output json | jq`, typed by a person."""
    environ = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with pseudo_terminal() as (theirs, shown):
        done = subprocess.run(
            [LIFTGATE, "replay", str(REAL), "--output", "json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={**environ, "TERM": "xterm-256color"},
            check=False,
        )

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert len([one for one in lines if one["kind"] == "finding"]) == sum(lines[-1]["findings"].values()) > 0
    assert b"kind" not in b"".join(shown)
