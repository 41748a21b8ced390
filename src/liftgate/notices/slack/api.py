"""The few calls of Slack's Web API that are needed: https://docs.slack.dev/reference/methods"""

import http.client
import socket
from typing import Any, Final

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse, WebClient

from liftgate.notices.quiet import quiet
from liftgate.notices.slack.blocks import escaped
from liftgate.response.notify import NotDelivered

BASE_URL: Final = "https://slack.com/api/"
_PATIENCE: Final = 5  # seconds
# The message is gone, or may not be changed any more: there is nothing to bring in line.
_GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
# "It's possible some aspect of the operation succeeded before the error was raised": of these errors Slack says so.
_PERHAPS: Final = frozenset({"fatal_error", "internal_error"})
_NO_LINKS: Final[dict[str, Any]] = {"unfurl_links": False, "unfurl_media": False}


class NotKnownWhether(NotDelivered):
    """Slack may have taken it: no answer came."""

    code = "not_known_whether_delivered"


class SlackApi:
    """Speaks to one workspace as the app's bot."""

    def __init__(self, token: str, *, base_url: str = BASE_URL) -> None:
        self.web = WebClient(
            token=token,
            base_url=base_url,
            timeout=_PATIENCE,
            logger=quiet("liftgate.slack"),
            retry_handlers=[],  # what fails is queued
        )

    def post(self, channel: str, message: dict[str, Any]) -> tuple[str, str]:
        """Write a message; the channel's id, and the time that names the message there. Raises ``NotDelivered``."""
        said = self._call("chat.postMessage", {"channel": channel, **message, **_NO_LINKS, "parse": "none"})
        return said["channel"], said["ts"]

    def reply(self, channel: str, ts: str, message: dict[str, Any]) -> None:
        """Reply to a message, in its thread. Raises ``NotDelivered``."""
        said = {"channel": channel, "thread_ts": ts, **message, **_NO_LINKS, "parse": "none"}
        self._call("chat.postMessage", said)

    def update(self, channel: str, ts: str, message: dict[str, Any]) -> bool:
        """Change a message in place; False where it is gone. Raises ``NotDelivered``."""
        try:
            self._call("chat.update", {"channel": channel, "ts": ts, **message, "parse": "none"})
        except NotDelivered as refusal:
            if refusal.value in _GONE:
                return False
            raise
        return True

    def whisper(self, channel: str, user: str, text: str) -> None:
        """Say something that one user alone sees. Raises ``NotDelivered``."""
        said = {"channel": channel, "user": user, "text": escaped(text)[:3_000], "parse": "none"}
        self._call("chat.postEphemeral", said)

    def open_form(self, trigger: str, view: dict[str, Any]) -> None:
        """Open a form before the user who pressed a button. Raises ``NotDelivered``."""
        self._call("views.open", {"trigger_id": trigger, "view": view})

    def _call(self, method: str, body: dict[str, Any]) -> SlackResponse:
        try:
            return self.web.api_call(method, json=body)
        except SlackApiError as refusal:
            answer = refusal.response
            reason = answer.get("error") if isinstance(answer.data, dict) else None
            said = reason if isinstance(reason, str) else f"it answered {answer.status_code}"
            kind = NotDelivered if isinstance(reason, str) and reason not in _PERHAPS else NotKnownWhether
            raise _not_taken(method, said, kind=kind) from None
        except (SlackClientError, OSError, http.client.HTTPException, ValueError) as fault:
            if isinstance(getattr(fault, "reason", fault), ConnectionRefusedError | socket.gaierror):
                raise _not_taken(method, "it was not reached") from None
            # Its text may quote anything.
            raise _not_taken(method, type(fault).__name__, kind=NotKnownWhether) from None


def _not_taken(method: str, reason: str, kind: type[NotDelivered] = NotDelivered) -> NotDelivered:
    shown = "".join(one for one in reason if one.isalnum() or one in "_ ")[:80]
    return kind(
        f"Slack did not take `{method}`: {shown}",
        advice="it is tried again; look at `slack` in the settings, and at docs/notices.md",
        value=shown,
    )
