"""Holds on people: who gets nothing new since something was found, and the guards' releases."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from liftgate.access.hold import RELEASES_NEEDED, Hold, counting
from liftgate.catalogue.model import Catalogue
from liftgate.response.release import release_holds
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, Moment, PersonShape, answer, person_shape
from liftgate.server.calls import Call, SeesAll, SignedInOnce

router = APIRouter(prefix="/holds", tags=["Findings"])

PersonId = Annotated[str, Path(min_length=1, max_length=128, examples=["ada"])]


class ReleaseBody(BaseModel):
    """Why somebody may ask again."""

    model_config = EXACT

    reason: str = Field(min_length=1, max_length=4_000, examples=["it was a drill"])


class ReleaseShape(BaseModel):
    """One guard's release."""

    model_config = EXACT

    by: PersonShape
    reason: str = Field(examples=["it was a drill"])
    released_at: Moment


class HoldShape(BaseModel):
    """One hold."""

    model_config = EXACT

    person: PersonShape
    finding_id: str = Field(examples=["fi-3xv7m0q4c2h5k8ru"])
    because: str = Field(examples=["Permissions were changed"])
    placed_at: Moment
    releases: list[ReleaseShape]
    releases_needed: int = Field(
        examples=[1], description="How many more, by other guards than the person and those who released it."
    )


class HoldsShape(BaseModel):
    """All holds that stand, the oldest first."""

    model_config = EXACT

    items: list[HoldShape]


@router.get("", response_model=HoldsShape, responses=problems(401, 403))
def list_holds(call: SeesAll) -> Response:
    """List who is on hold: no new requests, approvals or sessions."""
    return answer(standing_holds(call))


@router.post(
    "/{person_id}/releases",
    status_code=201,
    response_model=HoldsShape,
    operation_id="release_holds",
    responses=problems(401, 403, 404, 409),
)
def release(call: SignedInOnce, person_id: PersonId, body: ReleaseBody) -> Response:
    """Release the holds that are on somebody now, as one of two guards. The answer is what is still on them."""
    return answer(released_holds(call, person_id, body.reason), 201)


def standing_holds(call: Call) -> HoldsShape:
    """All holds that stand."""
    with call.parts.store.read() as view:
        holds = view.open_holds()
    return _shape(holds, call.catalogue, _people(holds))


def released_holds(call: Call, person_id: str, reason: str) -> HoldsShape:
    """Release those on somebody, as the caller; what is still on them. Raises what ``release_holds`` does."""
    left = release_holds(
        person_id,
        call.caller,
        reason,
        catalogue=call.catalogue,
        store=call.parts.store,
        clock=call.parts.clock,
    )
    with call.parts.store.read() as view:
        held = _people(view.open_holds())
    return _shape(left, call.catalogue, held)


def _people(holds: tuple[Hold, ...]) -> frozenset[str]:
    return frozenset(hold.person for hold in holds)


def _shape(holds: tuple[Hold, ...], catalogue: Catalogue, held: frozenset[str]) -> HoldsShape:
    return HoldsShape(
        items=[_hold(counting(hold, catalogue, held.__contains__), catalogue) for hold in holds]
    )


def _hold(hold: Hold, catalogue: Catalogue) -> HoldShape:
    return HoldShape(
        person=person_shape(hold.person, catalogue),
        finding_id=hold.finding_id,
        because=hold.because,
        placed_at=hold.placed_at,
        releases=[
            ReleaseShape(by=person_shape(one.by, catalogue), reason=one.reason, released_at=one.released_at)
            for one in hold.releases
        ],
        releases_needed=max(0, RELEASES_NEEDED - len({one.by for one in hold.releases})),
    )
