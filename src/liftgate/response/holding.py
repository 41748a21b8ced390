"""The use case of putting somebody on hold by hand: a laptop is gone, a sign-in was stolen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liftgate import errors
from liftgate.access import drafts as access_drafts
from liftgate.access.errors import NoSuchPerson
from liftgate.access.hold import Hold, placed_by_hand, refuse_placer, refuse_second_guard
from liftgate.access.model import GrantRecord
from liftgate.access.ports import Effect, EffectKind
from liftgate.access.revoke_many import OfPerson, end_all
from liftgate.access.text import clean_text
from liftgate.catalogue.model import Catalogue
from liftgate.clock import Clock
from liftgate.identity.model import Caller
from liftgate.response import drafts
from liftgate.response.ports import ResponseStore, ResponseWriter

CLOCK_SLACK: Final = timedelta(minutes=5)
"""Grants that were made until then end with a hold: clocks of servers differ, and while it stands none are made."""
_SAID: Final = "its person was put on hold by hand; guards and auditors see why"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutOut:
    """What it took to shut somebody out."""

    hold: Hold
    is_new: bool  # False: it was there, and the rest was done again
    sign_ins: int  # that were ended
    ended: tuple[GrantRecord, ...]


def shut_out(
    person: str,
    caller: Caller,
    reason: str,
    *,
    alerts: Sequence[Effect],
    catalogue: Catalogue,
    store: ResponseStore,
    clock: Clock,
) -> ShutOut:
    """Put somebody on hold, end all their sign-ins and take back all their grants. Doing it twice does no harm.

    ``alerts`` tell people of it. The denies in AWS are queued in the same transactions; whoever calls this drains them at once. The
    holder of a grant, who may be a thief, does not read the reason. Raises ``MayNotHold`` and ``PersonHeld`` for those who may not, ``NoSuchPerson``, ``TextRefused``.
    """
    reason = clean_text(reason, "reason")
    by = caller.person.id
    try:
        with store.write() as transaction:
            refuse_placer(person, by, catalogue=catalogue, hold_on=transaction.hold_on)
            if person not in catalogue.people:
                raise NoSuchPerson(
                    f"the catalogue knows no `{person[:60]}`",
                    advice="write the id that stands in the catalogue: who is not in it can do nothing",
                    value=person[:60],
                )
            now = clock()
            asked = Hold(person=person, placed_by=by, because=reason, placed_at=now)
            refuse_second_guard(person, by, catalogue=catalogue, open_holds=transaction.open_holds())
            hold, is_new = _placed(asked, alerts, transaction)
            _end_absences(person, caller, transaction, now)
            sign_ins = transaction.end_sign_ins_of(person)
            transaction.record(drafts.shut_out(person, by, sign_ins, now))
    except errors.Refused as refusal:
        with store.write() as transaction:
            transaction.record(drafts.hold_refused(person, caller, refusal, clock()))
        raise
    ended = _take_back(hold, by, now + CLOCK_SLACK, store, clock)
    return ShutOut(hold=hold, is_new=is_new, sign_ins=sign_ins, ended=ended)


def go_on_shutting_out(person: str, *, store: ResponseStore, clock: Clock) -> tuple[GrantRecord, ...]:
    """Take back what whoever shut somebody out did not come to; nothing where they were released since."""
    with store.read() as view:
        hold = placed_by_hand(view.open_holds(person))
    if hold is None or hold.placed_by is None:
        return ()
    return _take_back(hold, hold.placed_by, hold.placed_at + CLOCK_SLACK, store, clock)


def _take_back(
    hold: Hold, by: str, until: datetime, store: ResponseStore, clock: Clock
) -> tuple[GrantRecord, ...]:
    return end_all(OfPerson(hold.person, until), by, _SAID, store=store, clock=clock)


def _end_absences(person: str, caller: Caller, transaction: ResponseWriter, now: datetime) -> None:
    """Whom a thief named to answer in somebody's place answers no more, after a release either."""
    for absence in transaction.absences(person, now=now):
        if absence.person == person:
            transaction.end_absence(absence.id, now, access_drafts.back(absence, caller, now))


def _placed(asked: Hold, alerts: Sequence[Effect], transaction: ResponseWriter) -> tuple[Hold, bool]:
    """The hold by hand that stands, and whether it is this one; a second would want two releases more."""
    standing = placed_by_hand(transaction.lock_holds(asked.person))
    if standing is not None:
        return standing, False
    rest = Effect(kind=EffectKind.SHUT_OUT, key=asked.person, due_at=asked.placed_at)
    return asked, transaction.place_hold(asked, drafts.hold_placed(asked), [rest, *alerts])
