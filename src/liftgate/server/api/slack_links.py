"""Whose Slack user somebody is, by proof: a code is handed to who is signed in, and sent from Slack."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from liftgate.elevation.errors import SecretHandedOver
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, Moment, Nothing, answer
from liftgate.server.calls import SignedIn, SignedInOnce
from liftgate.server.errors import NoSuchPath
from liftgate.server.slack.people import new_code, unlink

router = APIRouter(prefix="/slack-links", tags=["Slack"])


class SlackCodeShape(BaseModel):
    """A code, handed over once."""

    model_config = EXACT

    code: str = Field(examples=["3xv7-m0q4-c2h5-k8rs"])
    say: str = Field(examples=["/liftgate link 3xv7-m0q4-c2h5-k8rs"], description="What to say in Slack.")
    expires_at: Moment


@router.post("", status_code=201, response_model=SlackCodeShape, responses=problems(401, 404, 409))
def make_slack_code(call: SignedInOnce, body: Nothing | None = None) -> Response:
    """Get a code that makes the Slack user who sends it, once and within ten minutes, the caller's."""
    del body
    if call.parts.slack is None:
        raise NoSuchPath("Slack is not set up here", advice="ask whoever runs Liftgate: docs/notices.md")
    if call.once is not None:
        now = call.parts.clock()
        with call.parts.store.write() as transaction:
            if transaction.repeated(call.once, now=now) is not None:
                raise SecretHandedOver(
                    "the code was handed over once, and is not kept",
                    advice="ask for one with another Idempotency-Key",
                )
            transaction.remember(call.once, "slack-link", now=now)
    code, expires_at = new_code(call.caller, call.parts)
    return answer(SlackCodeShape(code=code, say=f"/liftgate link {code}", expires_at=expires_at), 201)


@router.delete("", status_code=204, responses=problems(401))
def remove_slack_links(call: SignedIn) -> Response:
    """Take all Slack users from the caller that were linked by a code."""
    unlink(call.person_id, call.parts)
    return Response(status_code=204)
