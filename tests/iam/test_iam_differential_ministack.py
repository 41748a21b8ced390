"""Generated cases, decided by Liftgate and by the evaluator inside ministack, which nobody here wrote."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from tests.iam.generated.cases import worlds
from tests.iam.generated.difference import Findings, judge, stale
from tests.iam.generated.ours import our_decision, prepared, request_of
from tests.iam.generated.shrink import Case
from tests.iam.generated.vocabulary import NOW

pytest.importorskip(
    "ministack.core.iam_evaluator", reason="NOT COMPARED WITH MINISTACK: install the `demo` extra"
)

from tests.iam.generated.known_ministack import KNOWN
from tests.iam.generated.put_to_ministack import asked_of_ministack, cannot_be_put, their_decision

DIFFERENCES = Path(__file__).parents[2] / "docs" / "iam" / "differences.md"
WORLDS, REQUESTS, SEED = 5000, 10, 303


@pytest.mark.slow
def test_twenty_thousand_generated_cases_are_decided_alike_but_for_what_is_settled() -> None:
    findings = Findings()
    with time_machine.travel(NOW, tick=False):  # ministack reads the clock itself
        differing = list(_differing(findings))
        judge(findings, differing, KNOWN, our_decision, _theirs)
    print(findings.summary())  # noqa: T201  # seen with -s
    assert not findings.unexplained, findings.summary()
    assert not stale(findings, KNOWN)
    assert findings.compared >= 20_000
    assert min(findings.decisions.values()) > findings.compared / 10, (
        "the cases say too little of one decision"
    )


def test_what_is_settled_is_written_down() -> None:
    rows = set(DIFFERENCES.read_text(encoding="utf-8").splitlines())
    assert [kind.row for kind in KNOWN if kind.row not in rows] == []


def _differing(findings: Findings) -> Iterator[Case]:
    for world in worlds(SEED, WORLDS, requests=REQUESTS):
        ours, theirs = prepared(world.case(0)), asked_of_ministack(world.case(0))
        for number in range(REQUESTS):
            case = world.case(number)
            rule = cannot_be_put(case)
            if rule is not None:
                findings.skipped[rule] += 1
                continue
            findings.compared += 1
            decision = ours.evaluate(request_of(case)).decision.value
            findings.decisions[decision] += 1
            if decision != theirs(case["request"]):
                yield case


def _theirs(case: Case) -> str:
    return "" if cannot_be_put(case) else their_decision(case)
