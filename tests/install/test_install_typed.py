"""The lines of the pages that install Liftgate by pip, pipx and uv, typed in their order, each on a machine that has nothing of it."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tests.docs.not_played import left_to
from tests.docs.page_commands import ROOT
from tests.install.test_install_client import wheel as wheel  # noqa: PLC0414 - a fixture
from tests.install.typed import copied_checkout, fetching, typed_in_full
from tests.servers.shell import type_line

pytestmark = [pytest.mark.slow, typed_in_full, pytest.mark.timeout(1800)]

TEST: Final = "tests/install/test_install_typed.py::test_each_line_that_installs_brings_what_it_says"
INSTALLERS: Final = ROOT / ".venv" / "installers" / "bin"
# What each extra adds, as somebody would first see it.
BRINGS: Final = {
    "": "liftgate --help",
    "server": "liftgate serve --help",
    "postgresql": "liftgate serve --help && python -c 'import psycopg'",
    "demo": "liftgate demo --help && python -c 'import ministack'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody with a Python of their own and nothing in it, in a checkout."""

    checkout: Path
    home: Path
    environment: dict[str, str]

    def type(self, line: str) -> str:
        return type_line(line, environment=self.environment, folder=self.checkout)


def newcomer(checkout: Path, home: Path, wheels: Path) -> Newcomer:
    python = home / "python"
    subprocess.run([sys.executable, "-m", "venv", str(python)], check=True)
    path = [python / "bin", home / ".local" / "bin", INSTALLERS, "/usr/bin", "/bin"]
    return Newcomer(
        checkout=checkout,
        home=home,
        environment={
            **fetching(wheels),
            "HOME": str(home),
            "PATH": os.pathsep.join(map(str, path)),
            "VIRTUAL_ENV": str(python),
        },
    )


def lines() -> list[str]:
    """As they are typed: without what a comment says, but with the extras that it names."""
    found: list[str] = []
    for one in left_to(TEST):
        line, _, comment = one.text.partition("#")
        more = re.findall(r"'liftgate\[[a-z]+\]'", comment)
        found += [
            line.strip().replace("-r …", "-r requirements/server.lock"),
            *(f"pip install {extra}" for extra in more),
        ]
    return list(dict.fromkeys(found))


def test_each_line_that_installs_brings_what_it_says(tmp_path: Path, wheel: Path) -> None:
    checkout = copied_checkout(tmp_path / "checkout")
    typed = lines()
    assert len(typed) > 9
    for number, line in enumerate(typed):
        home = tmp_path / str(number)
        home.mkdir()
        somebody = newcomer(checkout, home, wheel.parent)
        said = somebody.type(line)
        if line.startswith("uvx "):
            assert said.rpartition("Usage: liftgate")[1], f"{line}\n{said}"
        elif "liftgate" in line:
            extra = re.search(r"\[([a-z]+)\]", line)
            assert "Usage: liftgate" in somebody.type(BRINGS[extra[1] if extra else ""]), line
        elif "hatchling" in line:
            assert [one.name for one in checkout.glob("dist/*")] == [wheel.name]
        else:
            assert "import sqlalchemy" not in somebody.type("python -c 'import sqlalchemy, fastapi'")
