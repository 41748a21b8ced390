"""Asking, and answering those who ask."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi import Request as HttpRequest
from pydantic import BaseModel, Field

from liftgate.access import emergency, reviewing, service
from liftgate.access.lookup import seen
from liftgate.access.model import Answer, InPlace, Request, RequestRecord
from liftgate.access.ports import AccessReader
from liftgate.access.review import Less
from liftgate.elevation.in_place.service import opening_for
from liftgate.elevation.service import try_scope
from liftgate.errors import LiftgateError
from liftgate.identity.model import Caller
from liftgate.server.api.ask import AskBody, read_ask, read_less
from liftgate.server.api.doc import problems
from liftgate.server.api.lists import Cursor, Limit, requests_in_view
from liftgate.server.api.request_shape import RequestShape, request_shape
from liftgate.server.api.shapes import Nothing, PageShape, answer, example
from liftgate.server.calls import Call, RequestId, SignedIn, SignedInOnce
from liftgate.server.head import head_of
from liftgate.server.parts import Parts
from liftgate.server.settling import settle_soon
from liftgate.server.slack.showing import show_soon

router = APIRouter(prefix="/requests", tags=["Requests"])


class RequestQuery(BaseModel):
    """Which requests to list."""

    model_config = {"extra": "forbid"}

    view: Literal["mine", "to_review", "to_conclude", "all"] = Field(
        default="mine",
        description="`mine`; `to_review`: what waits for my answer; `to_conclude`: emergencies that I am to look at, all on one page; "
        "`all`: all that I may see.",
    )
    state: list[Literal["pending", "approved", "denied", "cancelled", "lapsed"]] = Field(
        default=[], max_length=5, description="Only those in one of these states."
    )
    cursor: Cursor = None
    limit: Limit = 50


class WaitQuery(BaseModel):
    """How long to wait for an answer."""

    model_config = {"extra": "forbid"}

    wait_seconds: Annotated[int, Field(ge=0, le=25)] = Field(
        default=0, description="Answer once the request is no longer pending, or after this time."
    )


class ReviewBody(BaseModel):
    """A reviewer's answer."""

    model_config = example(answer="approve", comment="go ahead")

    answer: Literal["approve", "deny"]
    comment: str = Field(default="", max_length=4_000)
    duration_seconds: int | None = Field(
        default=None,
        ge=1,
        le=31_622_400,
        examples=[900],
        description="Approve it for less time than was asked for.",
    )
    locations: list[Annotated[str, Field(min_length=1, max_length=3_200)]] | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        examples=[["s3://reports/2026/q3/"]],
        description="Approve it for less than was asked for: these places alone.",
    )
    actions: list[Annotated[str, Field(min_length=1, max_length=100)]] | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        examples=[["s3:PutObject"]],
        description="Approve these actions alone.",
    )


class ConclusionBody(BaseModel):
    """What came of looking at an emergency."""

    model_config = example(justified=True, comment="the night's export was broken, and this mended it")

    justified: bool
    comment: str = Field(min_length=1, max_length=4_000)


@router.post("", status_code=201, response_model=RequestShape, responses=problems(401, 403, 404, 409))
def make_request(call: SignedInOnce, body: AskBody) -> Response:
    """Ask for access. Where no review is needed, the grant is in the answer."""
    return _shown(made_request(body, call), call, 201)


@router.get("", response_model=PageShape[RequestShape], responses=problems(401))
def list_requests(call: SignedIn, query: Annotated[RequestQuery, Query()]) -> Response:
    """List requests, newest first."""
    now = call.parts.clock()
    with call.parts.store.read() as view:
        page = requests_in_view(
            view,
            query.view,
            frozenset(query.state),
            call.person_id,
            call.catalogue,
            now=now,
            cursor=query.cursor,
            limit=query.limit,
        )
    items = [request_shape(record, call.catalogue, now) for record in page.items]
    return answer(PageShape[RequestShape](items=items, next_cursor=page.next_cursor))


@router.get("/{request_id}", response_model=RequestShape, responses=problems(401, 404))
async def get_request(
    http: HttpRequest, call: SignedIn, request_id: RequestId, query: Annotated[WaitQuery, Query()]
) -> Response:
    """Look at one request; with `wait_seconds`, once it is no longer pending, or after that time."""
    shape = await head_of(http).once(
        lambda: _look(request_id, call), lambda seen: seen.state != "pending", seconds=query.wait_seconds
    )
    return answer(shape)


@router.post(
    "/{request_id}/reviews",
    status_code=201,
    response_model=RequestShape,
    responses=problems(401, 403, 404, 409),
)
def review_request(call: SignedInOnce, request_id: RequestId, body: ReviewBody) -> Response:
    """Approve or deny a request. The last approval needed makes the grant."""
    return _shown(reviewed_request(request_id, body, call), call, 201)


