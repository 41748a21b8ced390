"""Tickets are looked up as trackers' documentation says, at the tracker's own address alone, for a bounded time."""

import itertools
import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from tests.tickets.fake_tracker import (
    FakeTracker,
    Reply,
    fake_tracker,
    jira_issue,
    jira_missing,
    servicenow,
)

from liftgate.access.errors import TicketUnknown, TrackerDown, TrackerUnset
from liftgate.access.ticket import TicketFound
from liftgate.server.tracker_settings import TrackerSettings
from liftgate.tickets.lookup import LARGEST_ANSWER, HttpTrackers, tracker_client
from liftgate.tickets.model import Tracker

TOKEN = "hunter2-hunter2"


@pytest.fixture
def site() -> Iterator[FakeTracker]:
    with fake_tracker() as tracker:
        yield tracker


def tracker(site: FakeTracker, **more: Any) -> Tracker:
    given = {
        "name": "desk",
        "kind": "jira",
        "url": site.url,
        "user": "bot@example.com",
        "token": TOKEN,
        **more,
    }
    return TrackerSettings(**given).tracker()


@contextmanager
def looking(*trackers: Tracker, monotonic: Any = lambda: 0.0) -> Iterator[HttpTrackers]:
    with tracker_client() as http:
        yield HttpTrackers(trackers, http, monotonic)


def look(site: FakeTracker, ticket: str = "PAY-12", **more: Any) -> TicketFound:
    with looking(tracker(site, **more)) as trackers:
        return trackers.look("desk", ticket)


def test_jira_is_asked_for_the_status_alone_by_who_may(site: FakeTracker) -> None:
    site.reply = lambda _: jira_issue()
    assert look(site) == TicketFound(exists=True, is_open=True, state="indeterminate")
    [asked] = site.asked
    assert asked.path == "/rest/api/3/issue/PAY-12?fields=status"
    assert asked.headers["accept"] == "application/json"
    assert asked.headers["authorization"] == "Basic Ym90QGV4YW1wbGUuY29tOmh1bnRlcjItaHVudGVyMg=="


def test_jira_says_what_is_done_and_what_is_not_there(site: FakeTracker) -> None:
    site.reply = lambda _: jira_issue(status="Done", category="done")
    assert look(site) == TicketFound(exists=True, is_open=False, state="done")
    site.reply = lambda _: jira_missing()
    assert look(site) == TicketFound(exists=False)


def test_which_states_are_open_may_be_said_by_the_name_of_the_status(site: FakeTracker) -> None:
    site.reply = lambda _: jira_issue(status="Approved")
    said: dict[str, Any] = {"state": "/fields/status/name", "open": ["Approved"]}
    assert look(site, **said) == TicketFound(exists=True, is_open=True, state="Approved")
    site.reply = lambda _: jira_issue(status="In Progress")
    assert not look(site, **said).is_open


def test_an_issue_that_was_moved_is_another_one(site: FakeTracker) -> None:
    site.reply = lambda _: jira_issue(key="MISC-7")
    assert look(site) == TicketFound(exists=False)


RECORDS = [
    {"number": "INC0010001", "active": "true", "state": "2"},
    {"number": "INC0010002", "active": "false", "state": "7"},
]


def test_servicenow_is_asked_for_one_number_and_two_fields(site: FakeTracker) -> None:
    site.reply = servicenow(RECORDS)
    found = look(site, "INC0010001", kind="servicenow", table="incident")
    assert found == TicketFound(exists=True, is_open=True, state="true")
    assert site.asked[0].path == (
        "/api/now/table/incident?sysparm_query=number%3DINC0010001&sysparm_fields=number%2Cactive"
        "&sysparm_limit=2&sysparm_exclude_reference_link=true"
    )
    assert not look(site, "INC0010002", kind="servicenow").is_open
    assert look(site, "INC0099999", kind="servicenow") == TicketFound(exists=False)


def test_servicenow_that_ignores_the_query_and_answers_any_ticket_is_not_believed(site: FakeTracker) -> None:
    site.reply = lambda _: Reply(body=json.dumps({"result": RECORDS[:1]}).encode())
    assert look(site, "INC0099999", kind="servicenow") == TicketFound(exists=False)
    site.reply = lambda _: Reply(body=json.dumps({"result": RECORDS}).encode())
    with pytest.raises(TrackerDown):
        look(site, "INC0010001", kind="servicenow")


