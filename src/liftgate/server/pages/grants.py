"""One grant: what it allows, its story in one timeline, and what may be done about it."""

from fastapi import APIRouter, Request, Response

from liftgate.access.ending import may_revoke
from liftgate.access.state import LIVE
from liftgate.errors import LiftgateError
from liftgate.pasted import use_of_grant
from liftgate.server.api.activities import timeline_of
from liftgate.server.api.grants import ExtensionBody, RevocationBody, extended_grant, take_back, whole_grant
from liftgate.server.api.settlements import settlement_shape
from liftgate.server.browser.looks import Look, Looking, Submitted
from liftgate.server.calls import GrantId
from liftgate.server.pages.asked import checked
from liftgate.server.pages.render import go_to, page
from liftgate.server.problems import status_of
from liftgate.span import parse_span

router = APIRouter(include_in_schema=False)


@router.get("/grants/{grant_id}")
def grant_page(request: Request, look: Looking, grant_id: GrantId) -> Response:
    """A grant in full."""
    return _shown(request, look, grant_id)


def _shown(request: Request, look: Look, grant_id: str, *, error: LiftgateError | None = None) -> Response:
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
        status=200 if error is None else status_of(error),
        error=error,
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
    take_back(grant_id, checked(RevocationBody, {"reason": sent.form.text("reason")}), sent.call)
    return go_to(f"/grants/{grant_id}")


@router.post("/grants/{grant_id}/extensions")
def extend(request: Request, sent: Submitted, grant_id: GrantId) -> Response:
    """Ask to go on from one's own grant."""
    form = sent.form
    try:
        duration = parse_span(form.text("duration").strip().replace(" ", ""), where="duration")
        said = {
            "duration_seconds": int(duration.total_seconds()),
            "justification": form.text("justification"),
            "ticket": form.text("ticket") or None,
        }
        record = extended_grant(grant_id, checked(ExtensionBody, said), sent.call)
    except LiftgateError as error:
        return _shown(request, sent.look, grant_id, error=error)
    return go_to(f"/requests/{record.request.id}")
