"""A ticket is open, is not, or nobody says: what each rule makes of it, in an emergency too."""

from dataclasses import dataclass

import pytest

from liftgate.access.errors import TicketNotOpen, TrackerDown, TrackerUnset
from liftgate.access.ticket import TicketFound, TicketSeen, see_ticket, wants_review
from liftgate.catalogue.model import JustificationRule, WhenDown


@dataclass
class Tracker:
    """Says one thing, or nothing."""

    found: TicketFound | None

    def look(self, tracker: str, ticket: str) -> TicketFound:
        del tracker, ticket
        if self.found is None:
            raise TrackerDown("the tracker did not answer", advice="try again")
        return self.found


OPEN = Tracker(TicketFound(exists=True, is_open=True, state="new"))
DONE = Tracker(TicketFound(exists=True, is_open=False, state="done"))
DOWN = Tracker(None)
UNSEEN = TicketSeen(tracker="desk", state=None)


def rule(when_down: WhenDown = WhenDown.REFUSE) -> JustificationRule:
    return JustificationRule(ticket_pattern="PAY-[0-9]", tracker="desk", when_down=when_down)


def test_only_where_a_ticket_is_named_and_a_tracker_too_is_one_asked() -> None:
    assert see_ticket(None, rule(), DOWN) is None
    assert see_ticket("PAY-1", JustificationRule(), DOWN) is None
    assert see_ticket("PAY-1", rule(), OPEN) == TicketSeen(tracker="desk", state="new")


def test_each_rule_says_what_becomes_of_it_where_nobody_answers() -> None:
    with pytest.raises(TrackerDown):
        see_ticket("PAY-1", rule(), DOWN)
    for when_down in (WhenDown.REVIEW, WhenDown.ALLOW):
        assert see_ticket("PAY-1", rule(when_down), DOWN) == UNSEEN
        assert wants_review(UNSEEN, rule(when_down)) == (when_down is WhenDown.REVIEW)
    assert not wants_review(TicketSeen(tracker="desk", state="new"), rule(WhenDown.REVIEW))


def test_an_emergency_goes_on_without_an_answer_and_not_against_one() -> None:
    assert see_ticket("PAY-1", rule(), DOWN, must_answer=False) == UNSEEN
    with pytest.raises(TicketNotOpen):
        see_ticket("PAY-1", rule(), DONE, must_answer=False)
    with pytest.raises(TrackerUnset):
        see_ticket("PAY-1", rule(), None, must_answer=False)
