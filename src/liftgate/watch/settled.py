"""Makes the account of a grant that is over, keeps it, and makes it anew when later calls come to light."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liftgate.access.drafts import scope_json
from liftgate.access.model import GrantRecord
from liftgate.access.ports import Effect, EffectKind
from liftgate.clock import Clock, rfc3339
from liftgate.errors import Unavailable
from liftgate.ledger.model import Draft, EventKind
from liftgate.watch.ports import SettlementReader, SettlementStore
from liftgate.watch.settlement import Call, Settled, Settlement, settle

_TRIES: Final = 3

Messages = Callable[[str], Sequence[Effect]]  # what to queue so that people are told of something


class StillMoving(Unavailable):
    """Calls kept coming in while the account was made."""

    code = "still_moving"


@dataclass(frozen=True, slots=True)
class NotYet:
    """Its calls have not settled."""

    due_at: datetime


def settle_grant(
    grant_id: str, *, after: timedelta, messages: Messages, store: SettlementStore, clock: Clock
) -> Settled | NotYet | None:
    """Make a grant's account where it is due; None where there is nothing to do. Raises ``StillMoving``.

    It is made outside the transaction that keeps it, which makes sure that nothing came in meanwhile: calls are only ever added.
    """
    for _ in range(_TRIES):
        with store.read() as view:
            record, latest = view.grant(grant_id), view.settled(grant_id)
            due_at = None if record is None else due(record, latest, after)
            if record is None or due_at is None:
                return None
            if clock() < due_at:
                return NotYet(due_at)
            settlement, events = _account(record, view)
        made = Settled(
            number=latest.number + 1 if latest else 1,
            settlement=settlement,
            events=events,
            settled_at=clock(),
        )
        with store.write() as transaction:
            transaction.count_alone([grant_id])
            counted = transaction.counts(grant_id)
            if transaction.settled(grant_id) == latest and counted == (
                settlement.calls,
                len(settlement.findings),
            ):
                about = f"grant.settled {grant_id} {made.number}"
                transaction.add_settlement(made, _draft(made, record), messages(about))
                return made
    raise StillMoving(
        f"calls under `{grant_id}` are still coming in", advice="it is tried again", value=grant_id
    )


def due(record: GrantRecord, latest: Settled | None, after: timedelta) -> datetime | None:
    """When a grant's account is to be made; None: it stands."""
    if latest is not None:
        return latest.reopened_at + after if latest.reopened_at else None
    over_at = record.ending.ended_at if record.ending else record.grant.window.ends_at
    return over_at + after


def effect_of_reopening(grant_id: str, now: datetime) -> Effect:
    """What must follow a call that an account does not count."""
    return Effect(kind=EffectKind.SETTLE, key=grant_id, due_at=now)


def reopened(grant_id: str, now: datetime) -> Draft:
    """What the ledger says of it."""
    return Draft(at=now, kind=EventKind.GRANT_REOPENED, actor="liftgate", grant_id=grant_id)


def hash_of_events(event_ids: Iterable[str]) -> str:
    """Of ids that are sorted, each there once: the same for the same calls."""
    found = hashlib.sha256()
    for event_id in event_ids:
        found.update(event_id.encode() + b"\n")
    return found.hexdigest()


def _account(record: GrantRecord, view: SettlementReader) -> tuple[Settlement, str]:
    grant = record.grant
    found = settle(grant.id, grant.scope, _Calls(grant.id, view), view.finding_ids(grant.id))
    return found, hash_of_events(view.event_ids(grant.id))


@dataclass(frozen=True, slots=True)
class _Calls:
    """All calls of a grant, read anew each time that they are gone through; a view shows the same each time."""

    grant_id: str
    view: SettlementReader

    def __iter__(self) -> Iterator[Call]:
        return self.view.calls(self.grant_id)


def _draft(made: Settled, record: GrantRecord) -> Draft:
    found = made.settlement
    return Draft(
        at=made.settled_at,
        kind=EventKind.GRANT_SETTLED,
        actor="liftgate",
        request_id=record.grant.request_id,
        grant_id=found.grant_id,
        body={
            "number": made.number,
            "calls": found.calls,
            "refused": found.refused,
            "events": made.events,
            "findings": list(found.findings[:100]),
            "first_at": rfc3339(found.first_at) if found.first_at else None,
            "last_at": rfc3339(found.last_at) if found.last_at else None,
            "sufficed": scope_json(found.sufficed) if found.sufficed else None,
            "open_because": found.open_because,
        },
    )
