"""The page on comparing policies is true."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "iam" / "contain.md"


def test_the_page_is_true() -> None:
    ran = doctest.testfile(str(PAGE), module_relative=False)
    assert ran.attempted > 25
    assert ran.failed == 0
