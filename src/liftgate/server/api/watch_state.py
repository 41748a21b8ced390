"""For guards and auditors: whether CloudTrail is read here, and whether anything is done about what is found."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from liftgate.errors import LiftgateError
from liftgate.response.model import Mode
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, Moment, answer
from liftgate.server.calls import SeesAll
from liftgate.server.diagnosis_watch import log_files_taken
from liftgate.watch.sources.ports import Queue

router = APIRouter(tags=["Watch"])


class WatchStateShape(BaseModel):
    """How the watch stands. ``now`` is the server's clock."""

    model_config = EXACT

    now: Moment
    response: Mode = Field(description="`observe`: what would be done about findings is only said.")
    webhooks: int = Field(examples=[1], description="How many are told of findings.")
    reads_queue: bool = Field(description="Whether this server takes events from a queue.")
    reads_log_files: bool = Field(description="Whether it was told of a trail's bucket.")
    last_came_at: Moment | None = Field(
        description="When any process last took events in, to the minute; null: none ever did."
    )
    log_files_taken_until: Moment | None = Field(
        description="All log files that were delivered up to then are taken; null: none ever were, or there is no bucket."
    )
    log_files_late: bool = Field(
        examples=[False], description="Whether that is longer ago than it should be."
    )
    waiting: int | None = Field(
        examples=[0],
        description="About how many messages wait on the queue; null: it has none, or cannot tell.",
    )
    dead_letters: int | None = Field(
        examples=[0], description="About how many events could not be taken; null: it cannot tell."
    )
    dead_letters_because: str | None = Field(examples=[None], description="Why it cannot tell.")


@router.get(
    "/watch/state",
    response_model=WatchStateShape,
    operation_id="watch_state",
    responses=problems(401, 403),
)
def watch_state(call: SeesAll) -> Response:
    """Say whether events come in, and whether findings are answered."""
    parts = call.parts
    with parts.store.read() as view:
        last = view.events_last_came()
    taken_until, is_late = log_files_taken(parts)
    number, because = _length(parts.sources.dead_letters)
    return answer(
        WatchStateShape(
            now=parts.clock(),
            response=parts.settings.response,
            webhooks=len(parts.notifiers),
            reads_queue=parts.sources.queue is not None,
            reads_log_files=parts.sources.trail is not None,
            last_came_at=last,
            log_files_taken_until=taken_until,
            log_files_late=is_late,
            waiting=_length(parts.sources.queue)[0],
            dead_letters=number,
            dead_letters_because=because,
        )
    )


def _length(dead_letters: Queue | None) -> tuple[int | None, str | None]:
    if dead_letters is None:
        return None, "this server was told of no dead-letter queue"
    try:
        return dead_letters.length(), None
    except LiftgateError as fault:  # it is a question about the state of things: this is one
        return None, fault.sentence
