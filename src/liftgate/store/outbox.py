"""The transactional outbox: what must follow a change in AWS, queued in the transaction of the change.

A worker claims items under a lease, does them, and reports. A worker that dies keeps its items only until the lease ends; another then takes
them up, so every effect is done at least once, and must bear being done twice.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, case, delete, func, insert, or_, select, update

from liftgate.access.ports import Effect, EffectKind
from liftgate.errors import LiftgateError
from liftgate.store.columns import Moment
from liftgate.store.rows import Row
from liftgate.store.tables import outbox

_FIRST_DELAY: Final = timedelta(seconds=1)
_LONGEST_DELAY: Final = timedelta(minutes=1)  # what waits here may be a revocation
_LONGEST_ERROR: Final = 500  # characters

_SAME_PENDING: Final = (
    select(outbox.c.id)
    .where(
        outbox.c.kind == bindparam("of_kind"),
        outbox.c.key == bindparam("of_key"),
        outbox.c.due_at == bindparam("of_due_at", type_=Moment()),
        outbox.c.leased_by.is_(None),
    )
    .limit(1)
    .with_for_update(skip_locked=True)
)
_ADD: Final = insert(outbox)
_FREE: Final = (
    outbox.c.kind.in_(bindparam("kinds", expanding=True)),
    outbox.c.due_at <= bindparam("now", type_=Moment()),
    or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= bindparam("now", type_=Moment())),
)
_CLAIMABLE: Final = (
    select(outbox)
    .where(*_FREE)
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
# Of keys that are claimed anyway: what else is due of them, which the same work does.
_TWINS: Final = (
    select(outbox)
    .where(*_FREE, outbox.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(1_000)
    .with_for_update(skip_locked=True)
)
_LEASE: Final = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(leased_by=bindparam("worker"), leased_until=bindparam("until"), attempts=outbox.c.attempts + 1)
)
_HELD: Final = (
    outbox.c.id == bindparam("of_id"),
    outbox.c.leased_by == bindparam("of_worker"),
    outbox.c.attempts == bindparam("of_attempts"),
)
_DONE: Final = delete(outbox).where(*_HELD)
_FAILED: Final = (
    update(outbox)
    .where(*_HELD)
    .values(leased_by=None, leased_until=None, due_at=bindparam("next_due"), last_error=bindparam("error"))
)
_CLAIMABLE_AT: Final = case(
    (outbox.c.leased_until > outbox.c.due_at, outbox.c.leased_until), else_=outbox.c.due_at
)
_NEXT: Final = select(func.min(_CLAIMABLE_AT, type_=Moment())).where(
    outbox.c.kind.in_(bindparam("kinds", expanding=True)), bindparam("now", type_=Moment()) < _CLAIMABLE_AT
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One effect, leased to a worker."""

    id: int
    effect: Effect
    worker: str
    attempts: int  # this one included
    last_error: str | None


class Outbox:
    """The outbox in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def enqueue(self, effects: Sequence[Effect]) -> None:
        """Queue effects of the change that this transaction makes."""
        for effect in effects:
            if not self._is_pending(effect):
                self._connection.execute(_ADD, _row(effect))

    def enqueue_first(self, effects: Sequence[Effect]) -> None:
        """Queue effects of keys that were never queued before: however many, nothing is looked up."""
        if effects:
            self._connection.execute(_ADD, [_row(effect) for effect in effects])

    def claim(
        self,
        now: datetime,
        *,
        lease: timedelta,
        limit: int,
        worker: str,
        kinds: Collection[EffectKind] = tuple(EffectKind),
    ) -> tuple[Claimed, ...]:
        """Lease up to ``limit`` due effects of these kinds, and what else is due of their keys; nobody else gets them until the
        lease ends.

        All of one key comes together, so that a key of which much is queued does not go before all others. Commit before
        doing them.
        """
        free = {"now": now, "kinds": sorted(kinds)}
        rows = self._connection.execute(_CLAIMABLE, {**free, "at_most": limit}).mappings().all()
        if rows:
            keys = sorted({row["key"] for row in rows})
            rows = self._connection.execute(_TWINS, {**free, "keys": keys}).mappings().all()
            ids = [row["id"] for row in rows]
            self._connection.execute(_LEASE, {"ids": ids, "worker": worker, "until": now + lease})
        return tuple(_claimed(row, worker) for row in rows)

    def done(self, item: Claimed) -> bool:
        """Take a finished effect out; False where the lease had gone to another."""
        return self._connection.execute(_DONE, _held(item)).rowcount == 1

    def failed(self, item: Claimed, *, next_due: datetime, error: Exception) -> bool:
        """Put an effect back for later; False where the lease had gone to another."""
        later = {**_held(item), "next_due": next_due, "error": error_text(error)}
        return self._connection.execute(_FAILED, later).rowcount == 1

    def due_after(
        self, now: datetime, *, kinds: Collection[EffectKind] = tuple(EffectKind)
    ) -> datetime | None:
        """When the next effect of these kinds that cannot be claimed at ``now`` can be: how long a worker may sleep."""
        which = {"now": now, "kinds": sorted(kinds)}
        earliest: datetime | None = self._connection.execute(_NEXT, which).scalar_one()
        return earliest

    def _is_pending(self, effect: Effect) -> bool:
        """Whether the same effect waits already, and will be done after this transaction has ended.

        It is locked until then, so no worker can take it, look at the world before this change, and call it done.
        """
        same = {"of_kind": effect.kind.value, "of_key": effect.key, "of_due_at": effect.due_at}
        return self._connection.execute(_SAME_PENDING, same).first() is not None


def retry_delay(attempts: int, *, jitter: float) -> timedelta:
    """How long to wait after an attempt that failed: doubled each time, to a minute; ``jitter`` in [0, 1) takes off up to half,
    so that workers which failed together do not come back together.
    """
    doubled: timedelta = _FIRST_DELAY * 2 ** min(max(attempts, 1) - 1, 16)
    return min(doubled, _LONGEST_DELAY) * (1 - jitter / 2)


def error_text(error: Exception) -> str:
    """What is kept of an error: code and sentence of our own, and of a foreign one only its kind, since its text may say too much."""
    if isinstance(error, LiftgateError):
        return f"{error.code}: {error.sentence}"[:_LONGEST_ERROR]
    return type(error).__name__[:_LONGEST_ERROR]


def _row(effect: Effect) -> dict[str, object]:
    return {"kind": effect.kind.value, "key": effect.key, "due_at": effect.due_at, "attempts": 0}


def _held(item: Claimed) -> dict[str, object]:
    return {"of_id": item.id, "of_worker": item.worker, "of_attempts": item.attempts}


def _claimed(row: Row, worker: str) -> Claimed:
    return Claimed(
        id=row["id"],
        effect=Effect(kind=EffectKind(row["kind"]), key=row["key"], due_at=row["due_at"]),
        worker=worker,
        attempts=row["attempts"] + 1,
        last_error=row["last_error"],
    )
