"""The threat model names the tests that show each wall: they are there, and no threat is without one."""

import re
from pathlib import Path

import pytest
from tests.docs.named_tests import functions_in

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security" / "threat-model.md"
NAMED = sorted(set(re.findall(r"`(tests/[^`]+)`", PAGE.read_text("utf-8"))))


@pytest.mark.parametrize("named", NAMED)
def test_each_test_that_the_page_names_is_there(named: str) -> None:
    file, _, test = named.partition("::")
    assert (ROOT / file).exists()
    if test:
        assert test in functions_in(ROOT / file)


def test_no_threat_is_without_a_wall_and_something_that_shows_it() -> None:
    threats = [
        line.split(" | ")
        for line in PAGE.read_text("utf-8").split("## Threats")[1].splitlines()
        if line.startswith("| ")
    ]
    told = [row for row in threats if row[0] not in {"| threat", "| ---"}]
    assert len(told) > 35
    for row in told:
        assert len(row) == 3, row
        assert re.search(r"\*\*AWS\*\*|\*Liftgate\*|none of ours", row[1]), row
        assert "`tests/" in row[2] or "](" in row[2], row
