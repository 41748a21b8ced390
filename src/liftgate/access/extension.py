"""Going on from a running grant: by a new request under the same rules, whose grant begins where the old one ends."""

from datetime import datetime, timedelta

from liftgate.access.errors import NotExtendable
from liftgate.access.lookup import no_such_grant
from liftgate.access.model import Ask, Extends, GrantRecord, Request, RequestRecord
from liftgate.access.ports import AccessReader, AccessWriter
from liftgate.access.state import Approved, Live, Pending, grant_state, request_state, state_name
from liftgate.catalogue.model import Mechanism
from liftgate.identity.model import Caller


def ask_to_extend(
    grant_id: str,
    caller: Caller,
    view: AccessReader,
    *,
    duration: timedelta,
    justification: str,
    ticket: str | None,
    now: datetime,
) -> Ask:
    """What its holder asks for who wants to go on: the same scope, from the grant's end on.

    Raises ``NoSuchGrant`` for a grant of somebody else, and ``NotExtendable``.
    """
    record = view.grant(grant_id)
    if record is None or record.grant.requester != caller.person.id:
        raise no_such_grant(grant_id)
    grant = record.grant
    refuse_unextendable(record, view, now)
    made = view.request(grant.request_id)
    before = made.request.extends.in_all if made and made.request.extends else timedelta(0)
    return Ask(
        actions=grant.scope.actions,
        places=tuple(frozenset({location}) for location in sorted(grant.scope.locations)),
        kms_keys=grant.scope.kms_keys,
        duration=duration,
        justification=justification,
        entitlement=grant.entitlement,
        ticket=ticket or (made.request.ticket if made else None),
        starts_at=grant.window.ends_at,
        mechanism=Mechanism.IN_PLACE if grant.in_place is not None else Mechanism.SESSION,
        extends=Extends(grant_id=grant.id, in_all=before + grant.window.ends_at - grant.window.starts_at),
    )


def refuse_unextendable(record: GrantRecord, view: AccessReader, now: datetime) -> None:
    """Raise ``NotExtendable`` where a grant is over, or another request goes on from it already."""
    grant, state = record.grant, grant_state(record, now)
    if not isinstance(state, Live):
        raise NotExtendable(
            f"`{grant.id}` is {state_name(state)}, and nothing can go on from it",
            advice="ask anew: liftgate request",
            value=grant.id,
        )
    going_on = follow_up(view.follow_ups(grant.id), now)
    if going_on is not None:
        raise NotExtendable(
            f"`{going_on.request.id}` goes on from `{grant.id}` already",
            advice=f"look at it: liftgate show {going_on.grant.id if going_on.grant else going_on.request.id}",
            value=grant.id,
        )


def refuse_changed(request: Request, transaction: AccessWriter, now: datetime) -> None:
    """The same, with the grant locked until the transaction ends: of two requests to go on from one grant only one is made."""
    if request.extends is None:
        return
    record = transaction.lock_grant(request.extends.grant_id)
    if record is None:
        raise no_such_grant(request.extends.grant_id)
    refuse_unextendable(record, transaction, now)


def follow_up(requests: tuple[RequestRecord, ...], now: datetime) -> RequestRecord | None:
    """The one that goes on from a grant, or may come to: granted, or waiting."""
    return next((one for one in requests if isinstance(request_state(one, now), Pending | Approved)), None)
