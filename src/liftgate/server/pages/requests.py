"""What waits for my answer, and one request in plain words: who, what, where, how long, why, and how such access was used before."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, cast

from fastapi import APIRouter, Request, Response

from liftgate.access.model import RequestRecord
from liftgate.access.ports import GrantFilter
from liftgate.elevation.lend import trial_order
from liftgate.errors import LiftgateError
from liftgate.iam.explain import explain_scope
from liftgate.server.api.lists import requests_in_view
from liftgate.server.api.request_shape import request_shape
from liftgate.server.api.requests import ReviewBody, request_in_sight, reviewed_request
from liftgate.server.browser.looks import Look, Looking, Submitted
from liftgate.server.calls import RequestId
from liftgate.server.pages.render import go_to, page
from liftgate.server.problems import status_of
from liftgate.store.sql import StoreReader
from liftgate.watch.settlement_words import in_short

router = APIRouter(include_in_schema=False)

_MOST_WAITING: Final = 10
_MOST_BEFORE: Final = 5


@dataclass(frozen=True, slots=True)
class Before:
    """A grant of the same person under the same entitlement, and what became of it."""

    grant_id: str
    lasted: timedelta
    in_words: str
    use: str


@router.get("/review")
def to_review(request: Request, look: Looking) -> Response:
    """What waits for my answer."""
    call = look.call
    now = call.parts.clock()
    with call.parts.store.read() as view:
        found = requests_in_view(
            view,
            "to_review",
            frozenset(),
            call.person_id,
            call.catalogue,
            now=now,
            cursor=request.query_params.get("cursor"),
            limit=_MOST_WAITING,
        )
    shapes = [request_shape(record, call.catalogue, now) for record in found.items]
    return page(request, "review.html", look, now=now, waiting=shapes, next_cursor=found.next_cursor)


@router.get("/requests/{request_id}")
def request_page(request: Request, look: Looking, request_id: RequestId) -> Response:
    """One request, and the form to answer it for whoever may."""
    return _shown(request, look, request_id)


@router.post("/requests/{request_id}/reviews")
def review(request: Request, sent: Submitted, request_id: RequestId) -> Response:
    """Approve or deny."""
    answer = sent.form.text("answer")
    body = ReviewBody.model_construct(
        answer=cast("Literal['approve', 'deny']", answer if answer == "approve" else "deny"),
        comment=sent.form.text("comment"),
    )
    try:
        reviewed_request(request_id, body, sent.call)
    except LiftgateError as error:
        return _shown(request, sent.look, request_id, error=error, comment=body.comment)
    return go_to(f"/requests/{request_id}")


def _shown(
    request: Request, look: Look, request_id: str, *, error: LiftgateError | None = None, comment: str = ""
) -> Response:
    call = look.call
    now = call.parts.clock()
    with call.parts.store.read() as view:
        record = request_in_sight(view, request_id, call)
        before = _before(view, record)
    shape = request_shape(record, call.catalogue, now)
    asked = record.request
    is_mine = asked.requester == call.person_id
    may_answer = (
        shape.state == "pending"
        and not is_mine
        and any(one.id == call.person_id for one in shape.reviewers)
        and all(one.reviewer.id != call.person_id for one in shape.reviews)
    )
    return page(
        request,
        "request.html",
        look,
        now=now,
        status=200 if error is None else status_of(error),
        asked=shape,
        is_mine=is_mine,
        may_answer=may_answer,
        before=before,
        policy=None if asked.in_place else trial_order(asked).session_policy,
        error=error,
        comment=comment,
    )


def _before(view: StoreReader, record: RequestRecord) -> list[Before]:
    which = GrantFilter(
        requester=record.request.requester,
        entitlements=frozenset({record.request.entitlement}),
        states=frozenset({"ended", "revoked", "returned"}),
    )
    found = []
    for past in view.grants(which, now=record.request.asked_at, cursor=None, limit=_MOST_BEFORE).items:
        made = view.settled(past.grant.id)
        found.append(
            Before(
                grant_id=past.grant.id,
                lasted=past.grant.window.ends_at - past.grant.window.starts_at,
                in_words=explain_scope(past.grant.scope),
                use=in_short(made.settlement) if made else "its account is still to be made",
            )
        )
    return found
