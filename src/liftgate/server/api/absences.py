"""Being away: who answers in a reviewer's place, and until when."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from liftgate.access import absence
from liftgate.access.model import Absence
from liftgate.catalogue.model import Catalogue
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import (
    ABSENCE_ID,
    EXACT,
    Moment,
    Nothing,
    PersonShape,
    answer,
    example,
    person_shape,
)
from liftgate.server.calls import Call, SignedIn, SignedInOnce

router = APIRouter(prefix="/absences", tags=["Requests"])

AbsenceId = Annotated[str, Path(pattern=ABSENCE_ID, examples=["aw-3xv7m0q4c2h5k8rv"])]


class AbsenceBody(BaseModel):
    """Who answers in one's place, and until when."""

    model_config = example(delegate="linus", until="2026-12-01T09:00:00Z")

    delegate: str = Field(min_length=1, max_length=128, examples=["linus"], description="A person's id.")
    until: Moment
    starts_at: Moment | None = Field(default=None, description="Left out, it begins now.")


class AbsenceShape(BaseModel):
    """One absence."""

    model_config = EXACT

    id: str = Field(examples=["aw-3xv7m0q4c2h5k8rv"])
    state: Literal["planned", "away", "over"]
    person: PersonShape
    delegate: PersonShape
    starts_at: Moment
    until: Moment
    ended_at: Moment | None = Field(description="When they came back before; null: they did not.")


class AbsencesShape(BaseModel):
    """Absences that are not over: my own, and those of people who named me."""

    model_config = EXACT

    items: list[AbsenceShape]


@router.get("", response_model=AbsencesShape, responses=problems(401))
def list_absences(call: SignedIn) -> Response:
    """List absences that are not over: my own, and those in which I answer for somebody."""
    return answer(AbsencesShape(items=absences_of(call)))


@router.post("", status_code=201, response_model=AbsenceShape, responses=problems(401, 403, 404, 409))
def say_away(call: SignedInOnce, body: AbsenceBody) -> Response:
    """Name who may answer in my place while I am away: never their own requests, and never on from there."""
    said = said_away(body, call)
    return answer(_shape(said, call.catalogue, call.parts.clock()), 201)


def absences_of(call: Call) -> list[AbsenceShape]:
    """Absences of the caller that are not over, and those in which they answer for somebody."""
    now = call.parts.clock()
    with call.parts.store.read() as view:
        found = view.absences(call.person_id, now=now)
    return [_shape(one, call.catalogue, now) for one in found]


def said_away(body: AbsenceBody, call: Call) -> Absence:
    """An absence that begins; the delegate is told."""
    said = absence.say_away(
        call.caller,
        body.delegate,
        until=body.until,
        starts_at=body.starts_at,
        catalogue=call.catalogue,
        store=call.parts.store,
        clock=call.parts.clock,
        random=call.parts.random,
        once=call.once,
    )
    call.parts.wake_messenger.set()
    return said


@router.post(
    "/{absence_id}/end", status_code=201, response_model=AbsenceShape, responses=problems(401, 403, 404, 409)
)
def come_back(call: SignedInOnce, absence_id: AbsenceId, body: Nothing | None = None) -> Response:
    """Come back: from now on the delegate answers for nobody."""
    del body
    ended = absence.come_back(
        absence_id, call.caller, store=call.parts.store, clock=call.parts.clock, once=call.once
    )
    return answer(_shape(ended, call.catalogue, call.parts.clock()), 201)


def _shape(one: Absence, catalogue: Catalogue, now: datetime) -> AbsenceShape:
    is_over = one.until <= now or (one.ended_at is not None and one.ended_at <= now)
    return AbsenceShape(
        id=one.id,
        state="over" if is_over else "away" if one.holds(now) else "planned",
        person=person_shape(one.person, catalogue),
        delegate=person_shape(one.delegate, catalogue),
        starts_at=one.starts_at,
        until=one.until,
        ended_at=one.ended_at,
    )
