"""Idempotency keys: a repeated call finds what the first one made, instead of making it twice.

The key is bound in the transaction of the change, so a crash leaves both or neither. What is kept is the id of what was made, never
an answer: no answer with credentials can be replayed.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, text, update

from liftgate.access.errors import KeyReused
from liftgate.access.ports import Once
from liftgate.store.columns import Moment, Words
from liftgate.store.tables import idempotency_keys as keys

KEPT_FOR: Final = timedelta(hours=24)
"""Long enough for every client that retries; a key may be used anew after it."""

# Claims the key, or waits on PostgreSQL until another transaction that claimed it has ended.
_CLAIM: Final = (
    text(
        """
    INSERT INTO idempotency_keys (person_id, key, fingerprint, resource_id, used_at)
    VALUES (:person_id, :key, :fingerprint, NULL, :now)
    ON CONFLICT (person_id, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, resource_id = NULL, used_at = excluded.used_at
    WHERE idempotency_keys.used_at <= :expired_at OR idempotency_keys.resource_id IS NULL
    """
    )
    .bindparams(
        bindparam("key", type_=Words()),
        bindparam("now", type_=Moment()),
        bindparam("expired_at", type_=Moment()),
    )
    .execution_options(preserve_rowcount=True)
)
_ONE: Final = select(keys.c.fingerprint, keys.c.resource_id).where(
    keys.c.person_id == bindparam("of_person"), keys.c.key == bindparam("of_key")
)
_BIND: Final = (
    update(keys)
    .where(keys.c.person_id == bindparam("of_person"), keys.c.key == bindparam("of_key"))
    .values(resource_id=bindparam("made"), used_at=bindparam("now"))
)
_FORGET: Final = delete(keys).where(keys.c.used_at <= bindparam("expired_at", type_=Moment()))


class IdempotencyKeys:
    """The idempotency keys of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def repeated(self, once: Once, *, now: datetime) -> str | None:
        """The id of what the same call made before; None: it is this transaction's to make."""
        claim = {
            "person_id": once.person_id,
            "key": once.key,
            "fingerprint": once.fingerprint,
            "now": now,
            "expired_at": now - KEPT_FOR,
        }
        if self._connection.execute(_CLAIM, claim).rowcount == 1:
            return None
        earlier = self._connection.execute(_ONE, {"of_person": once.person_id, "of_key": once.key}).one()
        if earlier.fingerprint != once.fingerprint:
            raise KeyReused(
                f"the Idempotency-Key `{once.key[:40]}` was used before, for another call",
                advice="use a new key for each call; repeat one only with the same method, path and body",
                value=once.key[:40],
            )
        made: str = earlier.resource_id
        return made

    def remember(self, once: Once, resource_id: str, *, now: datetime) -> None:
        """Bind a key that ``repeated`` claimed to what was made."""
        bound = {"of_person": once.person_id, "of_key": once.key, "made": resource_id, "now": now}
        if self._connection.execute(_BIND, bound).rowcount != 1:
            raise RuntimeError("`remember` needs `repeated` to have claimed the key in this transaction")

    def forget(self, *, now: datetime) -> int:
        """Delete expired keys; how many were deleted."""
        return self._connection.execute(_FORGET, {"expired_at": now - KEPT_FOR}).rowcount
