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


def tell(world: World, kind: TellKind, **about: str) -> None:
    told = Told(kind=kind, recipients=frozenset({"grace", "linus", "rosa"}), due_at=world.clock(), **about)  # type: ignore[arg-type]
    with world.store.write() as transaction:
        transaction.tell([told])
    drain(world)


def drain(world: World) -> None:
    for _ in range(3):
        drain_once(world.parts, worker="w", kinds=(EffectKind.TELL, EffectKind.NOTIFY))


def told_to(world: World) -> list[str]:
    with world.store.read() as view:
        found = [entry.draft for entry in view.entries() if entry.draft.kind.value.startswith("alert.")]
        return sorted(f"{draft.kind.value} {draft.body['to']}" for draft in found)


def addresses(mailbox: Mailbox) -> list[str]:
    return sorted(place for places, _ in mailbox.mails for place in places)


def test_a_telling_goes_to_each_who_has_a_place(world: World, mailbox: Mailbox) -> None:
    request_id = world.pending()
    tell(world, TellKind.REVIEW_DUE, request_id=request_id)
    assert addresses(mailbox) == ["all@example.com", "grace@example.com", "linus@example.com"]
    assert {mail["Subject"] for _, mail in mailbox.mails} == {
        "Please answer: Ada Lovelace (ada) asks for reports-writer"
    }
    [message] = world.hook.messages
    assert (message.type, message.data["request_id"]) == ("review.due", request_id)
    assert message.data["recipients"] == ["grace", "linus", "rosa"]
    assert message.id == f"review.due-{request_id}"
    assert told_to(world) == [
        "alert.sent all",
        "alert.sent hooks.example.com",
        "alert.sent mail: grace",
        "alert.sent mail: linus",
    ]
    assert "example.com" not in str([entry for entry in told_to(world) if "hooks" not in entry])


def test_a_kind_that_a_notice_does_not_want_passes_it_by(world: World, mailbox: Mailbox) -> None:
    tell(world, TellKind.GRANT_ENDED, grant_id=world.granted())
    assert addresses(mailbox) == ["all@example.com"]
    assert mailbox.mails[0][1]["Subject"].startswith("Ended early: Ada Lovelace")


def test_what_is_about_no_request_is_told_too(world: World, mailbox: Mailbox) -> None:
    tell(world, TellKind.DELEGATE_NAMED, absence_id="aw-1", by="grace")
    assert mailbox.mails[0][1]["Subject"].endswith("somebody who is away: Grace Hopper (grace)")


def test_what_is_not_taken_is_tried_again_and_given_up_on_record_each_by_itself(
    world: World, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liftgate.server.worker._MOST_ATTEMPTS", 3)
    mailbox.refusing = True
    tell(world, TellKind.REQUEST_MADE, request_id=world.pending())
    assert told_to(world) == ["alert.sent hooks.example.com"]
    mailbox.refusing = False
    world.clock.pass_by(minutes=1)
    drain(world)
    assert addresses(mailbox) == ["all@example.com"]
    mailbox.refusing = True
    tell(world, TellKind.REQUEST_DENIED, request_id=world.pending())
    for _ in range(4):
        world.clock.pass_by(minutes=1)
        drain_once(world.parts, worker="w", kinds=(EffectKind.NOTIFY,))
    assert "alert.failed all" in told_to(world)
    assert "example.com:" not in world.log.text
    assert "mailto" not in world.log.text


def test_a_place_that_is_gone_from_the_settings_is_told_nothing(world: World, mailbox: Mailbox) -> None:
    mailbox.refusing = True
    tell(world, TellKind.REQUEST_MADE, request_id=world.pending())
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
