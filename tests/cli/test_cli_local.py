"""What the command line does without a server: check a catalogue, verify an export, name what is not installed."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from tests.cli.conftest import Said

from liftgate.cli.exit_code import ExitCode
from liftgate.cli.extra import load_command
from liftgate.ledger.chain import seal
from liftgate.ledger.export import export_lines
from liftgate.ledger.model import Draft, Entry, EventKind

Run = Callable[..., Said]
EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_good_catalogue_has_no_faults(liftgate: Run) -> None:
    said = liftgate("catalogue", "check", str(EXAMPLES / "catalogue"))
    assert (said.code, said.out) == (0, "No faults.\n")


def test_a_faulty_catalogue_is_told_with_places_and_suggestions(liftgate: Run) -> None:
    path = str(EXAMPLES / "catalogue-faulty")
    said = liftgate("catalogue", "check", path)
    assert said.code == ExitCode.USAGE
    assert "catalogue.yaml:" in said.out
    assert "= help: " in said.out
    told = liftgate("catalogue", "check", path, "--output", "json")
    assert told.code == ExitCode.USAGE
    assert set(told.json["faults"][0]) == {"code", "file", "line", "column", "path", "sentence", "suggestion"}


def test_a_catalogue_that_is_not_there_is_a_fault(liftgate: Run, home: Path) -> None:
    said = liftgate("catalogue", "check", str(home / "none.yaml"))
    assert said.code == ExitCode.USAGE
    assert "cannot be read: no such file or directory" in said.out


@pytest.fixture
def export(home: Path) -> Path:
    entries: list[Entry] = []
    for number in range(3):
        draft = Draft(
            at=datetime(2026, 11, 24, 3, number, tzinfo=UTC),
            kind=EventKind.REQUESTED,
            actor="ada",
            request_id=f"rq-{number:016d}",
            body={"reason": "x"},
        )
        entries.append(seal(draft, entries[-1] if entries else None))
    path = home / "ledger.jsonl"
    path.write_text("".join(export_lines(entries)), encoding="utf-8")
    return path


def test_an_export_is_verified_without_the_server(liftgate: Run, export: Path) -> None:
    said = liftgate("ledger", "verify", "--file", str(export))
    assert said.code == 0
    assert said.out.startswith("intact: 3 entries, each bound to the one before it\n  head       3 ")
    assert liftgate("ledger", "verify", "--file", str(export), "--output", "json").json["count"] == 3


def test_one_altered_byte_of_an_export_is_found(liftgate: Run, export: Path) -> None:
    export.write_bytes(export.read_bytes().replace(b"03:01", b"03:09"))
    said = liftgate("ledger", "verify", "--file", str(export))
    assert said.code == ExitCode.CORRUPT
    assert said.out.startswith("broken at entry 2: ")
    told = liftgate("ledger", "verify", "--file", str(export), "--output", "json")
    assert (told.code, told.json["intact"], told.json["broken_at"]) == (ExitCode.CORRUPT, False, 2)


def test_an_empty_export_is_intact(liftgate: Run, home: Path) -> None:
    (home / "empty").write_text("", encoding="utf-8")
    assert liftgate("ledger", "verify", "--file", str(home / "empty")).out.startswith("intact: 0 entries")


def test_an_export_that_is_not_there(liftgate: Run, home: Path) -> None:
    said = liftgate("ledger", "verify", "--file", str(home / "none"))
    assert (said.code, "no such file or directory" in said.err) == (ExitCode.USAGE, True)


def test_a_part_that_is_not_installed_is_named_with_what_to_install(
    home: Path, monkeypatch: pytest.MonkeyPatch, liftgate: Run
) -> None:
    (home / "needs_much.py").write_text("import a_package_that_nobody_has\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(home))
    watch = load_command("needs_much", name="watch", extra="server")
    assert (watch.help or "").startswith("Take CloudTrail's events")
    command = load_command("needs_much", name="serve", extra="server")
    monkeypatch.setitem(sys.modules, "needs_much", None)
    assert isinstance(command, click.Command)
    assert "pip install 'liftgate[server]'" in (command.help or "")
    monkeypatch.setattr("liftgate.cli.app.module_of", lambda _: "liftgate.cli.commands.serve")
    monkeypatch.setattr("liftgate.cli.commands.serve.command", command)
    said = liftgate("serve", "--port", "1")
    assert said.code == ExitCode.UNAVAILABLE
    assert "a_package_that_nobody_has" in said.err
    assert "next: pip install 'liftgate[server]'" in said.err