@router.post(
    "/{request_id}/conclusion",
    status_code=201,
    response_model=RequestShape,
    responses=problems(401, 403, 404, 409),
)
def conclude_emergency(call: SignedInOnce, request_id: RequestId, body: ConclusionBody) -> Response:
    """Say what came of looking at an emergency. Until somebody did, its person cannot break glass again once that is overdue."""
    return _shown(concluded_emergency(request_id, body, call), call, 201)


@router.post(
    "/{request_id}/cancellation",
    status_code=201,
    response_model=RequestShape,
    responses=problems(401, 403, 404, 409),
)
def cancel_request(call: SignedInOnce, request_id: RequestId, body: Nothing | None = None) -> Response:
    """Withdraw one's own request while it is pending."""
    del body
    return _shown(cancelled_request(request_id, call), call, 201)


def cancelled_request(request_id: str, call: Call) -> RequestRecord:
    """A request that its requester withdrew."""
    return service.cancel_request(
        request_id,
        call.caller,
        catalogue=call.catalogue,
        store=call.parts.store,
        clock=call.parts.clock,
        once=call.once,
    )


def made_request(body: AskBody, call: Call) -> RequestRecord:
    """What became of an ask; a grant in place is put on its role at once."""
    parts = call.parts
    record = service.make_request(
        read_ask(body, call.caller, call.catalogue),
        call.caller,
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


def reviewed_request(request_id: str, body: ReviewBody, call: Call) -> RequestRecord:
    """What became of a request by an answer; a grant in place is put on its role at once."""
    record = reviewing.review_request(
        request_id,
        call.caller,
        Answer(body.answer),
        body.comment,
        catalogue=call.catalogue,
        store=call.parts.store,
        clock=call.parts.clock,
        random=call.parts.random,
        less=_less(request_id, body, call),
        trial=lambda request: try_asked(request, call.parts),
        trackers=call.parts.trackers,
        once=call.once,
    )
    open_soon(record, call.parts)
    show_soon(request_id, call.parts)
    return record


def concluded_emergency(request_id: str, body: ConclusionBody, call: Call) -> RequestRecord:
    """An emergency at which somebody has looked; whoever is to be told of it is told."""
    record = emergency.conclude_emergency(
        request_id,
        call.caller,
        body.comment,
        justified=body.justified,
        catalogue=call.catalogue,
        store=call.parts.store,
        clock=call.parts.clock,
        once=call.once,
    )
    call.parts.wake_messenger.set()
    return record


def _less(request_id: str, body: ReviewBody, call: Call) -> Less:
    """What a reviewer approves, where it is not all."""
    duration = None if body.duration_seconds is None else timedelta(seconds=body.duration_seconds)
    if body.locations is None and body.actions is None:
        return Less(duration=duration)
    with call.parts.store.read() as view:
        asked = request_in_sight(view, request_id, call).request.scope
    return Less(scope=read_less(body.actions, body.locations, asked), duration=duration)


def request_in_sight(view: AccessReader, request_id: str, call: Call) -> RequestRecord:
    """A request that the caller may see. Raises ``NoSuchRequest`` for every other, whether there is one or not."""
    stands_for = view.stands_for(call.person_id, now=call.parts.clock())
    return seen(view.request(request_id), request_id, call.caller, call.catalogue, stands_for)


def try_asked(request: Request, parts: Parts) -> None:
    """Refuse at once what could not be lent, or not be taken back."""
    if request.in_place is not None:
        return  # its role was read already, and there is no session policy
    parts.reach.check(request.role_arn, request.external_id, policies=parts.policies, now=parts.clock())
    try_scope(request, store=parts.store, lender=parts.lender, clock=parts.clock)


def opening(request: Request, caller: Caller, call: Call) -> InPlace | LiftgateError:
    """What is put on the role that the caller holds, or why it is not offered there."""
    parts = call.parts
    return opening_for(
        request,
        caller,
        catalogue=call.catalogue,
        roles=parts.held_roles,
        store=parts.store,
        clock=parts.clock,
    )


def open_soon(record: RequestRecord, parts: Parts) -> None:
    """A grant in place is put on its role at once, and whoever is to be told of it is told."""
    parts.wake_messenger.set()
    if record.grant is not None and record.grant.in_place is not None:
        settle_soon([record.grant], parts)


def _look(request_id: str, call: Call) -> RequestShape:
    with call.parts.store.read() as view:
        record = request_in_sight(view, request_id, call)
    return request_shape(record, call.catalogue, call.parts.clock())


def _shown(record: RequestRecord, call: Call, status: Literal[200, 201]) -> Response:
    return answer(request_shape(record, call.catalogue, call.parts.clock()), status)
