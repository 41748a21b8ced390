"""Socket Mode: what people do in Slack comes over a connection that this server opens, so that it needs no public address.

https://docs.slack.dev/apis/events-api/using-socket-mode. One process at a time holds the connection, by a lease; when it dies, another one
takes over. Slack's own client reconnects where Slack closes the connection, which it does every few hours.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from threading import Event
from typing import Any, Final

from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from liftgate.errors import LiftgateError
from liftgate.notices.quiet import quiet
from liftgate.notices.slack.payload import Ignored, Interaction, read_command, read_interaction
from liftgate.server.parts import Parts
from liftgate.server.slack.answering import answer_slack
from liftgate.server.slack.desk import SlackDesk
from liftgate.watch.sources.threads import start_thread

_LEASE_NAME: Final = "slack-socket"
_LEASE: Final = timedelta(minutes=1)
_RENEW: Final = timedelta(seconds=15)
_REMEMBERED: Final = timedelta(hours=1)


def start_slack(parts: Parts) -> Callable[[], None]:
    """Keep the connection, or wait to take it over, where the settings want one; the answer ends that."""
    desk = parts.slack
    if desk is None or desk.app_token is None:
        return lambda: None
    stopping = Event()
    return start_thread(lambda: _keep(desk, parts, stopping), stopping, name="liftgate-slack")


def _keep(desk: SlackDesk, parts: Parts, stopping: Event) -> None:
    holder = parts.new_name("slack")
    connection: SocketModeClient | None = None
    try:
        while not stopping.is_set():
            try:
                if not _leased(holder, parts):
                    _close(connection)
                    connection = None
                elif connection is None:
                    connection = _connected(desk, parts)
            except LiftgateError as failure:
                parts.log.warning("slack", code=failure.code)
            except Exception as fault:  # noqa: BLE001 - a connection that is not made now is made later
                parts.log.warning(
                    "slack not connected", error=type(fault).__name__
                )  # its text may quote an address that is a key
            stopping.wait(_RENEW.total_seconds())
    finally:
        _close(connection)
        _give_up(holder, parts)


def _connected(desk: SlackDesk, parts: Parts) -> SocketModeClient:
    client = SocketModeClient(
        app_token=desk.app_token or "", web_client=desk.api.web, logger=quiet("liftgate.slack"), concurrency=4
    )
    client.socket_mode_request_listeners.append(lambda socket, request: _take(socket, request, desk, parts))
    try:
        client.connect()
    except BaseException:
        client.close()
        raise
    return client


def _take(socket: BaseSocketModeClient, envelope: SocketModeRequest, desk: SlackDesk, parts: Parts) -> None:
    """Do what an envelope asks for, once, and acknowledge it whatever became of it: Slack would only send it again."""
    said: Mapping[str, Any] | None = None
    try:
        if _is_new(envelope.envelope_id, parts):
            said = answer_slack(_read(envelope), desk, parts)
    except LiftgateError as failure:
        parts.log.warning("slack", code=failure.code, said=failure.sentence)
    except Exception as fault:  # noqa: BLE001 - the client would log its text
        parts.log.error("slack", error=type(fault).__name__)  # noqa: TRY400 - its text may quote anything
    payload = dict(said) if said is not None and envelope.accepts_response_payload else None
    socket.send_socket_mode_response(SocketModeResponse(envelope_id=envelope.envelope_id, payload=payload))


def _read(envelope: SocketModeRequest) -> Interaction:
    match envelope.type:
        case "interactive":
            return read_interaction(envelope.payload)
        case "slash_commands":
            return read_command(envelope.payload)
        case _:
            return Ignored()


def _is_new(envelope_id: str, parts: Parts) -> bool:
    used = hashlib.sha256(f"slack envelope {envelope_id}".encode()).hexdigest()
    with parts.store.write() as transaction:
        return transaction.use_proof(used, expires_at=parts.clock() + _REMEMBERED)


def _leased(holder: str, parts: Parts) -> bool:
    now = parts.clock()
    with parts.store.write() as transaction:
        return transaction.try_lease(_LEASE_NAME, holder, now=now, until=now + _LEASE)


def _give_up(holder: str, parts: Parts) -> None:
    try:
        with parts.store.write() as transaction:
            transaction.release_lease(_LEASE_NAME, holder)
    except LiftgateError as failure:  # it ends by itself
        parts.log.warning("slack", code=failure.code)


def _close(connection: SocketModeClient | None) -> None:
    if connection is not None:
        connection.close()
