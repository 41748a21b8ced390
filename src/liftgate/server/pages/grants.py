"""One grant: what it allows, its story in one timeline, and what may be done about it."""

from fastapi import APIRouter, Request, Response

from liftgate.access import service
from liftgate.access.ending import may_revoke
from liftgate.access.state import LIVE
from liftgate.pasted import use_of_grant
from liftgate.server.api.activities import timeline_of
from liftgate.server.api.grants import whole_grant
from liftgate.server.api.settlements import settlement_shape
from liftgate.server.browser.looks import Looking, Submitted
from liftgate.server.calls import GrantId
from liftgate.server.pages.render import go_to, page
from liftgate.server.settling import settle_soon

router = APIRouter(include_in_schema=False)


@router.get("/grants/{grant_id}")
def grant_page(request: Request, look: Looking, grant_id: GrantId) -> Response:
    """A grant in full."""
    call = look.call
    grant = whole_grant(grant_id, call)
    settled = settlement_shape(call, grant_id)
    is_mine = grant.requester.id == call.person_id
    commands = use_of_grant(
        grant.id,
        actions=grant.scope.actions,
        locations=grant.scope.locations,
        in_place=grant.in_place is not None,
    )
    return page(
        request,
        "grant.html",
        look,
        now=call.parts.clock(),
        grant=grant,
        timeline=timeline_of(call, grant_id),
        settlement=settled,
        commands=commands[:1] if is_mine and grant.state == "active" else (),
        may_return=is_mine and grant.state in LIVE,
        may_revoke=grant.state in LIVE
        and not is_mine
        and may_revoke(call.person_id, grant.entitlement, call.catalogue),
    )


@router.post("/grants/{grant_id}/revocation")
def revoke(sent: Submitted, grant_id: GrantId) -> Response:
    """Take a grant back."""
    call = sent.call
    record = service.revoke_grant(
        grant_id,
        call.caller,
        sent.form.text("reason"),
        catalogue=call.catalogue,
        store=call.parts.store,
        clock=call.parts.clock,
        once=call.once,
    )
    settle_soon([record.grant], call.parts)
    return go_to(f"/grants/{grant_id}")
