"""A desk with everything that rules of review know: people of several teams, a store, and a clock that is set by hand."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from tests.access.access_examples import NOON, ask, entitlement

from liftgate.access.absence import come_back, say_away
from liftgate.access.dry_run import DryRun, Packed, dry_run
from liftgate.access.emergency import conclude_emergency
from liftgate.access.model import Absence, Answer, Ask, GrantRecord, Request, RequestRecord
from liftgate.access.review import Less
from liftgate.access.reviewing import review_request
from liftgate.access.service import extend_grant, make_request, return_grant, revoke_grant
from liftgate.access.told import Told
from liftgate.catalogue.model import Catalogue, Entitlement, ReviewRule, Stage
from liftgate.catalogue.version import with_version
from liftgate.catalogue.vocabulary import OF_REQUEST
from liftgate.conditions.condition import Condition, compile_condition
from liftgate.identity.model import Caller, Identity, IdentityKind, Person, PersonKind
from liftgate.store.sql import SqlStore

PEOPLE = {
    name: Person(id=name, name=name.title(), kind=PersonKind.SERVICE if name == "bot" else PersonKind.PERSON)
    for name in ("ada", "alan", "grace", "linus", "kathy", "sec", "boss", "audit", "bot", "eve")
}
TEAMS = {"data": frozenset({"ada", "alan", "grace"}), "platform": frozenset({"linus", "kathy"})}
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def caller(name: str, *, by: str | None = None) -> Caller:
    """Somebody, by their usual identity or another one."""
    arn = by or f"arn:aws:sts::111122223333:assumed-role/baseline/{name}"
    return Caller(
        person=PEOPLE[name], identity=Identity(kind=IdentityKind.AWS, name=arn, account="111122223333")
    )


def when(text: str) -> Condition:
    """A condition on requests."""
    return compile_condition(text, OF_REQUEST)


def stage(name: str, *reviewers: str, **more: Any) -> Stage:
    """A stage of a review."""
    return Stage(name=name, reviewers=frozenset(reviewers), **more)


def rule(*stages: Stage, **more: Any) -> ReviewRule:
    """A review rule."""
    return ReviewRule(**{"stages": stages, "lapses_after": timedelta(hours=24), **more})


def ruled(review: ReviewRule, **more: Any) -> Entitlement:
    """The reports, under a rule."""
    return replace(entitlement(requesters=frozenset({"ada", "linus"})), review=review, **more)


def catalogue(*entitlements: Entitlement, **more: Any) -> Catalogue:
    """A catalogue of these, with its people and teams."""
    return with_version(
        Catalogue(
            **{
                "version": "",
                "people": PEOPLE,
                "guards": frozenset({"sec"}),
                "auditors": frozenset({"audit"}),
                "entitlements": {one.name: one for one in entitlements},
                "identities": {},
                "teams": TEAMS,
                **more,
            }
        )
    )


@dataclass
class Desk:
    """The use cases, bound to a store, a catalogue and a clock."""

    store: SqlStore
    catalogue: Catalogue
    now: datetime = NOON
    tried: list[Request] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))

    def clock(self) -> datetime:
        return self.now

    def random(self, length: int) -> bytes:
        return int(next(self._numbers)).to_bytes(length, "big")

    def wait(self, span: timedelta) -> None:
        self.now += span

    def _by(self) -> dict[str, Any]:
        return {"catalogue": self.catalogue, "store": self.store, "clock": self.clock}

    def make(self, who: str = "ada", what: Ask | None = None, **changes: Any) -> RequestRecord:
        wanted = replace(what or ask(), **changes)
        return make_request(wanted, caller(who), **self._by(), random=self.random, trial=self.tried.append)

    def answer(
        self,
        request_id: str,
        who: str,
        answer: Answer = Answer.APPROVE,
        *,
        less: Less | None = None,
        by: str | None = None,
    ) -> RequestRecord:
        return review_request(
            request_id,
            caller(who, by=by),
            answer,
            "seen",
            **self._by(),
            random=self.random,
            less=less or Less(),
            trial=self.tried.append,
        )

    def granted(self, who: str, *reviewers: str, **changes: Any) -> GrantRecord:
        record = self.make(who, **changes)
        for reviewer in reviewers:
            record = self.answer(record.request.id, reviewer)
        assert record.grant is not None
        return GrantRecord(grant=record.grant)

    def extend(self, grant_id: str, who: str = "ada", duration: timedelta = HOUR) -> RequestRecord:
        return extend_grant(
            grant_id,
            caller(who),
            duration=duration,
            justification="not done yet",
            ticket=None,
            **self._by(),
            random=self.random,
            trial=self.tried.append,
        )

    def revoke(self, grant_id: str, who: str = "sec") -> GrantRecord:
        return revoke_grant(grant_id, caller(who), "stop", **self._by())

    def give_back(self, grant_id: str, who: str = "ada") -> GrantRecord:
        return return_grant(grant_id, caller(who), "done", **self._by())

    def away(self, who: str, delegate: str, span: timedelta = HOUR, **more: Any) -> Absence:
        return say_away(
            caller(who),
            delegate,
            until=self.now + span,
            **{"starts_at": None, **more},
            **self._by(),
            random=self.random,
        )

    def back(self, absence_id: str, who: str) -> Absence:
        return come_back(absence_id, caller(who), store=self.store, clock=self.clock)

    def conclude(self, request_id: str, who: str, *, justified: bool = True) -> RequestRecord:
        return conclude_emergency(request_id, caller(who), "looked", justified=justified, **self._by())

    def try_out(self, who: str = "ada", what: Ask | None = None, **changes: Any) -> DryRun:
        wanted = replace(what or ask(), **changes)
        return dry_run(wanted, caller(who), **self._by(), trial=self.measure)

    def measure(self, request: Request) -> Packed:
        self.tried.append(request)
        return Packed.SMALL

    def request(self, request_id: str) -> RequestRecord:
        with self.store.read() as view:
            record = view.request(request_id)
        assert record is not None
        return record

    def store_unlooked(self, who: str) -> list[str]:
        with self.store.read() as view:
            return [record.request.id for record in view.unlooked(who, now=self.now)]

    def told(self, told_id: str) -> Told | None:
        with self.store.read() as view:
            return view.told(told_id)

    def kinds(self) -> list[str]:
        with self.store.read() as view:
            return [entry.draft.kind.value for entry in view.entries()]
