"""Faults at a terminal: readable, and never a way to its control codes."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.catalogue.catalogue_samples import EXAMPLES, faults_in

from liftgate.catalogue.fault import Fault, FaultKind
from liftgate.catalogue.render import render_faults

FAULT = Fault(
    kind=FaultKind.BAD_TEXT, file="a.yaml", line=3, column=3, path="x", sentence="wrong", suggestion="right"
)


def test_the_faulty_sample_reads_as_written_beside_it() -> None:
    folder = EXAMPLES / "catalogue-faulty"
    faults = faults_in((folder / "catalogue.yaml").read_bytes())
    named = [
        replace(fault, file="catalogue.yaml", suggestion=fault.suggestion.replace("1.yaml", "catalogue.yaml"))
        for fault in faults
    ]
    assert render_faults(named) == (folder / "expected.txt").read_text()


def test_nothing_is_said_where_nothing_is_wrong() -> None:
    assert render_faults([]) == ""


def test_a_fault_without_a_line_has_no_excerpt() -> None:
    assert render_faults([FAULT]) == "a.yaml:3:3: wrong\n  = help: right\n\n1 fault\n"


def test_files_are_counted() -> None:
    assert render_faults([FAULT, replace(FAULT, file="b.yaml")]).endswith("\n\n2 faults in 2 files\n")


@pytest.mark.parametrize(
    ("line", "column", "width", "caret"),
    [
        ("  x: y", 6, 1, "     ^"),
        ("\tx: yes", 5, 3, "\t   ^^^"),
        ("名前: ü", 5, 1, "      ^"),
        ("a\u0301: x", 5, 1, "   ^"),
        ("x: 名前", 4, 2, "   ^^^^"),
        ("x:", 3, 1, "  ^"),
        ("", 1, 1, "^"),
    ],
)
def test_the_caret_stands_under_its_place(line: str, column: int, width: int, caret: str) -> None:
    text = render_faults([replace(FAULT, excerpt=line, column=column, width=width)])
    assert text.splitlines()[3] == f"  | {caret}"


def test_a_long_line_is_cut_around_its_place() -> None:
    text = render_faults([replace(FAULT, excerpt="x" * 5000 + "HERE" + "y" * 5000, column=5001, width=4)])
    _, _, line, caret, *_ = text.splitlines()
    assert len(line) < 120
    assert line[caret.index("^") : caret.rindex("^") + 1] == "HERE"


def test_a_long_text_is_underlined_no_further_than_it_is_shown() -> None:
    text = render_faults([replace(FAULT, excerpt="x" * 5000, column=11, width=4000)])
    _, _, line, caret, *_ = text.splitlines()
    assert len(caret) <= len(line)


@given(st.text(max_size=120), st.integers(1, 130), st.integers(1, 130))
def test_no_control_code_reaches_the_terminal(text: str, column: int, width: int) -> None:
    fault = Fault(
        kind=FaultKind.BAD_TEXT, file=text, line=1, column=column, path=text, sentence=text, suggestion=text, excerpt=text, width=width
    )  # fmt: skip
    lines = render_faults([fault])
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", lines)
    assert lines.count("\n") == 7


def test_an_escape_sequence_in_a_file_is_shown_as_text() -> None:
    faults = faults_in(b"version: 1\nx: \x1b[2J\x1b]0;owned\x07\n")
    assert "\x1b" not in render_faults(faults)
    assert "\x07" not in render_faults(faults)
