"""The examples in the documentation of explain, and in the docstrings of its parts, are true."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import liftgate.iam.explaining

DOCS = Path(__file__).parents[2] / "docs" / "iam"
PARTS = [
    one.name for one in pkgutil.iter_modules(liftgate.iam.explaining.__path__, "liftgate.iam.explaining.")
]


def test_the_page_is_true() -> None:
    ran = doctest.testfile(str(DOCS / "explain.md"), module_relative=False)
    assert ran.attempted > 10
    assert ran.failed == 0


@pytest.mark.parametrize("name", PARTS)
def test_the_docstrings_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
