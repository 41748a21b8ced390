"""What a form carries while it is open in Slack, so that it can be sent for nothing but that for which it was opened.

Slack hands a form's metadata back as it was given. It is sealed all the same: bound to a request, an answer, a person's Slack user
and a time, so that neither another app's form nor a mistake of ours can answer another request than the one that was shown.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liftgate.access.model import Answer
from liftgate.notices.slack.errors import SlackFormNotYours

_LASTS: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An open form: who may send it, and what sending it means."""

    request_id: str
    answer: Answer
    user: str  # "T…/U…"
    channel: str  # where the button was
    ts: str  # of the message with the button


def seal(form: Form, key: bytes, now: datetime) -> str:
    """A form as text that nobody else can make."""
    fields = [form.request_id, form.answer.value, form.user, form.channel, form.ts, int(now.timestamp())]
    body = base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()
    return f"{body}.{_mac(body, key)}"


def unseal(text: str, key: bytes, *, user: str, now: datetime) -> Form:
    """The form that a text seals. Raises ``SlackFormNotYours`` unless it was opened for this user in the last hour."""
    body, _, mac = text.partition(".")
    if not hmac.compare_digest(_mac(body, key).encode(), mac.encode(errors="replace")):
        raise _not_yours("it was not opened by Liftgate")
    request_id, answer, opened_for, channel, ts, at = json.loads(base64.urlsafe_b64decode(body))
    if opened_for != user:
        raise _not_yours("it was opened for somebody else")
    if not 0 <= now.timestamp() - at + 1 <= _LASTS.total_seconds():
        raise _not_yours("it was opened more than an hour ago")
    return Form(request_id=request_id, answer=Answer(answer), user=user, channel=channel, ts=ts)


def form_key(bot_token: str) -> bytes:
    """The key by which forms are sealed: every server with the same settings has the same."""
    return hmac.new(bot_token.encode(), b"liftgate: forms in slack", hashlib.sha256).digest()


def _mac(body: str, key: bytes) -> str:
    return hmac.new(key, body.encode(errors="replace"), hashlib.sha256).hexdigest()


def _not_yours(why: str) -> SlackFormNotYours:
    return SlackFormNotYours(
        f"the form cannot be taken: {why}", advice="close it, and press the button again"
    )
