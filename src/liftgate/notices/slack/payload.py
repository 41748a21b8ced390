"""Reads what Slack sends: a button that was pressed, a form that was sent, a command that was typed. Everything else is nothing.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
https://docs.slack.dev/interactivity/implementing-slash-commands
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from liftgate.access.model import Answer
from liftgate.notices.slack.blocks import ACTIONS, FORM, ONLY, REASON, SHORTER
from liftgate.notices.slack.errors import SlackPayloadUnreadable

_USER: Final = re.compile("[TE][A-Z0-9]{1,20}/[UW][A-Z0-9]{1,20}", re.ASCII)
_ID: Final = re.compile("[CDG][A-Z0-9]{1,20}", re.ASCII)
_TS: Final = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}", re.ASCII)
_REQUEST: Final = re.compile("rq-[a-z0-9]{16}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """Somebody pressed Approve or Deny."""

    user: str  # "T…/U…"
    request_id: str
    answer: Answer
    trigger: str  # by which a form can be opened, for three seconds
    channel: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Somebody sent the form that a button opened."""

    user: str
    sealed: str
    reason: str
    shorter: str = ""
    only: str = ""
    inputs: frozenset[str] = frozenset({REASON})  # that the form had, and beside which a fault can be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Somebody typed ``/liftgate …``."""

    user: str
    text: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something else, such as the button that is a link."""


Interaction: TypeAlias = Click | Sent | Command | Ignored


def read_interaction(payload: Mapping[str, Any]) -> Interaction:
    """What a payload of a button or form says. Raises ``SlackPayloadUnreadable``."""
    match payload:
        case {"type": "block_actions", "actions": [{"action_id": str(action), "value": str(value)}, *_]} if (
            action in ACTIONS
        ):
            return _click(payload, ACTIONS[action], value)
        case {"type": "view_submission", "view": {"callback_id": str(callback)}} if callback == FORM:
            return _sent(payload)
        case {"type": str()}:
            return Ignored()
        case _:
            raise _unreadable("type")


def read_command(fields: Mapping[str, Any]) -> Command:
    """What the fields of a command say. Raises ``SlackPayloadUnreadable``."""
    match fields:
        case {"command": str(), "team_id": str(team), "user_id": str(user)}:
            return Command(
                user=_checked(f"{team}/{user}", _USER, "user"), text=str(fields.get("text", ""))[:200]
            )
        case _:
            raise _unreadable("command")


def _click(payload: Mapping[str, Any], answer: Answer, value: str) -> Click:
    match payload:
        case {
            "trigger_id": str(trigger),
            "container": {"channel_id": str(channel), "message_ts": str(ts)},
        }:
            return Click(
                user=_user(payload),
                request_id=_checked(value, _REQUEST, "actions[0].value"),
                answer=answer,
                trigger=trigger[:200],
                channel=_checked(channel, _ID, "container.channel_id"),
                ts=_checked(ts, _TS, "container.message_ts"),
            )
        case _:
            raise _unreadable("container")


def _sent(payload: Mapping[str, Any]) -> Sent:
    match payload:
        case {"view": {"private_metadata": str(sealed), "state": {"values": {**values}}}}:
            return Sent(
                user=_user(payload),
                sealed=sealed[:3_000],
                reason=_typed(values, REASON),
                shorter=_typed(values, SHORTER, is_in_each=False),
                only=_typed(values, ONLY, is_in_each=False),
                inputs=frozenset({REASON, SHORTER, ONLY}) & set(values),
            )
        case _:
            raise _unreadable("view.state.values")


def _typed(values: Mapping[Any, Any], name: str, *, is_in_each: bool = True) -> str:
    """What was typed into an input, which has its block's name; nothing is null there."""
    match values.get(name):
        case {**inputs}:
            match inputs.get(name):
                case {"value": str() | None as value}:
                    return value or ""
                case _:
                    pass
        case None if not is_in_each:
            return ""
        case _:
            pass
    raise _unreadable(f"view.state.values.{name}")


def _user(payload: Mapping[str, Any]) -> str:
    """Team and user: of the user's own team, which is not that of the message where it is shared with another one."""
    match payload:
        case {"user": {"id": str(user), "team_id": str(team)}} | {
            "user": {"id": str(user)},
            "team": {"id": str(team)},
        }:
            return _checked(f"{team}/{user}", _USER, "user")
        case _:
            raise _unreadable("user")


def _checked(text: str, form: re.Pattern[str], where: str) -> str:
    if not form.fullmatch(text):
        raise _unreadable(where)
    return text


def _unreadable(where: str) -> SlackPayloadUnreadable:
    return SlackPayloadUnreadable(
        f"what Slack sent cannot be read at `{where}`",
        advice="press the button of a message that Liftgate wrote",
        where=where,
    )
