"""Who is on hold, and a guard's release."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from pydantic import Field

from liftgate.access.sight import is_guard
from liftgate.errors import LiftgateError
from liftgate.server.api.holds import (
    HoldBody,
    HoldShape,
    HoldsShape,
    PersonId,
    ReleaseBody,
    held_by_hand,
    released_holds,
    standing_holds,
)
from liftgate.server.api.shapes import PersonShape
from liftgate.server.browser.form import Form
from liftgate.server.browser.looks import Look, LookingAtAll, Submitted
from liftgate.server.calls import Call
from liftgate.server.pages.asked import checked
from liftgate.server.pages.render import go_to, page
from liftgate.server.problems import status_of

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Somebody who is on hold, whose holds are released together."""

    person: PersonShape
    holds: list[HoldShape]
    may_release: bool
    is_released_by_me: bool


class HoldForm(HoldBody):
    """Who is shut out, and why: of a person's id no more than an address of the API takes."""

    person: str = Field(min_length=1, max_length=128)


@router.get("/holds")
def holds(request: Request, look: LookingAtAll) -> Response:
    """Holds that stand."""
    return _shown(request, look, standing_holds(look.call))


@router.post("/holds")
def hold(request: Request, sent: Submitted) -> Response:
    """Shut somebody out. Whoever shuts themselves out is signed out by it."""
    call, person = sent.call, sent.form.text("person")
    try:
        said = checked(HoldForm, {"person": person, "reason": sent.form.text("reason")})
        held_by_hand(call, person, said.reason)
    except LiftgateError as error:
        if not call.sees_all:
            raise
        return _shown(request, sent.look, standing_holds(call), error=error, typed=sent.form)
    return go_to("/holds" if person != call.person_id else "/sign-in")


@router.post("/holds/{person_id}/releases")
def release(request: Request, sent: Submitted, person_id: PersonId) -> Response:
    """Let somebody ask again, as one of two guards."""
    call = sent.call
    try:
        said = checked(ReleaseBody, {"reason": sent.form.text("reason")})
        released_holds(call, person_id, said.reason)
    except LiftgateError as error:
        if not call.sees_all:
            raise
        return _shown(request, sent.look, standing_holds(call), error=error)
    return go_to("/holds")


def _shown(
    request: Request,
    look: Look,
    found: HoldsShape,
    *,
    error: LiftgateError | None = None,
    typed: Form | None = None,
) -> Response:
    call = look.call
    return page(
        request,
        "holds.html",
        look,
        now=call.parts.clock(),
        status=200 if error is None else status_of(error),
        people=[*_people(found, call)],
        may_hold=is_guard(call.person_id, call.catalogue),
        everybody=sorted(call.catalogue.people),
        typed=typed,
        error=error,
    )


def _people(found: HoldsShape, call: Call) -> Iterator[Held]:
    by_person: dict[str, list[HoldShape]] = {}
    for one in found.items:
        by_person.setdefault(one.person.id, []).append(one)
    guards = is_guard(call.person_id, call.catalogue)
    for person, holds_on in by_person.items():
        done = all(any(one.by.id == call.person_id for one in hold.releases) for hold in holds_on)
        yield Held(
            person=holds_on[0].person,
            holds=holds_on,
            may_release=guards and person != call.person_id and not done,
            is_released_by_me=done,
        )
