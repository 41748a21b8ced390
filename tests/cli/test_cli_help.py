import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from tests.cli.conftest import Said

from liftgate.cli.app import root
from liftgate.cli.contents import CONTENTS, command_names, root_help
from liftgate.cli.exit_code import ExitCode

Run = Callable[..., Said]


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))


def test_the_first_screen_fits_into_60_columns() -> None:
    assert max(len(line) for line in root_help().splitlines()) <= 60
    assert all(f"  {name} " in root_help() for name in command_names())


def test_every_command_is_there_and_explains_itself(liftgate: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    for path in leaves(root):
        said = liftgate(*path, "--help")
        assert said.code == 0
        assert said.out.startswith(f"Usage: liftgate {' '.join(path)}")
        assert max(len(line) for line in said.out.splitlines()) <= 60
        assert said.err == ""


@pytest.mark.parametrize("path", [("ledger",), ("config",), ("profile",)])
def test_a_group_without_a_command_says_what_there_is(liftgate: Run, path: tuple[str, ...]) -> None:
    said = liftgate(*path)
    assert (said.code, said.out) == (ExitCode.USAGE, "")
    assert said.err == liftgate(*path, "--help").out


def test_a_command_is_named_as_the_table_of_contents_names_it() -> None:
    context = click.Context(root)
    for group in CONTENTS.values():
        for name in group:
            command = root.get_command(context, name)
            assert command is not None
            assert command.name == name


def test_no_command_is_imported_to_show_another() -> None:
    program = (
        "import sys; from liftgate.cli.main import main; main(['cancel', '--help']);"
        "print([name for name in ('httpx', 'botocore', 'rich', 'liftgate.cli.commands.request') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\n[]\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(liftgate: Run, shell: str) -> None:
    said = liftgate("completion", shell)
    assert said.code == 0
    assert "_LIFTGATE_COMPLETE" in said.out
    assert liftgate("completion", "tcsh").code == 2


@pytest.mark.slow
def test_a_shell_completes_commands_and_options() -> None:
    liftgate = str(Path(sys.executable).with_name("liftgate"))
    for typed, wanted in {
        "liftgate re": "review",
        "liftgate review ": "approve",
        "liftgate request --w": "--wait",
    }.items():
        done = subprocess.run(
            [liftgate],
            env={
                "_LIFTGATE_COMPLETE": "bash_complete",
                "COMP_WORDS": typed,
                "COMP_CWORD": str(len(typed.split(" ")) - 1),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert f"plain,{wanted}" in done.stdout.splitlines()


@pytest.mark.slow
def test_the_page_about_the_command_line_is_what_the_program_says() -> None:
    root_folder = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "tools/generate_cli_docs.py", "--check"],
        cwd=root_folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
