"""Any order of asking, answering, going away, breaking the glass and waiting, held against a model of the rules that shares no code with them.

The model keeps, for each request, who answered and by whose right; whether an answer may be given it works out anew each time.
"""

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from tests.access.access_examples import NOON
from tests.access.rules_desk import HOUR, TEAMS, Desk, catalogue, ruled, stage
from tests.access.rules_desk import rule as review_rule

from liftgate.access.errors import BreakGlassOverdue
from liftgate.access.model import Answer
from liftgate.access.state import request_state, state_name
from liftgate.catalogue.model import BreakGlass
from liftgate.errors import LiftgateError
from liftgate.ledger.chain import Intact, verify
from liftgate.store.sql import open_store

pytestmark = pytest.mark.slow

REQUESTERS = ("ada", "linus")
# Of each stage: how many, of whom, whether the own team counts, who after two hours.
STAGES = (
    ("owners", 2, {"grace", "linus", "kathy", "alan"}, True, {"boss"}),
    ("boss", 1, {"boss", "kathy"}, False, set[str]()),
)
GLASS = BreakGlass(
    by=frozenset({"ada", "grace"}),
    longest=HOUR,
    review_within=3 * HOUR,
    reviewers=frozenset({"grace", "boss"}),
)
ANYBODY = ("ada", "alan", "grace", "linus", "kathy", "boss", "sec", "eve")
LAPSES = timedelta(hours=8)
ESCALATES = 2 * HOUR


@dataclass
class Asked:
    """A request, as the model knows it."""

    requester: str
    at: datetime
    answers: list[tuple[str, str, int]] = field(default_factory=list)  # who, by whose right, in which stage
    denied: bool = False
    turn_at: datetime = NOON  # when the stage that is open began

    def turn(self) -> int:
        """The number of the open stage; as many as there are: all are passed."""
        for number, (_, needed, *_rest) in enumerate(STAGES):
            if len({right for _, right, at in self.answers if at == number}) < needed:
                return number
        return len(STAGES)

    def state(self, now: datetime) -> str:
        if self.turn() == len(STAGES):
            return "approved"
        if self.denied:
            return "denied"
        return "lapsed" if now >= self.at + LAPSES else "pending"

    def rights(self, number: int, now: datetime) -> set[str]:
        """Whose right to answer a stage is still there to be used."""
        _, _, people, other_team, later = STAGES[number]
        mine = {one for team in TEAMS.values() if self.requester in team for one in team}
        escalated = number == self.turn() and now >= self.turn_at + ESCALATES
        used = {one for who, right, _ in self.answers for one in (who, right)}
        return (
            (people | (later if escalated else set()))
            - (mine if other_team else set())
            - {self.requester}
            - used
        )

    def may(self, who: str, number: int, now: datetime, away: dict[str, set[str]]) -> set[str]:
        """By whose right somebody may answer a stage."""
        _, _, _, other_team, _ = STAGES[number]
        mine = {one for team in TEAMS.values() if self.requester in team for one in team}
        if who == self.requester or (other_team and who in mine):
            return set()
        if any(who in (gave, right) for gave, right, _ in self.answers):
            return set()
        return self.rights(number, now) & ({who} | {absent for absent, to in away.items() if who in to})


