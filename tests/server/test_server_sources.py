"""Events taken by a server: from its queue, from log files, and those that could not be taken."""

import json
import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from botocore.exceptions import ClientError
from starlette.testclient import TestClient
from tests.server.running import calling
from tests.server.server_world import ADDRESS, CATALOGUE, START, World
from tests.server.test_server_running import certificate
from tests.servers.forked import forked_liftgate
from tests.servers.trail_queue import Trail
from tests.servers.trail_queue import trail as trail  # noqa: PLC0414 - a fixture
from tests.servers.waiting import until
from tests.watch.queue_examples import Bucket, Kept
from tests.watch.watch_examples import record

from liftgate.demo.sample_account import REPORTS
from liftgate.server.app import create_app
from liftgate.server.consumers import backfill_since, start_watch
from liftgate.server.errors import NothingToWatch
from liftgate.server.parts import Parts
from liftgate.server.sources import Sources
from liftgate.server.watch_command import SinceUnreadable, read_since

HOSTILE = b"\x1b[31mnot JSON"


def test_dead_letters_are_shown_to_guards_and_stay(world: World) -> None:
    world.dead_letters.bodies = {"m-1": json.dumps({"detail": record()}).encode(), "m-2": HOSTILE}

    answer = world.get("rosa", "/watch/dead-letters")

    first, second = answer.json()["items"]
    assert first == {
        "id": "m-1",
        "reason": "it can be read, and taking it failed each time",
        "sent_at": "2026-11-24T09:00:00Z",
        "receives": 6,
        "event_id": "11111111-2222-4333-8444-555555555555",
        "event_name": "PutObject",
        "excerpt": first["excerpt"],
    }
    assert first["excerpt"].startswith('{"detail": ')
    assert (second["event_id"], second["excerpt"]) == (None, HOSTILE.decode())
    assert second["reason"].startswith("it is no event")
    assert world.dead_letters.length() == 2


def test_one_or_all_are_sent_again_and_the_log_says_by_whom(world: World) -> None:
    world.dead_letters.bodies = {"m-1": b"one", "m-2": b"two", "m-3": b"three"}

    one = world.post("rosa", "/watch/dead-letters/replay", {"ids": ["m-2"]})
    assert one.json() == {"ids": ["m-2"]}
    assert list(world.queue.bodies.values()) == [b"two"]
    rest = world.post("rosa", "/watch/dead-letters/replay")

    assert rest.json() == {"ids": ["m-1", "m-3"]}
    assert world.dead_letters.bodies == {}
    assert set(world.queue.bodies.values()) == {b"one", b"two", b"three"}
    said = [line for line in world.log.lines if line["event"] == "dead letters replayed"]
    assert [(line["by"], line["messages"]) for line in said] == [("rosa", 1), ("rosa", 2)]


def test_one_that_is_not_there_is_said(world: World) -> None:
    answer = world.post("rosa", "/watch/dead-letters/replay", {"ids": ["m-9"]})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_dead_letter")


def test_auditors_and_reviewers_are_no_guards(world: World) -> None:
    for who in ("grace", "ada"):
        answer = world.get(who, "/watch/dead-letters")
        assert (answer.status_code, answer.json()["code"]) == (403, "may_not_replay")


def test_a_server_without_a_queue_has_no_dead_letters(world: World) -> None:
    http = TestClient(create_app(replace(world.parts, sources=Sources())), base_url=ADDRESS)
    headers = {"Authorization": f"Bearer {world.sign_in('rosa')}"}
    answer = http.get("/api/v1/watch/dead-letters", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_dead_letter_queue")


def test_its_consumers_take_what_is_on_the_queue(world: World) -> None:
    done, kept = Event(), Kept()

    def take(bodies: Sequence[bytes]) -> Sequence[bool]:
        answer = kept(bodies)
        done.set()
        return answer

    world.queue.bodies = {"m-1": b"one"}
    parts = _with(world.parts, take=take, watch_consumers=1)
    stop = start_watch(parts)
    assert done.wait(10)
    stop()
    assert kept.bodies == {b"one"}
    assert world.queue.bodies == {}


def test_without_consumers_it_leaves_the_queue_to_others(world: World) -> None:
    world.queue.bodies = {"m-1": b"one"}
    start_watch(_with(world.parts, take=Kept(), watch_consumers=0))()
    assert world.queue.held == set()


def test_a_backfill_takes_log_files_up_to_now(world: World) -> None:
    bucket, kept = Bucket(), Kept()
    for name, hours in (("early", 7), ("first", 6), ("now", 0), ("later", -1)):
        bucket.deliver(name, START - timedelta(hours=hours))

    parts = replace(world.parts, take=kept, sources=Sources(trail=bucket))
    done = backfill_since(parts, START - timedelta(hours=6), stopping=lambda: False)

    assert (done.files, kept.calls) == (2, [[b"first"], [b"now"]])


def test_without_a_bucket_there_is_nothing_to_fetch(world: World) -> None:
    with pytest.raises(NothingToWatch):
        backfill_since(replace(world.parts, take=Kept()), START, stopping=lambda: False)


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("6h", START - timedelta(hours=6)),
        ("2026-11-20T10:00+01:00", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20T10:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
    ],
)
def test_since_is_a_span_or_a_moment(text: str, since: datetime) -> None:
    assert read_since(text, START) == since


