"""The examples in the documentation and the docstrings are true, and the engine depends on nothing."""

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import liftgate.iam

PAGES = sorted((Path(__file__).parents[2] / "docs" / "iam").glob("*.md"))
WITHOUT_EXAMPLES = {"differences.md"}
MODULES = [module.name for module in pkgutil.walk_packages(liftgate.iam.__path__, "liftgate.iam.")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_are_true(page: Path) -> None:
    ran = doctest.testfile(str(page), module_relative=False)
    assert ran.attempted >= (0 if page.name in WITHOUT_EXAMPLES else 8)
    assert ran.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", MODULES)
def test_the_docstrings_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_engine_loads_nothing_but_itself() -> None:
    """In a fresh interpreter: no boto, no pydantic, no other part of Liftgate."""
    program = (
        "import sys, importlib\n"
        "before = set(sys.modules)\n"
        f"for name in {MODULES!r}: importlib.import_module(name)\n"
        "new = set(sys.modules) - before\n"
        "print(sorted(n for n in new if n.startswith('liftgate') and not n.startswith('liftgate.iam')))\n"
        "print(sorted({n.partition('.')[0] for n in new} - set(sys.stdlib_module_names) - {'liftgate'}))\n"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", program], check=True, capture_output=True, text=True)
    assert ran.stdout.splitlines() == ["['liftgate', 'liftgate.errors']", "[]"]
