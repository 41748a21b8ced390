"""Revocation drills: prove on an entitlement's role that a deny bites."""

from datetime import timedelta

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from liftgate.elevation.drill import Drill, DrillGround, drill_revocation
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, answer, example
from liftgate.server.calls import SignedInOnce
from liftgate.server.settling import settle_denies

router = APIRouter(prefix="/drills", tags=["Grants"])


class DrillBody(BaseModel):
    """On which entitlement."""

    model_config = example(entitlement="reports-writer")

    entitlement: str = Field(min_length=1, max_length=128)


class DrillShape(BaseModel):
    """What a drill showed."""

    model_config = EXACT

    entitlement: str = Field(examples=["reports-writer"])
    role_arn: str = Field(examples=["arn:aws:iam::111122223333:role/LiftgateReportsWriter"])
    grant_id: str = Field(examples=["gr-3xv7m0q4c2h5k8rt"], description="The drill's own grant, ended again.")
    call: str = Field(
        examples=["s3:AbortMultipartUpload at s3://reports/2026/liftgate-drill-3xv7m0q4c2h5k8rt"],
        description="What was tried: it changes and reads nothing.",
    )
    in_place_after_ms: int = Field(
        examples=[140], description="From the order to revoke until the deny was read back from the role."
    )
    refused_after_ms: int | None = Field(
        examples=[190],
        description="From the same moment until AWS refused the running session; null: after ten seconds it still did not.",
    )


@router.post(
    "",
    status_code=201,
    response_model=DrillShape,
    operation_id="drill_revocation",
    responses=problems(401, 403, 404, 409),
)
def drill(call: SignedInOnce, body: DrillBody) -> Response:
    """Lend a session under an entitlement, see that it works, take it back, and see that AWS refuses it. Takes seconds."""
    parts = call.parts
    ground = DrillGround(
        store=parts.store,
        lender=parts.lender,
        calls=parts.calls,
        settle=lambda role_arn: settle_denies(role_arn, parts),
        clock=parts.clock,
        random=parts.random,
        pause=parts.pause,
    )
    return answer(_shape(drill_revocation(body.entitlement, call.caller, call.catalogue, ground)), 201)


def _shape(drill: Drill) -> DrillShape:
    return DrillShape(
        entitlement=drill.entitlement,
        role_arn=drill.role_arn,
        grant_id=drill.grant_id,
        call=drill.call,
        in_place_after_ms=_milliseconds(drill.in_place_after),
        refused_after_ms=None if drill.refused_after is None else _milliseconds(drill.refused_after),
    )


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
