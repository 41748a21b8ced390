"""Taking back many grants at once: all of one person, all under one entitlement, or all there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from liftgate.access import drafts, telling
from liftgate.access.chain import end_what_goes_on
from liftgate.access.effects import effects_of_ending
from liftgate.access.ending import may_revoke
from liftgate.access.errors import MayNotRevoke
from liftgate.access.model import Ending, EndingKind, GrantRecord
from liftgate.access.ports import AccessStore, AccessWriter, Effect, GrantFilter
from liftgate.access.sight import is_guard
from liftgate.access.state import LIVE, Live, grant_state
from liftgate.access.text import clean_text
from liftgate.catalogue.model import Catalogue
from liftgate.clock import Clock
from liftgate.identity.model import Caller
from liftgate.ledger.model import EventKind

_AT_ONCE: Final = 100  # grants a transaction: others wait for it


@dataclass(frozen=True, slots=True)
class OfPerson:
    """All live grants of one person, known to the catalogue or not; of those that were made until a moment, where one is said."""

    person_id: str
    until: datetime | None = None

    def __str__(self) -> str:
        return f"of `{self.person_id}`"


@dataclass(frozen=True, slots=True)
class UnderEntitlement:
    """All live grants under one entitlement, in the catalogue or not."""

    name: str

    def __str__(self) -> str:
        return f"under `{self.name}`"


@dataclass(frozen=True, slots=True)
class Everything:
    """All live grants."""

    def __str__(self) -> str:
        return "of everybody"


Which: TypeAlias = OfPerson | UnderEntitlement | Everything


def revoke_many(
    which: Which, caller: Caller, reason: str, *, catalogue: Catalogue, store: AccessStore, clock: Clock
) -> tuple[GrantRecord, ...]:
    """End every grant that is live, in transactions of a hundred, until none is left; those that were ended.

    The denies in AWS are queued in the same transactions; whoever calls this drains them at once. Doing it twice does no harm.
    Raises ``MayNotRevoke`` for anyone but the guards, and under an entitlement its reviewers; ``TextRefused`` for the reason.
    """
    reason = clean_text(reason, "reason")
    try:
        _check_right(which, caller, catalogue)
    except MayNotRevoke as refusal:
        with store.write() as transaction:
            transaction.record(drafts.move_refused(EventKind.ENDING_REFUSED, caller, refusal, clock()))
        raise
    with store.write() as transaction:
        transaction.record(drafts.revoked_many(str(which), caller, reason, clock()))
    return end_all(which, caller.person.id, reason, store=store, clock=clock)


def end_all(
    which: Which, by: str, reason: str, *, store: AccessStore, clock: Clock
) -> tuple[GrantRecord, ...]:
    """End every grant that is live, and what goes on from it, for whoever has the right to: ``by`` is a person's id, or ``liftgate`` itself."""
    ended: list[GrantRecord] = []
    while (batch := _batch(which, by, reason, store, clock)) is not None:
        ended += batch
    return tuple(ended)


def _check_right(which: Which, caller: Caller, catalogue: Catalogue) -> None:
    person_id = caller.person.id
    if is_guard(person_id, catalogue):
        return
    if isinstance(which, UnderEntitlement) and may_revoke(person_id, which.name, catalogue):
        return
    raise MayNotRevoke(
        f"`{person_id}` may not revoke every grant {which}",
        advice="a guard can; a reviewer can under an entitlement that they review: --entitlement NAME",
        value=person_id,
    )


def _batch(
    which: Which, by: str, reason: str, store: AccessStore, clock: Clock
) -> tuple[GrantRecord, ...] | None:
    """The next hundred; None where none was found, empty where somebody else ended them meanwhile."""
    with store.write() as transaction:
        now = clock()
        found = transaction.grants(_filter(which), now=now, cursor=None, limit=_AT_ONCE).items
        if not found:
            return None
        ended = []
        queued: set[Effect] = set()  # many denies on one role are one piece of work
        for live in _still_live(transaction, found, now):
            ending = Ending(
                grant_id=live.grant.id,
                kind=EndingKind.REVOKED,
                by=by,
                reason=reason,
                ended_at=now,
            )
            effects = [one for one in effects_of_ending(live.grant, now) if one not in queued]
            queued.update(effects)
            transaction.add_ending(ending, drafts.ended(ending, live.grant), effects)
            transaction.tell(telling.of_ending(ending, live.grant))
            ended.append((live.grant, ending))
        # What goes on from them, where it was not among them: granted after the moment that was said.
        with_them = [gone for _, ending in ended for gone in end_what_goes_on(transaction, ending)]
        return (*(GrantRecord(grant=grant, ending=ending) for grant, ending in ended), *with_them)


def _filter(which: Which) -> GrantFilter:
    match which:
        case OfPerson(person_id, until):
            return GrantFilter(requester=person_id, states=LIVE, until=until)
        case UnderEntitlement(name):
            return GrantFilter(entitlements=frozenset({name}), states=LIVE)
        case Everything():
            return GrantFilter(states=LIVE)


def _still_live(transaction: AccessWriter, found: tuple[GrantRecord, ...], now: datetime) -> Iterator[Live]:
    """Each under its lock, always in the same order, so that two who press the button do not wait for each other."""
    for grant_id in sorted(record.grant.id for record in found):
        record = transaction.lock_grant(grant_id)
        state = grant_state(record, now) if record is not None else None
        if isinstance(state, Live):
            yield state
