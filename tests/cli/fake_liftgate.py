"""A small server that speaks the HTTP contract of docs/architecture.md, for tests of the command line alone.

It keeps everything in memory, signs everybody in by name, and can be told to misbehave.
"""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from liftgate.clock import rfc3339

Json: TypeAlias = dict[str, Any]
Answer: TypeAlias = tuple[int, Any]

FINDING = "fi-0000000000000001"
PEOPLE = {"ada": "Ada", "grace": "Grace", "linus": "Linus"}


def moment(**later: float) -> str:
    return rfc3339((datetime.now(UTC) + timedelta(**later)).replace(microsecond=0))


@dataclass
class Seen:
    """One call, as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Json | None


@dataclass
class FakeLiftgate:
    """The server's memory; tests read and write it."""

    requests: dict[str, Json] = field(default_factory=dict)
    grants: dict[str, Json] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)  # "POST /api/v1/requests": what to say instead
    before: dict[str, Callable[[], None]] = field(default_factory=dict)  # called when such a call arrives
    session_seconds: float = 3600
    clock_ahead: timedelta = timedelta()
    pending: int = 0  # revocations of which AWS was not told yet
    address: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def calls(self, method: str, path: str) -> list[Seen]:
        return [call for call in self.seen if call.method == method and re.fullmatch(path, call.path)]

    def add_request(self, number: int = 1, *, person: str = "ada", **changes: Any) -> Json:
        request = {
            "id": f"rq-{number:016d}",
            "state": "pending",
            "requester": {"id": person, "name": PEOPLE[person]},
            "entitlement": "reports",
            "account": "111122223333",
            "role_arn": "arn:aws:iam::111122223333:role/ReportsWriter",
            "mechanism": "session",
            "scope": scope("s3://reports/2026/"),
            "duration_seconds": 1200,
            "starts_at": None,
            "justification": "fix the totals",
            "ticket": None,
            "approvals_needed": 1,
            "reviewers": [{"id": "grace", "name": "Grace"}, {"id": "linus", "name": "Linus"}],
            "reviews": [],
            "asked_at": moment(),
            "lapses_at": moment(hours=4),
            "catalogue_version": "c" * 64,
            "waiting_for": "1 approval of Grace or Linus",
            "grant": None,
            **changes,
        }
        self.requests[request["id"]] = request
        return request

    def add_grant(self, number: int = 1, *, person: str = "ada", minutes: float = 20, **changes: Any) -> Json:
        grant = {
            "id": f"gr-{number:016d}",
            "state": "active",
            "request_id": f"rq-{number:016d}",
            "requester": {"id": person, "name": PEOPLE[person]},
            "entitlement": "reports",
            "account": "111122223333",
            "role_arn": "arn:aws:iam::111122223333:role/ReportsWriter",
            "scope": scope("s3://reports/2026/"),
            "starts_at": moment(seconds=-1),
            "ends_at": moment(minutes=minutes),
            "granted_at": moment(seconds=-1),
            "catalogue_version": "c" * 64,
            "mechanism": "session",
            "in_place": None,
            "ending": None,
            "sessions": [],
            **changes,
        }
        self.grants[grant["id"]] = grant
        return grant

    def approve(self, request: Json, *, by: str = "grace", comment: str = "") -> Json:
        number = int(request["id"][3:])
        grant = self.add_grant(
            number, person=request["requester"]["id"], minutes=request["duration_seconds"] / 60
        )
        request["reviews"].append(review(by, "approve", comment))
        request |= {"state": "approved", "waiting_for": None, "grant": brief(grant)}
        return grant


def scope(location: str) -> Json:
    return {
        "actions": ["s3:PutObject"],
        "locations": [location],
        "kms_keys": [],
        "in_words": f"write objects under {location}",
    }


def brief(grant: Json) -> Json:
    return {name: grant[name] for name in ("id", "state", "starts_at", "ends_at")}


def review(by: str, answer: str, comment: str) -> Json:
    return {
        "reviewer": {"id": by, "name": PEOPLE[by]},
        "answer": answer,
        "comment": comment,
        "reviewed_at": moment(),
    }


