"""Stages of a review, answered in order, each by as many people as it wants; and what a changed catalogue does to them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.access.access_examples import ask
from tests.access.rules_desk import HOUR, MINUTE, TEAMS, Desk, catalogue, rule, ruled, stage, when

from liftgate.access.errors import (
    AlreadyReviewed,
    EntitlementChanged,
    NeededLater,
    NotAReviewer,
    NotThisStage,
    RefusedByRule,
    SelfReview,
)
from liftgate.access.model import Answer, Demand
from liftgate.access.request_words import outcome_words
from liftgate.access.stages import steps_of, waits_for
from liftgate.access.state import Approved, Denied, Pending, request_state
from liftgate.catalogue.model import Refusal, WithoutReview
from liftgate.server.waiting import waiting_for

DeskOf = Callable[..., Desk]
OWNERS = stage("owners", "grace", "linus", "kathy", approvals=2)
BOSS = stage("boss", "boss", "kathy")
NIGHT = when("time.hour >= 20 || time.hour < 6")
BROKEN = when("int(request.ticket) < 10")  # stumbles over a ticket that is no number


def test_stages_are_answered_in_order_and_each_counts_its_own(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(OWNERS, BOSS)))
    record = desk.make()
    assert record.request.stages == (Demand(name="owners", approvals=2), Demand(name="boss", approvals=1))
    with pytest.raises(NotThisStage) as refusal:
        desk.answer(record.request.id, "boss")
    assert "owners" in refusal.value.sentence
    desk.answer(record.request.id, "grace")
    desk.answer(record.request.id, "linus")
    with pytest.raises(NotAReviewer):
        desk.answer(record.request.id, "sec")
    done = desk.answer(record.request.id, "boss")
    assert isinstance(request_state(done, desk.now), Approved)
    assert {review.reviewer: review.stage for review in done.reviews} == {
        "grace": "owners",
        "linus": "owners",
        "boss": "boss",
    }


def test_nobody_counts_in_two_stages(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(OWNERS, BOSS)))
    request_id = desk.make().request.id
    desk.answer(request_id, "kathy")
    desk.answer(request_id, "grace")
    with pytest.raises(AlreadyReviewed):
        desk.answer(request_id, "kathy")
    assert isinstance(request_state(desk.request(request_id), desk.now), Pending)


SHARED = stage("owners", "grace", "linus")
GUARD = stage("guard", "linus")


def test_who_a_later_stage_cannot_do_without_does_not_approve_an_earlier_one(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(SHARED, GUARD)))
    record = desk.make()
    said = waiting_for(record, request_state(record, desk.now), desk.catalogue, desk.now)
    assert said == "1 approval of grace (stage owners, 1 of 2); linus must answer later"
    steps = steps_of(record.request, (), desk.catalogue, desk.now)
    assert [waits_for(who, steps, (), frozenset()) for who in ("linus", "grace")] == [False, True]
    with pytest.raises(NeededLater) as refusal:
        desk.answer(record.request.id, "linus")
    assert "`guard`" in refusal.value.sentence
    assert "grace" in refusal.value.advice
    desk.answer(record.request.id, "grace")
    assert desk.answer(record.request.id, "linus").grant is not None


def test_who_is_needed_later_may_deny_now(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(SHARED, GUARD)))
    request_id = desk.make().request.id
    assert isinstance(request_state(desk.answer(request_id, "linus", Answer.DENY), desk.now), Denied)


def test_of_two_who_could_answer_later_one_may_answer_now(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(replace(OWNERS, approvals=3), stage("boss", "kathy", "linus", "boss"))))
    request_id = desk.make().request.id
    for name in ("kathy", "linus", "grace"):
        desk.answer(request_id, name)
    assert desk.answer(request_id, "boss").grant is not None


def test_an_answer_in_the_place_of_another_uses_up_both(desk_of: DeskOf) -> None:
    """Linus is needed at the end, so he answers for nobody before."""
    desk = desk_of(ruled(rule(stage("owners", "grace", "kathy"), GUARD)))
    desk.away("grace", "linus")
    request_id = desk.make().request.id
    with pytest.raises(NeededLater):
        desk.answer(request_id, "linus")
    desk.answer(request_id, "kathy")
    assert desk.answer(request_id, "linus").grant is not None


def test_a_request_that_nobody_can_answer_any_more_says_so(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(stage("owners", "grace", "kathy"), BOSS)))
    request_id = desk.make().request.id
    desk.answer(request_id, "kathy")
    desk.catalogue = catalogue(ruled(rule(stage("owners", "kathy"), stage("boss", "kathy"))))
    record = desk.request(request_id)
    said = waiting_for(record, request_state(record, desk.now), desk.catalogue, desk.now)
    assert said is not None
    assert "too few are left" in said
    assert "too few people left" in outcome_words(record, desk.catalogue, desk.now).sentence


def test_one_denial_ends_it_from_a_later_stage_too(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(OWNERS, BOSS)))
    request_id = desk.make().request.id
    desk.answer(request_id, "grace")
    assert isinstance(request_state(desk.answer(request_id, "boss", Answer.DENY), desk.now), Denied)


def test_a_requester_answers_in_no_stage_by_no_identity(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(stage("any", "linus", "grace"), stage("boss", "linus", "boss"))))
    request_id = desk.make("linus").request.id
    for answer in Answer:
        with pytest.raises(SelfReview):
            desk.answer(request_id, "linus", answer, by="arn:aws:iam::111122223333:user/linus-admin")


def test_the_requesters_own_team_does_not_count(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(stage("others", "grace", "alan", "linus", other_team=True))))
    request_id = desk.make().request.id
    for name in ("grace", "alan"):
        with pytest.raises(NotAReviewer) as refusal:
            desk.answer(request_id, name)
        assert refusal.value.advice == "one of its reviewers must answer it: linus"
    assert desk.answer(request_id, "linus").grant is not None


def test_who_was_of_the_team_when_it_was_asked_does_not_count_after_leaving_it(desk_of: DeskOf) -> None:
    """An attack: move a friend out of the team between the ask and the answer."""
    entitlement = ruled(rule(stage("others", "grace", "linus", other_team=True)))
    desk = desk_of(entitlement)
    request_id = desk.make().request.id
    desk.catalogue = catalogue(entitlement, teams={**TEAMS, "data": frozenset({"ada"})})
    with pytest.raises(NotAReviewer):
        desk.answer(request_id, "grace")


def test_who_joins_the_team_meanwhile_does_not_count_either(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(stage("others", "linus", "kathy", approvals=2, other_team=True))))
    request_id = desk.make().request.id
    desk.answer(request_id, "linus")
    desk.catalogue = catalogue(
        *desk.catalogue.entitlements.values(), teams={"data": frozenset({"ada", "linus"})}
    )
    desk.answer(request_id, "kathy")
    assert desk.request(request_id).grant is None


def test_a_team_rule_that_was_dropped_meanwhile_still_binds(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(stage("others", "grace", "linus", other_team=True))))
    request_id = desk.make().request.id
    desk.catalogue = catalogue(ruled(rule(stage("others", "grace", "linus"))))
    with pytest.raises(NotAReviewer):
        desk.answer(request_id, "grace")


def test_a_reviewer_who_was_dropped_does_not_count_and_another_must_answer(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(OWNERS)))
    request_id = desk.make().request.id
    desk.answer(request_id, "grace")
    desk.catalogue = catalogue(ruled(rule(stage("owners", "linus", "kathy", approvals=2))))
    assert desk.answer(request_id, "linus").grant is None
    assert desk.answer(request_id, "kathy").grant is not None


def test_fewer_approvals_by_now_do_not_help(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(OWNERS)))
    request_id = desk.make().request.id
    desk.catalogue = catalogue(ruled(rule(stage("owners", "grace", "linus"))))
    assert desk.answer(request_id, "grace").grant is None
    assert desk.answer(request_id, "linus").grant is not None


def test_a_stage_that_is_gone_cannot_be_skipped(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(stage("owners", "grace"), BOSS)))
    request_id = desk.make().request.id
    desk.catalogue = catalogue(ruled(rule(stage("owners", "grace"))))
    with pytest.raises(EntitlementChanged):
        desk.answer(request_id, "grace")
    assert isinstance(request_state(desk.answer(request_id, "grace", Answer.DENY), desk.now), Denied)


def test_a_stage_that_is_new_must_be_passed(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(stage("owners", "grace"))))
    request_id = desk.make().request.id
    desk.catalogue = catalogue(ruled(rule(stage("owners", "grace"), BOSS)))
    assert desk.answer(request_id, "grace").grant is None
    assert desk.answer(request_id, "boss").grant is not None


def test_a_stage_applies_where_its_condition_holds_when_it_is_asked(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(stage("owners", "grace"), replace(BOSS, when=NIGHT))))
    by_day = desk.make()
    assert [one.name for one in by_day.request.stages] == ["owners"]
    desk.wait(9 * HOUR)
    by_night = desk.make()
    assert [one.name for one in by_night.request.stages] == ["owners", "boss"]
    # What counts is when it was asked: answered at night it is still a request of the day, and the other way round.
    assert desk.answer(by_day.request.id, "grace").grant is not None
    desk.wait(12 * HOUR)
    assert desk.answer(by_night.request.id, "grace").grant is None
    assert desk.answer(by_night.request.id, "boss").grant is not None


def test_a_condition_that_changed_meanwhile_counts_as_held(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(stage("owners", "grace"), replace(BOSS, when=NIGHT))))
    request_id = desk.make().request.id
    desk.catalogue = catalogue(
        ruled(rule(stage("owners", "grace"), replace(BOSS, when=when("time.hour > 20"))))
    )
    assert desk.answer(request_id, "grace").grant is None


def test_a_condition_that_held_for_another_group_is_asked_again(desk_of: DeskOf) -> None:
    """An attack: be in the trusted group when you ask, and out of it before the answer."""
    trusted = ruled(rule(stage("owners", "grace"), replace(BOSS, when=when("!('trusted' in person.groups)"))))
    desk = desk_of(trusted)
    desk.catalogue = catalogue(trusted, groups={"trusted": frozenset({"ada"})})
    record = desk.make()
    assert [one.name for one in record.request.stages] == ["owners"]
    desk.catalogue = catalogue(trusted, groups={"trusted": frozenset()})
    assert desk.answer(record.request.id, "grace").grant is None


def test_a_condition_that_cannot_be_decided_means_that_the_stage_applies(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(stage("owners", "grace"), replace(BOSS, when=BROKEN))))
    assert [one.name for one in desk.make(ticket="none").request.stages] == ["owners", "boss"]
    assert [one.name for one in desk.make(ticket="12").request.stages] == ["owners"]


def test_what_is_free_of_review_depends_on_its_condition_and_fails_closed(desk_of: DeskOf) -> None:
    free = WithoutReview(longest=HOUR, actions=frozenset({"s3:PutObject"}), when=BROKEN)
    desk = desk_of(ruled(rule(stage("owners", "grace"), without_review=free)))
    assert desk.make(ticket="9").grant is not None
    assert desk.make(ticket="11").grant is None
    assert desk.make(ticket="none").grant is None


def test_what_is_refused_outright_names_its_reason_and_fails_closed(desk_of: DeskOf) -> None:
    refusal = Refusal(when=BROKEN, because="small tickets are done by hand")
    desk = desk_of(ruled(rule(stage("owners", "grace"), refuse_when=(refusal,))))
    assert desk.make(ticket="11").grant is None
    with pytest.raises(RefusedByRule) as refused:
        desk.make(ticket="9")
    assert "small tickets are done by hand" in refused.value.sentence
    with pytest.raises(RefusedByRule) as undecided:
        desk.make(ticket="none")
    assert "could not be decided" in undecided.value.sentence


def test_a_refusal_that_the_catalogue_has_since_binds_at_the_answer(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(stage("owners", "grace"))))
    request_id = desk.make().request.id
    refusal = Refusal(when=when("request.writes"), because="nothing is written in December")
    desk.catalogue = catalogue(ruled(rule(stage("owners", "grace"), refuse_when=(refusal,))))
    with pytest.raises(EntitlementChanged) as refused:
        desk.answer(request_id, "grace")
    assert "December" in refused.value.also[0].sentence


def test_history_counts_what_was_granted_unused_and_denied(desk_of: DeskOf) -> None:
    free = WithoutReview(longest=HOUR, actions=frozenset({"s3:PutObject"}), when=when("history.grants < 2"))
    desk = desk_of(
        ruled(
            rule(
                stage("owners", "grace"),
                replace(BOSS, when=when("history.never_used >= 2 && history.denied >= 1")),
                without_review=free,
            )
        )
    )
    assert desk.make().grant is not None
    assert desk.make().grant is not None
    third = desk.make()
    assert [one.name for one in third.request.stages] == ["owners"]
    desk.answer(third.request.id, "grace", Answer.DENY)
    desk.wait(HOUR)  # both windows are over, and nothing was borrowed
    assert [one.name for one in desk.make().request.stages] == ["owners", "boss"]
    desk.wait(timedelta(days=31))
    assert desk.make().grant is not None


def test_who_a_request_is_escalated_to_may_answer_from_then_on(desk_of: DeskOf) -> None:
    slow = stage("owners", "grace", escalate_after=2 * HOUR, escalate_to=frozenset({"boss", "ada"}))
    desk = desk_of(ruled(rule(slow)))
    request_id = desk.make().request.id
    desk.wait(2 * HOUR - MINUTE)
    with pytest.raises(NotThisStage):
        desk.answer(request_id, "boss")
    desk.wait(MINUTE)
    with pytest.raises(SelfReview):
        desk.answer(request_id, "ada")
    assert desk.answer(request_id, "boss").grant is not None


def test_the_time_to_escalate_begins_with_the_stage(desk_of: DeskOf) -> None:
    slow = stage("second", "grace", escalate_after=2 * HOUR, escalate_to=frozenset({"boss"}))
    desk = desk_of(ruled(rule(stage("first", "linus"), slow)))
    request_id = desk.make().request.id
    desk.wait(3 * HOUR)
    desk.answer(request_id, "linus")
    record = desk.request(request_id)
    second = steps_of(record.request, record.reviews, desk.catalogue, desk.now)[1]
    assert (second.since, second.is_escalated, second.may_answer) == (desk.now, False, frozenset({"grace"}))
    desk.wait(2 * HOUR)
    assert desk.answer(request_id, "boss").grant is not None


def test_what_was_wanted_is_on_the_record(desk_of: DeskOf) -> None:
    desk = desk_of(ruled(rule(replace(OWNERS, other_team=True), replace(BOSS, when=NIGHT))))
    desk.make(what=ask())
    with desk.store.read() as view:
        (entry,) = [one for one in view.entries() if one.draft.kind.value == "request.made"]
    assert entry.draft.body["stages"] == [{"name": "owners", "approvals": 2, "other_team": True}]
    assert entry.draft.body["conditions_not_held"] == [NIGHT.text]
    assert entry.draft.body["own_team"] == ["grace"]
