"""Shows requests in Slack: one message for each, changed in place with what becomes of it.

Nothing is sent because something happened; what the message says is brought in line with the request as it is. So any number of
workers may do it, in any order and again.
"""

import hashlib
import json
from typing import Any, Final

from liftgate.access.model import RequestRecord
from liftgate.access.ports import Effect, EffectKind, GrantFilter
from liftgate.access.request_words import Outcome, RequestWords, outcome_words, request_words
from liftgate.notices.slack.blocks import request_message
from liftgate.notices.slack.ports import Shown
from liftgate.server.parts import Parts

SLACK: Final = "slack"
SHOWN: Final = "slack.shown"


def shown_effect(request_id: str, parts: Parts) -> Effect:
    """The queued work that brings a request's message in line."""
    return Effect(kind=EffectKind.NOTIFY, key=f"{SHOWN} {request_id} {SLACK}", due_at=parts.clock())


def show_soon(request_id: str, parts: Parts) -> None:
    """Have a request's message brought in line, now that it was answered."""
    if parts.slack is None:
        return
    with parts.store.write() as transaction:
        transaction.outbox.enqueue([shown_effect(request_id, parts)])
    parts.wake_messenger.set()


def show_request(request_id: str, parts: Parts) -> None:
    """Bring a request's message in line; one that never waited for anybody has none. Raises ``NotDelivered``."""
    with parts.store.read() as view:
        record, kept = view.request(request_id), view.slack.message(request_id)
    if parts.slack is None or record is None:
        return
    words, outcome = in_words(record, parts)
    message = message_of(request_id, words, outcome, parts)
    digest = hashlib.sha256(json.dumps(message, sort_keys=True).encode()).hexdigest()
    if kept is None:
        channel = parts.slack.channel_of(record.request.entitlement)
        is_emergency = record.request.look_by is not None  # told loudly, though nobody is asked
        if channel is None or not (outcome.is_open or is_emergency):
            return
        channel, ts = parts.slack.api.post(channel, message)
    elif kept.digest != digest:
        channel, ts = kept.channel, kept.ts
        parts.slack.api.update(channel, ts, message)
    else:
        return
    with parts.store.write() as transaction:
        transaction.slack.keep_message(Shown(request_id=request_id, channel=channel, ts=ts, digest=digest))


def in_words(record: RequestRecord, parts: Parts) -> tuple[RequestWords, Outcome]:
    """A request in plain words, and what it has come to."""
    catalogue, now = parts.catalogue.current().catalogue, parts.clock()
    request = record.request
    theirs = GrantFilter(requester=request.requester, entitlements=frozenset({request.entitlement}))
    with parts.store.read() as view:
        earlier = view.grants(theirs, now=now, cursor=None, limit=2).items
    is_first = all(one.grant.request_id == request.id for one in earlier)
    return request_words(request, catalogue, is_first=is_first), outcome_words(record, catalogue, now)


def message_of(request_id: str, words: RequestWords, outcome: Outcome, parts: Parts) -> dict[str, Any]:
    """The message that shows a request."""
    return request_message(words, outcome, request_id=request_id, link=link_to(request_id, parts))


def link_to(request_id: str, parts: Parts) -> str:
    """Where people look at a request."""
    return f"{parts.audience}/requests/{request_id}"
