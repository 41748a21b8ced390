"""A tracker at the wire: a real HTTP server that answers what its documentation shows, and remembers what it was asked."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.http_thread import answering


@dataclass
class Asked:
    """One call, as it came."""

    path: str  # with its query, not decoded
    headers: dict[str, str]


@dataclass
class Reply:
    """What is answered."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    drip: Callable[[], bool] | None = None  # a byte at a time, for as long as it says so


@dataclass
class FakeTracker:
    """Answers by ``reply``."""

    reply: Callable[[Asked], Reply] = lambda _: Reply(404)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""


@contextmanager
def fake_tracker() -> Iterator[FakeTracker]:
    """A tracker on a free port."""
    tracker = FakeTracker()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()})
            tracker.asked.append(asked)
            reply = tracker.reply(asked)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.drip is None:
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)
                return
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            try:
                while reply.drip():
                    self.wfile.write(b"1\r\n \r\n")
                self.wfile.write(b"0\r\n\r\n")
            except OSError:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with answering(Handler) as port:
        tracker.url = f"http://127.0.0.1:{port}"
        yield tracker


def jira_issue(key: str = "PAY-12", status: str = "In Progress", category: str = "indeterminate") -> Reply:
    """Jira Cloud's REST API v3, ``GET /rest/api/3/issue/{issueIdOrKey}?fields=status``."""
    document = {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": "10002",
        "self": "https://your-domain.atlassian.net/rest/api/3/issue/10002",
        "key": key,
        "fields": {
            "status": {
                "self": "https://your-domain.atlassian.net/rest/api/3/status/3",
                "description": "This issue is being actively worked on at the moment by the assignee.",
                "iconUrl": "https://your-domain.atlassian.net/images/icons/statuses/inprogress.png",
                "name": status,
                "id": "3",
                "statusCategory": {
                    "self": "https://your-domain.atlassian.net/rest/api/3/statuscategory/4",
                    "id": 4,
                    "key": category,
                    "colorName": "yellow",
                    "name": "In Progress",
                },
            }
        },
    }
    return Reply(200, json.dumps(document).encode(), {"Content-Type": "application/json;charset=UTF-8"})


def jira_missing() -> Reply:
    """The same, of an issue that is not there or may not be seen."""
    said = {"errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {}}
    return Reply(404, json.dumps(said).encode(), {"Content-Type": "application/json;charset=UTF-8"})


def servicenow(records: list[dict[str, str]]) -> Callable[[Asked], Reply]:
    """ServiceNow's Table API: it filters by what of ``sysparm_query`` it understands, and answers the fields it was asked for."""

    def reply(asked: Asked) -> Reply:
        query = parse_qs(urlsplit(asked.path).query)
        found = list(records)
        for part in query["sysparm_query"][0].split("^"):
            name, equals, value = part.partition("=")
            if equals and any(name in record for record in records):
                found = [record for record in found if record.get(name) == value]
        fields = query["sysparm_fields"][0].split(",")
        limit = int(query["sysparm_limit"][0])
        result = [{name: record[name] for name in fields if name in record} for record in found[:limit]]
        return Reply(200, json.dumps({"result": result}).encode(), {"Content-Type": "application/json"})

    return reply
