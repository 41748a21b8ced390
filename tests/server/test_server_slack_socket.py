"""Socket Mode: the same over a connection that Liftgate opens, by one process at a time, and opened anew when Slack closes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.server.fake_slack import APP_TOKEN, BOT_TOKEN, FakeSlack, Socket, fake_slack
from tests.server.server_world import World, open_world
from tests.server.test_server_slack import GRACE, LINKED, LINUS, clicked, command, submitted

from liftgate.server.slack.socket import start_slack

PATIENCE = 10.0  # seconds; a bound for a test that fails, and nothing that a passing one waits for


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as opened:
        yield opened


@pytest.fixture
def world(tmp_path: Path, slack: FakeSlack) -> Iterator[World]:
    settings = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "channel": "C0REQUESTS", "api_url": slack.url}
    with open_world(tmp_path, catalogue=LINKED, slack=settings) as opened:
        yield opened


@contextmanager
def connected(world: World, slack: FakeSlack) -> Iterator[Socket]:
    stop = start_slack(world.parts)
    try:
        yield slack.sockets.get(timeout=PATIENCE)
    finally:
        stop()


def envelope(number: int, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "envelope_id": f"dfb98ec6-45a8-4200-98af-{number:012d}",
        "type": kind,
        "payload": payload,
        "accepts_response_payload": kind != "events_api",
    }


def sent(socket: Socket, message: dict[str, Any]) -> dict[str, Any]:
    """Send an envelope; its acknowledgement."""
    socket.send(message)
    acknowledged = socket.acknowledged.get(timeout=PATIENCE)
    assert acknowledged["envelope_id"] == message["envelope_id"]
    return acknowledged


def answers(world: World, slack: FakeSlack, socket: Socket) -> None:
    """A request is answered without a public address; an error is said in the form."""
    request_id = world.pending("ada")
    press = {**clicked(GRACE, request_id, "liftgate_approve"), "trigger_id": "1.2.x"}
    assert "payload" not in sent(socket, envelope(1, "interactive", press))
    [opened] = slack.of("views.open")
    form = envelope(2, "interactive", submitted(GRACE, opened["view"], {"reason": "go ahead"}))
    assert "payload" not in sent(socket, form)
    refused = sent(socket, {**form, "envelope_id": "another"})
    assert refused["payload"]["response_action"] == "errors"
    assert "already" in refused["payload"]["errors"]["reason"]
    assert world.get("ada", f"/requests/{request_id}").json()["state"] == "approved"


def counts_once(socket: Socket) -> None:
    """An envelope that comes again is acknowledged, and nothing more."""
    link = envelope(3, "slash_commands", dict(command(LINUS, "help")))
    assert "identities link --slack" in sent(socket, link)["payload"]["text"]
    assert "payload" not in sent(socket, link)


def is_acknowledged_whatever_it_is(socket: Socket) -> None:
    """What is not understood is acknowledged all the same: Slack would only send it again."""
    broken = {"type": "block_actions", "actions": [{"action_id": "liftgate_deny", "value": "x"}]}
    sent(socket, envelope(4, "interactive", broken))
    sent(socket, envelope(5, "events_api", {"type": "event_callback", "event": {"type": "message"}}))
    sent(socket, envelope(6, "slash_commands", {"command": 7}))


# One story, since the client takes seconds to end a connection.
@pytest.mark.slow
def test_requests_are_answered_over_a_connection_that_one_process_holds(
    world: World, slack: FakeSlack
) -> None:
    with connected(world, slack) as first:
        answers(world, slack, first)
        counts_once(first)
        is_acknowledged_whatever_it_is(first)
        start_slack(replace(world.parts))()  # another process
        assert slack.sockets.empty()
        first.send({"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "applink"}})
        second = slack.sockets.get(timeout=PATIENCE)
        sent(second, envelope(7, "slash_commands", dict(command(LINUS, "help"))))
    assert "hunter2" not in world.log.text
    with world.store.write() as transaction:  # it gave the lease up, so that another takes over at once
        now = world.clock()
        assert transaction.try_lease("slack-socket", "another", now=now, until=now)


def test_where_slack_is_away_nothing_secret_is_said(
    world: World, slack: FakeSlack, capfd: pytest.CaptureFixture[str]
) -> None:
    slack.failing = "internal_error"
    stop = start_slack(world.parts)
    stop()
    said = capfd.readouterr()
    assert "hunter2" not in world.log.text + said.out + said.err
    assert said.err == ""


def test_without_an_app_token_nothing_is_opened(tmp_path: Path, slack: FakeSlack) -> None:
    settings = {"bot_token": BOT_TOKEN, "signing_secret": "0" * 32, "api_url": slack.url}
    with open_world(tmp_path, slack=settings) as world:
        start_slack(world.parts)()
    assert slack.calls == []