def problem(status: int, code: str, detail: str, advice: str = "do something else", **more: Any) -> Answer:
    return status, {
        "type": f"https://liftgate.dev/problems/{code}",
        "title": code,
        "status": status,
        "detail": detail,
        "code": code,
        "advice": advice,
        "request_id": "req-7f3a",
        **more,
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeLiftgate

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def log_message(self, *_: object) -> None:
        return

    def date_time_string(self, timestamp: float | None = None) -> str:
        del timestamp
        ahead = datetime.now(UTC) + self.fake.clock_ahead
        return super().date_time_string(ahead.timestamp())

    def _answer(self, method: str) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        call = Seen(
            method=method,
            path=parts.path,
            query={name: values[0] for name, values in parse_qs(parts.query).items()},
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )
        fake = self.fake
        with fake.lock:
            fake.seen.append(call)
        key = f"{method} {parts.path}"
        if key in fake.before:
            fake.before[key]()
        with fake.lock:
            status, answer = fake.answers.get(key) or _route(fake, call)
        self._send(status, answer)

    def _send(self, status: int, answer: Any) -> None:
        raw = answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        is_problem = status >= 400 and not isinstance(answer, bytes)
        self.send_header("Content-Type", "application/problem+json" if is_problem else "application/json")
        if status in {301, 302, 307, 308}:
            self.send_header("Location", raw.decode())
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _route(fake: FakeLiftgate, call: Seen) -> Answer:
    if call.path == "/health":
        return 200, {"status": "ok", "version": "0.1.0"}
    if not call.path.startswith("/api/v1/"):
        return 404, b"<html>not here</html>"
    path = call.path.removeprefix("/api/v1")
    if (call.method, path) == ("POST", "/sign-ins"):
        return _sign_in(fake, call.body or {})
    person = fake.tokens.get(call.headers.get("authorization", "").removeprefix("Bearer "))
    if person is None:
        return problem(401, "token_unknown", "the token is not known", "sign in again")
    return _signed_in(fake, call, path, person)


def _sign_in(fake: FakeLiftgate, body: Json) -> Answer:
    person = body.get("person", "ada") if body.get("method") == "local" else "ada"
    if person not in PEOPLE:
        return problem(401, "nobody", f"nobody is called `{person}`", "try ada")
    token = f"token-{person}-{len(fake.tokens)}"
    fake.tokens[token] = person
    return 201, {
        "token": token,
        "person": {"id": person, "name": PEOPLE[person], "kind": "person"},
        "identity": f"local:{person}",
        "expires_at": moment(hours=8),
    }


def _signed_in(fake: FakeLiftgate, call: Seen, path: str, person: str) -> Answer:  # noqa: PLR0911 - one for each call of the contract
    words = path.strip("/").split("/")
    match (call.method, *words):
        case ("GET", "me"):
            return 200, {
                "person": {"id": person, "name": PEOPLE[person], "kind": "person"},
                "identity": f"local:{person}",
                "expires_at": moment(hours=8),
                "is_guard": person == "linus",
                "is_auditor": False,
            }
        case ("DELETE", "sign-ins", "current"):
            fake.tokens = {token: who for token, who in fake.tokens.items() if who != person}
            return 204, None
        case ("GET", "catalogue"):
            return 200, catalogue()
        case ("GET", "ledger", *rest):
            return _ledger(rest, call)
        case (_, "requests", *rest):
            return _requests(fake, call, rest, person)
        case ("POST", "revocations"):
            return _revocations(fake, call)
        case (_, "holds", *rest):
            return 201 if rest else 200, {"items": [hold()] if fake.grants else []}
        case ("GET", "findings", *rest):
            return _findings(fake, rest)
        case (_, "grants", *rest):
            return _grants(fake, call, rest, person)
        case _:
            return problem(404, "no_such_page", "there is nothing here")


def catalogue() -> Json:
    return {
        "version": "c" * 64,
        "loaded_at": moment(),
        "faults": [],
        "entitlements": [
            {
                "name": "reports",
                "description": "Write the reports of a year",
                "account": "111122223333",
                "role_arn": "arn:aws:iam::111122223333:role/ReportsWriter",
                "ceiling": scope("s3://reports/"),
                "longest_seconds": 7200,
                "mechanism": "session",
                "approvals": 1,
                "reviewers": [{"id": "grace", "name": "Grace"}, {"id": "linus", "name": "Linus"}],
                "without_review_seconds": 120,
                "without_review_actions": ["s3:PutObject"],
                "justification_at_least": 10,
                "ticket_required": True,
                "ticket_pattern": "OPS-[0-9]+",
                "may_request": True,
                "may_review": False,
            }
        ],
    }


def _ledger(rest: list[str], call: Seen) -> Answer:
    if rest == ["verification"]:
        return 200, {"intact": True, "count": 2, "head": {"seq": 2, "hash": "b" * 64}}
    if rest == ["export"]:
        return 200, b'{"seq":1}\n{"seq":2}\n'
    entry = {
        "seq": 1,
        "at": "2026-11-24T03:00:00.123456Z",
        "kind": "request.made",
        "actor": "ada",
        "request_id": "rq-0000000000000001",
        "grant_id": None,
        "body": {},
        "previous": "0" * 64,
        "hash": "a" * 64,
    }
    after = int(call.query.get("after", 0))
    return 200, {"items": [entry] if after < 1 else [], "next_after": None}


def _is_to_conclude(request: Json) -> bool:
    return bool(request.get("break_glass")) and not request["break_glass"].get("conclusion")


def _requests(fake: FakeLiftgate, call: Seen, rest: list[str], person: str) -> Answer:  # noqa: PLR0911 - as above
    if call.method == "POST" and not rest:
        body = call.body or {}
        return 201, fake.add_request(
            len(fake.requests) + 1,
            person=person,
            justification=body["justification"],
            duration_seconds=body["duration_seconds"],
            scope=scope(body["locations"][0]),
            starts_at=body.get("starts_at"),
            ticket=body.get("ticket"),
        )
    if not rest and call.query.get("view") == "to_conclude":
        return 200, _page([one for one in fake.requests.values() if _is_to_conclude(one)], call)
    if not rest:
        found = [
            one for one in fake.requests.values() if one["state"] == call.query.get("state", one["state"])
        ]
        mine = call.query.get("view", "mine") == "mine"
        return 200, _page([one for one in found if (one["requester"]["id"] == person) == mine], call)
    request = fake.requests.get(rest[0])
    if request is None:
        return problem(404, "no_such_request", f"there is no request `{rest[0]}`", "try: liftgate status")
    if rest[1:] == ["reviews"]:
        return _review(fake, request, call.body or {}, person)
    if rest[1:] == ["cancellation"]:
        if request["state"] != "pending":
            return problem(409, "request_closed", f"the request is {request['state']} already")
        request |= {"state": "cancelled", "waiting_for": None}
        return 201, request
    return 200, request


def _review(fake: FakeLiftgate, request: Json, body: Json, person: str) -> Answer:
    if request["requester"]["id"] == person:
        return problem(403, "self_review", "this is your own request", "ask grace")
    if body["answer"] == "approve":
        fake.approve(request, by=person, comment=body["comment"])
    else:
        request["reviews"].append(review(person, "deny", body["comment"]))
        request |= {"state": "denied", "waiting_for": None}
    return 201, request


def _revocations(fake: FakeLiftgate, call: Seen) -> Answer:
    body = call.body or {}
    ended = [
        grant
        for grant in fake.grants.values()
        if grant["state"] == "active"
        and body.get("person", grant["requester"]["id"]) == grant["requester"]["id"]
    ]
    for grant in ended:
        grant |= {"state": "revoked"}
    return 201, {
        "revoked": len(ended),
        "pending": fake.pending,
        "grant_ids": [grant["id"] for grant in ended],
    }


def _grants(fake: FakeLiftgate, call: Seen, rest: list[str], person: str) -> Answer:  # noqa: PLR0911 - as above
    if not rest:
        found = [one for one in fake.grants.values() if one["state"] == call.query.get("state", one["state"])]
        mine = call.query.get("view", "mine") == "mine"
        return 200, _page([one for one in found if not mine or one["requester"]["id"] == person], call)
    grant = fake.grants.get(rest[0])
    if grant is None:
        return problem(404, "no_such_grant", f"there is no grant `{rest[0]}`", "try: liftgate status")
    match rest[1:]:
        case ["sessions"]:
            return _lend(fake, grant)
        case ["return"]:
            grant |= {"state": "returned", "ending": _ending("returned", person, call, "in_place")}
            return 201, grant
        case ["settlement"]:
            return 200, settlement(grant["id"])
        case ["timeline"]:
            return 200, timeline(grant)
        case ["revocation"]:
            grant |= {"state": "revoked", "ending": _ending("revoked", person, call, "pending")}
            return 201, grant
        case _:
            return 200, grant


def timeline(grant: Json) -> Json:
    """Its request, the calls under it, and what was found of them."""
    lines = [
        {"step": "request", "by": grant["requester"], "text": "asked to write: fix the totals"},
        {
            "step": "calls",
            "until": "2026-11-24T09:02:00Z",
            "text": "37 s3:PutObject under s3://reports/2026/",
        },
        {"step": "finding", "severity": "high", "finding_id": FINDING, "text": "Outside: s3:GetObject"},
    ]
    empty = {"until": None, "by": None, "calls": None, "severity": None, "finding_id": None}
    told = [{**empty, "at": f"2026-11-24T09:00:0{place}Z", **line} for place, line in enumerate(lines)]
    return {"items": told, "more": False}


def finding(**changes: Any) -> Json:
    return {
        "id": FINDING,
        "rule": "outside-scope",
        "title": "Outside what was granted",
        "because": "s3:PutObject on arn:aws:s3:::payroll/1 was not granted",
        "severity": "high",
        "state": "open",
        "answer": "revoke",
        "at": "2026-11-24T09:00:02Z",
        "found_at": "2026-11-24T09:04:00Z",
        "grant_id": "gr-0000000000000001",
        "entitlement": "reports",
        "person": {"id": "ada", "name": "Ada"},
        "session_name": "gr-0000000000000001-1",
        "role_arn": "arn:aws:iam::111122223333:role/ReportsWriter",
        "event_ids": ["e-1"],
        "calls": None,
        "responses": None,
        "damage": None,
        "more_damage": False,
        **changes,
    }


def answered() -> Json:
    """What was done about a finding, and what must be put right."""
    return {
        "responses": [
            {
                "step": "revoke",
                "mode": "act",
                "outcome": "gr-0000000000000001 was taken back",
                "done_at": "2026-11-24T09:04:00Z",
            }
        ],
        "damage": [
            {
                "harm": "deleted",
                "bucket": "reports",
                "key": "2026/a b.csv",
                "how": "brings it back: aws s3api delete-object --bucket reports --key '2026/a b.csv' --version-id v2",
            }
        ],
        "more_damage": True,
    }


def hold() -> Json:
    return {
        "person": {"id": "ada", "name": "Ada"},
        "finding_id": FINDING,
        "placed_by": None,
        "because": "Permissions were changed",
        "placed_at": "2026-11-24T09:00:00Z",
        "releases": [
            {
                "by": {"id": "linus", "name": "Linus"},
                "reason": "a drill",
                "released_at": "2026-11-24T09:05:00Z",
            }
        ],
        "releases_needed": 1,
    }


def settlement(grant_id: str) -> Json:
    return {
        "grant_id": grant_id,
        "state": "settled",
        "due_at": None,
        "account": {
            "number": 1,
            "settled_at": "2026-11-24T10:00:00Z",
            "sentences": ["Granted: write under s3://reports/.", "Used: 37 calls."],
            "lines": [
                {
                    "service": "s3",
                    "operation": "PutObject",
                    "folder": "s3://reports/2026/",
                    "calls": 37,
                    "refused": 0,
                }
            ],
            "more": False,
            "request_line": "liftgate request s3://reports/2026/ --action s3:PutObject --for SPAN --reason …",
            "catalogue_lines": ["ceiling:", "  actions: [PutObject]"],
        },
    }


def activity() -> Json:
    return {
        "at": "2026-11-24T09:00:02Z",
        "service": "s3",
        "operation": "PutObject",
        "bucket": "payroll",
        "key": "1",
        "because": "it was not granted",
        "refused": True,
        "error_code": "AccessDenied",
        "source_address": "203.0.113.7",
        "user_agent": "[aws-cli/2.15]",
    }


def _findings(fake: FakeLiftgate, rest: list[str]) -> Answer:
    if rest:
        return 200, finding(calls=[activity()], **answered())
    return 200, {"items": [finding()] if fake.grants else [], "next_cursor": None}


def _ending(kind: str, person: str, call: Seen, deny: str) -> Json:
    reason = (call.body or {}).get("reason", "")
    return {"kind": kind, "by": person, "reason": reason, "ended_at": moment(), "deny": deny}


def _lend(fake: FakeLiftgate, grant: Json) -> Answer:
    if grant["state"] != "active":
        return problem(409, "grant_closed", f"the grant is {grant['state']}")
    number = len(grant["sessions"]) + 1
    ends = min(moment(seconds=fake.session_seconds), grant["ends_at"])
    grant["sessions"].append(
        {
            "number": number,
            "name": f"{grant['id']}-{number}",
            "access_key_id": f"ASIA{number:016d}",
            "intended_at": moment(),
            "lent_at": moment(),
            "expires_at": ends,
            "failure": None,
        }
    )
    return 201, {
        "access_key_id": f"ASIA{number:016d}",
        "secret_access_key": "secret/of+a=session",
        "session_token": "token" * 100,
        "expires_at": ends,
        "session_name": f"{grant['id']}-{number}",
        "grant_id": grant["id"],
    }


def _page(found: list[Json], call: Seen) -> Json:
    limit = int(call.query.get("limit", 50))
    return {"items": found[:limit], "next_cursor": "more" if len(found) > limit else None}


def start(fake: FakeLiftgate) -> ThreadingHTTPServer:
    """Serve on a free port of loopback, in a thread; the caller shuts it down."""
    handler = type("Handler", (_Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    fake.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server
