"""The facts that conditions of the catalogue go by, worked out when they are asked for (``catalogue.vocabulary`` declares them)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from liftgate.access.model import Ask, Extends, History, Request
from liftgate.catalogue.model import Catalogue, Entitlement, Mechanism
from liftgate.conditions.vocabulary import Facts, Value
from liftgate.iam.s3.actions import ACTIONS, AccessLevel
from liftgate.iam.scope import Scope
from liftgate.identity.model import Person, PersonKind

LOOKS_BACK: Final = timedelta(days=30)
"""How far ``history`` goes."""
HistoryOf = Callable[[str], History]  # of the requester, by an entitlement's name
_MINUTE: Final = timedelta(minutes=1)
_READS: Final = frozenset({AccessLevel.LIST, AccessLevel.READ})


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What an ask comes with."""

    entitlement: str
    scope: Scope
    duration: timedelta
    starts_at: datetime | None
    asked_at: datetime
    justification: str
    ticket: str | None
    in_place: bool
    extends: Extends | None
    break_glass: bool


def of_ask(ask: Ask, entitlement: Entitlement, scope: Scope, now: datetime) -> Circumstances:
    """Those of an ask that is decided now."""
    return Circumstances(
        entitlement=entitlement.name,
        scope=scope,
        duration=ask.duration,
        starts_at=ask.starts_at,
        asked_at=now,
        justification=ask.justification,
        ticket=ask.ticket,
        in_place=entitlement.mechanism is Mechanism.IN_PLACE,
        extends=ask.extends,
        break_glass=ask.break_glass,
    )


def of_request(request: Request) -> Circumstances:
    """Those of a request that was made before."""
    return Circumstances(
        entitlement=request.entitlement,
        scope=request.scope,
        duration=request.duration,
        starts_at=request.starts_at,
        asked_at=request.asked_at,
        justification=request.justification,
        ticket=request.ticket,
        in_place=request.in_place is not None,
        extends=request.extends,
        break_glass=request.look_by is not None,
    )


def facts_of(about: Circumstances, person_id: str, catalogue: Catalogue, history_of: HistoryOf) -> Facts:
    """The facts of an ask, by the catalogue as it is now. What happened before is looked up once, where it is asked for."""
    person = catalogue.people.get(person_id) or Person(id=person_id, name=person_id, kind=PersonKind.SERVICE)

    @cache
    def history() -> History:
        return history_of(about.entitlement)

    told: Mapping[str, Callable[[], Value]] = {
        **_of_request(about),
        **_of_person(person, catalogue),
        **_of_time(about.asked_at, catalogue.zone),
        "history.grants": lambda: history().grants,
        "history.never_used": lambda: history().never_used,
        "history.denied": lambda: history().denied,
        "history.findings": lambda: history().findings,
    }
    return lambda name: told[name]()


def _of_request(about: Circumstances) -> Mapping[str, Callable[[], Value]]:
    before = about.extends.in_all if about.extends else timedelta(0)
    waits = (about.starts_at or about.asked_at) - about.asked_at
    return {
        "request.entitlement": lambda: about.entitlement,
        "request.actions": lambda: tuple(sorted(about.scope.actions)),
        "request.locations": lambda: tuple(str(one) for one in sorted(about.scope.locations)),
        "request.buckets": lambda: tuple(sorted({one.bucket for one in about.scope.locations})),
        "request.duration_minutes": lambda: _minutes(about.duration),
        "request.starts_in_minutes": lambda: max(0, _minutes(waits)),
        "request.justification": lambda: about.justification,
        "request.ticket": lambda: about.ticket or "",
        "request.writes": lambda: any(map(_writes, about.scope.actions)),
        "request.deletes": lambda: any(map(_deletes, about.scope.actions)),
        "request.in_place": lambda: about.in_place,
        "request.extends": lambda: about.extends is not None,
        "request.minutes_in_all": lambda: _minutes(before + about.duration),
        "request.break_glass": lambda: about.break_glass,
    }


def _of_person(person: Person, catalogue: Catalogue) -> Mapping[str, Callable[[], Value]]:
    return {
        "person.id": lambda: person.id,
        "person.kind": lambda: person.kind.value,
        "person.groups": lambda: _with(person.id, catalogue.groups),
        "person.teams": lambda: _with(person.id, catalogue.teams),
    }


def _of_time(at: datetime, zone: str) -> Mapping[str, Callable[[], Value]]:
    return {
        "time.hour": lambda: at.astimezone(UTC).hour,
        "time.weekday": lambda: at.astimezone(UTC).isoweekday(),
        "time.local_hour": lambda: at.astimezone(ZoneInfo(zone)).hour,
        "time.local_weekday": lambda: at.astimezone(ZoneInfo(zone)).isoweekday(),
    }


def _with(person_id: str, groups: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    return tuple(sorted(name for name, people in groups.items() if person_id in people))


def _minutes(span: timedelta) -> int:
    return -(-span // _MINUTE)


def _writes(action: str) -> bool:
    return action not in ACTIONS or ACTIONS[action].level not in _READS


def _deletes(action: str) -> bool:
    return action.startswith("s3:Delete")
