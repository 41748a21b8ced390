"""Write docs/enforcement.md from what a run of the tests left behind, and print its tables.

    ENFORCEMENT_RECORD=build/enforcement pytest tests/enforcement tests/chaos tests/whole/test_whole_crashes*.py
    python tools/enforcement_page.py build/enforcement

No cell is written by hand: what must happen comes from the tests' own parameters, what happened from their outcomes.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "enforcement.md"
sys.path.insert(0, str(ROOT))

from tests.enforcement.record import Happened, Outcome, Record, read_record  # noqa: E402 - the folder above is needed first

_HEAD: Final = """\
# What was tried on whom, and what happened

Written by `make enforcement` from the outcomes of the tests; do not edit. Liftgate's promises rest on enforcement by programs
that nobody here wrote. Each case below was a real call to each of them, with a session that Liftgate lent, on {day}; under
*Clients*, what a client did that people use, line by line as they call it. Under *AWS goes wrong*, *The database goes away*,
*Many at once* and *Killed* stands what Liftgate itself did on the embedded AWS: what it answered while the fault lasted, and what
`liftgate doctor --reconcile` found to repair, first while it lasted and then when it was over.

`allowed` and `refused` are what the program answered, and what had to be answered: a case that came out otherwise fails the
tests, and would stand here as **failed**. `—` is a case that a program cannot express; the reason stands below the table.
A case that did not run says so.
"""


def page(record: Record, day: str) -> str:
    """The whole page."""
    by_topic: dict[str, dict[str, dict[str, Happened]]] = {}
    columns: dict[str, list[str]] = {}
    for tried in record.planned:
        by_topic.setdefault(tried.topic, {}).setdefault(tried.case, {})
        names = columns.setdefault(tried.topic, [])
        if tried.by not in names:
            names.append(tried.by)
    for one in record.happened:
        by_topic[one.tried.topic][one.tried.case][one.tried.by] = one
    parts = [_HEAD.format(day=day), _versions(record), _sums(record)]
    parts += [_topic(topic, cases, columns[topic], record) for topic, cases in by_topic.items()]
    return "\n".join(parts)


def _versions(record: Record) -> str:
    rows = [(by, version, remark) for by, (version, remark) in sorted(record.versions.items())]
    return "## Who was asked\n\n" + _table(("who", "what ran", "what is to be known"), rows)


def _sums(record: Record) -> str:
    outcomes = {
        name: [one.outcome for one in record.happened if one.tried.by == name] for name in _names(record)
    }
    rows = [(name, *(str(found.count(outcome)) for outcome in Outcome)) for name, found in outcomes.items()]
    return "## In sum\n\n" + _table(("who", *(outcome.value for outcome in Outcome)), rows)


def _names(record: Record) -> list[str]:
    return list(dict.fromkeys(tried.by for tried in record.planned))


def _topic(topic: str, cases: dict[str, dict[str, Happened]], names: Sequence[str], record: Record) -> str:
    reasons: dict[str, int] = {}
    rows = []
    must = {(tried.topic, tried.case): tried.must for tried in record.planned}
    planned = {(tried.topic, tried.case, tried.by) for tried in record.planned}
    for case, found in cases.items():
        cells = [_cell(found.get(name), reasons, is_planned=(topic, case, name) in planned) for name in names]
        rows.append((case, must[topic, case], *cells))
    notes = "".join(f"\n{number}. {reason}" for reason, number in reasons.items())
    return f"## {topic}\n\n" + _table(("case", "must be", *names), rows) + (f"{notes}\n" if notes else "")


def _cell(happened: Happened | None, reasons: dict[str, int], *, is_planned: bool) -> str:
    if happened is None:
        return "**did not run**" if is_planned else ""
    match happened.outcome:
        case Outcome.AS_EXPECTED:
            return happened.said
        case Outcome.NOT_EXPRESSIBLE:
            return f"— ({reasons.setdefault(happened.said, len(reasons) + 1)})"
        case Outcome.DID_NOT_RUN:
            return f"**did not run** ({reasons.setdefault(happened.said, len(reasons) + 1)})"
        case Outcome.FAILED:
            return "**failed**"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(map(_escaped, line))} |\n" for line in lines)


def _escaped(cell: str) -> str:
    return cell.replace("|", r"\|")


def main() -> int:
    """Write the page, print it, and say by the exit code whether all ran and came out as it must."""
    record = read_record(Path(sys.argv[1]))
    text = page(record, f"{datetime.now(UTC):%Y-%m-%d}")
    PAGE.write_text(text, encoding="utf-8")
    print(text)
    wrong = [one for one in record.happened if one.outcome in {Outcome.FAILED, Outcome.DID_NOT_RUN}]
    missing = len(record.planned) - len(
        {(one.tried.topic, one.tried.case, one.tried.by) for one in record.happened}
    )
    print(
        f"wrote {PAGE.relative_to(ROOT)}: {len(record.happened)} cases, {len(wrong)} failed or did not run, {missing} missing"
    )
    return 1 if wrong or missing else 0


if __name__ == "__main__":
    sys.exit(main())
