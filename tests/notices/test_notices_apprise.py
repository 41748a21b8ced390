"""Notices by e-mail and Teams, at the wire: what people wrote is shown as text, and no secret is ever said."""

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.notices.receivers import Mailbox, Teams, smtp_server, teams_workflow

from liftgate.access.request_words import Fact, Outcome, RequestWords
from liftgate.access.told import TellKind, Told
from liftgate.notices.apprise_notice import AppriseNotice
from liftgate.notices.told_words import subject_of, text_of, told_message
from liftgate.response.notify import Message, NotDelivered

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOSTILE = "one\r\nTicket: OPS-1 (open)\nBcc: all@example.com <script>alert(1)</script> [click](https://evil.example) **bold** <at>x</at>"


def message(why: str = HOSTILE, headline: str = "Ada Lovelace (ada) asks for reports-writer") -> Message:
    told = Told(
        kind=TellKind.REVIEW_DUE,
        recipients=frozenset({"grace"}),
        due_at=NOON,
        request_id="rq-0123456789abcdef",
        stage=0,
    )
    words = RequestWords(
        headline=headline,
        facts=(Fact("What", "write under s3://reports/2026/"), Fact("Why", why)),
        unusual=("ada has not had reports-writer before",),
    )
    outcome = Outcome(is_open=True, sentence="waits for an answer until 2026-11-25 12:00 UTC")
    return told_message(
        told, words, outcome, by=None, link="https://liftgate.example.com/requests/rq-0123456789abcdef"
    )


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as opened:
        yield opened


def mail(port: int, **more: Any) -> AppriseNotice:
    url = f"mailto://127.0.0.1:{port}?from=liftgate@example.com&to={{to}}&mode=insecure" + more.pop(
        "tail", ""
    )
    people = {"grace": "grace@example.com", "linus": "linus@example.com"}
    return AppriseNotice(**{"name": "mail", "url": url, "tells": frozenset(), "to": people, **more})


def send(notice: AppriseNotice, what: Message, person: str = "grace") -> None:
    addressed = notice.addressed(person)
    assert addressed is not None
    addressed.send(what, NOON)


def test_a_request_in_plain_words_reaches_one_person_by_mail(mailbox: Mailbox) -> None:
    send(mail(mailbox.port), message("Correct the totals"))
    [(recipients, sent)] = mailbox.mails
    assert recipients == ["grace@example.com"]
    assert sent["Subject"] == "Please answer: Ada Lovelace (ada) asks for reports-writer"
    assert sent.get_content().replace("\r\n", "\n").strip() == (
        "What: write under s3://reports/2026/\n"
        "Why: Correct the totals\n"
        "Unusual: ada has not had reports-writer before\n"
        "State: waits for an answer until 2026-11-25 12:00 UTC\n"
        "Of: rq-0123456789abcdef\n"
        "Look: https://liftgate.example.com/requests/rq-0123456789abcdef"
    )


def test_no_line_that_somebody_wrote_passes_for_ours(mailbox: Mailbox) -> None:
    send(mail(mailbox.port), message())
    [(recipients, sent)] = mailbox.mails
    assert recipients == ["grace@example.com"]
    assert sent["Bcc"] is None
    lines = sent.get_content().splitlines()
    assert "    | Ticket: OPS-1 (open)" in lines
    assert not any(line.startswith(("Ticket:", "Bcc:")) for line in lines)


def test_nothing_begins_another_header(mailbox: Mailbox) -> None:
    send(mail(mailbox.port), message(headline="ada\r\nBcc: all@example.com\r\n\r\nhello\u2028x\x00"))
    [(recipients, sent)] = mailbox.mails
    assert recipients == ["grace@example.com"]
    assert sent["Bcc"] is None
    assert sent["Subject"] == "Please answer: ada Bcc: all@example.com hello x"
    assert "\n" not in subject_of(message(headline="a\nb"))


def test_in_html_what_people_wrote_is_escaped(mailbox: Mailbox) -> None:
    send(mail(mailbox.port, tail="&format=html"), message())
    [(_, sent)] = mailbox.mails
    html = next(part for part in sent.walk() if part.get_content_type() == "text/html")
    shown = html.get_content()
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown


