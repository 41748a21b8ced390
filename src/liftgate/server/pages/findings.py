"""What was found in CloudTrail, and one finding in full: why, what was done about it, and what could be undone."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from liftgate.access.ending import may_revoke
from liftgate.access.errors import NoSuchGrant
from liftgate.access.state import LIVE
from liftgate.server.api.findings import FindingId, FindingQuery, findings_page, whole_finding
from liftgate.server.api.grant_shape import GrantShape
from liftgate.server.api.grants import whole_grant
from liftgate.server.api.holds import standing_holds
from liftgate.server.browser.looks import Looking
from liftgate.server.calls import Call
from liftgate.server.pages.asked import address, asked, here
from liftgate.server.pages.render import page

router = APIRouter(include_in_schema=False)

_IN_WORDS: Final = {
    "nothing": "nothing but this record",
    "alert": "people are told",
    "revoke": "the grant is taken back",
    "quarantine": "every grant of the person is taken back, and new ones are held",
}


@dataclass(frozen=True, slots=True)
class Undoing:
    """How somebody puts one object right."""

    words: str
    command: str | None


@router.get("/findings")
def findings(request: Request, look: Looking) -> Response:
    """Findings that I may see."""
    query = asked(request, FindingQuery)
    found = findings_page(look.call, query)
    kept = query.model_dump(exclude_none=True, exclude_defaults=True, mode="json", exclude={"cursor"})
    following = address("/findings", {**kept, "cursor": found.next_cursor}) if found.next_cursor else None
    return page(
        request,
        "findings.html",
        look,
        now=look.call.parts.clock(),
        query=query,
        found=found.items,
        following=following,
        here=here(request),
        is_narrowed=bool(kept),
        held=len({hold.person.id for hold in standing_holds(look.call).items}) if look.call.sees_all else 0,
    )


@router.get("/findings/{finding_id}")
def finding(request: Request, look: Looking, finding_id: FindingId) -> Response:
    """A finding in full."""
    call = look.call
    shape = whole_finding(call, finding_id)
    grant = _grant(call, shape.grant_id)
    return page(
        request,
        "finding.html",
        look,
        now=call.parts.clock(),
        found=shape,
        calls_for=_IN_WORDS[shape.answer],
        undoing={one.event_id: _undoing(one.how) for one in shape.damage or ()},
        grant=grant,
        may_revoke=grant is not None
        and grant.state in LIVE
        and may_revoke(call.person_id, grant.entitlement, call.catalogue),
        holds=[one for one in standing_holds(call).items if one.finding_id == shape.id]
        if call.sees_all
        else [],
    )


def _grant(call: Call, grant_id: str | None) -> GrantShape | None:
    try:
        return whole_grant(grant_id, call) if grant_id else None
    except NoSuchGrant:
        return None


def _undoing(how: str) -> Undoing:
    """``response.damage`` says first what a command does, then the command; no key stands before it."""
    words, found, command = how.partition(": aws ")
    return Undoing(words, f"aws {command}" if found else None)
