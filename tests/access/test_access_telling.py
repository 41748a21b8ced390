"""Who is told what and when, and what is overtaken by the time that it is due; and dry runs, of which nobody is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.access.access_examples import NOON, ask
from tests.access.rules_desk import HOUR, MINUTE, Desk, catalogue, rule, ruled, stage, when

from liftgate.access.errors import OutsideCeiling, PersonHeld, TooLong
from liftgate.access.hold import Hold
from liftgate.access.judging import Outcome
from liftgate.access.model import Answer
from liftgate.access.ports import EffectKind
from liftgate.access.telling import next_reminder, recipients_now
from liftgate.catalogue.model import Entitlement, WithoutReview
from liftgate.response.drafts import hold_placed

DeskOf = Callable[..., Desk]
OWNERS = stage(
    "owners",
    "grace",
    "linus",
    remind_after=30 * MINUTE,
    escalate_after=2 * HOUR,
    escalate_to=frozenset({"kathy"}),
)
RULED = ruled(rule(OWNERS, stage("boss", "boss")))


def queued(desk: Desk) -> dict[str, timedelta]:
    """What is queued to be told, and when from noon."""
    with desk.store.write() as transaction:
        claimed = transaction.outbox.claim(
            NOON + timedelta(days=9), lease=timedelta(0), limit=99, worker="w", kinds=(EffectKind.TELL,)
        )
    return {one.effect.key: one.effect.due_at - NOON for one in claimed}


def reminder(request_id: str, after: timedelta) -> str:
    """The id of a reminder of the first stage, which names its time: there may be several."""
    return f"review.reminder {request_id} 0 {int((NOON + after).timestamp())}"


def concerned(desk: Desk, told_id: str) -> frozenset[str]:
    told = desk.told(told_id)
    assert told is not None
    with desk.store.read() as view:
        return recipients_now(told, view, desk.catalogue, desk.now)


def test_a_request_queues_all_that_may_come_of_it(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    made = desk.make().request.id
    assert queued(desk) == {
        f"request.made {made}": timedelta(0),
        f"review.due {made} 0": timedelta(0),
        reminder(made, 30 * MINUTE): 30 * MINUTE,
        f"review.escalated {made} 0": 2 * HOUR,
        f"request.lapsed {made}": 24 * HOUR,
    }
    assert concerned(desk, f"review.due {made} 0") == {"grace", "linus"}
    desk.wait(2 * HOUR)
    assert concerned(desk, f"review.escalated {made} 0") == {"kathy"}


def test_the_next_stage_is_told_when_its_turn_comes_and_the_requester_of_the_end(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    made = desk.make().request.id
    desk.answer(made, "grace")
    assert f"review.due {made} 1" in queued(desk)
    assert concerned(desk, f"review.due {made} 1") == {"boss"}
    desk.answer(made, "boss")
    assert concerned(desk, f"request.approved {made}") == {"ada"}


def test_what_is_overtaken_concerns_nobody(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    made = desk.make().request.id
    desk.answer(made, "grace")
    for overtaken in (
        "review.due {} 0",
        reminder("{}", 30 * MINUTE),
        "review.escalated {} 0",
        "request.lapsed {}",
    ):
        assert concerned(desk, overtaken.format(made)) == frozenset()
    desk.answer(made, "boss", Answer.DENY)
    assert concerned(desk, f"review.due {made} 1") == frozenset()
    assert concerned(desk, f"request.denied {made}") == {"ada"}


def test_a_request_that_lapsed_is_told_to_its_requester(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    made = desk.make().request.id
    assert concerned(desk, f"request.lapsed {made}") == frozenset()
    desk.wait(24 * HOUR)
    assert concerned(desk, f"request.lapsed {made}") == {"ada"}
    assert concerned(desk, reminder(made, 30 * MINUTE)) == frozenset()


def reminders(desk: Desk, request_id: str, *delays: timedelta) -> list[timedelta]:
    """When reminders of the first stage come, each delivered as late as is said; the last one again and again."""
    told = desk.told(reminder(request_id, 30 * MINUTE))
    found: list[timedelta] = []
    for delay in (*delays, *[timedelta(0)] * 20):
        if told is None:
            return found
        found.append(told.due_at - NOON)
        desk.now = told.due_at + delay
        with desk.store.write() as transaction:
            then = next_reminder(told, transaction, desk.catalogue, desk.now)
            transaction.tell(then)
        told = desk.told(then[0].id) if then else None
    raise AssertionError("there is no end to it")


def reminding(every: timedelta | None) -> Entitlement:
    return ruled(rule(replace(OWNERS, remind_every=every), stage("boss", "boss")))


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (15 * MINUTE, [(30 + 15 * n) * MINUTE for n in range(10)]),
        (8 * HOUR, [HOUR / 2, 8.5 * HOUR, 16.5 * HOUR]),
        (None, [HOUR / 2]),
    ],
)
def test_a_reminder_comes_again_until_it_lapses_or_was_ten_times(
    desk_of: DeskOf, every: timedelta | None, expected: list[timedelta]
) -> None:
    desk = desk_of(reminding(every))
    assert reminders(desk, desk.make().request.id) == expected


def test_reminders_that_come_late_do_not_come_all_at_once(desk_of: DeskOf) -> None:
    desk = desk_of(reminding(15 * MINUTE))
    found = reminders(desk, desk.make().request.id, 40 * MINUTE, 15 * MINUTE)
    assert found[:4] == [30 * MINUTE, 75 * MINUTE, 105 * MINUTE, 120 * MINUTE]


def test_nobody_is_reminded_of_a_stage_that_was_answered(desk_of: DeskOf) -> None:
    desk = desk_of(reminding(15 * MINUTE))
    made = desk.make().request.id
    desk.answer(made, "grace")
    assert reminders(desk, made) == [30 * MINUTE]


def test_a_delegate_is_told_in_the_place_of_who_is_away_and_who_left_is_not(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    made = desk.make().request.id
    desk.away("grace", "eve")
    assert concerned(desk, f"review.due {made} 0") == {"grace", "linus", "eve"}
    people = {name: person for name, person in desk.catalogue.people.items() if name != "linus"}
    desk.catalogue = catalogue(RULED, people=people)
    assert concerned(desk, f"review.due {made} 0") == {"grace", "eve"}


def test_a_dry_run_names_the_stages_who_could_answer_and_what_was_decided(desk_of: DeskOf) -> None:
    by_night = stage("boss", "boss", when=when("time.hour < 6 || history.findings > 0"))
    free = WithoutReview(longest=MINUTE, actions=frozenset({"s3:PutObject"}))
    desk = desk_of(
        ruled(rule(stage("owners", "linus", "grace", other_team=True), by_night, without_review=free))
    )
    run = desk.try_out()
    assert [(one.name, one.approvals, one.reviewers) for one in run.stages] == [
        ("owners", 1, frozenset({"linus"}))
    ]
    [considered] = run.considered
    [judged] = considered.judged
    assert (judged.of, judged.outcome) == ("stage boss", Outcome.HOLDS_NOT)
    assert dict(judged.values)["time.hour"] == "12"
    assert run.policy is not None
    assert (run.policy.characters, run.because) == (len(run.policy.text), ())
    assert desk.try_out(duration=MINUTE).stages == ()
    assert desk.kinds() == []
    assert queued(desk) == {}


def test_a_dry_run_says_all_that_stands_in_the_way(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    run = desk.try_out(what=ask("s3://payroll/"), duration=9 * HOUR)
    assert run.request is None
    assert {type(one) for one in run.because} == {OutsideCeiling, TooLong}
    hold = Hold(person="ada", finding_id="fi-1", because="x", placed_at=desk.now)
    with desk.store.write() as transaction:
        transaction.place_hold(hold, hold_placed(hold))
    desk.tried.clear()
    assert [type(one) for one in desk.try_out().because] == [PersonHeld]
    assert desk.tried == []  # AWS is asked nothing for whoever is refused anyway
