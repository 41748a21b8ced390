"""Grants: look, borrow under one, take one back or give it back."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from liftgate.access import service
from liftgate.access.errors import NoSuchGrant
from liftgate.access.model import GrantRecord, RequestRecord
from liftgate.access.ports import AccessReader
from liftgate.access.sight import may_see
from liftgate.access.text import clean_text
from liftgate.elevation import end_session
from liftgate.elevation.model import Session
from liftgate.elevation.service import lend_session
from liftgate.server.api.doc import problems
from liftgate.server.api.grant_shape import (
    CredentialsShape,
    GrantShape,
    credentials_shape,
    grant_shape,
    of_request_shape,
)
from liftgate.server.api.in_aws import seen_in_aws
from liftgate.server.api.lists import Cursor, Limit, grants_in_view
from liftgate.server.api.request_shape import RequestShape, request_shape
from liftgate.server.api.requests import open_soon, opening, try_asked
from liftgate.server.api.shapes import EXACT, Nothing, PageShape, answer, example
from liftgate.server.calls import Call, GrantId, SessionNumber, SignedIn, SignedInOnce
from liftgate.server.settling import settle_soon

router = APIRouter(prefix="/grants", tags=["Grants"])

_LONGEST_TEXT = 4_000


class GrantQuery(BaseModel):
    """Which grants to list."""

    model_config = {"extra": "forbid"}

    view: Literal["mine", "all"] = Field(default="mine", description="`mine`; `all`: all that I may see.")
    state: list[Literal["scheduled", "active", "ended", "revoked", "returned"]] = Field(
        default=[], max_length=5, description="Only those in one of these states."
    )
    cursor: Cursor = None
    limit: Limit = 50


class RevocationBody(BaseModel):
    """Why a grant is taken back."""

    model_config = EXACT

    reason: str = Field(min_length=1, max_length=_LONGEST_TEXT, examples=["the wrong quarter"])


class ExtensionBody(BaseModel):
    """How much longer, and why."""

    model_config = example(duration_seconds=1200, justification="The totals of October are wrong as well")

    duration_seconds: int = Field(ge=1, le=31_622_400, examples=[1200])
    justification: str = Field(max_length=_LONGEST_TEXT)
    ticket: str | None = Field(
        default=None, max_length=_LONGEST_TEXT, description="Left out, that of the grant's own request."
    )


class ReturnBody(BaseModel):
    """Why a grant is given back."""

    model_config = EXACT

    reason: str = Field(default="", max_length=_LONGEST_TEXT, examples=["done"])


@router.get("", response_model=PageShape[GrantShape], responses=problems(401))
def list_grants(call: SignedIn, query: Annotated[GrantQuery, Query()]) -> Response:
    """List grants, newest first. Their sessions are left out: ask for the one grant."""
    now = call.parts.clock()
    with call.parts.store.read() as view:
        page = grants_in_view(
            view,
            query.view,
            frozenset(query.state),
            call.caller.person.id,
            call.catalogue,
            now=now,
            cursor=query.cursor,
            limit=query.limit,
        )
        in_aws = seen_in_aws(view, page.items)
    items = [grant_shape(record, call.catalogue, now, in_aws=in_aws) for record in page.items]
    return answer(PageShape[GrantShape](items=items, next_cursor=page.next_cursor))


@router.get("/{grant_id}", response_model=GrantShape, responses=problems(401, 404))
def get_grant(call: SignedIn, grant_id: GrantId) -> Response:
    """Look at one grant, with its sessions."""
    return _answer(grant_id, call, status=200)


@router.post(
    "/{grant_id}/sessions",
    status_code=201,
    response_model=CredentialsShape,
    responses=problems(401, 403, 404, 409),
)
def borrow_session(call: SignedInOnce, grant_id: GrantId, body: Nothing | None = None) -> Response:
    """Lend a session under one's own grant. The credentials are in this answer and nowhere else."""
    del body
    session, credentials = lend_session(
        grant_id,
        call.caller,
        store=call.parts.store,
        lender=call.parts.lender,
        clock=call.parts.clock,
        once=call.once,
    )
    return answer(credentials_shape(session, credentials), 201)


@router.post(
    "/{grant_id}/sessions/{number}/revocation",
    status_code=201,
    response_model=GrantShape,
    responses=problems(401, 403, 404, 409),
)
def revoke_session(
    call: SignedInOnce, grant_id: GrantId, number: SessionNumber, body: RevocationBody
) -> Response:
    """Take one session back: its keys leaked, and the grant goes on. The session's ``ending.deny`` says how far AWS is."""
    record = end_session.revoke_session(
        grant_id,
        number,
        call.caller,
        body.reason,
        catalogue=call.catalogue,
        store=call.parts.store,
        clock=call.parts.clock,
        once=call.once,
    )
    settle_soon([record.grant], call.parts)
    return _answer(grant_id, call)


