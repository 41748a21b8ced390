"""The server's side of ``liftgate doctor``: AWS, the ways of proof, each elevated role, and where events come from."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from liftgate.access.sight import is_guard
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, Nothing, answer
from liftgate.server.calls import SignedInOnce
from liftgate.server.diagnosis import diagnose
from liftgate.server.errors import MayNotDiagnose
from liftgate.server.look import State

router = APIRouter(prefix="/diagnoses", tags=["Grants"])


class LookShape(BaseModel):
    """One thing that was looked at."""

    model_config = EXACT

    title: str = Field(examples=["role"])
    state: State = Field(
        description="`note`: not as it might be; `unknown`: nobody can tell, or nobody tried."
    )
    found: str = Field(
        examples=["reports-writer: arn:aws:iam::111122223333:role/LiftgateReportsWriter is lent"]
    )
    advice: str | None = Field(examples=[None], description="What to do next, where something is to be done.")


class DiagnosisShape(BaseModel):
    """All that was looked at, in order; what needs something that failed is left out."""

    model_config = EXACT

    looks: list[LookShape]


@router.post(
    "",
    status_code=201,
    response_model=DiagnosisShape,
    operation_id="diagnose",
    responses=problems(401, 403),
)
def make(call: SignedInOnce, body: Nothing | None = None) -> Response:
    """Look at STS, its clock, the broker's identity, the ways of proof, each elevated role, the queues, the trail's bucket and the auditors. Each role is lent for a session that may do nothing; it is on record."""
    del body
    if not is_guard(call.person_id, call.catalogue):
        raise MayNotDiagnose(
            f"`{call.person_id}` is no guard", advice="ask one of the guards", value=call.person_id
        )
    looks = [
        LookShape(title=one.title, state=one.state, found=one.found, advice=one.advice)
        for one in diagnose(call.parts, call.person_id)
    ]
    return answer(DiagnosisShape(looks=looks), 201)
