"""An exported ledger verifies by itself, also without any of our code, and shows each altered byte."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.ledger.chain import Broken, Head, Intact, seal
from liftgate.ledger.errors import UnreadableEntry
from liftgate.ledger.export import export_lines, read_export, verify_export
from liftgate.ledger.model import Draft, Entry, EventKind

NOW = datetime(2026, 11, 24, 3, 36, 34, 123456, tzinfo=UTC)


def chain() -> list[Entry]:
    entries: list[Entry] = []
    for number in range(6):
        draft = Draft(
            at=NOW.replace(microsecond=0 if number % 2 else 123456),
            kind=EventKind.GRANTED,
            actor="ada",
            request_id="rq-0000000000000001" if number else None,
            grant_id="gr-0000000000000001",
            body={
                "why": 'répair 🪣 "it"\n\x07',
                "places": ["s3://b/p/"],
                "n": number,
                "yes": True,
                "no": None,
            },
        )
        entries.append(seal(draft, entries[-1] if entries else None))
    return entries


ENTRIES = chain()
LINES = list(export_lines(ENTRIES))
TEXT = "".join(LINES).encode()
HEAD = Head(seq=6, hash=ENTRIES[-1].hash)


def test_an_export_reads_back_as_what_was_recorded() -> None:
    assert list(read_export(LINES)) == ENTRIES
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in LINES)


def test_an_export_verifies_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    file.write_bytes(TEXT)
    with file.open(encoding="utf-8") as lines:
        assert verify_export(lines) == Intact(count=6, head=HEAD)
    with file.open("rb") as raw:
        assert verify_export(raw, expected_head=HEAD) == Intact(count=6, head=HEAD)


def test_an_export_can_go_on_where_another_ended() -> None:
    middle = Head(seq=3, hash=ENTRIES[2].hash)
    assert verify_export(LINES[3:], after=middle) == Intact(count=3, head=HEAD)
    assert isinstance(verify_export(LINES[3:]), Broken)
    assert verify_export([*LINES[3:4], "{}\n"], after=middle) == Broken(
        seq=5, because="altered: it does not have the nine fields of an entry"
    )


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 255))
def test_each_altered_byte_is_found_and_its_line_named(position: int, flip: int) -> None:
    altered = bytearray(TEXT)
    altered[position] ^= flip
    verdict = verify_export(bytes(altered).splitlines(keepends=True), expected_head=HEAD)
    assert isinstance(verdict, Broken)
    line = TEXT[:position].count(b"\n") + 1
    # A line end put in or taken away moves the lines after it; otherwise the line itself is named.
    assert verdict.seq in {line, line + 1} if bytes(altered).count(b"\n") != 6 else verdict.seq == line


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\n",
        "null\n",
        "[]\n",
        '"text"\n',
        "{}\n",
        "[" * 100_000,
        '{"seq":1e999}\n',
        LINES[2].replace(":", ": ", 1),
        LINES[2].replace('"actor":"ada"', '"actor":"ada","actor":"ada"'),
        LINES[2].replace('"n":2', '"n":2.0'),
        LINES[2].replace('"seq":3', '"seq":"3"'),
        LINES[2].replace('"seq":3', '"seq":true'),
        LINES[2].replace("grant.made", "grant.mode"),
        LINES[2].replace('"actor":"ada"', '"actor":null'),
        LINES[2].replace('"actor":"ada"', '"actor":["ada"]'),
        LINES[2].replace("03:36:34.123456Z", "03:36:34.123456+00:00"),
        LINES[2].replace("03:36:34.123456Z", "03:36:34.123456"),
        LINES[2].replace("2026-11-24T", "2026-11-24 "),
        LINES[2].replace("🪣", "\\ud83e\\udea3"),
        LINES[2].rstrip("\n") + " \n",
        LINES[2].rstrip("\n") + "\r\n",
    ],
)
def test_a_line_in_any_other_form_is_refused_and_named(line: str) -> None:
    assert line != LINES[2]
    verdict = verify_export([*LINES[:2], line, *LINES[3:]])
    assert isinstance(verdict, Broken)
    assert verdict.seq == 3


def test_an_unreadable_line_names_itself() -> None:
    with pytest.raises(UnreadableEntry) as broken:
        list(read_export([LINES[0], "oops\n"]))
    assert broken.value.seq == 2
    assert "`2`" in str(broken.value)


def test_a_stranger_needs_nothing_of_ours() -> None:
    previous, seq = "0" * 64, 0
    for line in TEXT.decode().splitlines():
        entry = json.loads(line)
        claimed = entry.pop("hash")
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        seq += 1
        assert entry["seq"] == seq
        assert entry["previous"] == previous
        assert hashlib.sha256(text.encode()).hexdigest() == claimed
        previous = claimed
    assert seq == 6


def test_the_last_line_may_be_rewritten_only_before_its_head_was_noted() -> None:
    forged = seal(replace(ENTRIES[-1].draft, actor="eve"), ENTRIES[-2])
    lines = [*LINES[:-1], *export_lines([forged])]
    assert isinstance(verify_export(lines), Intact)
    assert verify_export(lines, expected_head=HEAD) == Broken(
        seq=6, because="rewritten: another entry stood here when its hash was noted"
    )