def test_anything_that_answers_json_can_be_asked(site: FakeTracker) -> None:
    site.reply = lambda _: Reply(body=b'{"ticket": {"flags": [{"a/b": true}]}}')
    more = {
        "kind": "http",
        "url": f"{site.url}/tickets/{{ticket}}.json",
        "user": None,
        "state": "/ticket/flags/0/a~1b",
        "open": ["true"],
    }
    assert look(site, "chg.1_a", **more) == TicketFound(exists=True, is_open=True, state="true")
    assert site.asked[0].path == "/tickets/chg.1_a.json"
    assert site.asked[0].headers["authorization"] == f"Bearer {TOKEN}"


# An asker's own text, which the catalogue's pattern may have let through.
ATTACKS = [
    "../../../admin",
    "..",
    ".",
    "PAY-1/../../x",
    "PAY-1?expand=secret",
    "PAY-1#",
    "PAY-1%2f..%2f",
    "//169.254.169.254/latest",
    "http://169.254.169.254/latest/meta-data/",
    "@169.254.169.254/",
    "x^ORactive=true",
    "INC1^NQnumberSTARTSWITHINC",
    "PAY-1\r\nHost: evil",
    "PAY-1 ",
    "\uff30\uff21\uff39-1",
    "PAY-\u0661",
    "",
    "A" * 101,
]


@pytest.mark.parametrize("kind", ["jira", "servicenow", "http"])
@pytest.mark.parametrize("ticket", ATTACKS)
def test_nothing_but_a_name_gets_into_an_address(site: FakeTracker, kind: str, ticket: str) -> None:
    more: dict[str, Any] = {"kind": kind}
    if kind == "http":
        more |= {"url": f"{site.url}/tickets/{{ticket}}", "state": "/s", "open": ["x"]}
    with pytest.raises(TicketUnknown):
        look(site, ticket, **more)
    assert site.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_no_answer_and_leads_nowhere(site: FakeTracker, status: int) -> None:
    with fake_tracker() as elsewhere:
        elsewhere.reply = lambda _: jira_issue()
        site.reply = lambda _: Reply(status, headers={"Location": f"{elsewhere.url}/latest/meta-data/"})
        with pytest.raises(TrackerDown, match=str(status)):
            look(site)
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(401, b'{"message": "hunter2-hunter2"}'),
        Reply(403),
        Reply(429),
        Reply(500),
        Reply(200, b"<html>sign in</html>"),
        Reply(200, b"{}"),
        Reply(200, b"[]"),
        Reply(200, b'{"key": "PAY-12"}'),
        Reply(200, b'{"key": "PAY-12", "fields": {"status": {"statusCategory": {"key": {}}}}}'),
        Reply(200, b"[" * 100_000),
        Reply(200, b" " * (LARGEST_ANSWER + 1)),
        Reply(200, b"\x1f\x8b\x08", {"Content-Encoding": "gzip"}),
    ],
    ids=lambda reply: f"{reply.status} {reply.body[:20]!r}",
)
def test_whatever_else_it_answers_is_no_answer(site: FakeTracker, reply: Reply) -> None:
    site.reply = lambda _: reply
    with pytest.raises(TrackerDown) as failure:
        look(site)
    said = f"{failure.value} {failure.value.advice} {failure.value.value}"
    assert TOKEN not in said
    assert "127.0.0.1" not in said


def test_an_answer_that_never_ends_is_left(site: FakeTracker) -> None:
    ticks = itertools.count(0.0, 0.5)
    site.reply = lambda _: Reply(drip=lambda: True)
    with (
        looking(tracker(site), monotonic=lambda: next(ticks)) as trackers,
        pytest.raises(TrackerDown, match="took too long"),
    ):
        trackers.look("desk", "PAY-12")


def test_where_nobody_listens_it_is_down() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(TrackerDown, match="cannot be reached"):
        look(FakeTracker(url=f"http://127.0.0.1:{port}"))


def test_a_tracker_that_is_not_set_up_is_not_taken_for_one_that_is_down() -> None:
    with looking() as trackers, pytest.raises(TrackerUnset, match="settings"):
        trackers.look("desk", "PAY-12")


def test_what_its_state_is_called_is_shown_without_tricks(site: FakeTracker) -> None:
    site.reply = lambda _: jira_issue(category="\u202e\n" + "x" * 500)
    found = look(site)
    assert found.state == "??" + "x" * 58
    assert not found.is_open


def test_no_proxy_and_no_netrc_comes_between(site: FakeTracker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    site.reply = lambda _: jira_issue()
    assert look(site, user=None, token=None).is_open
    assert "authorization" not in site.asked[0].headers


def test_of_a_tracker_nothing_secret_is_shown(site: FakeTracker) -> None:
    assert TOKEN not in repr(tracker(site))
