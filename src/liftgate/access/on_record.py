"""Refusals, on record: who asked for what they may not have is as much a fact as what was granted."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NoReturn

from liftgate import errors
from liftgate.access import drafts
from liftgate.access.model import Ask
from liftgate.access.ports import AccessStore
from liftgate.clock import Clock
from liftgate.errors import LiftgateError
from liftgate.identity.model import Caller
from liftgate.ledger.model import EventKind


def refuse_ask(
    ask: Ask, caller: Caller, because: Sequence[LiftgateError], store: AccessStore, now: datetime
) -> NoReturn:
    """Put on record why an ask is refused, and raise it: the first reason, with all others in ``also``."""
    with store.write() as transaction:
        transaction.record(drafts.refused(ask, caller, because, now))
    first, *others = because
    first.also = tuple(others)
    raise first


@contextmanager
def refusal_on_record(
    kind: EventKind,
    caller: Caller,
    store: AccessStore,
    clock: Clock,
    *,
    request_id: str | None = None,
    grant_id: str | None = None,
) -> Iterator[None]:
    """Who tries what they may not is on record, though the transaction in which they tried is gone."""
    try:
        yield
    except errors.Refused as refusal:
        draft = drafts.move_refused(kind, caller, refusal, clock(), request_id=request_id, grant_id=grant_id)
        with store.write() as transaction:
            transaction.record(draft)
        raise
