"""A revocation drill: a session is lent as to anybody, taken back as from anybody, and AWS is asked before and after.

The call that is tried changes and reads nothing, and the credentials are in nobody's hands: they never leave this process.
All of it is on the ledger as what it is, a request and a grant of the guard who ordered the drill.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from liftgate.access import drafts
from liftgate.access.errors import MayNotDrill, NoSuchEntitlement
from liftgate.access.ids import RandomBytes, new_grant_id, new_request_id
from liftgate.access.model import Grant, Request
from liftgate.access.ports import AccessReader, AccessWriter
from liftgate.access.review import grant_for
from liftgate.access.service import revoke_grant
from liftgate.access.sight import is_guard
from liftgate.catalogue.model import Catalogue, Entitlement, Mechanism
from liftgate.clock import Clock
from liftgate.elevation.errors import NothingToDrill, SessionDoesNothing
from liftgate.elevation.harmless import HarmlessCall, HarmlessCalls, harmless_call
from liftgate.elevation.model import Credentials
from liftgate.elevation.ports import ElevationReader, ElevationWriter, Lender
from liftgate.elevation.service import lend_session
from liftgate.identity.model import Caller

LASTS: Final = timedelta(minutes=15)
PATIENCE: Final = timedelta(seconds=10)  # for the session to work, and again for the deny to bite
_REASON: Final = "revocation drill"


class DrillReader(AccessReader, ElevationReader, Protocol):
    """A view of grants and their sessions."""


class DrillWriter(AccessWriter, ElevationWriter, Protocol):
    """A transaction that changes both."""


class DrillStore(Protocol):
    """Opens transactions."""

    def read(self) -> AbstractContextManager[DrillReader]:
        """A read-only view."""

    def write(self) -> AbstractContextManager[DrillWriter]:
        """A writing transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What a drill showed."""

    entitlement: str
    role_arn: str
    grant_id: str
    call: str
    in_place_after: timedelta  # from the order to revoke until the deny was read back
    refused_after: timedelta | None  # from the same moment until AWS refused; None: it still let it through


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillGround:
    """What a drill plays on. ``settle`` brings the denies of a role in place, ``pause`` waits between two calls."""

    store: DrillStore
    lender: Lender
    calls: HarmlessCalls
    settle: Callable[[str], object]
    clock: Clock
    random: RandomBytes
    pause: Callable[[], None]


def drill_revocation(name: str, caller: Caller, catalogue: Catalogue, ground: DrillGround) -> Drill:
    """Prove on one entitlement that a revocation bites.

    Raises ``MayNotDrill`` for anyone but a guard, ``NoSuchEntitlement``, ``NothingToDrill``, ``SessionDoesNothing`` where the
    role itself refuses the call, and what lending, revoking and S3 raise; whatever happens, the grant is ended.
    """
    entitlement = _entitlement(name, caller, catalogue)
    call = _call(entitlement, ground)
    grant = _granted(entitlement, call, caller, catalogue, ground)
    ended = False
    try:
        _, credentials = lend_session(
            grant.id, caller, store=ground.store, lender=ground.lender, clock=ground.clock
        )
        _until_it_works(call, credentials, grant, ground)
        ordered_at = ground.clock()
        ended = _ended(grant, caller, catalogue, ground)
        ground.settle(grant.role_arn)
        in_place_after = ground.clock() - ordered_at
        refused = _waited(lambda: not ground.calls.is_let_through(call, credentials), ground)
        return Drill(
            entitlement=entitlement.name,
            role_arn=grant.role_arn,
            grant_id=grant.id,
            call=str(call),
            in_place_after=in_place_after,
            refused_after=ground.clock() - ordered_at if refused else None,
        )
    finally:
        if not ended:
            _ended(grant, caller, catalogue, ground)


def _entitlement(name: str, caller: Caller, catalogue: Catalogue) -> Entitlement:
    if not is_guard(caller.person.id, catalogue):
        raise MayNotDrill(
            f"`{caller.person.id}` may not order a drill: a session is lent for it",
            advice="a guard can, who may revoke everything anyway",
            value=caller.person.id,
        )
    found = catalogue.entitlements.get(name)
    if found is None:
        raise NoSuchEntitlement(
            f"there is no entitlement `{name[:80]}`", advice="list them: liftgate catalogue", value=name[:80]
        )
    if found.mechanism is not Mechanism.SESSION:
        raise NothingToDrill(
            f"`{name}` is given in place: no session is lent that a deny could hit",
            advice="nothing: its statements are taken away and read back at each revocation",
            value=name,
        )
    return found


def _call(entitlement: Entitlement, ground: DrillGround) -> HarmlessCall:
    name = new_grant_id(ground.clock(), ground.random).removeprefix("gr-")
    call = harmless_call(entitlement.ceiling, f"liftgate-drill-{name}")
    if call is None:
        raise NothingToDrill(
            f"`{entitlement.name}` holds no action that can be tried without doing anything",
            advice="try one that holds `write` or `list`; the deny is written in the same way on every role",
            value=entitlement.name,
        )
    return call


def _granted(
    entitlement: Entitlement,
    call: HarmlessCall,
    caller: Caller,
    catalogue: Catalogue,
    ground: DrillGround,
) -> Grant:
    now = ground.clock()
    request = Request(
        id=new_request_id(now, ground.random),
        requester=caller.person.id,
        identity=str(caller.identity),
        entitlement=entitlement.name,
        catalogue_version=catalogue.version,
        account=entitlement.account,
        role_arn=entitlement.role_arn,
        external_id=entitlement.external_id,
        max_session=entitlement.max_session,
        scope=call.scope,
        duration=LASTS,
        starts_at=None,
        justification=_REASON,
        ticket=None,
        stages=(),
        asked_at=now,
        lapses_at=now + LASTS,
    )
    grant = grant_for(request, grant_id=new_grant_id(now, ground.random), now=now)
    with ground.store.write() as transaction:
        transaction.add_request(request, drafts.requested(request))
        transaction.add_grant(grant, drafts.granted(grant, request, by=caller.person.id))
    return grant


def _ended(grant: Grant, caller: Caller, catalogue: Catalogue, ground: DrillGround) -> bool:
    """Its deny is queued in the same transaction, so that a worker writes it where this call does not get to it."""
    revoke_grant(grant.id, caller, _REASON, catalogue=catalogue, store=ground.store, clock=ground.clock)
    return True


def _until_it_works(call: HarmlessCall, credentials: Credentials, grant: Grant, ground: DrillGround) -> None:
    if not _waited(lambda: ground.calls.is_let_through(call, credentials), ground):
        raise SessionDoesNothing(
            f"AWS refuses {call} to a session of `{grant.role_arn}` that was lent for it, so a deny would prove nothing",
            advice="see that the role's own policy and its boundary hold the entitlement's ceiling",
            value=grant.role_arn,
        )


def _waited(true: Callable[[], bool], ground: DrillGround) -> bool:
    deadline = ground.clock() + PATIENCE
    while not true():
        if ground.clock() >= deadline:
            return False
        ground.pause()
    return True
