"""Being away: for a span of time somebody else may answer in a reviewer's place, and never on from there."""

from datetime import datetime, timedelta
from typing import Final

from liftgate.access import drafts, telling
from liftgate.access.errors import BadAbsence, NoSuchAbsence, ReviewsNothing
from liftgate.access.hold import refuse_held
from liftgate.access.ids import RandomBytes, new_absence_id
from liftgate.access.model import Absence
from liftgate.access.ports import AccessStore, Once
from liftgate.access.sight import reviewable_entitlements
from liftgate.catalogue.model import Catalogue
from liftgate.clock import Clock
from liftgate.identity.model import Caller, PersonKind

LONGEST: Final = timedelta(days=90)
_MOST: Final = 10  # of one person that are not over
_CLOCK_SLACK: Final = timedelta(minutes=1)


def say_away(
    caller: Caller,
    delegate: str,
    *,
    until: datetime,
    starts_at: datetime | None,
    catalogue: Catalogue,
    store: AccessStore,
    clock: Clock,
    random: RandomBytes,
    once: Once | None = None,
) -> Absence:
    """Name who answers in the caller's place until they are back. Raises ``BadAbsence`` and ``PersonHeld``."""
    with store.write() as transaction:
        now = clock()
        if (earlier := transaction.repeated(once, now=now)) is not None:
            return _found(transaction.absence(earlier), earlier)
        begins = max(starts_at, now) if starts_at else now
        if starts_at is not None and starts_at < now - _CLOCK_SLACK:
            raise _bad("the absence begins in the past", "leave the start out to begin now", "starts_at")
        _refuse(caller, delegate, begins, until, catalogue)
        refuse_held(caller.person.id, transaction.hold_on)
        mine = [
            one for one in transaction.absences(caller.person.id, now=now) if one.person == caller.person.id
        ]
        if len(mine) >= _MOST:
            raise _bad(
                f"you have said {_MOST} absences already",
                f"end one of them first: liftgate away end {mine[0].id}",
                "delegate",
            )
        absence = Absence(
            id=new_absence_id(now, random),
            person=caller.person.id,
            delegate=delegate,
            starts_at=begins,
            until=until,
            said_at=now,
        )
        transaction.add_absence(absence, drafts.away(absence, caller))
        transaction.tell(telling.of_absence(absence))
        transaction.remember(once, absence.id, now=now)
        return absence


def come_back(
    absence_id: str,
    caller: Caller,
    *,
    store: AccessStore,
    clock: Clock,
    once: Once | None = None,
) -> Absence:
    """End one's own absence: from now on the delegate answers for nobody. Raises ``NoSuchAbsence``."""
    with store.write() as transaction:
        now = clock()
        absence = _found(transaction.absence(absence_id), absence_id)
        if absence.person != caller.person.id:
            raise _no_such(absence_id)
        if transaction.repeated(once, now=now) is None:
            if absence.ended_at is None and now < absence.until:
                transaction.end_absence(absence_id, now, drafts.back(absence, caller, now))
            transaction.remember(once, absence_id, now=now)
        return _found(transaction.absence(absence_id), absence_id)


def _refuse(caller: Caller, delegate: str, begins: datetime, until: datetime, catalogue: Catalogue) -> None:
    if not reviewable_entitlements(caller.person.id, catalogue):
        raise ReviewsNothing(
            f"`{caller.person.id}` reviews nothing, so nobody needs to stand in",
            advice="nothing is to be done",
            value=caller.person.id,
        )
    known = catalogue.people.get(delegate)
    if known is None:
        raise _bad(f"the catalogue knows nobody called `{delegate}`", "name a person by their id", "delegate")
    if known.kind is not PersonKind.PERSON or caller.person.kind is not PersonKind.PERSON:
        raise _bad("a service answers for nobody, and nobody for a service", "name a person", "delegate")
    if delegate == caller.person.id:
        raise _bad("you cannot stand in for yourself", "name somebody else", "delegate")
    if until <= begins:
        raise _bad("the absence ends before it begins", "say a later --until", "until")
    if until - begins > LONGEST:
        raise _bad(
            f"nobody is away for longer than {LONGEST.days} days",
            "say it again then, or let the catalogue name another reviewer",
            "until",
        )


def _bad(sentence: str, advice: str, where: str) -> BadAbsence:
    return BadAbsence(sentence, advice=advice, where=where)


def _found(absence: Absence | None, absence_id: str) -> Absence:
    if absence is None:
        raise _no_such(absence_id)
    return absence


def _no_such(absence_id: str) -> NoSuchAbsence:
    return NoSuchAbsence(
        f"there is no absence `{absence_id[:40]}` of yours",
        advice="list yours: liftgate away",
        value=absence_id[:40],
    )
