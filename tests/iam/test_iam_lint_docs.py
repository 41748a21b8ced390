"""docs/iam/lint.md shows every kind of fault."""

import re
from pathlib import Path

from liftgate.iam.lint import Code, Severity

PAGE = Path(__file__).parents[2] / "docs" / "iam" / "lint.md"


def test_the_page_shows_every_kind_of_fault() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = set(re.findall(r"^(?:error|warning|note) (\S+) at|\((\S+)\); ", text, re.MULTILINE))
    assert {code for pair in shown for code in pair if code} == set(Code)


def test_the_page_names_no_other_fault() -> None:
    headings = re.findall(r"^((?:`[a-z-]+`(?:, )?)+):", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    named = {name for line in headings for name in re.findall(r"`([a-z-]+)`", line)}
    assert named - set(Severity) == set(Code)
