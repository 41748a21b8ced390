"""The page of what the enforcers did has a row for each case that is tried, and none by hand."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.chaos import test_chaos_aws, test_chaos_database
from tests.enforcement.client_cases import DONE, REFUSED, RENEWED
from tests.enforcement.record import Happened, Outcome, Record, Tried
from tests.enforcement.revocation_cases import REVOCATION_CASES, TWO_GRANT_CASES
from tests.enforcement.scope_cases import SCOPE_CASES
from tests.enforcement.test_enforcement_uploads import FINISHED, LEFT, RENEWAL
from tests.enforcement.test_enforcement_window import AT_THE_END, WINDOW_CASES
from tests.enforcement.two_accounts import ACCOUNT_CASES
from tools.enforcement_page import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "enforcement.md"
TRIED = [
    Tried(topic="Scope", case=case, by=by, must="refused") for case in ("a", "b") for by in ("one", "two")
]


CHAOS_CASES = [case.id for case in test_chaos_aws.cases()]
DATABASE_CASES = [case.id for case in test_chaos_database.cases()]


@pytest.mark.parametrize(
    "cases",
    [
        SCOPE_CASES,
        WINDOW_CASES,
        (*AT_THE_END, LEFT, RENEWAL, FINISHED),
        REVOCATION_CASES,
        TWO_GRANT_CASES,
        ACCOUNT_CASES,
        CHAOS_CASES,
        DATABASE_CASES,
    ],
    ids=len,
)
def test_the_committed_page_has_a_row_for_each_case(cases: Iterable[str]) -> None:
    rows = [line.split(" | ")[0] for line in PAGE.read_text(encoding="utf-8").splitlines()]
    missing = [case for case in cases if rows.count(f"| {case}") != 1]
    assert not missing, f"run make enforcement: {missing}"


def test_the_committed_page_has_each_line_of_the_clients_on_both_enforcers() -> None:
    rows = [line.split(" | ")[0] for line in PAGE.read_text(encoding="utf-8").splitlines()]
    cases = {case for _, case in (*DONE, *REFUSED)}
    missing = [case for case in cases if rows.count(f"| {case}") != 2]
    assert not missing, f"run make enforcement: {missing}"
    assert rows.count(f"| {RENEWED}") == 1


def test_the_committed_page_tells_of_no_failure() -> None:
    text = PAGE.read_text(encoding="utf-8").split("## In sum")[1]
    assert "**failed**" not in text
    assert "**did not run**" not in text


def test_a_page_says_what_failed_what_did_not_run_and_why_not() -> None:
    def came(tried: Tried, outcome: Outcome, said: str) -> Happened:
        return Happened(tried=tried, outcome=outcome, said=said)

    record = Record(
        planned=tuple(TRIED),
        happened=(
            came(TRIED[0], Outcome.AS_EXPECTED, "refused"),
            came(TRIED[1], Outcome.NOT_EXPRESSIBLE, "it knows no time"),
            came(TRIED[2], Outcome.FAILED, ""),
        ),
        versions={"one": ("one 1.0", "")},
    )
    lines = page(record, "2026-11-28").splitlines()
    assert "| a | refused | refused | — (1) |" in lines
    assert "| b | refused | **failed** | **did not run** |" in lines
    assert "1. it knows no time" in lines
    assert "| one | 1 | 0 | 0 | 1 |" in lines
