"""Terraform and AWS's provider as they lie on this machine. Nothing is fetched, and the caller's own settings of either do not leak in.

The provider is looked for where Terraform does by itself, beside other programs under /opt, and in the folder that the
variable ``TERRAFORM_PLUGINS`` names.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from tests.servers.shell import type_line

_PROVIDER: Final = "registry.terraform.io/hashicorp/aws"
_MISSING: Final = (
    "NOT TRIED BY TERRAFORM: put `terraform` on the path, and AWS's provider where Terraform looks for it "
    "(/usr/local/share/terraform/plugins), or name its folder in TERRAFORM_PLUGINS"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terraform:
    """The program, in a folder with a module."""

    program: str
    plugins: Path
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    def run(self, *words: str) -> str:
        """What a command says. It fails the test where the command does."""
        found = self.ask(*words)
        assert found.returncode == 0, found.stdout + found.stderr
        return found.stdout

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command, however it ends."""
        return subprocess.run(
            [self.program, f"-chdir={self.folder}", *words],
            env={**self._environment(), "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"},
            check=False,
            capture_output=True,
            text=True,
        )

    def type(self, line: str, *, answers: str) -> str:
        """What a line says that is typed in the folder, and whose questions are answered. It fails the test where the line does."""
        path = f"{Path(self.program).parent}{os.pathsep}{os.defpath}"
        environment = {**self._environment(), "PATH": path}
        return type_line(line, environment=environment, folder=self.folder, answers=answers)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "HOME": str(self.folder),
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": str(self._settings()),
            **{f"TF_VAR_{name}": value for name, value in self.variables.items()},
        }

    def read(self, *words: str) -> Any:
        """What a command says as JSON, however it ends."""
        return json.loads(self.ask(*words, "-json").stdout)

    def _settings(self) -> Path:
        path = self.folder / "terraform.rc"
        mirror = json.dumps(str(self.plugins))
        path.write_text(f"provider_installation {{\n  filesystem_mirror {{\n    path = {mirror}\n  }}\n}}\n")
        return path


def terraform_in(folder: Path, **variables: str) -> Terraform:
    """Terraform for the module in a folder; skips the test, saying why, where it or AWS's provider is not here."""
    program = shutil.which("terraform")
    plugins = next((place for place in _places() if any(place.glob(f"{_PROVIDER}/*"))), None)
    if program is None or plugins is None:
        pytest.skip(_MISSING)
    return Terraform(program=program, plugins=plugins, folder=folder, variables=variables)


def _places() -> Iterator[Path]:
    named = os.environ.get("TERRAFORM_PLUGINS")
    if named:
        yield Path(named)
    yield Path.home() / ".terraform.d" / "plugins"
    yield Path.home() / ".local" / "share" / "terraform" / "plugins"
    yield Path("/usr/local/share/terraform/plugins")
    yield Path("/usr/share/terraform/plugins")
    yield from sorted(Path("/opt").glob("*/"))