class Reviewing(RuleBasedStateMachine):
    """Drives the use cases and the model side by side."""

    requests = Bundle("requests")
    emergencies = Bundle("emergencies")

    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        file = Path(self.folder.name) / "liftgate.db"
        shutil.copy(TEMPLATE, file)
        owners, boss = (
            stage(
                name,
                *people,
                approvals=needed,
                other_team=other_team,
                **({"escalate_after": ESCALATES, "escalate_to": frozenset(later)} if later else {}),
            )
            for name, needed, people, other_team, later in STAGES
        )
        rules = review_rule(owners, boss, lapses_after=LAPSES)
        store = open_store(f"sqlite:///{file}", clock=lambda: NOON)
        self.desk = Desk(store, catalogue(ruled(rules, break_glass=GLASS)))
        self.asked: dict[str, Asked] = {}
        self.glass: dict[str, tuple[str, datetime, bool]] = {}  # whose, until when, concluded
        self.absences: list[tuple[str, str, datetime]] = []

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            with self.desk.store.read() as view:
                assert isinstance(verify(list(view.entries())), Intact)
            self.desk.store.close()
            self.folder.cleanup()

    def away(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for person, delegate, until in self.absences:
            if self.desk.now < until:
                found.setdefault(person, set()).add(delegate)
        return found

    @rule(target=requests, who=st.sampled_from(REQUESTERS))
    def ask(self, who: str) -> str:
        request_id = self.desk.make(who).request.id
        self.asked[request_id] = Asked(who, self.desk.now, turn_at=self.desk.now)
        return request_id

    @rule(
        request_id=requests,
        who=st.sampled_from(ANYBODY),
        answer=st.sampled_from([*Answer, Answer.APPROVE, Answer.APPROVE]),
    )
    def answer(self, request_id: str, who: str, answer: Answer) -> None:
        asked, now, away = self.asked[request_id], self.desk.now, self.away()
        open_stages = range(len(STAGES)) if answer is Answer.DENY else [asked.turn()]
        may = {
            (number, right)
            for number in open_stages
            if asked.turn() <= number < len(STAGES)
            for right in asked.may(who, number, now, away)
        }
        if asked.state(now) != "pending":
            may = set()
        try:
            record = self.desk.answer(request_id, who, answer)
        except LiftgateError:
            assert not may, f"{who} may answer: {may}"
            return
        said = next(one for one in record.reviews if one.reviewer == who)
        number = [name for name, *_ in STAGES].index(said.stage)
        assert (number, said.in_place_of or who) in may, f"{who} may not answer"
        if answer is Answer.DENY:
            asked.denied = True
            return
        before = asked.turn()
        asked.answers.append((who, said.in_place_of or who, number))
        if asked.turn() != before:
            asked.turn_at = now

    @rule(
        person=st.sampled_from(["grace", "linus", "kathy", "boss"]),
        delegate=st.sampled_from(ANYBODY),
        hours=st.integers(1, 4),
    )
    def go_away(self, person: str, delegate: str, hours: int) -> None:
        try:
            absence = self.desk.away(person, delegate, hours * HOUR)
        except LiftgateError:
            mine = [one for one in self.absences if one[0] == person and self.desk.now < one[2]]
            assert delegate == person or len(mine) >= 10
            return
        assert delegate != person
        self.absences.append((person, delegate, absence.until))

    @rule(target=emergencies, who=st.sampled_from(ANYBODY))
    def break_glass(self, who: str) -> str | None:
        now = self.desk.now
        overdue = any(whose == who and due <= now and not done for whose, due, done in self.glass.values())
        try:
            record = self.desk.make(who, break_glass=True)
        except BreakGlassOverdue:
            assert overdue
            return None
        except LiftgateError:
            assert who not in GLASS.by
            return None
        assert who in GLASS.by
        assert not overdue
        assert record.grant is not None
        self.glass[record.request.id] = (who, now + GLASS.review_within, False)
        return record.request.id

    @rule(request_id=emergencies, who=st.sampled_from(ANYBODY), justified=st.booleans())
    def conclude(self, request_id: str | None, who: str, *, justified: bool) -> None:
        if request_id is None:
            return
        whose, due, done = self.glass[request_id]
        may = who in GLASS.reviewers and who != whose and not done
        try:
            self.desk.conclude(request_id, who, justified=justified)
        except LiftgateError:
            assert not may
            return
        assert may
        self.glass[request_id] = (whose, due, True)

    @rule(minutes=st.sampled_from([1, 30, 121, 240]))
    def wait(self, minutes: int) -> None:
        self.desk.wait(timedelta(minutes=minutes))

    @invariant()
    def each_request_is_what_the_model_says(self) -> None:
        for request_id, asked in getattr(self, "asked", {}).items():
            record = self.desk.request(request_id)
            assert state_name(request_state(record, self.desk.now)) == asked.state(self.desk.now)
            if record.grant is not None:
                gave = [review.reviewer for review in record.reviews]
                assert len(set(gave)) == len(gave)
                assert asked.requester not in gave


@pytest.fixture(scope="module", autouse=True)
def template(migrated: Path) -> None:
    global TEMPLATE  # noqa: PLW0603 - hypothesis makes the machine, so nothing can be handed to it
    TEMPLATE = migrated


TEMPLATE = Path()
TestReviewing = Reviewing.TestCase
TestReviewing.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
