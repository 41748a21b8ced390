"""For those who keep the server running: whether it lives, whether it is ready, and its measures for Prometheus."""

import hmac
from typing import Final, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, answer
from liftgate.server.calls import OWN_MACHINE, parts_of
from liftgate.server.errors import MayNotMeasure, NotReady, NotSignedIn
from liftgate.server.local_calls import is_local
from liftgate.server.measures import MEDIA_TYPE, measures_of
from liftgate.server.readiness import OK, Readiness, readiness_of
from liftgate.span import in_words

router = APIRouter(tags=["health"])

_NEXT: Final = {
    "store": "see that the database runs, is reached from here, and was migrated by this version",
    "catalogue": "see what is wrong with the files: liftgate catalogue check PATH",
}
_NEXT_OF_LOOPS: Final = "wait for its next round; if it stays so, the log says why, and starting the process again mends one that hangs"


class AliveShape(BaseModel):
    """The process lives."""

    model_config = EXACT

    status: Literal["ok"]


class ReadinessShape(BaseModel):
    """The process can do what it is for. Of each part, how it is: `ok`, or a word that says what is wrong."""

    model_config = EXACT

    status: Literal["ok"]
    parts: dict[str, str] = Field(
        examples=[{"catalogue": "ok", "messenger": "ok", "store": "ok", "watch": "late", "worker": "ok"}]
    )
    seconds_since_round: dict[str, int | None] = Field(
        examples=[{"messenger": 3, "watch": 412, "worker": 3}],
        description="Of each loop, how long ago it last did its work without failing: `watch`, receive from the queue; null: never yet.",
    )


@router.get("/healthz", response_model=AliveShape, operation_id="alive", responses=problems())
async def alive() -> Response:  # in no thread, so that it answers though all of them are taken
    """Answer as long as the process does; nothing else is looked at."""
    return answer(AliveShape(status="ok"))


@router.get("/readyz", response_model=ReadinessShape, operation_id="readiness", responses=problems())
def readiness(request: Request) -> Response:
    """Answer 200 where the process can do what it is for; else 503, with one fault for each part that is not as it should be."""
    found = readiness_of(parts_of(request))
    if not found.is_ready:
        first, *others = [
            NotReady(_not_ready(name, how, found), advice=_NEXT.get(name, _NEXT_OF_LOOPS), where=name)
            for name, how in found.parts.items()
            if how != OK
        ]
        first.also = tuple(others)
        raise first
    ages = {
        loop: None if age is None else int(age.total_seconds()) for loop, age in found.since_round.items()
    }
    return answer(ReadinessShape(status="ok", parts=dict(found.parts), seconds_since_round=ages))


def _not_ready(name: str, how: str, found: Readiness) -> str:
    if name not in found.since_round:
        return f"`{name}` is {how}"
    age = found.since_round[name]
    return f"`{name}` is {how}: it " + (
        "never came round" if age is None else f"last came round {in_words(age)} ago"
    )


def measuring(request: Request) -> None:
    """Raise ``NotSignedIn`` or ``MayNotMeasure`` where the measures are not for whoever asks."""
    wanted = parts_of(request).settings.metrics_token
    if wanted is not None:
        if not hmac.compare_digest(_bearer(request).encode(), wanted.get_secret_value().encode()):
            raise MayNotMeasure(
                "this is not the token for the measures",
                advice="send what `metrics_token` says on the server",
            )
    elif not (request.scope[OWN_MACHINE] and is_local(request)):
        raise MayNotMeasure(
            "without a token, the measures are for programs on this machine, at an address that nobody else reaches",
            advice="set `metrics_token` on the server, or `metrics_port` and ask there: docs/running.md",
        )


def _bearer(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise NotSignedIn(
            "the call carries no token", advice="send Authorization: Bearer and `metrics_token`"
        )
    return token


@router.get(
    "/metrics",
    operation_id="metrics",
    dependencies=[Depends(measuring)],
    responses={**problems(401, 403), 200: {"content": {"text/plain": {}}, "description": "The measures."}},
)
def metrics(request: Request) -> Response:
    """Answer the measures in Prometheus's text format, to those who hold `metrics_token`, or ask from this machine where there is none."""
    return Response(measures_of(parts_of(request)), media_type=MEDIA_TYPE)