@router.post(
    "/{grant_id}/revocation",
    status_code=201,
    response_model=GrantShape,
    responses=problems(401, 403, 404, 409),
)
def revoke_grant(call: SignedInOnce, grant_id: GrantId, body: RevocationBody) -> Response:
    """Take a grant back. ``ending.deny`` says whether AWS refuses what runs under it already."""
    take_back(grant_id, body, call)
    return _answer(grant_id, call)


@router.post(
    "/{grant_id}/extensions",
    status_code=201,
    response_model=RequestShape,
    responses=problems(401, 403, 404, 409),
)
def extend_grant(call: SignedInOnce, grant_id: GrantId, body: ExtensionBody) -> Response:
    """Ask to go on from one's own grant: a new request under the same rules, whose grant begins where this one ends."""
    record = extended_grant(grant_id, body, call)
    return answer(request_shape(record, call.catalogue, call.parts.clock()), 201)


@router.post(
    "/{grant_id}/return",
    status_code=201,
    response_model=GrantShape,
    responses=problems(401, 403, 404, 409),
)
def return_grant(call: SignedInOnce, grant_id: GrantId, body: ReturnBody | None = None) -> Response:
    """Give one's own grant back before its window ends. Its running sessions are refused as well."""
    give_back(grant_id, body or ReturnBody(), call)
    return _answer(grant_id, call)


def take_back(grant_id: str, body: RevocationBody, call: Call) -> None:
    """Take a grant back, and tell AWS at once."""
    _end(service.revoke_grant, grant_id, body.reason, call)


def give_back(grant_id: str, body: ReturnBody, call: Call) -> None:
    """Give one's own grant back, and tell AWS at once."""
    _end(service.return_grant, grant_id, body.reason, call)


def _end(end: Callable[..., GrantRecord], grant_id: str, reason: str, call: Call) -> None:
    record = end(
        grant_id,
        call.caller,
        reason,
        catalogue=call.catalogue,
        store=call.parts.store,
        clock=call.parts.clock,
        once=call.once,
    )
    settle_soon([record.grant], call.parts)


def extended_grant(grant_id: str, body: ExtensionBody, call: Call) -> RequestRecord:
    """The request to go on from one's own grant."""
    parts = call.parts
    record = service.extend_grant(
        grant_id,
        call.caller,
        duration=timedelta(seconds=body.duration_seconds),
        justification=clean_text(body.justification, "justification"),
        ticket=clean_text(body.ticket, "ticket") if body.ticket else None,
        catalogue=call.catalogue,
        store=parts.store,
        clock=parts.clock,
        random=parts.random,
        trial=lambda request: try_asked(request, parts),
        opener=lambda request, caller: opening(request, caller, call),
        trackers=parts.trackers,
        once=call.once,
    )
    open_soon(record, parts)
    return record


def _answer(grant_id: str, call: Call, status: Literal[200, 201] = 201) -> Response:
    return answer(whole_grant(grant_id, call), status)


def whole_grant(grant_id: str, call: Call) -> GrantShape:
    """A grant with its sessions. Raises ``NoSuchGrant`` for one that the caller may not see."""
    with call.parts.store.read() as view:
        record = grant_in_sight(view, grant_id, call)
        sessions: Iterable[Session] = view.sessions(grant_id)
        ended = view.session_endings(grant_id)
        in_aws = seen_in_aws(view, [record], with_sessions=bool(ended))
        made, going_on = view.request(record.grant.request_id), view.follow_ups(grant_id)
    now = call.parts.clock()
    return grant_shape(
        record,
        call.catalogue,
        now,
        in_aws=in_aws,
        sessions=sessions,
        session_endings=ended,
        of_request=of_request_shape(made, going_on, now),
    )


def grant_in_sight(view: AccessReader, grant_id: str, call: Call) -> GrantRecord:
    """A grant that the caller may see. Raises ``NoSuchGrant`` for every other, whether there is one or not."""
    record = view.grant(grant_id)
    if record is None or not may_see(
        call.caller.person.id,
        requester=record.grant.requester,
        entitlement=record.grant.entitlement,
        catalogue=call.catalogue,
    ):
        raise NoSuchGrant(
            f"there is no grant `{grant_id[:40]}` that you may see",
            advice="list yours: liftgate grants",
            value=grant_id[:40],
        )
    return record
