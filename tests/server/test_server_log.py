"""The log is JSON, and holds nothing that was told in confidence: in headers, queries, bodies, settings or what libraries say."""

import io
import json
import logging
import re
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.server.running import calling, served
from tests.server.server_world import World, open_world

from liftgate.errors import LiftgateError
from liftgate.server.app import create_app
from liftgate.server.json_log import hear_libraries, json_log
from liftgate.server.rights import API, CALLBACK_RIGHTS, RIGHTS
from liftgate.server.settings import load_settings
from liftgate.server.watching import answer_now
from liftgate.server.worker import drain_once

SECRET = "hunter2-7Kq9ZpXw3Lr8Tn5V"
IDS = {
    "request_id": "rq-" + "0" * 16,
    "grant_id": "gr-" + "0" * 16,
    "finding_id": "fi-" + "0" * 16,
    "absence_id": "aw-" + "0" * 16,
    "link_id": "li-" + "0" * 16,
    "number": "1",
    "person_id": "eve",
    "name": "style.css",
}
HEADERS = (
    "Authorization",
    "Cookie",
    "Idempotency-Key",
    "Referer",
    "Origin",
    "User-Agent",
    "X-Request-Id",
    "X-Forwarded-For",
    "X-Slack-Signature",
    "X-Amz-Security-Token",
    "Content-Type",
    "If-None-Match",
    "Last-Event-ID",
    SECRET,
)
QUERY = ("code", "state", "token", "id_token", "cursor", "view", "q", SECRET)
# With secrets in every place in which the settings take one.
SETTINGS = {
    "metrics_token": SECRET * 2,
    "webhooks": [{"url": f"https://hooks.example.com/{SECRET}", "secret": "whsec_" + "c2VjcmV0" * 4}],
    "trackers": [
        {
            "name": "jira",
            "kind": "jira",
            "url": "https://jira.example.com",
            "user": "liftgate@example.com",
            "token": SECRET,
        }
    ],
    "notices": [{"name": "mail", "url": f"mailtos://liftgate:{SECRET}@smtp.example.com?to=a@example.com"}],
}


