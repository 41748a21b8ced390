"""The use case of asking for access in place: may it be, and what would be put on the role?"""

from datetime import datetime
from typing import Final

from liftgate.access.model import InPlace, Request
from liftgate.access.review import window_for
from liftgate.catalogue.model import Catalogue, Mechanism
from liftgate.clock import Clock, rfc3339
from liftgate.elevation.in_place.errors import NoRoomInPlace, NotOfferedInPlace
from liftgate.elevation.in_place.model import HeldRole, Opening
from liftgate.elevation.in_place.offer import NotOffered, name_is_fixed, offer
from liftgate.elevation.in_place.ports import HeldRoles, InPlaceStore
from liftgate.elevation.in_place.standing import names_hold_from
from liftgate.elevation.in_place.statements import ROOM, SHARE, Shortage, shortage
from liftgate.elevation.role_name import role_name
from liftgate.errors import LiftgateError
from liftgate.identity.model import Caller

_ADVICE: Final = {
    Shortage.TOO_LONG: (
        "ask for fewer places, or let whoever owns the role free room in its own inline policies"
    ),
    Shortage.OF_SHARE: (
        f"one person may hold a third of a role's room, {SHARE:,} characters: return what you no longer need, or ask for fewer places"
    ),
    Shortage.OF_ROOM: (
        "try again when one of the grants on it has ended: liftgate grants --all --state active"
    ),
}


def opening_for(
    request: Request,
    caller: Caller,
    *,
    catalogue: Catalogue,
    roles: HeldRoles,
    store: InPlaceStore,
    clock: Clock,
) -> InPlace | LiftgateError:
    """What a request would put on the role that its caller holds, or why it is not offered: the rules of ``offer``, and room.

    Raises what the role raises where IAM does not describe it, and ``Unproved`` where the engine cannot prove what it lacks.
    """
    role = roles.look(request.role_arn)
    if role.arn != request.role_arn:
        return _other_role(request, role)
    ceilings = [
        one.ceiling
        for one in catalogue.entitlements.values()
        if one.mechanism is Mechanism.IN_PLACE and one.role_arn == request.role_arn
    ]
    lately = _named_lately(role, store, clock())
    made = offer(request.scope, caller.identity, role, ceilings)
    if isinstance(made, NotOffered):
        return NotOfferedInPlace(made.because, advice=made.advice, value=request.role_arn, where="mechanism")
    if lately is not None:
        return lately
    in_place = InPlace(user_id=made.user_id, policy=made.policy, boundary=role.boundary)
    return _without_room(request, in_place, role, store, clock()) or in_place


def _other_role(request: Request, role: HeldRole) -> NotOfferedInPlace:
    """IAM finds a role by its name alone, whatever path is written before it."""
    return NotOfferedInPlace(
        f"there is no role `{request.role_arn}`: the one of that name is `{role.arn}`",
        advice="whoever keeps the catalogue: write the role's ARN as `aws iam get-role` answers it",
        value=request.role_arn,
        where="mechanism",
    )


def _named_lately(role: HeldRole, store: InPlaceStore, now: datetime) -> NotOfferedInPlace | None:
    """Why a name may be somebody else's still. What this look saw is kept, whatever becomes of the request."""
    with store.write() as transaction:
        if not name_is_fixed(role.trust, role.arn):
            transaction.saw_name_chosen(role.arn)
            return None  # said by ``offer``
        since = transaction.saw_name_fixed(role.arn, now=now)
    holds_from = names_hold_from(since, role.longest_session)
    if now >= holds_from:
        return None
    return NotOfferedInPlace(
        f"`{role_name(role.arn)}` is known to fix the session's name only since {rfc3339(since)}: a session that took yours "
        f"before may live until {rfc3339(holds_from)}",
        advice="ask again then, or ask for a session in place of this: docs/in-place.md",
        value=role.arn,
        where="mechanism",
    )


def _without_room(
    request: Request, in_place: InPlace, role: HeldRole, store: InPlaceStore, now: datetime
) -> NoRoomInPlace | None:
    """Each needs room beside all that are on the role while it is: one that is to start later keeps its place until then."""
    wished = Opening(
        grant_id=request.id,
        requester=request.requester,
        user_id=in_place.user_id,
        policy=in_place.policy,
        boundary=in_place.boundary,
        window=window_for(request, now),
        granted_at=now,
    )
    with store.read() as view:
        others = view.wanted_in_place_between(
            request.role_arn, since=max(now, wished.takes_room.starts_at), until=wished.takes_room.ends_at
        )
    short = shortage(wished, others, room=ROOM - role.inline_characters)
    if short is None:
        return None
    return NoRoomInPlace(
        f"`{request.role_arn}` has no room for this: the inline policies of a role share {ROOM:,} characters",
        advice=_ADVICE[short],
        value=request.role_arn,
        where="mechanism",
    )
