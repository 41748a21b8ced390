"""What could not be taken of CloudTrail's events."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from liftgate.access.sight import is_guard
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, Moment, answer, example
from liftgate.server.calls import Call, SignedIn, SignedInOnce
from liftgate.server.errors import MayNotReplay
from liftgate.watch.sources.dead_letters import DeadLetter, dead_letters, replay
from liftgate.watch.sources.errors import NoDeadLetters
from liftgate.watch.sources.ports import Queue

router = APIRouter(prefix="/watch/dead-letters", tags=["Watch"])

_ID = "0d1f7e52-7a6c-4d35-9a0e-5c1b2f9d7a11"


class DeadLetterShape(BaseModel):
    """A message that was not taken."""

    model_config = EXACT

    id: str = Field(examples=[_ID], description="SQS's own; the server's log knows it under this.")
    reason: str = Field(examples=["it can be read, and taking it failed each time"])
    sent_at: Moment
    receives: int = Field(examples=[6], description="How often it was received; looking at it counts too.")
    event_id: str | None = Field(
        examples=["11111111-2222-4333-8444-555555555555"],
        description="CloudTrail's; null: it cannot be read.",
    )
    event_name: str | None = Field(examples=["DeleteObject"])
    excerpt: str = Field(
        examples=['{"version":"0","id":'], description="How it begins. Text of others: escape it."
    )


class DeadLettersShape(BaseModel):
    """Dead letters, the oldest first."""

    model_config = EXACT

    items: list[DeadLetterShape]


class ReplayBody(BaseModel):
    """Which dead letters to send again."""

    model_config = example(ids=[_ID])

    ids: list[Annotated[str, Field(min_length=1, max_length=100)]] | None = Field(
        default=None, min_length=1, max_length=100, description="Left out: all of them."
    )


class ReplayShape(BaseModel):
    """What was sent again."""

    model_config = EXACT

    ids: list[str] = Field(examples=[[_ID]])


@router.get(
    "",
    response_model=DeadLettersShape,
    operation_id="list_dead_letters",
    responses=problems(401, 403, 409),
)
def list_them(call: SignedIn, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Response:
    """Events that could not be taken, and why as far as they tell. They stay where they are."""
    queue, _ = _queues(call)
    return answer(DeadLettersShape(items=[_shape(one) for one in dead_letters(queue, limit=limit)]))


@router.post(
    "/replay",
    response_model=ReplayShape,
    operation_id="replay_dead_letters",
    responses=problems(401, 403, 404, 409),
)
def replay_them(call: SignedInOnce, body: ReplayBody | None = None) -> Response:
    """Send events to be taken again, some or all. An event that was taken before changes nothing."""
    queue, to = _queues(call)
    sent = replay(queue, to, ids=body.ids if body else None)
    call.parts.log.info("dead letters replayed", by=call.person_id, messages=len(sent))
    return answer(ReplayShape(ids=list(sent)))


def _queues(call: Call) -> tuple[Queue, Queue]:
    """The queue of dead letters, and the one on which they were. Raises ``MayNotReplay`` and ``NoDeadLetters``."""
    if not is_guard(call.person_id, call.catalogue):
        raise MayNotReplay(
            f"`{call.person_id}` is no guard", advice="ask one of the guards", value=call.person_id
        )
    sources = call.parts.sources
    if sources.queue is None or sources.dead_letters is None:
        raise NoDeadLetters(
            "this server was told of no dead-letter queue",
            advice="set `watch_queue_url` and `watch_dead_letter_queue_url`; see docs/watch-sources.md",
        )
    return sources.dead_letters, sources.queue


def _shape(letter: DeadLetter) -> DeadLetterShape:
    return DeadLetterShape(
        id=letter.id,
        reason=letter.reason,
        sent_at=letter.sent_at,
        receives=letter.receives,
        event_id=letter.event_id,
        event_name=letter.event_name,
        excerpt=letter.excerpt,
    )
