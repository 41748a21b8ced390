"""``liftgate rules``: list and test, without a server."""

import json
from pathlib import Path

import pytest

from liftgate.cli.app import run
from liftgate.cli.exit_code import ExitCode

OWN = """version: 1
rules:
  - name: night-work
    title: A change at night
    severity: medium
    answer: alert
    on: call
    when: call.at.getHours() < 5
    because: '{call.operation} at {call.at}'
    tests:
      - {says: at three, facts: {call.at: '2026-11-02T03:00:00Z'}}
change:
  unclear: {off: true}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "own.yaml"
    file.write_text(OWN, encoding="utf-8")
    return file


def test_list_shows_shipped_rules_and_what_a_file_makes_of_them(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "list", "--output", "json"]) == ExitCode.OK
    shipped = {rule["name"]: rule for rule in map(json.loads, capsys.readouterr().out.splitlines())}
    assert shipped["tampering-done"]["answer"] == "quarantine"
    assert run(["rules", "list", str(own), "--output", "json"]) == ExitCode.OK
    changed = {json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()}
    assert changed == {*shipped, "night-work"} - {"unclear"}
    assert run(["rules", "list"]) == ExitCode.OK
    assert "Much was fetched" in capsys.readouterr().out


def test_the_shipped_rules_pass(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "test"]) == ExitCode.OK
    assert capsys.readouterr().out.endswith("rules passed.\n")
    assert run(["rules", "test", str(own), "--output", "json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["failed"] == []


def test_a_test_that_fails_is_named_with_its_reason(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own.write_text(OWN.replace("< 5", "< 2"), encoding="utf-8")
    assert run(["rules", "test", str(own), "--output", "json"]) == ExitCode.REFUSED
    assert json.loads(capsys.readouterr().out)["failed"] == [
        {"rule": "night-work", "test": "at three", "at": f"{own}:11", "wrong": "it found nothing"}
    ]
    assert run(["rules", "test", str(own)]) == ExitCode.REFUSED
    said = capsys.readouterr().out
    assert "night-work" in said
    assert "it found nothing" in said
    assert "1 test of " in said


def test_a_faulty_file_is_told_with_its_line(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own.write_text(OWN.replace("call.at.get", "call.when.get"), encoding="utf-8")
    assert run(["rules", "test", str(own)]) == ExitCode.USAGE
    assert f"{own}:8:11: there is no fact `call.when`" in capsys.readouterr().out
    assert run(["rules", "list", str(own), "--output", "json"]) == ExitCode.USAGE
    assert json.loads(capsys.readouterr().err)["code"] == "rules_faulty"
