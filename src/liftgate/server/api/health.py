"""Whether the server lives, and whether it can serve."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from liftgate import VERSION
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, EXAMPLE_HASH, Moment, answer
from liftgate.server.calls import parts_of

router = APIRouter(tags=["health"])


class HealthShape(BaseModel):
    """The server lives. ``now`` is its clock."""

    model_config = EXACT

    status: Literal["ok"]
    version: str = Field(examples=["0.1.0"])
    now: Moment


class ReadyShape(BaseModel):
    """The server can serve. ``catalogue_faults`` counts what is wrong with the files as they stand."""

    model_config = EXACT

    status: Literal["ok"]
    catalogue_version: str = Field(examples=[EXAMPLE_HASH])
    catalogue_faults: int = Field(examples=[0])


@router.get("/health", response_model=HealthShape, operation_id="health", responses=problems())
def health(request: Request) -> Response:
    """Answers as long as the process does."""
    return answer(HealthShape(status="ok", version=VERSION, now=parts_of(request).clock()))


@router.get("/ready", response_model=ReadyShape, operation_id="ready", responses=problems())
def ready(request: Request) -> Response:
    """Answers 200 where the database answers too; 503 with the reason otherwise."""
    parts = parts_of(request)
    parts.store.check()
    loaded = parts.catalogue.current()
    return answer(
        ReadyShape(
            status="ok", catalogue_version=loaded.catalogue.version, catalogue_faults=len(loaded.faults)
        )
    )
