"""The early end of a grant: revoked by a reviewer or guard, or returned by its requester."""

from datetime import datetime

from liftgate.access.errors import MayNotRevoke, NotTheRequester
from liftgate.access.model import Ending, EndingKind
from liftgate.access.sight import is_guard
from liftgate.access.state import Live
from liftgate.catalogue.model import Catalogue
from liftgate.identity.model import Caller


def revoke(live: Live, by: Caller, reason: str, *, catalogue: Catalogue, now: datetime) -> Ending:
    """Take a live grant back. Raises ``MayNotRevoke`` for anyone but its reviewers and the guards."""
    if not may_revoke(by.person.id, live.grant.entitlement, catalogue):
        raise MayNotRevoke(
            f"`{by.person.id}` may not revoke `{live.grant.id}`",
            advice="a reviewer of its entitlement or a guard can; its requester can return it: liftgate return "
            + live.grant.id,
            value=live.grant.id,
        )
    return Ending(
        grant_id=live.grant.id, kind=EndingKind.REVOKED, by=by.person.id, reason=reason, ended_at=now
    )


def give_back(live: Live, by: Caller, reason: str, *, now: datetime) -> Ending:
    """Return a live grant early. Raises ``NotTheRequester`` for anyone else."""
    if by.person.id != live.grant.requester:
        raise NotTheRequester(
            f"`{live.grant.id}` is not your grant",
            advice=f"a reviewer of its entitlement or a guard can revoke it: liftgate revoke {live.grant.id}",
            value=live.grant.id,
        )
    return Ending(
        grant_id=live.grant.id, kind=EndingKind.RETURNED, by=by.person.id, reason=reason, ended_at=now
    )


def may_revoke(person_id: str, entitlement: str, catalogue: Catalogue) -> bool:
    """Whether somebody is a guard, or a reviewer of the entitlement as the catalogue stands now."""
    known = catalogue.entitlements.get(entitlement)
    return is_guard(person_id, catalogue) or (known is not None and person_id in known.reviewers)
