"""The use case of taking one session back: its credentials leaked, and its grant goes on."""

from datetime import datetime
from typing import Final

from liftgate.access.effects import effects_of_denies
from liftgate.access.ending import may_revoke
from liftgate.access.errors import MayNotRevoke, NoSuchGrant
from liftgate.access.model import GrantRecord
from liftgate.access.ports import Once
from liftgate.access.sight import may_see
from liftgate.access.state import Active, grant_state, state_name
from liftgate.access.text import clean_text
from liftgate.catalogue.model import Catalogue
from liftgate.clock import Clock
from liftgate.elevation import drafts
from liftgate.elevation.errors import NoSuchSession, SessionEndedAlready
from liftgate.elevation.model import SessionEnding
from liftgate.elevation.ports import ElevationStore, ElevationWriter
from liftgate.identity.model import Caller

MOST_ENDED: Final = 10
"""Sessions of one grant that are taken back one by one: each takes room on its role, which all who hold it share."""


def revoke_session(
    grant_id: str,
    number: int,
    caller: Caller,
    reason: str,
    *,
    catalogue: Catalogue,
    store: ElevationStore,
    clock: Clock,
    once: Once | None = None,
) -> GrantRecord:
    """Take one session of a live grant back; other sessions of it go on, and new ones may be lent.

    The deny in AWS is queued in the same transaction. Raises ``NoSuchGrant``, ``MayNotRevoke`` for anyone but the grant's holder,
    its reviewers and the guards, ``NoSuchSession`` and ``SessionEndedAlready``.
    """
    reason = clean_text(reason, "reason")
    with store.write() as transaction:
        now = clock()
        record = _seen(transaction.lock_grant(grant_id), grant_id, caller, catalogue)
        if transaction.repeated(once, now=now) is not None:
            return record
        _check(transaction, record, number, now)
        ending = SessionEnding(
            grant_id=grant_id, number=number, by=caller.person.id, reason=reason, ended_at=now
        )
        transaction.add_session_ending(
            ending, drafts.session_ended(ending, record.grant), effects_of_denies(record.grant, now)
        )
        transaction.remember(once, grant_id, now=now)
        return record


def _seen(record: GrantRecord | None, grant_id: str, caller: Caller, catalogue: Catalogue) -> GrantRecord:
    person_id = caller.person.id
    if record is None or not may_see(
        person_id,
        requester=record.grant.requester,
        entitlement=record.grant.entitlement,
        catalogue=catalogue,
    ):
        raise NoSuchGrant(
            f"there is no grant `{grant_id[:40]}` that you may see",
            advice="list yours: liftgate grants",
            value=grant_id[:40],
        )
    if person_id == record.grant.requester or may_revoke(person_id, record.grant.entitlement, catalogue):
        return record
    raise MayNotRevoke(
        f"`{person_id}` may not revoke a session of `{grant_id}`",
        advice="its holder, a reviewer of its entitlement or a guard can",
        value=grant_id,
    )


def _check(transaction: ElevationWriter, record: GrantRecord, number: int, now: datetime) -> None:
    grant_id = record.grant.id
    if number not in {session.number for session in transaction.sessions(grant_id)}:
        raise NoSuchSession(
            f"`{grant_id}` has no session {number}",
            advice=f"see its sessions: liftgate show {grant_id}",
            value=str(number),
        )
    state = grant_state(record, now)
    if not isinstance(state, Active):
        raise SessionEndedAlready(
            f"`{grant_id}` is {state_name(state)}, and all its sessions with it",
            advice="nothing is left to take back",
            value=grant_id,
        )
    ended = {ending.number for ending in transaction.session_endings(grant_id)}
    if len(ended) >= MOST_ENDED:
        raise SessionEndedAlready(
            f"{len(ended)} sessions of `{grant_id}` were taken back: no more are taken back one by one",
            advice=f"take the grant back: liftgate revoke {grant_id}",
            value=grant_id,
        )
    if number in ended:
        raise SessionEndedAlready(
            f"session {number} of `{grant_id}` was taken back already",
            advice=f"see how far AWS is: liftgate show {grant_id}",
            value=str(number),
        )
