"""Break-glass: at once, loudly, for those who may, with a review afterwards that must be closed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.access.access_examples import NOON, ask
from tests.access.rules_desk import HOUR, Desk, catalogue, rule, ruled, stage, when

from liftgate.access.errors import (
    BreakGlassOverdue,
    ConcludedAlready,
    MayNotConclude,
    NoBreakGlass,
    NotBreakGlass,
    PersonHeld,
    RefusedByRule,
    TooLong,
)
from liftgate.access.hold import Hold
from liftgate.access.state import Approved, request_state
from liftgate.access.told import TellKind
from liftgate.catalogue.model import BreakGlass, Refusal
from liftgate.response.drafts import hold_placed

DeskOf = Callable[..., Desk]
GLASS = BreakGlass(
    by=frozenset({"ada", "grace"}),
    longest=timedelta(minutes=30),
    review_within=4 * HOUR,
    reviewers=frozenset({"grace", "boss"}),
)
RULED = ruled(rule(stage("owners", "grace", "linus")), break_glass=GLASS)


def test_it_is_granted_at_once_and_told_loudly(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    record = desk.make(break_glass=True)
    assert isinstance(request_state(record, desk.now), Approved)
    assert (record.request.stages, record.request.look_by) == ((), NOON + 4 * HOUR)
    assert desk.kinds() == ["request.made", "grant.made", "break_glass.used"]
    loud = desk.told(f"{TellKind.BREAK_GLASS_USED} {record.request.id}")
    assert loud is not None
    assert loud.recipients == {"sec", "audit", "grace", "boss"}
    due = desk.told(f"{TellKind.BREAK_GLASS_REVIEW_DUE} {record.request.id}")
    assert due is not None
    assert due.due_at == NOON + 4 * HOUR


def test_others_have_no_way_around_the_review(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    for named in (None, "reports-write"):
        with pytest.raises(NoBreakGlass):
            desk.make("linus", break_glass=True, entitlement=named)


def test_its_time_is_shorter_and_what_is_refused_is_refused(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    with pytest.raises(TooLong):
        desk.make(break_glass=True, duration=timedelta(minutes=31))
    refusal = Refusal(when=when("request.writes && !request.break_glass"), because="frozen")
    hard = Refusal(when=when("request.ticket == 'never'"), because="never")
    desk.catalogue = catalogue(
        ruled(rule(stage("owners", "grace"), refuse_when=(refusal, hard)), break_glass=GLASS)
    )
    assert desk.make(break_glass=True).grant is not None
    with pytest.raises(RefusedByRule):
        desk.make()
    with pytest.raises(RefusedByRule):
        desk.make(break_glass=True, ticket="never")


def test_nobody_concludes_their_own_nor_twice_nor_what_was_none(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    own = desk.make("grace", break_glass=True).request.id
    for name in ("grace", "linus", "sec"):
        with pytest.raises(MayNotConclude):
            desk.conclude(own, name)
    concluded = desk.conclude(own, "boss", justified=False).conclusion
    assert concluded is not None
    assert (concluded.by, concluded.justified, concluded.comment) == ("boss", False, "looked")
    with pytest.raises(ConcludedAlready):
        desk.conclude(own, "boss")
    with pytest.raises(NotBreakGlass):
        desk.conclude(desk.make().request.id, "grace")
    told = desk.told(f"{TellKind.BREAK_GLASS_REVIEWED} {own}")
    assert told is not None
    assert told.recipients == {"grace", "sec"}


def test_who_is_overdue_cannot_break_it_again_until_somebody_has_looked(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    first = desk.make(break_glass=True).request.id
    assert desk.make(break_glass=True).grant is not None  # it is not due yet
    desk.wait(4 * HOUR)
    with pytest.raises(BreakGlassOverdue) as refused:
        desk.make(break_glass=True)
    assert first in refused.value.sentence
    assert desk.make().grant is None  # asking for a review is open to them
    assert desk.make("grace", break_glass=True).grant is not None  # nor does it hold up others
    for waiting in desk.store_unlooked("ada"):
        desk.conclude(waiting, "boss")
    assert desk.make(break_glass=True).grant is not None


def test_not_while_on_hold(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    hold = Hold(person="ada", finding_id="fi-1", because="x", placed_at=desk.now)
    with desk.store.write() as transaction:
        transaction.place_hold(hold, hold_placed(hold))
    with pytest.raises(PersonHeld):
        desk.make(break_glass=True)


def test_guards_conclude_where_the_entitlement_has_no_such_rule_any_more(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    request_id = desk.make(break_glass=True).request.id
    desk.catalogue = catalogue(ruled(rule(stage("owners", "grace"))))
    with pytest.raises(MayNotConclude):
        desk.conclude(request_id, "grace")
    assert desk.conclude(request_id, "sec").conclusion is not None


def test_the_record_says_so(desk_of: DeskOf) -> None:
    desk = desk_of(RULED)
    desk.make(break_glass=True, what=ask())
    with desk.store.read() as view:
        bodies = {entry.draft.kind.value: entry.draft.body for entry in view.entries()}
    assert bodies["request.made"]["break_glass"] is True
    assert bodies["grant.made"]["break_glass"] is True
    assert bodies["break_glass.used"]["look_by"] == "2026-11-24T16:00:00Z"
