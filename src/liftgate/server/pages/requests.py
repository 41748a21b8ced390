"""What waits for my answer, and one request in plain words: who, what, where, how long, why, and how such access was used before."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request, Response

from liftgate.access import absence
from liftgate.access.model import RequestRecord
from liftgate.access.ports import GrantFilter
from liftgate.access.request_words import request_words
from liftgate.elevation.lend import trial_order
from liftgate.errors import LiftgateError
from liftgate.iam.explain import explain_scope
from liftgate.identity.model import Person, PersonKind
from liftgate.server.api.absences import AbsenceBody, AbsenceId, absences_of, said_away
from liftgate.server.api.lists import may_deny_now, requests_in_view, waits_for_answer_of
from liftgate.server.api.request_shape import request_shape
from liftgate.server.api.requests import (
    ConclusionBody,
    concluded_emergency,
    request_in_sight,
    reviewed_request,
)
from liftgate.server.browser.form import Form
from liftgate.server.browser.looks import Look, Looking, Submitted
from liftgate.server.calls import Call, RequestId
from liftgate.server.errors import BadInput
from liftgate.server.pages.asked import checked
from liftgate.server.pages.asking_form import read_start
from liftgate.server.pages.render import go_to, page
from liftgate.server.problems import status_of
from liftgate.server.written_answer import written_answer
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
    return _reviews(request, look)


@router.get("/requests/{request_id}")
def request_page(request: Request, look: Looking, request_id: RequestId) -> Response:
    """One request, and the form to answer it for whoever may."""
    return _shown(request, look, request_id)


@router.post("/requests/{request_id}/reviews")
def review(request: Request, sent: Submitted, request_id: RequestId) -> Response:
    """Approve or deny."""
    form = sent.form
    try:
        said = written_answer(
            approves=form.text("answer") == "approve",
            comment=form.text("comment"),
            duration=form.text("duration"),
            only=form.text("only"),
        )
        reviewed_request(request_id, said, sent.call)
    except LiftgateError as error:
        return _shown(request, sent.look, request_id, error=error, typed=form)
    return go_to(f"/requests/{request_id}")


@router.post("/requests/{request_id}/conclusion")
def conclude(request: Request, sent: Submitted, request_id: RequestId) -> Response:
    """Say what came of looking at an emergency."""
    form = sent.form
    said = {"justified": form.text("justified") == "yes", "comment": form.text("comment")}
    try:
        concluded_emergency(request_id, checked(ConclusionBody, said), sent.call)
    except LiftgateError as error:
        return _shown(request, sent.look, request_id, error=error, typed=form)
    return go_to(f"/requests/{request_id}")


@router.post("/absences")
def say_away(request: Request, sent: Submitted) -> Response:
    """Name who answers in one's place."""
    form = sent.form
    try:
        until = read_start(form.text("until"), "until")
        if until is None:
            raise BadInput("it does not say until when", advice="say until when you are away", where="until")
        said_away(checked(AbsenceBody, {"delegate": form.text("delegate"), "until": until}), sent.call)
    except LiftgateError as error:
        return _reviews(request, sent.look, error=error)
    return go_to("/review")


@router.post("/absences/{absence_id}/end")
def come_back(sent: Submitted, absence_id: AbsenceId) -> Response:
    """Come back before it was said."""
    parts = sent.call.parts
    absence.come_back(absence_id, sent.call.caller, store=parts.store, clock=parts.clock, once=sent.call.once)
    return go_to("/review")


def _reviews(request: Request, look: Look, *, error: LiftgateError | None = None) -> Response:
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
        emergencies = requests_in_view(
            view,
            "to_conclude",
            frozenset(),
            call.person_id,
            call.catalogue,
            now=now,
            cursor=None,
            limit=_MOST_WAITING,
        )
    return page(
        request,
        "review.html",
        look,
        now=now,
        status=200 if error is None else status_of(error),
        waiting=[request_shape(record, call.catalogue, now) for record in found.items],
        emergencies=[request_shape(record, call.catalogue, now) for record in emergencies.items],
        next_cursor=found.next_cursor,
        absences=absences_of(call),
        people=_delegates(call),
        error=error,
    )


def _delegates(call: Call) -> list[Person]:
    """Whom a reviewer may name; nobody for whoever reviews nothing."""
    mine = call.catalogue.duties_of(call.person_id).answers
    if not any(call.catalogue.entitlements[name].review.delegable for name in mine):
        return []
    return [
        one
        for one in call.catalogue.people.values()
        if one.kind is PersonKind.PERSON and one.id != call.person_id
    ]


def _shown(
    request: Request,
    look: Look,
    request_id: str,
    *,
    error: LiftgateError | None = None,
    typed: Form | None = None,
) -> Response:
    call = look.call
    now = call.parts.clock()
    with call.parts.store.read() as view:
        record = request_in_sight(view, request_id, call)
        before = _before(view, record)
        stands_for = view.stands_for(call.person_id, now=now)
    shape = request_shape(record, call.catalogue, now)
    asked = record.request
    is_mine = asked.requester == call.person_id
    return page(
        request,
        "request.html",
        look,
        now=now,
        status=200 if error is None else status_of(error),
        asked=shape,
        is_mine=is_mine,
        may_answer=shape.state == "pending"
        and waits_for_answer_of(call.person_id, record, stands_for, call.catalogue, now),
        may_deny=shape.state == "pending"
        and may_deny_now(call.person_id, record, stands_for, call.catalogue, now),
        may_conclude=shape.break_glass is not None
        and shape.break_glass.conclusion is None
        and any(one.id == call.person_id for one in shape.break_glass.lookers),
        before=before,
        unusual=request_words(asked, call.catalogue, is_first=not before).unusual,
        policy=None if asked.in_place else trial_order(asked).session_policy,
        error=error,
        typed=typed or Form({}),
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
