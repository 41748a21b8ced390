"""A replay: every call judged once, whatever the files are, in whatever order."""

import json
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.watch.replay_examples import numbered, replayed, written
from tests.watch.watch_examples import known

from liftgate.watch import two_processes
from liftgate.watch.errors import NoSuchLogs
from liftgate.watch.finding import Severity
from liftgate.watch.known import NOTHING_KNOWN, known_in_memory
from liftgate.watch.log_files import log_files
from liftgate.watch.look import Hit
from liftgate.watch.replay import Summary, replay
from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.two_processes import with_two_processes
from liftgate.watch.verdict import Verdict

REAL = Path(__file__).parent.parent / "data" / "cloudtrail"
OUTSIDE: dict[str, Any] = {"requestParameters": {"bucketName": "reports", "key": "2025/x"}}
REFUSED = {"errorCode": "AccessDenied"}


def ids(hits: Sequence[Hit]) -> list[str]:
    return sorted(hit.finding.id for hit in hits)


def test_findings_and_the_summary(tmp_path: Path) -> None:
    written(tmp_path / "a.json", [numbered(1), numbered(2, **OUTSIDE), 7])
    written(tmp_path / "b.json.gz", [numbered(3, **OUTSIDE, errorCode="AccessDenied")])
    hits, summary = replayed(tmp_path, known=known())
    assert [(hit.finding.rule, hit.finding.severity) for hit in hits] == [
        ("outside-scope-done", Severity.HIGH),
        ("outside-scope-tried", Severity.LOW),
    ]
    assert hits[0].event is not None
    assert hits[0].finding.event_ids == (hits[0].event.event_id,)
    assert (summary.files, summary.events, summary.set_aside_count) == (2, 3, 1)
    assert summary.set_aside[0].where == f"{tmp_path / 'a.json'}, record 3"
    assert summary.verdicts == {Verdict.EXPECTED: 1, Verdict.OUTSIDE_SCOPE: 2}


@pytest.mark.parametrize("seed", range(5))
def test_order_copies_and_files_change_nothing(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - no secret
    records = [numbered(number, **(OUTSIDE | REFUSED if number % 2 == 0 else {})) for number in range(60)]
    written(tmp_path / "whole" / "a.json", records)
    copies = [*records, *draw.sample(records, 30)]
    draw.shuffle(copies)
    cuts = sorted(draw.sample(range(len(copies)), 5))
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, None], strict=True)):
        written(tmp_path / "parts" / f"{number}.json.gz", copies[start:end])
    whole, counted = replayed(tmp_path / "whole", known=known())
    parts, recounted = replayed(tmp_path / "parts", known=known())
    assert ids(whole) == ids(parts)
    assert (recounted.events, recounted.repeated, recounted.verdicts) == (60, 30, counted.verdicts)
    assert "probing" in {hit.finding.rule for hit in parts}  # a rule on all calls of the grant
    assert [hit.finding for hit in whole if hit.event is None] == [
        hit.finding for hit in parts if hit.event is None
    ]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    for number in range(8):
        written(
            tmp_path / f"{number}.json",
            [numbered(number * 100 + each, **(OUTSIDE if each % 7 == 0 else {})) for each in range(120)],
        )
    return tmp_path


@pytest.mark.slow
def test_two_processes_find_what_one_finds(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_processes, "_WORTH_IT", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    one = replayed(many, known=known())
    summary = Summary()
    two = list(replay(log_files([many]), known(), load_rulebook, summary, look_at=with_two_processes))
    assert (two, summary) == one
    assert summary.repeated == 7 * 20


@pytest.mark.slow
def test_a_second_process_that_dies_loses_nothing(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_processes, "_WORTH_IT", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(two_processes, "_help", _takes_one_and_dies)
    one = replayed(many, known=known())
    assert replayed(many, known=known(), look_at=with_two_processes) == one


def _takes_one_and_dies(_files: Any, _known: Any, _rulebook: Any, following: Any, _done: Any) -> None:
    with following.get_lock():
        following.value += 1
    raise SystemExit(1)


def test_real_records_with_nothing_known_show_who_changed_permissions_or_records() -> None:
    hits, summary = replayed(REAL, known=NOTHING_KNOWN, by_anyone=True)
    assert summary.set_aside_count == 0
    techniques = {file.stem for file in REAL.glob("*.json")}
    assert len(techniques) == summary.files
    found = {hit.event.event_name for hit in hits if hit.event}
    assert found >= {
        "StopLogging",
        "DeleteTrail",
        "PutEventSelectors",
        "CreateAccessKey",
        "CreateTrustAnchor",
    }
    assert found >= {"LeaveOrganization", "GetFederationToken", "UpdateLoginProfile", "AttachUserPolicy"}
    assert {hit.finding.rule for hit in hits} == {
        "trail-stopped",
        "tampering-by-anyone",
        "tampering-refused-to-anyone",
    }


@pytest.mark.parametrize("file", sorted(REAL.glob("*.json")), ids=lambda file: file.stem)
def test_every_real_call_by_an_elevated_role_is_a_finding(file: Path) -> None:
    """As if each role in the records were an elevated one: nobody was granted anything."""
    records = json.loads(file.read_text())
    issuers = [one["userIdentity"].get("sessionContext", {}).get("sessionIssuer", {}) for one in records]
    roles = {issuer["arn"] for issuer in issuers if issuer.get("type") == "Role"}
    hits, summary = replayed(file, known=known_in_memory([], [], elevated_roles=roles))
    by_roles = [one["eventID"] for one, by in zip(records, issuers, strict=True) if by.get("arn") in roles]
    assert sorted(by_roles) == sorted(
        one for hit in hits if hit.finding.rule == "no-grant" for one in hit.finding.event_ids
    )
    assert summary.events == len(records)


def test_which_files_of_a_folder_are_read(tmp_path: Path) -> None:
    for name, data in {
        "b/2.json.gz": b"\x1f\x8b",
        "b/1.json": b"",
        "a": b' {"Records": []}',
        "README.md": b"# Notes",
        ".hidden.json": b"{}",
        "c/packed": b"\x1f\x8bxx",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "loop").symlink_to(tmp_path)
    names = [str(file.path.relative_to(tmp_path)) for file in log_files([tmp_path, tmp_path / "a"])]
    assert names == ["a", "b/1.json", "b/2.json.gz", "c/packed"]
    with pytest.raises(NoSuchLogs) as raised:
        log_files([tmp_path / "none"])
    assert "no such file" in raised.value.sentence


def test_a_file_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    gone_soon = written(tmp_path / "a.json", [numbered(1)])
    written(tmp_path / "b.json", [numbered(2, **OUTSIDE)])
    files = log_files([tmp_path])
    gone_soon.unlink()
    summary = Summary()
    hits = list(replay(files, known(), load_rulebook, summary))
    assert len(hits) == 1
    assert "no such file" in summary.set_aside[0].reason


def test_a_long_file_is_read_in_parts_like_a_short_one(tmp_path: Path) -> None:
    padding: dict[str, Any] = {"additionalEventData": {"padding": "x" * 2000}}
    records: list[Any] = [numbered(number, **padding) for number in range(6000)]
    records[4321] = {"eventID": 7}
    records[5000] = numbered(5000, **OUTSIDE)
    path = written(tmp_path / "a.json", records)
    assert path.stat().st_size > 9_000_000
    hits, summary = replayed(path, known=known())
    assert (summary.events, len(hits)) == (5999, 1)
    assert [one.where for one in summary.set_aside] == [f"{path}, record 4322"]
