"""What I have, what I wait for, and what I had: with the commands to go on with."""

from dataclasses import dataclass
from typing import Final, Literal

from fastapi import APIRouter, Request, Response

from liftgate.access.state import LIVE
from liftgate.pasted import use_of_grant
from liftgate.server.api.grant_shape import GrantShape, grant_shape
from liftgate.server.api.grants import ReturnBody, give_back
from liftgate.server.api.in_aws import seen_in_aws
from liftgate.server.api.lists import grants_in_view, requests_in_view
from liftgate.server.api.request_shape import RequestShape, request_shape
from liftgate.server.api.requests import cancelled_request
from liftgate.server.browser.looks import Looking, Submitted
from liftgate.server.calls import Call, GrantId, RequestId
from liftgate.server.pages.asked import checked
from liftgate.server.pages.render import go_to, page
from liftgate.store.sql import StoreReader

router = APIRouter(include_in_schema=False)

_MOST_SHOWN: Final = 20
_MOST_BEFORE: Final = 5


@dataclass(frozen=True, slots=True)
class Held:
    """A grant that is live, and what its holder does next."""

    grant: GrantShape
    commands: tuple[str, ...]


@router.get("/")
def home(look: Looking) -> Response:
    """Reviewers begin with what waits for them, others with what is theirs."""
    call = look.call
    with call.parts.store.read() as view:
        waiting = _requests(call, view, "to_review", frozenset(), limit=1)
    return go_to("/review" if waiting else "/mine")


@router.get("/mine")
def mine(request: Request, look: Looking) -> Response:
    """My grants and requests."""
    call = look.call
    with call.parts.store.read() as view:
        live = _grants(call, view, LIVE, limit=_MOST_SHOWN)
        pending = _requests(call, view, "mine", frozenset({"pending"}), limit=_MOST_SHOWN)
        past = _grants(call, view, frozenset({"ended", "revoked", "returned"}), limit=_MOST_BEFORE)
        closed = _requests(
            call, view, "mine", frozenset({"denied", "cancelled", "lapsed"}), limit=_MOST_BEFORE
        )
    return page(
        request,
        "mine.html",
        look,
        now=call.parts.clock(),
        live=[*map(_held, live)],
        pending=pending,
        past=past,
        closed=closed,
        is_cut=_MOST_SHOWN in {len(live), len(pending)},
    )


@router.post("/grants/{grant_id}/return")
def return_grant(sent: Submitted, grant_id: GrantId) -> Response:
    """Give one's own grant back."""
    give_back(grant_id, checked(ReturnBody, {"reason": sent.form.text("reason")}), sent.call)
    return go_to("/mine")


@router.post("/requests/{request_id}/cancellation")
def cancel(sent: Submitted, request_id: RequestId) -> Response:
    """Withdraw one's own request."""
    cancelled_request(request_id, sent.call)
    return go_to("/mine")


def _held(grant: GrantShape) -> Held:
    if grant.state != "active":
        return Held(grant, ())
    commands = use_of_grant(
        grant.id,
        actions=grant.scope.actions,
        locations=grant.scope.locations,
        in_place=grant.in_place is not None,
    )
    return Held(grant, commands[:1])


def _grants(call: Call, view: StoreReader, states: frozenset[str], *, limit: int) -> list[GrantShape]:
    now = call.parts.clock()
    found = grants_in_view(
        view, "mine", states, call.person_id, call.catalogue, now=now, cursor=None, limit=limit
    )
    in_aws = seen_in_aws(view, found.items)
    return [grant_shape(record, call.catalogue, now, in_aws=in_aws) for record in found.items]


def _requests(
    call: Call,
    view: StoreReader,
    which: Literal["mine", "to_review"],
    states: frozenset[str],
    *,
    limit: int,
) -> list[RequestShape]:
    now = call.parts.clock()
    found = requests_in_view(
        view, which, states, call.person_id, call.catalogue, now=now, cursor=None, limit=limit
    )
    return [request_shape(record, call.catalogue, now) for record in found.items]
