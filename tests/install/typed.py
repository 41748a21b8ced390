"""What the pages have people type to install Liftgate: in which it is typed, and what lies beside it."""

import os
import shutil
from pathlib import Path
from typing import Final

import pytest
from tests.docs.page_commands import ROOT

# Of a checkout, what is installed and run.
_CHECKOUT: Final = (
    *("Makefile", "pyproject.toml", "README.md", "LICENSE", ".dockerignore"),
    *("src", "requirements", "deploy", "tools"),
)

typed_in_full = pytest.mark.skipif(
    not os.environ.get("LIFTGATE_INSTALLS"),
    reason="NOT INSTALLED AS THE PAGES SAY, which fetches packages and takes minutes: make installs",
)


def copied_checkout(folder: Path) -> Path:
    """The checkout as somebody has it who has just cloned it."""
    kept = shutil.ignore_patterns("__pycache__")
    for name in _CHECKOUT:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=kept)
        else:
            folder.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def fetching(wheels: Path) -> dict[str, str]:
    """How pip, pipx and uv find Liftgate, which is in no index yet, and where this machine finds all else."""
    kept = {
        name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_", "LANG"))
    }
    links = [str(wheels), *kept.get("PIP_FIND_LINKS", "").split()]
    return (
        kept
        | {
            "PIP_FIND_LINKS": " ".join(links),
            "PIP_NO_COMPILE": "1",
            "UV_FIND_LINKS": ",".join(links),
            "UV_SYSTEM_CERTS": "1",  # as pip does: an index may have a certificate that this machine's owner signed
        }
    )
