"""Holds on people: who gets nothing new, since something was found or a guard said so, and the guards' releases."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from liftgate.access.hold import RELEASES_NEEDED, Hold, counting, who_can_release
from liftgate.catalogue.model import Catalogue
from liftgate.response.holding import shut_out
from liftgate.response.release import release_holds
from liftgate.server.api.doc import problems
from liftgate.server.api.in_aws import not_yet_refused
from liftgate.server.api.shapes import EXACT, Moment, PersonShape, answer, person_shape
from liftgate.server.calls import Call, SeesAll, SignedInOnce
from liftgate.server.responding import HELD, messages_about
from liftgate.server.settling import settle_soon

router = APIRouter(prefix="/holds", tags=["Findings"])

PersonId = Annotated[str, Path(min_length=1, max_length=128, examples=["ada"])]


class ReleaseBody(BaseModel):
    """Why somebody may ask again."""

    model_config = EXACT

    reason: str = Field(min_length=1, max_length=4_000, examples=["it was a drill"])


class HoldBody(BaseModel):
    """Why somebody is shut out."""

    model_config = EXACT

    reason: str = Field(
        min_length=1,
        max_length=4_000,
        examples=["her laptop was stolen"],
        description="For the record, and for guards and auditors; the person does not read it.",
    )


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
    finding_id: str | None = Field(
        examples=["fi-3xv7m0q4c2h5k8ru"], description="What it was placed for; null: somebody placed it."
    )
    placed_by: PersonShape | None = Field(
        description="Who placed it by hand; null: Liftgate, for the finding. By hand the person cannot sign in either."
    )
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


class ShutOutShape(BaseModel):
    """What it took to shut somebody out. The same call again ends what came since, and does no harm."""

    model_config = EXACT

    hold: HoldShape
    is_new: bool = Field(description="False: the person was on hold by hand already.")
    sign_ins: int = Field(examples=[3], description="Browsers and terminals that were signed out.")
    revoked: int = Field(examples=[2], description="Grants that were taken back.")
    pending: int = Field(
        examples=[0], description="Of them: how many AWS was not yet seen to refuse. The worker goes on."
    )
    can_release: int = Field(
        examples=[2],
        description="Guards who can release the hold now; it takes two. Fewer: name another in the catalogue.",
    )


@router.get("", response_model=HoldsShape, responses=problems(401, 403))
def list_holds(call: SeesAll) -> Response:
    """List who is on hold: no new requests, approvals or sessions."""
    return answer(standing_holds(call))


@router.post(
    "/{person_id}",
    status_code=201,
    response_model=ShutOutShape,
    operation_id="hold_person",
    responses=problems(401, 403, 404),
)
def hold(call: SignedInOnce, person_id: PersonId, body: HoldBody) -> Response:
    """Shut somebody out: put them on hold, sign them out everywhere, and take back all their grants. Guards do, and everybody themselves."""
    return answer(held_by_hand(call, person_id, body.reason), 201)


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


def held_by_hand(call: Call, person_id: str, reason: str) -> ShutOutShape:
    """Shut somebody out, as the caller. Raises what ``shut_out`` does."""
    parts = call.parts
    done = shut_out(
        person_id,
        call.caller,
        reason,
        alerts=messages_about(f"{HELD} {person_id}", parts),
        catalogue=call.catalogue,
        store=parts.store,
        clock=parts.clock,
    )
    parts.wake_messenger.set()
    settle_soon((record.grant for record in done.ended), parts)
    with parts.store.read() as view:
        held = _people(view.open_holds())
    [shape] = _shape((done.hold,), call.catalogue, held).items
    return ShutOutShape(
        hold=shape,
        is_new=done.is_new,
        sign_ins=done.sign_ins,
        revoked=len(done.ended),
        pending=not_yet_refused(done.ended, parts),
        can_release=len(who_can_release(person_id, catalogue=call.catalogue, held=held)),
    )


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
        placed_by=person_shape(hold.placed_by, catalogue) if hold.placed_by else None,
        because=hold.because,
        placed_at=hold.placed_at,
        releases=[
            ReleaseShape(by=person_shape(one.by, catalogue), reason=one.reason, released_at=one.released_at)
            for one in hold.releases
        ],
        releases_needed=max(0, RELEASES_NEEDED - len({one.by for one in hold.releases})),
    )
