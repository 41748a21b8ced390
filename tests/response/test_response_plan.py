"""Which steps a finding calls for, and when a hold is over."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.watch.watch_examples import GRANT_ID, NOON, PERSON

from liftgate.access.hold import Hold, Release
from liftgate.response.model import Step
from liftgate.response.plan import steps_for
from liftgate.watch.finding import Answer, Finding, Severity, finding_id

FINDING = Finding(
    id=finding_id("outside-scope", "event-1"),
    rule="outside-scope",
    title="Outside scope",
    because="s3:PutObject on arn:aws:s3:::other/x was not granted",
    severity=Severity.HIGH,
    answer=Answer.QUARANTINE,
    at=NOON,
    grant_id=GRANT_ID,
    person=PERSON,
)


@pytest.mark.parametrize(
    ("answer", "steps"),
    [
        (Answer.NOTHING, ()),
        (Answer.ALERT, (Step.ALERT,)),
        (Answer.REVOKE, (Step.ALERT, Step.REVOKE)),
        (Answer.QUARANTINE, (Step.ALERT, Step.REVOKE, Step.QUARANTINE)),
    ],
)
def test_each_answer_takes_in_the_ones_before_it(answer: Answer, steps: tuple[Step, ...]) -> None:
    assert steps_for(replace(FINDING, answer=answer)) == steps


def test_what_is_not_known_cannot_be_taken_back() -> None:
    assert steps_for(replace(FINDING, grant_id=None)) == (Step.ALERT, Step.QUARANTINE)
    assert steps_for(replace(FINDING, grant_id=None, person=None)) == (Step.ALERT,)


def test_a_hold_ends_by_two_others() -> None:
    def released(*guards: str) -> Hold:
        releases = tuple(
            Release(by=guard, reason="seen", released_at=NOON + timedelta(hours=1)) for guard in guards
        )
        return Hold(person=PERSON, finding_id=FINDING.id, because="x", placed_at=NOON, releases=releases)

    assert not released().is_over
    assert not released("grace").is_over
    assert not released("grace", "grace").is_over
    assert not released("grace", PERSON).is_over
    assert released("grace", "linus").is_over


def test_ids_of_findings_are_the_same_each_time_and_differ() -> None:
    ids = {finding_id(rule, subject) for rule in ("a", "b") for subject in ("1", "2", "a\0b")}
    assert len(ids) == 6
    assert all(one.startswith("fi-") and len(one) == 19 for one in ids)
    assert finding_id("a", "1") in ids