@pytest.mark.parametrize("text", ["yesterday", "2026-11-20T10:00", "6 hours"])
def test_since_that_has_two_meanings_or_none_is_refused(text: str) -> None:
    with pytest.raises(SinceUnreadable):
        read_since(text, START)


def _with(parts: Parts, *, take: Kept | object, **settings: object) -> Parts:
    return replace(parts, take=take, settings=parts.settings.model_copy(update=settings))  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.xdist_group("trail")
class TestProgram:
    def run(self, home: Path, **variables: str) -> tuple[int, str]:
        environment, log = _environment(home, variables), home / "log"
        with forked_liftgate("watch", environment=environment, folder=home, log=log) as process:
            return process.wait(), log.read_text()

    def test_a_queue_that_is_missing_ends_it_at_once(self, tmp_path: Path, trail: Trail) -> None:
        aws = trail.account.aws
        code, said = self.run(
            tmp_path, **_reaching(trail, f"{aws.endpoint_url}/{aws.account}/liftgate-cloudtrail-none")
        )
        assert code == 6
        assert "there is no such queue" in said

    def test_a_permission_that_is_missing_is_named(self, tmp_path: Path, trail: Trail) -> None:
        variables = _reaching(trail, trail.account.aws.cloudtrail_queue_url)
        ada = trail.account.people["ada"]
        variables["AWS_ACCESS_KEY_ID"] = ada.access_key_id
        variables["AWS_SECRET_ACCESS_KEY"] = ada.secret_access_key
        code, said = self.run(tmp_path, **variables)
        assert code == 1
        assert "sqs:GetQueueAttributes" in said

    def test_without_a_queue_it_says_what_to_set(self, tmp_path: Path, trail: Trail) -> None:
        variables = _reaching(trail, "")
        code, said = self.run(tmp_path, **variables)
        assert code == 7
        assert "watch_queue_url" in said

    def test_it_takes_events_until_it_is_told_to_stop_and_its_probes_say_when_it_last_did(
        self, tmp_path: Path, trail: Trail
    ) -> None:
        chain, key = certificate(tmp_path, "ours")
        variables = _reaching(trail, trail.account.aws.cloudtrail_queue_url)
        variables |= {"LIFTGATE_TLS_CERTIFICATE": str(chain), "LIFTGATE_TLS_KEY": str(key)}
        words, log = ("watch", "--consumers", "1", "--metrics-port", "0"), tmp_path / "log"
        with forked_liftgate(
            *words, environment=_environment(tmp_path, variables), folder=tmp_path, log=log
        ) as process:
            said, told = process.stdout.readline(), process.stdout.readline().split()
            _put_an_event(trail)  # which ends its wait for one
            with calling(told[-1].removesuffix("/readyz"), verify=False) as http:
                until(lambda: http.get("/readyz").status_code == 200)
                ready = http.get("/readyz").json()
                measures = http.get("/metrics").text
                assert http.get("/healthz").json() == {"status": "ok"}
            process.send_signal(signal.SIGHUP)  # reads its certificate again, and ends nobody
            process.terminate()
            _put_an_event(trail)
            code = process.wait()
        assert said == f"Liftgate watches {trail.account.aws.cloudtrail_queue_url}\n"
        assert told[:-1] == ["Whether", "it", "is", "well:"]
        assert code == 0, log.read_text()
        assert ready["parts"] == {"catalogue": "ok", "store": "ok", "watch": "ok"}
        assert 0 <= ready["seconds_since_round"]["watch"] < 300
        assert "certificate read again" in log.read_text()
        roles = [line for line in measures.splitlines() if line.startswith("liftgate_role")]
        assert roles == ['liftgate_role{role="watch"} 1.0']


def _put_an_event(trail: Trail) -> None:
    with pytest.raises(ClientError):
        trail.s3.get_object(Bucket=REPORTS, Key="for-the-watch")


def _reaching(trail: Trail, queue_url: str) -> dict[str, str]:
    aws = trail.account.aws
    return {
        "AWS_ACCESS_KEY_ID": trail.account.broker.access_key_id,
        "AWS_SECRET_ACCESS_KEY": trail.account.broker.secret_access_key,
        "LIFTGATE_AWS_SQS_ENDPOINT": aws.endpoint_url,
        "LIFTGATE_AWS_STS_ENDPOINT": aws.endpoint_url,
        "LIFTGATE_AWS_IAM_ENDPOINT": aws.endpoint_url,
        "LIFTGATE_AWS_REGION": aws.region,
        "LIFTGATE_WATCH_QUEUE_URL": queue_url,
    }


def _environment(home: Path, variables: dict[str, str]) -> dict[str, str]:
    (home / "catalogue.yaml").write_text(CATALOGUE)
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return kept | {"HOME": str(home), "LIFTGATE_CATALOGUE": str(home / "catalogue.yaml"), **variables}