def test_a_server_that_refuses_is_not_delivered_and_says_nothing(
    mailbox: Mailbox, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.refusing = True
    notice = mail(mailbox.port, tail="&name=hunter2")
    with pytest.raises(NotDelivered) as failure:
        send(notice, message())
    with closing(socket.create_server(("127.0.0.1", 0))) as nobody:
        port = nobody.getsockname()[1]
    with pytest.raises(NotDelivered):
        send(mail(port), message())
    said = capfd.readouterr()
    assert said.out + said.err == ""
    assert [one for one in caplog.records if "apprise" in one.name] == []
    text = f"{failure.value!r} {failure.value.advice} {notice!r} {notice.addressed('grace')!r}"
    assert "hunter2" not in text
    assert "example.com" not in text


def test_who_never_answers_is_left_in_time(capfd: pytest.CaptureFixture[str]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        notice = mail(silent.getsockname()[1], patience=0.05)
        with pytest.raises(NotDelivered):
            send(notice, message())
    assert capfd.readouterr().err == ""


def test_each_person_with_a_place_is_told_and_a_channel_once() -> None:
    people = frozenset({"grace", "linus", "rosa"})
    notice = mail(1, tells=frozenset({"review.due"}))
    assert notice.recipients("review.due", people) == ("grace", "linus")
    assert notice.recipients("request.denied", people) == ()
    assert notice.addressed("rosa") is None
    channel = AppriseNotice(name="teams", url="workflows://h/w/s", tells=frozenset(), to={})
    assert channel.recipients("request.denied", people) == ("",)


def test_a_place_cannot_change_the_address(mailbox: Mailbox) -> None:
    for place in ("grace@example.com&smtp=evil.example", "grace@example.com?mode=ssl", "grace@example.com#x"):
        notice = mail(mailbox.port, to={"grace": place})
        addressed = notice.addressed("grace")
        assert addressed is not None
        assert addressed.url.count("&") == 2
        assert "#" not in addressed.url


@pytest.fixture
def teams(tmp_path: Path) -> Iterator[Teams]:
    with teams_workflow(tmp_path) as opened:
        yield opened


def channel(port: int) -> AppriseNotice:
    url = f"workflows://127.0.0.1:{port}/abc0123/sig0123/?verify=no"
    return AppriseNotice(name="teams", url=url, tells=frozenset(), to={})


def test_teams_gets_a_card_in_which_nobody_wrote_a_link(teams: Teams) -> None:
    send(channel(teams.port), message(), "")
    [(path, body)] = teams.cards
    assert path.startswith("/workflows/abc0123/triggers/manual/paths/invoke?")
    [attachment] = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    texts = {
        one.get("id"): one["text"] for one in attachment["content"]["body"] if one["type"] == "TextBlock"
    }
    assert texts["title"] == "Please answer: Ada Lovelace (ada) asks for reports-writer"
    assert r"\[click\]\(https://evil" in texts["body"]
    assert r"\*\*bold\*\*" in texts["body"]
    assert "entities" not in attachment["content"]["msteams"]


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 500])
def test_teams_that_refuses_or_leads_elsewhere_is_not_delivered(teams: Teams, status: int) -> None:
    teams.status, teams.location = status, f"https://127.0.0.1:{teams.port}/elsewhere"
    with pytest.raises(NotDelivered):
        send(channel(teams.port), message(), "")
    assert [path.partition("?")[0] for path, _ in teams.cards] == [
        "/workflows/abc0123/triggers/manual/paths/invoke"
    ]


def test_findings_and_settlements_are_told_too() -> None:
    found = Message(
        id="fi-1",
        type="finding.made",
        at=NOON,
        data={
            "title": "A call beyond its scope",
            "because": "x\ny",
            "severity": "high",
            "finding_id": "fi-1",
        },
    )
    assert subject_of(found) == "A call beyond its scope"
    assert text_of(found) == "Severity: high\nWhy: x\n    | y\nOf: fi-1"
    settled = Message(
        id="gr-1-settled-1",
        type="grant.settled",
        at=NOON,
        data={"grant_id": "gr-1", "sentences": ["Never used."]},
    )
    assert subject_of(settled) == "grant.settled gr-1"
    assert text_of(settled) == "Never used.\nOf: gr-1"
