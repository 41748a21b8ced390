"""What is written for the sample catalogues: it is what stands in examples/deploy."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tools.generate_deploy_docs import FOLDER, ROLES, SAMPLES, roles_page, sample_files


@pytest.mark.parametrize(
    ("name", "tool"), [(name, tool) for name, one in SAMPLES.items() for tool in one.tools]
)
def test_the_samples_stand_in_the_repository_as_they_are_written(name: str, tool: str) -> None:
    folder = FOLDER / name / tool
    there = {
        str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()
    }
    assert there == sample_files(name, tool), "run: make docs"


def test_terraform_itself_lays_the_module_out_as_it_is_written() -> None:
    terraform = shutil.which("terraform") or shutil.which("tofu")
    if terraform is None:
        pytest.skip(
            "NOT READ BY TERRAFORM: python-hcl2 alone reads the module; put `terraform` or `tofu` on the path"
        )
    found = subprocess.run(
        [terraform, "fmt", "-check", "-recursive", str(FOLDER)], check=False, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_page_of_roles_has_the_calls_as_they_are_and_names_tests_that_there_are() -> None:
    page = ROLES.read_text("utf-8")
    assert page == roles_page(), "run: make docs"
    there = "".join(path.read_text("utf-8") for path in Path(__file__).parents[1].rglob("test_*.py"))
    named = set(re.findall(r"`(test_[a-z_]+)`", page))
    assert len(named) > 12
    assert [name for name in sorted(named) if f"def {name}(" not in there] == []
