"""A watch that was down while a session went beyond its scope: it is found in the log files, with the queue lost."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.server.embedded_server import ADDRESS, CATALOGUE, as_broker, call_as, settings_on
from tests.server.server_world import an_ask
from tests.servers.forked import forked_liftgate
from tests.servers.trail_queue import Trail, trail
from tests.watch.queue_examples import Said

from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import PAYROLL, REPORTS
from liftgate.server.app import create_app
from liftgate.server.consumers import start_watch
from liftgate.server.parts import Parts, running_parts
from liftgate.watch.sources.catch_up import CaughtUp

__all__ = ["trail"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("trail")]


@dataclass
class Stage:
    """A server whose watch is down, told of the trail's bucket and of no queue."""

    parts: Parts
    http: TestClient
    trail: Trail
    said: Said

    def call(self, person: str, method: str, path: str, body: Any = None) -> Any:
        return call_as(self.http, person, method, path, body)

    def misused(self) -> str:
        """The id of a grant whose session tried what it was not lent for; the log file of it is there."""
        grant_id: str = self.call("ada", "POST", "/requests", an_ask())["grant"]["id"]
        lent = self.call("ada", "POST", f"/grants/{grant_id}/sessions")
        keys = Keys(**{name: lent[name] for name in ("access_key_id", "secret_access_key", "session_token")})
        s3 = self.trail.account.aws.client("s3", keys)
        marker = f"2026/{uuid.uuid4()}"
        s3.put_object(Bucket=REPORTS, Key=f"2026/q3/{uuid.uuid4()}", Body=b"x")
        with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
            s3.put_object(Bucket=PAYROLL, Key=marker, Body=b"x")
        self.trail.delivered(marker)
        return grant_id

    def watch(self) -> CaughtUp:
        """Start the watch, let it read once, and stop it."""
        done, told = Event(), list[CaughtUp]()

        def hear(one: CaughtUp) -> None:
            told.append(one)
            done.set()

        stop = start_watch(self.parts, told=hear)
        assert done.wait(30)
        stop()
        return told[0]

    def findings(self, grant_id: str) -> list[Any]:
        found: list[Any] = self.call("grace", "GET", f"/findings?grant={grant_id}")["items"]
        return [(one["title"], one["person"]["id"]) for one in found]

    def calls(self, grant_id: str) -> list[Any]:
        items = self.call("grace", "GET", f"/grants/{grant_id}/activities")["items"]
        return sorted((one["operation"], one["verdict"]) for one in items)


@pytest.fixture
def stage(trail: Trail, tmp_path: Path) -> Iterator[Stage]:
    aws = trail.account.aws
    settings = settings_on(
        aws,
        tmp_path,
        aws_s3_endpoint=aws.endpoint_url,
        watch_trail_bucket=aws.trail_bucket,
        local_sign_in=True,
    )
    with as_broker(trail.account.broker), running_parts(settings, audience=ADDRESS) as made:
        parts = replace(made, log=(said := Said()))
        with TestClient(create_app(parts), base_url=ADDRESS) as http:
            yield Stage(parts, http, trail, said)


def test_what_happened_while_nobody_watched_is_found_in_the_log_files(stage: Stage) -> None:
    grant_id = stage.misused()
    assert stage.calls(grant_id) == []

    done = stage.watch()

    assert done.files > 0
    assert done.left == ()
    assert stage.calls(grant_id) == [("PutObject", "expected"), ("PutObject", "outside_scope")]
    [(title, person)] = stage.findings(grant_id)
    assert person == "ada"
    assert title
    [line] = [fields for _, event, fields in stage.said.lines if event == "log files read"]
    assert (line["files"], line["left"]) == (done.files, 0)


def test_reading_again_fetches_only_what_is_new(stage: Stage) -> None:
    first = stage.misused()
    before = stage.watch()
    again = stage.watch()
    second = stage.misused()
    new = stage.watch()

    assert again.files <= 1  # its own calls to STS, perhaps
    assert 0 < new.files < before.files + 5
    assert new.since > before.since
    assert [len(stage.findings(one)) for one in (first, second)] == [1, 1]
    assert len(stage.calls(first)) == 2


def test_two_that_start_at_once_take_each_call_once(stage: Stage) -> None:
    grant_id = stage.misused()
    heard = Event()
    starts = [start_watch(stage.parts, told=lambda _: heard.set()) for _ in range(2)]
    assert heard.wait(30)
    for stop in starts:
        stop()

    assert len(stage.calls(grant_id)) == 2
    assert len(stage.findings(grant_id)) == 1


def test_the_program_says_what_it_fetched(stage: Stage, tmp_path: Path) -> None:
    stage.misused()
    aws, broker = stage.trail.account.aws, stage.trail.account.broker
    environment = {
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": broker.access_key_id,
        "AWS_SECRET_ACCESS_KEY": broker.secret_access_key,
        "LIFTGATE_CATALOGUE": str(CATALOGUE),
        "LIFTGATE_DATABASE_URL": f"sqlite:///{tmp_path / 'liftgate.db'}",
        "LIFTGATE_AWS_REGION": aws.region,
        "LIFTGATE_AWS_STS_ENDPOINT": aws.endpoint_url,
        "LIFTGATE_AWS_IAM_ENDPOINT": aws.endpoint_url,
        "LIFTGATE_AWS_S3_ENDPOINT": aws.endpoint_url,
        "LIFTGATE_WATCH_TRAIL_BUCKET": aws.trail_bucket,
    }
    log = tmp_path / "log"
    with forked_liftgate("watch", environment=environment, folder=tmp_path, log=log) as process:
        first, second = process.stdout.readline(), process.stdout.readline()
        process.terminate()
        code = process.wait()

    assert first == f"Liftgate watches s3://{aws.trail_bucket}\n"
    assert re.fullmatch(r"Fetched \d+ log files?, delivered since [0-9-]+T[0-9:]+Z\n", second)
    assert code == 0
    assert "log files read" in [json.loads(line)["event"] for line in log.read_text().splitlines()]
