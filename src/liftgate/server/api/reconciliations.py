"""Holding AWS against the store after an accident."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from liftgate.access.sight import is_guard
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, Nothing, answer
from liftgate.server.calls import SignedInOnce
from liftgate.server.errors import MayNotReconcile
from liftgate.server.reconcile import Repair, reconcile

router = APIRouter(prefix="/reconciliations", tags=["Grants"])


class RepairShape(BaseModel):
    """Something that was not as it should be."""

    model_config = EXACT

    what: str = Field(examples=["the denies on arn:aws:iam::111122223333:role/LiftgateReportsWriter"])
    found: str = Field(examples=["were not as the store calls for; they were written again"])
    repaired: bool
    failure: str | None = Field(examples=[None], description="Why it could not be mended now.")
    advice: str | None = Field(examples=[None])


class ReconciliationShape(BaseModel):
    """What was looked at, and all of it that was not as it should be."""

    model_config = EXACT

    roles: int = Field(examples=[3], description="Roles that were read.")
    entries: int = Field(examples=[4812], description="Entries of the ledger that hold.")
    repairs: list[RepairShape]


@router.post(
    "",
    status_code=201,
    response_model=ReconciliationShape,
    operation_id="reconcile",
    responses=problems(401, 403),
)
def make(call: SignedInOnce, body: Nothing | None = None) -> Response:
    """Hold every role and whatever was left half done against the store, mend what differs, and say what. Takes a while."""
    del body
    if not is_guard(call.person_id, call.catalogue):
        raise MayNotReconcile(
            f"`{call.person_id}` is no guard", advice="ask one of the guards", value=call.person_id
        )
    found = reconcile(call.parts)
    return answer(
        ReconciliationShape(
            roles=found.roles, entries=found.entries, repairs=[_shape(one) for one in found.repairs]
        ),
        201,
    )


def _shape(repair: Repair) -> RepairShape:
    failure = repair.failure
    return RepairShape(
        what=repair.what,
        found=repair.found,
        repaired=failure is None,
        failure=failure.sentence if failure else None,
        advice=failure.advice if failure else None,
    )
