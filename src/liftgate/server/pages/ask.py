"""The page on which somebody asks: it says what is possible before it is sent, and why not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request, Response

from liftgate.access.ports import RequestFilter
from liftgate.catalogue.model import Entitlement
from liftgate.errors import LiftgateError
from liftgate.server.api.request_shape import RequestShape, request_shape
from liftgate.server.api.request_trials import TrialShape, trial_shape, tried
from liftgate.server.api.requests import made_request, request_in_sight
from liftgate.server.browser.looks import Look, Looking, Submitted
from liftgate.server.calls import Call
from liftgate.server.pages.asking_form import (
    OFFERED,
    Asking,
    body_of,
    of_entitlement,
    of_form,
    of_request,
    of_text,
)
from liftgate.server.pages.render import go_to, page
from liftgate.server.problems import status_of

router = APIRouter(include_in_schema=False)

_MOST_RECENT: Final = 4


@dataclass(frozen=True, slots=True)
class Recent:
    """Something asked for before, to be asked for again with one click."""

    request: RequestShape
    asking: Asking


@router.get("/ask")
def ask_page(request: Request, look: Looking) -> Response:
    """The form, filled from what is known."""
    call, query = look.call, request.query_params
    asking = of_text(query.get("text", ""))
    if again := query.get("again"):
        with call.parts.store.read() as view:
            asking = of_request(request_in_sight(view, again, call).request)
    chosen = _chosen(query.get("entitlement", ""), call)
    if chosen is not None:
        asking = of_entitlement(chosen, asking)
    missed = bool(query.get("text")) and not asking.is_begun
    return _shown(request, look, asking, text=query.get("text", ""), missed=missed)


@router.post("/ask/check")
def check(request: Request, sent: Submitted) -> Response:
    """Say what would happen; nothing is kept, and nobody is told."""
    return _shown(request, sent.look, of_form(sent.form), is_checked=True)


@router.post("/ask")
def ask(request: Request, sent: Submitted) -> Response:
    """Ask."""
    asking = of_form(sent.form)
    try:
        record = made_request(body_of(asking, _chosen(asking.entitlement, sent.call)), sent.call)
    except LiftgateError as error:
        return _shown(request, sent.look, asking, error=error)
    return go_to("/mine" if record.grant is not None else f"/requests/{record.request.id}")


def _shown(
    request: Request,
    look: Look,
    asking: Asking,
    *,
    text: str = "",
    missed: bool = False,
    is_checked: bool = False,
    error: LiftgateError | None = None,
) -> Response:
    call = look.call
    trial: TrialShape | None = None
    doubt: LiftgateError | None = None
    if error is None and asking.is_begun:
        try:
            trial = _tried(asking, call)
        except LiftgateError as fault:
            doubt = fault
    return page(
        request,
        "ask.html",
        look,
        now=call.parts.clock(),
        status=200 if error is None else status_of(error),
        asking=asking,
        text=text,
        missed=missed,
        is_checked=is_checked,
        offered=OFFERED,
        entitlements=_open_to(call),
        recent=[*_recent(call)],
        trial=trial,
        may_break_glass=_may_break_glass(call),
        doubt=doubt,
        error=error,
        once=call.parts.new_name("ask"),
    )


def _tried(asking: Asking, call: Call) -> TrialShape:
    body = body_of(asking, _chosen(asking.entitlement, call))
    return trial_shape(tried(body, call), timedelta(seconds=body.duration_seconds), call)


def _may_break_glass(call: Call) -> bool:
    return any(one.break_glass is not None and call.person_id in one.break_glass.by for one in _open_to(call))


def _open_to(call: Call) -> list[Entitlement]:
    return [one for one in call.catalogue.entitlements.values() if call.person_id in one.requesters]


def _chosen(name: str, call: Call) -> Entitlement | None:
    return next((one for one in _open_to(call) if one.name == name), None)


def _recent(call: Call) -> Iterator[Recent]:
    """The last things that I asked for, each once."""
    now = call.parts.clock()
    with call.parts.store.read() as view:
        found = view.requests(RequestFilter(requester=call.person_id), now=now, cursor=None, limit=20)
    seen: set[Asking] = set()
    for record in found.items:
        asking = of_request(record.request)
        if asking not in seen and len(seen) < _MOST_RECENT:
            seen.add(asking)
            yield Recent(request_shape(record, call.catalogue, now), asking)
