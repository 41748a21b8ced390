"""docs/ledger.md is true: its example verifies, its program finds what it says, and no kind of entry is missing."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from liftgate.ledger.chain import Intact, seal
from liftgate.ledger.export import export_lines, verify_export
from liftgate.ledger.model import Draft, Entry, EventKind

PAGE = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def chain() -> list[Entry]:
    entries: list[Entry] = []
    for number in range(5):
        draft = Draft(
            at=datetime(2026, 11, 24, 3, number, 34, number, UTC),
            kind=EventKind.GRANTED,
            actor="ada",
            grant_id=f"gr-{number:016}",
            body={"why": 'ünï "🪣"\n', "number": number},
        )
        entries.append(seal(draft, entries[-1] if entries else None))
    return entries


ENTRIES = chain()
LINES = list(export_lines(ENTRIES))
FORGED = seal(replace(ENTRIES[2].draft, actor="eve"), ENTRIES[1])
HEAD = ["5", ENTRIES[-1].hash]


def test_the_example_verifies() -> None:
    verdict = verify_export(block("json").splitlines(keepends=True))
    assert isinstance(verdict, Intact)
    assert verdict.count == 2


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_entry_is_explained(kind: EventKind) -> None:
    assert f"`{kind.value}`" in PAGE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lines", "noted", "says"),
    [
        (LINES, [], f"intact: 5 entries, head 5 {ENTRIES[-1].hash}"),
        (LINES, HEAD, "intact: 5 entries"),
        (LINES, ["3", ENTRIES[2].hash], "intact: 5 entries"),
        ([*LINES[:2], LINES[2].replace("ada", "eve"), *LINES[3:]], [], "entry 3 was altered"),
        ([*LINES[:2], *export_lines([FORGED]), *LINES[3:]], [], "entry 4 does not follow"),
        ([*LINES[:2], *LINES[3:]], [], "entry 3 does not follow"),
        ([LINES[1], LINES[0], *LINES[2:]], [], "entry 1 does not follow"),
        ([LINES[0].replace(":", ": ", 1), *LINES[1:]], [], "entry 1 is not written as it was sealed"),
        (LINES[:3], HEAD, "the ledger ends at 3, but 5 was noted"),
        (LINES, ["3", FORGED.hash], "entry 3 is not the one that was noted"),
    ],
)
def test_the_program_on_the_page_finds_what_it_says(
    tmp_path: Path, lines: list[str], noted: list[str], says: str
) -> None:
    program, exported = tmp_path / "verify.py", tmp_path / "ledger.jsonl"
    program.write_text(block("python"), encoding="utf-8")
    exported.write_text("".join(lines), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-I", program, exported, *noted], capture_output=True, text=True, check=False
    )
    assert says in ran.stdout + ran.stderr
    assert ran.returncode == (0 if says.startswith("intact") else 1)
