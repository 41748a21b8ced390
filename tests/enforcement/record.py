"""What was tried and what happened: taken from the tests' own outcomes, one file of lines a worker.

A test says what it tries with ``tried(…)`` among its marks, and what happened with ``record_property("happened", …)``. The
hooks here, imported into the conftest of the folder, do the rest; nothing is written unless ENFORCEMENT_RECORD names a folder.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pytest

VARIABLE: Final = "ENFORCEMENT_RECORD"


class Outcome(StrEnum):
    """How a test came out."""

    AS_EXPECTED = "as expected"
    NOT_EXPRESSIBLE = "not expressible"
    DID_NOT_RUN = "did not run"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One cell of the page: what was tried, on whom, and what must happen."""

    topic: str
    case: str
    by: str  # the enforcer, or the client
    must: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What came of it."""

    tried: Tried
    outcome: Outcome
    said: str


@dataclass(frozen=True, slots=True)
class Record:
    """All that a run left behind."""

    planned: tuple[Tried, ...]  # in the order of the suite
    happened: tuple[Happened, ...]
    versions: dict[str, tuple[str, str]]  # by enforcer or client: the version, and a remark


def tried(topic: str, case: str, by: str, *, must: str) -> pytest.MarkDecorator:
    """The mark of a test whose outcome goes onto the page."""
    return pytest.mark.tried(topic=topic, case=case, by=by, must=must)


def note_version(by: str, version: str, remark: str = "") -> None:
    """Put on record which version of an enforcer or client is at work, and what is to be known of its column."""
    _append({"kind": "version", "by": by, "version": version, "remark": remark})


def read_record(folder: Path) -> Record:
    """What the workers wrote."""
    planned: list[Tried] = []
    happened: list[Happened] = []
    versions: dict[str, tuple[str, str]] = {}
    for line in _lines(folder):
        kind = line.pop("kind")
        if kind == "version":
            versions[line["by"]] = (line["version"], line["remark"])
        elif kind == "planned":
            planned.append(Tried(**line))
        else:
            outcome, said = Outcome(line.pop("outcome")), line.pop("said")
            happened.append(Happened(tried=Tried(**line), outcome=outcome, said=said))
    # Each folder that has these hooks plans all that was collected.
    return Record(tuple(dict.fromkeys(planned)), tuple(happened), versions)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Plan the page: every worker collects the same, so the first one writes it down."""
    if os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
        for item in items:
            for mark in item.iter_markers("tried"):
                _append({"kind": "planned", **mark.kwargs})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield  # type: ignore[assignment]  # what the wrapped hook returns
    mark = item.get_closest_marker("tried")
    if mark is not None and (report.when == "call" or report.outcome != "passed"):
        outcome, said = _judged(report)
        _append({"kind": "happened", **mark.kwargs, "outcome": outcome, "said": said})
    return report  # type: ignore[return-value]  # as pluggy wants it of a wrapper


def _judged(report: pytest.TestReport) -> tuple[Outcome, str]:
    expected_to_fail = getattr(report, "wasxfail", None)
    if report.outcome == "skipped" and expected_to_fail is not None:
        return Outcome.NOT_EXPRESSIBLE, str(expected_to_fail)
    if report.outcome == "skipped":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        return Outcome.DID_NOT_RUN, reason.removeprefix("Skipped: ")
    if report.outcome == "failed":
        return Outcome.FAILED, ""
    return Outcome.AS_EXPECTED, str(dict(report.user_properties).get("happened", "as expected"))


def _append(line: dict[str, Any]) -> None:
    folder = os.environ.get(VARIABLE)
    if folder:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
        with (Path(folder) / f"{worker}.jsonl").open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(line)}\n")


def _lines(folder: Path) -> Iterable[dict[str, Any]]:
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)
