"""What was granted to go on from a grant goes with it: else its holder would have it back at the end of the window."""

from collections.abc import Iterator
from dataclasses import replace

from liftgate.access import drafts
from liftgate.access.effects import effects_of_ending
from liftgate.access.model import Ending, GrantRecord
from liftgate.access.ports import AccessWriter
from liftgate.access.state import Live, grant_state


def end_what_goes_on(transaction: AccessWriter, ended: Ending) -> tuple[GrantRecord, ...]:
    """End every live grant that goes on from one that was taken back, and what goes on from those; the answer is all of them."""
    return tuple(_end(transaction, ended))


def _end(transaction: AccessWriter, ended: Ending) -> Iterator[GrantRecord]:
    for made in transaction.follow_ups(ended.grant_id):
        record = transaction.lock_grant(made.grant.id) if made.grant else None
        if record is None or not isinstance(grant_state(record, ended.ended_at), Live):
            continue
        ending = replace(ended, grant_id=record.grant.id, reason=f"with {ended.grant_id}: {ended.reason}")
        effects = effects_of_ending(record.grant, ended.ended_at)
        transaction.add_ending(ending, drafts.ended(ending, record.grant), effects)
        yield GrantRecord(grant=record.grant, ending=ending)
        yield from _end(transaction, ending)
