"""Reviewers who are away: somebody else answers in their place, never for themselves, never on from there, never twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.access.rules_desk import HOUR, Desk, catalogue, rule, ruled, stage

from liftgate.access.errors import (
    AlreadyReviewed,
    BadAbsence,
    NoSuchAbsence,
    NoSuchRequest,
    NotAReviewer,
    PersonHeld,
    ReviewsNothing,
    SelfReview,
)
from liftgate.access.hold import Hold
from liftgate.access.model import Answer
from liftgate.access.told import TellKind
from liftgate.response.drafts import hold_placed

DeskOf = Callable[..., Desk]
TWO = ruled(rule(stage("owners", "grace", "linus", "kathy", approvals=2)))


def test_a_delegate_answers_in_the_place_of_who_is_away(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    request_id = desk.make().request.id
    absence = desk.away("grace", "eve")
    told = desk.told(f"{TellKind.DELEGATE_NAMED} {absence.id}")
    assert told is not None
    assert told.recipients == {"eve"}
    record = desk.answer(request_id, "eve")
    assert (record.reviews[0].reviewer, record.reviews[0].in_place_of) == ("eve", "grace")
    assert desk.answer(request_id, "linus").grant is not None


def test_only_while_they_are_away(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    request_id = desk.make().request.id
    later = desk.away("grace", "eve", 2 * HOUR, starts_at=desk.now + HOUR)
    with pytest.raises(NoSuchRequest):
        desk.answer(request_id, "eve")
    desk.wait(HOUR)
    with pytest.raises(NoSuchAbsence):
        desk.back(later.id, "eve")
    desk.back(later.id, "grace")
    with pytest.raises(NoSuchRequest):
        desk.answer(request_id, "eve")
    desk.away("grace", "eve")
    desk.wait(HOUR)
    with pytest.raises(NoSuchRequest):
        desk.answer(request_id, "eve")


def test_nobody_approves_their_own_by_delegation(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    desk.away("grace", "ada")
    request_id = desk.make("ada").request.id
    for answer in Answer:
        with pytest.raises(SelfReview):
            desk.answer(request_id, "ada", answer)


def test_a_requesters_own_right_cannot_be_delegated(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    desk.away("linus", "eve")
    request_id = desk.make("linus").request.id
    with pytest.raises(NotAReviewer):
        desk.answer(request_id, "eve")


@pytest.mark.parametrize("first", ["eve", "grace"])
def test_delegate_and_delegator_never_count_twice(desk_of: DeskOf, first: str) -> None:
    desk = desk_of(TWO)
    request_id = desk.make().request.id
    desk.away("grace", "eve")
    desk.answer(request_id, first)
    with pytest.raises((AlreadyReviewed, NotAReviewer)):
        desk.answer(request_id, "grace" if first == "eve" else "eve")
    assert desk.request(request_id).grant is None


def test_a_delegate_of_two_counts_once(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    request_id = desk.make().request.id
    desk.away("grace", "eve")
    desk.away("linus", "eve")
    desk.answer(request_id, "eve")
    with pytest.raises(AlreadyReviewed):
        desk.answer(request_id, "eve")


def test_a_reviewer_who_is_a_delegate_answers_once_in_their_own_right(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    request_id = desk.make().request.id
    desk.away("grace", "linus")
    assert desk.answer(request_id, "linus").reviews[0].in_place_of is None
    with pytest.raises(AlreadyReviewed):
        desk.answer(request_id, "linus")


def test_it_cannot_be_delegated_on(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    request_id = desk.make().request.id
    desk.away("grace", "linus")
    desk.away("linus", "eve")
    desk.answer(request_id, "eve")  # in the place of linus, by his own right
    assert desk.request(request_id).reviews[0].in_place_of == "linus"
    with pytest.raises(ReviewsNothing):
        desk.away("eve", "alan")


def test_a_delegate_of_the_requesters_own_team_does_not_count(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(stage("others", "linus", "kathy", other_team=True))))
    request_id = desk.make("ada").request.id
    desk.away("linus", "alan")
    with pytest.raises(NotAReviewer):
        desk.answer(request_id, "alan")


def test_an_entitlement_may_forbid_it_also_later(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(*TWO.review.stages, delegable=False)))
    request_id = desk.make().request.id
    desk.away("grace", "linus")
    with pytest.raises(ReviewsNothing):
        desk.away("eve", "linus")
    desk.away("kathy", "eve")
    with pytest.raises(NoSuchRequest):
        desk.answer(request_id, "eve")


def test_an_answer_in_somebodys_place_stops_counting_where_that_is_forbidden_by_now(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    request_id = desk.make().request.id
    desk.away("grace", "eve")
    desk.answer(request_id, "eve")
    desk.catalogue = catalogue(ruled(rule(*TWO.review.stages, delegable=False)))
    assert desk.answer(request_id, "linus").grant is None


def test_whose_right_is_gone_has_no_delegate_either(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    request_id = desk.make().request.id
    desk.away("grace", "eve")
    desk.answer(request_id, "eve")
    desk.catalogue = catalogue(ruled(rule(stage("owners", "linus", "kathy", approvals=2))))
    assert desk.answer(request_id, "linus").grant is None


@pytest.mark.parametrize("held", ["grace", "eve"])
def test_nobody_answers_for_or_as_somebody_on_hold(desk_of: DeskOf, held: str) -> None:
    desk = desk_of(TWO)
    request_id = desk.make().request.id
    desk.away("grace", "eve")
    hold = Hold(person=held, finding_id="fi-1", because="x", placed_at=desk.now)
    with desk.store.write() as transaction:
        transaction.place_hold(hold, hold_placed(hold))
    with pytest.raises(PersonHeld):
        desk.answer(request_id, "eve")


@pytest.mark.parametrize(
    ("delegate", "span"),
    [
        ("grace", HOUR),
        ("bot", HOUR),
        ("nobody", HOUR),
        ("linus", timedelta(0)),
        ("linus", timedelta(days=91)),
    ],
    ids=["oneself", "a service", "a stranger", "no time", "too long"],
)
def test_what_is_no_absence(desk_of: DeskOf, delegate: str, span: timedelta) -> None:
    with pytest.raises(BadAbsence):
        desk_of(TWO).away("grace", delegate, span)


def test_it_is_on_record(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    desk.back(desk.away("grace", "eve").id, "grace")
    assert desk.kinds() == ["reviewer.away", "reviewer.back"]
