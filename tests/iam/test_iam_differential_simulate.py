"""Generated cases, decided by Liftgate and by the npm package iam-simulate, which nobody here wrote."""

from pathlib import Path
from typing import Any

import pytest
from tests.iam.generated.cases import worlds
from tests.iam.generated.difference import Findings, judge, stale
from tests.iam.generated.known_simulate import KNOWN
from tests.iam.generated.ours import our_decision
from tests.iam.generated.put_to_simulate import DECISIONS, as_simulation
from tests.iam.generated.shrink import Case
from tests.servers.iam_simulate import Simulate, running_simulate

DIFFERENCES = Path(__file__).parents[2] / "docs" / "iam" / "differences.md"
WORLDS, REQUESTS, SEED = 1800, 4, 303
DROPPED = "it drops a condition key of the request: it does not know `kms:EncryptionContext:…`"


@pytest.mark.slow
def test_four_thousand_generated_cases_are_decided_alike_but_for_what_is_settled() -> None:
    findings = Findings()
    cases = [world.case(n) for world in worlds(SEED, WORLDS, requests=REQUESTS) for n in range(REQUESTS)]
    with running_simulate() as simulate:
        answers = simulate.answers(map(as_simulation, cases))
        differing = [
            case for case, answer in zip(cases, answers, strict=True) if _differs(findings, case, answer)
        ]
        judge(findings, differing, KNOWN, our_decision, lambda case: _theirs(simulate, case))
    print(findings.summary())  # noqa: T201  # seen with -s
    assert not findings.unexplained, findings.summary()
    assert not stale(findings, KNOWN)
    assert findings.compared >= 4_000
    assert min(findings.decisions.values()) > findings.compared / 10, (
        "the cases say too little of one decision"
    )


def test_what_is_settled_is_written_down() -> None:
    rows = set(DIFFERENCES.read_text(encoding="utf-8").splitlines())
    assert [kind.row for kind in KNOWN if kind.row not in rows] == []


def _differs(findings: Findings, case: Case, answer: dict[str, Any]) -> bool:
    assert "error" not in answer, (answer, case)
    if answer["ignored"]:
        assert all(key.startswith("kms:EncryptionContext:") for key in answer["ignored"]), answer
        findings.skipped[DROPPED] += 1
        return False
    findings.compared += 1
    decision = our_decision(case)
    findings.decisions[decision] += 1
    return decision != DECISIONS[answer["decision"]]


def _theirs(simulate: Simulate, case: Case) -> str:
    return DECISIONS.get(simulate.answer(as_simulation(case)).get("decision", ""), "")
