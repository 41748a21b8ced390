"""``POST /slack/interactions``: what Slack calls where this server has a public address. Its signature is its sign-in."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response

from liftgate.notices.slack.errors import NotFromSlack, SlackPayloadUnreadable
from liftgate.notices.slack.payload import Interaction, read_command, read_interaction
from liftgate.notices.slack.signature import MOST_AGE, check_signature
from liftgate.server.body import BODY
from liftgate.server.calls import parts_of
from liftgate.server.parts import Parts
from liftgate.server.slack.answering import answer_slack

router = APIRouter()


@router.post("/slack/interactions", include_in_schema=False)
def slack_interactions(request: Request) -> Response:
    """Take a button, a form or a command. Raises ``NotFromSlack`` for anybody else."""
    parts = parts_of(request)
    desk = parts.slack
    if desk is None or desk.signing_secret is None:
        raise NotFromSlack(
            "Slack is not set up to call this server", advice="set `slack.signing_secret`: docs/notices.md"
        )
    body: bytes = request.scope.get(BODY, b"")
    timestamp = request.headers.get("x-slack-request-timestamp")
    signature = request.headers.get("x-slack-signature")
    check_signature(desk.signing_secret, body, timestamp=timestamp, signature=signature, now=parts.clock())
    _refuse_used(signature or "", timestamp or "", parts)
    said = answer_slack(_read(body), desk, parts)
    if said is None:
        return Response(status_code=200)
    return Response(json.dumps(said), media_type="application/json")


def _refuse_used(signature: str, timestamp: str, parts: Parts) -> None:
    """A call counts once: who listened in cannot send it again."""
    used = hashlib.sha256(f"slack {signature}".encode()).hexdigest()
    until = datetime.fromtimestamp(int(timestamp), UTC) + 2 * MOST_AGE
    with parts.store.write() as transaction:
        is_first = transaction.use_proof(used, expires_at=until)
    if not is_first:
        raise NotFromSlack("the call was sent before", advice="press the button again")


def _read(body: bytes) -> Interaction:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=50)
        fields = dict(pairs)
        payload: Any = json.loads(fields["payload"]) if "payload" in fields else None
    except (ValueError, RecursionError):
        raise _unreadable() from None
    if len(fields) != len(pairs):  # of two, which one is meant?
        raise _unreadable()
    if payload is None:
        return read_command(fields)
    if not isinstance(payload, Mapping):
        raise _unreadable()
    return read_interaction(payload)


def _unreadable() -> SlackPayloadUnreadable:
    return SlackPayloadUnreadable("what Slack sent is no form with a payload", advice="see docs/notices.md")
