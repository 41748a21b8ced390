"""Who is told of requests and grants: each webhook, each notice, each person, by a message of their own that is tried again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.notices.receivers import Mailbox, smtp_server
from tests.server.server_world import World, open_world
from tests.server.watched import outside, watched

from liftgate.access.ports import EffectKind
from liftgate.access.told import TellKind, Told
from liftgate.server.worker import drain_once


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as opened:
        yield opened


@pytest.fixture
def world(tmp_path: Path, mailbox: Mailbox) -> Iterator[World]:
    base = f"mailto://127.0.0.1:{mailbox.port}?from=liftgate@example.com&mode=insecure&to="
    notices = [
        {
            "name": "mail",
            "url": base + "{to}",
            "tells": ["review.due"],
            "to": {"grace": "grace@example.com", "linus": "linus@example.com"},
        },
        {"name": "all", "url": base + "all@example.com"},
    ]
    with open_world(tmp_path, response="act", notices=notices) as opened:
        yield opened


def drain(world: World) -> None:
    for _ in range(3):
        drain_once(world.parts, worker="w", kinds=(EffectKind.TELL, EffectKind.NOTIFY))


def told_to(world: World) -> list[str]:
    with world.store.read() as view:
        found = [entry.draft for entry in view.entries() if entry.draft.kind.value.startswith("alert.")]
        return sorted(f"{draft.kind.value} {draft.body['to']}" for draft in found)


def addresses(mailbox: Mailbox) -> list[str]:
    return sorted(place for places, _ in mailbox.mails for place in places)


def subjects(mailbox: Mailbox) -> list[str]:
    return sorted(f"{places[0].partition('@')[0]}: {mail['Subject']}" for places, mail in mailbox.mails)


def test_a_request_reaches_each_who_has_a_place(world: World, mailbox: Mailbox) -> None:
    request_id = world.pending()
    drain(world)
    asks = "Ada Lovelace (ada) asks for reports-writer"
    assert subjects(mailbox) == [
        f"all: Please answer: {asks}",
        f"all: Your request waits for an answer: {asks}",
        f"grace: Please answer: {asks}",
        f"linus: Please answer: {asks}",
    ]
    [made, due] = sorted(world.hook.messages, key=lambda message: message.type)
    assert (made.type, made.data["recipients"]) == ("request.made", ["ada"])
    assert (due.type, due.data["recipients"]) == ("review.due", ["grace", "linus"])
    assert (due.data["request_id"], due.id) == (request_id, f"review.due-{request_id}-0")
    assert told_to(world) == [
        "alert.sent all",
        "alert.sent all",
        "alert.sent hooks.example.com",
        "alert.sent hooks.example.com",
        "alert.sent mail: grace",
        "alert.sent mail: linus",
    ]


def test_what_is_overtaken_is_not_told(world: World, mailbox: Mailbox) -> None:
    request_id = world.pending()
    world.post("ada", f"/requests/{request_id}/cancellation")
    drain(world)
    assert not any("Please answer" in one for one in subjects(mailbox))
    assert any("no answer is needed" in one for one in subjects(mailbox))


def test_who_leaves_while_it_is_tried_again_is_told_nothing(world: World, mailbox: Mailbox) -> None:
    mailbox.refusing = True
    request_id = world.pending()
    drain(world)
    world.post("grace", f"/requests/{request_id}/reviews", {"answer": "deny", "comment": ""})
    mailbox.refusing = False
    world.clock.pass_by(minutes=1)
    drain(world)
    assert not any("Please answer" in one for one in subjects(mailbox))
    assert any("Denied" in one for one in subjects(mailbox))


def test_a_kind_that_a_notice_does_not_want_passes_it_by(world: World, mailbox: Mailbox) -> None:
    world.post("rosa", f"/grants/{world.granted()}/revocation", {"reason": "a drill"})
    drain(world)
    assert subjects(mailbox) == ["all: Ended early: Ada Lovelace (ada) asks for reports-writer"]


def test_what_is_about_no_request_is_told_too(world: World, mailbox: Mailbox) -> None:
    told = Told(
        kind=TellKind.DELEGATE_NAMED,
        recipients=frozenset({"linus"}),
        due_at=world.clock(),
        absence_id="aw-1",
        by="grace",
    )
    with world.store.write() as transaction:
        transaction.tell([told])
    drain(world)
    assert subjects(mailbox)[0].endswith("somebody who is away: Grace Hopper (grace)")


def test_what_is_not_taken_is_tried_again_and_given_up_on_record_each_by_itself(
    world: World, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liftgate.server.worker._MOST_ATTEMPTS", 3)
    mailbox.refusing = True
    world.pending()
    drain(world)
    assert set(told_to(world)) == {"alert.sent hooks.example.com"}
    mailbox.refusing = False
    world.clock.pass_by(minutes=1)
    drain(world)
    assert set(addresses(mailbox)) == {"all@example.com", "grace@example.com", "linus@example.com"}
    mailbox.refusing = True
    world.pending()
    for _ in range(5):
        world.clock.pass_by(minutes=1)
        drain(world)
    assert {"alert.failed all", "alert.failed mail: grace"} <= set(told_to(world))
    assert "127.0.0.1" not in world.log.text
    assert "mailto" not in world.log.text


def test_a_place_that_is_gone_from_the_settings_is_told_nothing(world: World, mailbox: Mailbox) -> None:
    mailbox.refusing = True
    world.pending()
    drain(world)
    object.__setattr__(world.parts, "notices", {})
    mailbox.refusing = False
    world.clock.pass_by(minutes=1)
    drain(world)
    assert mailbox.mails == []


def test_findings_reach_channels_as_they_reach_webhooks(world: World, mailbox: Mailbox) -> None:
    watched(world, outside(world, world.granted()))
    drain(world)
    assert addresses(mailbox) == ["all@example.com"]
    assert [message.type for message in world.hook.messages] == ["finding.made"]
