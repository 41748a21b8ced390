"""Going on from a running grant: by a new decision, from where the old one ends, and never beyond what is allowed in all."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.access.rules_desk import HOUR, MINUTE, Desk, catalogue, rule, ruled, stage, when

from liftgate.access.errors import (
    EntitlementChanged,
    NoSuchGrant,
    NotExtendable,
    SelfReview,
    TooLongInAll,
)
from liftgate.access.model import Answer
from liftgate.access.revoke_many import OfPerson, end_all
from liftgate.access.state import Revoked, grant_state

DeskOf = Callable[..., Desk]
RULED = ruled(rule(stage("owners", "grace", "linus")), longest_in_all=3 * HOUR)


def test_the_new_grant_begins_where_the_old_one_ends(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    first = desk.granted("ada", "grace").grant
    desk.wait(5 * MINUTE)
    asked = desk.extend(first.id)
    assert asked.grant is None  # the same rules
    assert asked.request.scope == first.scope
    assert asked.request.extends is not None
    assert asked.request.extends.grant_id == first.id
    second = desk.answer(asked.request.id, "grace").grant
    assert second is not None
    assert second.window.starts_at == first.window.ends_at
    assert second.window.ends_at == first.window.ends_at + HOUR


def test_one_that_is_approved_late_begins_then(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    first = desk.granted("ada", "grace").grant
    asked = desk.extend(first.id)
    desk.wait(2 * HOUR)
    second = desk.answer(asked.request.id, "grace").grant
    assert second is not None
    assert second.window.starts_at == desk.now


def test_a_requester_does_not_approve_going_on_either(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    first = desk.granted("linus", "grace").grant
    with pytest.raises(SelfReview):
        desk.answer(desk.extend(first.id, "linus").request.id, "linus")


def test_only_its_holder_goes_on_and_only_while_it_runs(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    first = desk.granted("ada", "grace").grant
    for name in ("linus", "grace", "sec"):
        with pytest.raises(NoSuchGrant):
            desk.extend(first.id, name)
    desk.wait(20 * MINUTE)
    with pytest.raises(NotExtendable):
        desk.extend(first.id)


def test_a_chain_never_outlives_what_is_allowed_in_all(desk_of: DeskOf) -> None:
    """An attack: extend the extension, again and again."""
    desk = desk_of(RULED)
    grant = desk.granted("ada", "grace", duration=HOUR).grant
    for _ in range(2):
        record = desk.answer(desk.extend(grant.id).request.id, "grace")
        assert record.grant is not None
        grant = record.grant
    with pytest.raises(TooLongInAll):
        desk.extend(grant.id, duration=MINUTE)


def test_a_chain_does_not_branch(desk_of: DeskOf) -> None:
    """Another: extend the same grant twice, so that two grants follow, each within bounds."""
    desk = desk_of(RULED)
    first = desk.granted("ada", "grace").grant
    asked = desk.extend(first.id)
    with pytest.raises(NotExtendable):
        desk.extend(first.id)
    desk.answer(asked.request.id, "grace")
    with pytest.raises(NotExtendable):
        desk.extend(first.id)


def test_one_that_was_denied_may_be_asked_for_anew(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    first = desk.granted("ada", "grace").grant
    desk.answer(desk.extend(first.id).request.id, "grace", Answer.DENY)
    assert desk.extend(first.id).request.extends is not None


@pytest.mark.parametrize("ending", ["revoke", "give_back"])
def test_nothing_goes_on_from_what_was_ended_meanwhile(desk_of: DeskOf, ending: str) -> None:
    """Another: ask to go on, and let that be approved after a guard took the grant back."""
    desk = desk_of(RULED)
    first = desk.granted("ada", "grace").grant
    asked = desk.extend(first.id)
    getattr(desk, ending)(first.id)
    with pytest.raises(EntitlementChanged):
        desk.answer(asked.request.id, "grace")
    assert desk.request(asked.request.id).grant is None


def test_a_revocation_takes_what_goes_on_with_it(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    first = desk.granted("ada", "grace").grant
    second = desk.answer(desk.extend(first.id).request.id, "grace").grant
    assert second is not None
    desk.revoke(first.id)
    with desk.store.read() as view:
        record = view.grant(second.id)
    assert record is not None
    assert isinstance(grant_state(record, desk.now), Revoked)


def test_ending_what_was_granted_until_a_moment_takes_what_goes_on_from_it_since(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    first = desk.granted("ada", "grace").grant
    until = desk.now
    desk.wait(MINUTE)
    second = desk.answer(desk.extend(first.id).request.id, "grace").grant
    other = desk.granted("ada", "grace").grant
    assert second is not None
    ended = end_all(OfPerson("ada", until), "liftgate", "leaked", store=desk.store, clock=desk.clock)
    assert {record.grant.id for record in ended} == {first.id, second.id}
    with desk.store.read() as view:
        records = [view.grant(one.id) for one in (first, second, other)]
    said = [record.ending.reason if record and record.ending else None for record in records]
    assert said == ["leaked", f"with {first.id}: leaked", None]


def test_rules_see_that_it_goes_on_and_for_how_long_in_all(desk_of: DeskOf) -> None:
    long = stage("boss", "boss", when=when("request.extends && request.minutes_in_all > 60"))
    desk = desk_of(ruled(rule(stage("owners", "grace"), long)))
    first = desk.granted("ada", "grace", duration=HOUR).grant
    assert [one.name for one in desk.extend(first.id).request.stages] == ["owners", "boss"]


def test_the_bound_of_now_holds_at_the_answer(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    asked = desk.extend(desk.granted("ada", "grace", duration=HOUR).grant.id)
    desk.catalogue = catalogue(ruled(rule(stage("owners", "grace")), longest_in_all=timedelta(minutes=90)))
    with pytest.raises(EntitlementChanged):
        desk.answer(asked.request.id, "grace")
