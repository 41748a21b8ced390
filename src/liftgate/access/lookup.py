"""Requests and grants found by their ids for somebody who may see them, in the state in which something can be done."""

from datetime import datetime

from liftgate.access.errors import GrantClosed, NoSuchGrant, NoSuchRequest, RequestClosed
from liftgate.access.model import GrantRecord, RequestRecord
from liftgate.access.sight import may_see
from liftgate.access.state import (
    Active,
    Live,
    Pending,
    Scheduled,
    grant_state,
    request_state,
    state_name,
)
from liftgate.catalogue.model import Catalogue
from liftgate.identity.model import Caller

_NOBODY: frozenset[str] = frozenset()


def live(record: GrantRecord, now: datetime) -> Live:
    """A grant that is scheduled or active. Raises ``GrantClosed``."""
    state = grant_state(record, now)
    if isinstance(state, Scheduled | Active):
        return state
    raise GrantClosed(
        f"`{record.grant.id}` is {state_name(state)} already",
        advice="nothing is left to take back",
        value=record.grant.id,
    )


def pending(record: RequestRecord, now: datetime) -> Pending:
    """A request that waits for an answer. Raises ``RequestClosed``."""
    state = request_state(record, now)
    if isinstance(state, Pending):
        return state
    raise RequestClosed(
        f"`{record.request.id}` is {state_name(state)} already",
        advice="ask anew: liftgate request",
        value=record.request.id,
    )


def seen(
    record: RequestRecord | None,
    request_id: str,
    caller: Caller,
    catalogue: Catalogue,
    stands_for: frozenset[str] = _NOBODY,
) -> RequestRecord:
    """A request that somebody may see, also in the place of reviewers who are away. Raises ``NoSuchRequest``."""
    if record is not None and may_see(
        caller.person.id,
        requester=record.request.requester,
        entitlement=record.request.entitlement,
        catalogue=catalogue,
        stands_for=stands_for,
    ):
        return record
    raise no_such_request(request_id)


def seen_grant(
    record: GrantRecord | None, grant_id: str, caller: Caller, catalogue: Catalogue
) -> GrantRecord:
    """A grant that somebody may see. Raises ``NoSuchGrant``."""
    if record is not None and may_see(
        caller.person.id,
        requester=record.grant.requester,
        entitlement=record.grant.entitlement,
        catalogue=catalogue,
    ):
        return record
    raise no_such_grant(grant_id)


def found(record: RequestRecord | None, request_id: str) -> RequestRecord:
    """A request that must be there. Raises ``NoSuchRequest``."""
    if record is None:
        raise no_such_request(request_id)
    return record


def no_such_request(request_id: str) -> NoSuchRequest:
    """What is said of every request that somebody may not see, whether there is one or not."""
    return NoSuchRequest(
        f"there is no request `{request_id[:40]}` that you may see",
        advice="list yours: liftgate status",
        value=request_id[:40],
    )


def no_such_grant(grant_id: str) -> NoSuchGrant:
    """What is said of every grant that somebody may not see, whether there is one or not."""
    return NoSuchGrant(
        f"there is no grant `{grant_id[:40]}` that you may see",
        advice="list yours: liftgate grants",
        value=grant_id[:40],
    )