@dataclass
class Logged:
    """A server on a real socket whose log is looked at."""

    world: World
    stream: io.StringIO
    address: str
    http: httpx.Client

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def line(self, event: str) -> dict[str, Any]:
        """The one line of an event; it may come a little later than the answer."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = [line for line in self.lines if line["event"] == event]
            if found:
                [line] = found
                return line
        raise AssertionError(self.stream.getvalue())


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Logged]:
    stream, before, hook = io.StringIO(), logging.getLogger().handlers, threading.excepthook
    settings: dict[str, Any] = {name: given for name, given in SETTINGS.items() if name != "trackers"}
    with open_world(tmp_path, **settings) as world:
        parts = replace(world.parts, log=json_log(stream))
        hear_libraries(parts.log)
        try:
            with served(create_app(parts)) as address, calling(address) as http:
                yield Logged(replace(world, parts=parts), stream, address, http)
        finally:
            logging.getLogger().handlers, threading.excepthook = before, hook
            logging.captureWarnings(False)


def test_nothing_that_a_call_carries_is_logged_but_its_path(logged: Logged) -> None:
    bearer = {"Authorization": f"Bearer {logged.world.sign_in('rosa')}"}
    bodies: list[dict[str, Any]] = [
        {},
        {
            "json": dict.fromkeys(
                ("person", "method", "token", "reason", "justification", "secret", SECRET), SECRET
            )
        },
        {
            "json": {
                "method": "aws",
                "session_token": SECRET,
                "signature": SECRET,
                "headers": {SECRET: SECRET},
            }
        },
        {"content": f'{{"reason": {SECRET}', "headers": {"Content-Type": "application/json"}},
        {"data": {"csrf": SECRET, "person": SECRET, "reason": SECRET, "payload": SECRET}},
    ]
    calls = 0
    for method, template in RIGHTS:
        path = re.sub(r"\{(\w+)\}", lambda part: IDS.get(part[1], "0" * 16), template)
        for number, body in enumerate(bodies):
            if (method == "GET" and number) or "/drills" in path:
                continue
            planted = {name: SECRET for name in HEADERS if name not in {"Content-Type", "Authorization"}}
            for extra in ({"Authorization": f"Bearer {SECRET}"}, bearer):
                sent = {**planted, **extra, **body.get("headers", {})}
                query = dict.fromkeys(QUERY, SECRET) if number % 2 == 0 else {}
                rest = {name: what for name, what in body.items() if name != "headers"}
                if "wait" in query or path == "/events":
                    continue
                logged.http.request(method, path, headers=sent, params=query, **rest)
                calls += 1
    drain_once(logged.world.parts, worker="w")
    answer_now(logged.world.parts)
    answered = [line for line in logged.lines if line["event"] == "answered"]
    assert len(answered) > calls / 2 > 100
    assert SECRET not in logged.stream.getvalue()
    assert logged.world.sign_in("rosa") not in logged.stream.getvalue()
    assert all(re.fullmatch(r"[0-9a-f]{16}", line["request_id"]) for line in answered)


def test_each_answer_and_problem_names_its_line_in_the_log(logged: Logged) -> None:
    answer = logged.http.get(f"{API}/me")
    line = logged.line("answered")
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == line["request_id"]
    assert (line["method"], line["path"], line["status"], line["level"]) == ("GET", f"{API}/me", 401, "info")


def test_an_error_that_nobody_foresaw_keeps_its_text_to_itself(
    logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise() -> None:
        raise RuntimeError(f"cannot read {SECRET}")

    monkeypatch.setattr(logged.world.store, "check", surprise)
    answer = logged.http.get("/ready")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    failed = logged.line("failed")
    assert failed["error"] == "RuntimeError"
    assert failed["request_id"] == answer.headers["x-request-id"]
    assert SECRET not in logged.stream.getvalue() + answer.text


def test_what_is_no_http_is_a_line_without_what_was_sent(logged: Logged) -> None:
    host, port = logged.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as raw:
        raw.sendall(f"{SECRET} {SECRET}\r\nAuthorization: {SECRET}\r\n\r\n".encode())
        raw.recv(1000)
    line = logged.line("library")
    assert (line["library"], line["said"]) == ("uvicorn.error", "Invalid HTTP request received.")
    assert SECRET not in logged.stream.getvalue()


def test_libraries_are_heard_without_what_they_speak_of(logged: Logged) -> None:
    logging.getLogger("botocore.auth").warning("the key %s is wrong", SECRET)
    logging.getLogger("slack_sdk").error(f"cannot send to mailto://{SECRET}@example.com")  # noqa: G004 - as libraries do
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("asyncio").exception("a task failed: " + SECRET)  # noqa: G003
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)  # pytest listens otherwise
        warnings.warn(f"unverified call of https://u:{SECRET}@example.com", UserWarning, stacklevel=1)
    logging.getLogger("httpx").info("GET https://example.com/%s", SECRET)
    thread = threading.Thread(target=lambda: [][int(f"1{SECRET}")], name="liftgate-x")
    thread.start()
    thread.join()
    first, second, third, warned, died = logged.lines
    assert warned["library"] == "py.warnings"
    assert (first["library"], first["said"], first["level"]) == (
        "botocore.auth",
        "the key %s is wrong",
        "warning",
    )
    assert (second["library"], second["level"]) == ("slack_sdk", "error")
    assert third["error"] == "ValueError"
    assert (died["event"], died["thread"], died["error"]) == ("thread died", "liftgate-x", "ValueError")
    assert SECRET not in logged.stream.getvalue()


@pytest.mark.parametrize(
    "given",
    [
        {"session_key": SECRET},
        {"metrics_token": SECRET[:10]},
        {"database_url": [f"postgresql://u:{SECRET}@h/d"]},
        {"metrics_token": [SECRET]},
        {"webhooks": [{"url": "https://hooks.example.com/", "secret": SECRET}]},
        {"webhooks": f'[{{"secret": "{SECRET}"'},
        {"trackers": f'[{{"token": "{SECRET}"'},
        {"trackers": [{"name": "jira", "token": SECRET}]},
        {"notices": [{"name": "mail", "url": f"nothing://{SECRET}"}]},
        {"notices": [{"name": "mail", "url": f"mailtos://u:{SECRET}@"}]},
        {"slack": {"bot_token": SECRET, "signing_secret": SECRET, "app_token": SECRET}},
        {"oidc": {"issuer": "https://id.example.com", "client_secret": SECRET}},
        {"oidc": {"issuer": f"https://u:{SECRET}@id.example.com", "client_id": "x", "client_secret": SECRET}},
        {"accounts": [{"id": "1", "external_id": SECRET}]},
    ],
    ids="-".join,
)
def test_a_setting_that_cannot_be_used_is_named_and_not_quoted(given: dict[str, Any]) -> None:
    with pytest.raises(LiftgateError) as caught:
        load_settings(given={"catalogue": ["a"], **given})
    faults = (caught.value, *caught.value.also)
    assert SECRET not in repr([(vars(fault), str(fault), fault.advice, fault.value) for fault in faults])
    assert SECRET[:10] not in repr([(fault.sentence, fault.value) for fault in faults])


def test_settings_are_not_shown_with_their_secrets() -> None:
    settings = load_settings(given={"catalogue": ["a"], **SETTINGS})
    shown = repr(settings) + str(settings) + settings.model_dump_json()
    assert SECRET not in shown.replace(SETTINGS["webhooks"][0]["url"], "")  # type: ignore[index]


def test_who_calls_back_is_in_the_table_that_was_walked() -> None:
    assert set(CALLBACK_RIGHTS) <= set(RIGHTS)
