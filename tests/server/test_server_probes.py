"""For those who keep the server running: readiness, the measures, and who may read them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient
from tests.server.server_world import ADDRESS, World, open_world
from tests.server.watched import outside, watched

from liftgate.access.ports import EffectKind
from liftgate.server.app import create_app, create_probes_app
from liftgate.server.roles import Role
from liftgate.server.worker import drain_once
from liftgate.watch.sources.errors import QueueUnavailable

TOKEN = "a-token-for-prometheus-and-nobody-else"


def measures(http: TestClient, **headers: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = http.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(found: dict[tuple[str, frozenset[tuple[str, str]]], float], name: str, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


def with_settings(world: World, **changes: Any) -> TestClient:
    settings = world.parts.settings.model_copy(update=changes)
    return TestClient(create_app(replace(world.parts, settings=settings)), base_url=ADDRESS)


@pytest.fixture
def looping(world: World) -> World:
    """With loops that are expected to come round."""
    for loop in ("worker", "watch"):
        world.parts.beats.expect(loop, within=timedelta(minutes=3), now=world.clock())
        world.parts.beats.came_round(loop, world.clock())
    return world


def test_it_lives_whatever_else_is_wrong(world: World) -> None:
    world.store.close()
    world.catalogue_file.unlink()
    assert world.http.get("/healthz").json() == {"status": "ok"}


def test_it_is_ready_when_each_part_is(looping: World) -> None:
    answer = looping.http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["parts"] == {"catalogue": "ok", "store": "ok", "watch": "ok", "worker": "ok"}
    looping.parts.beats.expect("log-files", within=timedelta(hours=1), now=looping.clock())
    looping.clock.pass_by(seconds=42)
    ages = looping.http.get("/readyz").json()["seconds_since_round"]
    assert ages == {"log-files": None, "watch": 42, "worker": 42}


def test_a_worker_that_hangs_is_named(looping: World) -> None:
    looping.clock.pass_by(minutes=3, seconds=1)
    answer = looping.http.get("/readyz")
    assert answer.status_code == 503
    said = answer.json()
    named = [(one["where"], one["detail"]) for one in (said, *said.get("also", ()))]
    assert named == [
        ("watch", "`watch` is late: it last came round 3m1s ago"),
        ("worker", "`worker` is late: it last came round 3m1s ago"),
    ]
    looping.parts.beats.came_round("worker", looping.clock())
    answer = looping.http.get("/readyz")  # events come late, but access can be taken back
    assert (answer.status_code, answer.json()["parts"]["watch"]) == (200, "late")


def test_a_process_that_only_watches_is_not_ready_while_it_is_late(looping: World) -> None:
    http = with_settings(looping, roles=(Role.WATCH,))
    assert http.get("/readyz").status_code == 200
    looping.clock.pass_by(minutes=4)
    looping.parts.beats.came_round("worker", looping.clock())
    assert http.get("/readyz").json()["where"] == "watch"


def test_a_loop_that_never_came_round_is_late(world: World) -> None:
    world.parts.beats.expect("worker", within=timedelta(minutes=3), now=world.clock())
    said = world.http.get("/readyz").json()
    assert (said["where"], said["detail"]) == ("worker", "`worker` is late: it never came round")
    drain_once(world.parts, worker="w", went_on=lambda: None)
    assert world.http.get("/readyz").status_code == 503
    grant_id = world.granted()
    world.iam.down = True
    world.post("rosa", f"/grants/{grant_id}/revocation", {"reason": "a drill"})
    drain_once(world.parts, worker="w", went_on=lambda: world.parts.beats.came_round("worker", world.clock()))
    assert world.http.get("/readyz").status_code == 200


def test_a_database_that_is_not_of_this_version_is_named_and_nothing_of_it_told(
    world: World, tmp_path: Path
) -> None:
    with world.store.write() as transaction:
        transaction._connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from-the-past'")
    answer = world.http.get("/readyz")
    assert (answer.status_code, answer.json()["where"]) == (503, "store")
    assert str(tmp_path) not in answer.text
    assert "from-the-past" not in answer.text


def test_measures_are_of_what_is_so(world: World) -> None:
    world.pending()
    grant_id = world.granted()
    assert world.post("ada", f"/grants/{grant_id}/sessions").is_success
    watched(world, outside(world, grant_id))
    of_linus = world.granted("linus")
    world.iam.down = True
    world.post("rosa", f"/grants/{of_linus}/revocation", {"reason": "a drill"})
    world.http.get("/no/such/path")
    world.http.request("BREW", "/api/v1/me")
    world.clock.pass_by(seconds=90)
    found = measures(world.http)
    assert value(found, "liftgate_requests_waiting") == 1
    assert value(found, "liftgate_grants_live") == 1
    assert value(found, "liftgate_findings", severity="high", state="open") >= 1
    assert value(found, "liftgate_findings", severity="low", state="unexplained") == 0
    assert value(found, "liftgate_outbox_backlog", kind=EffectKind.DENY) == 1
    assert value(found, "liftgate_outbox_backlog", kind=EffectKind.PRUNE) == 0
    assert value(found, "liftgate_outbox_oldest_seconds") == 90
    assert value(found, "liftgate_watch_queue_messages") == 0
    assert value(found, "liftgate_store_up") == value(found, "liftgate_watch_queue_up") == 1
    sessions = "/api/v1/grants/{grant_id}/sessions"
    assert value(found, "liftgate_http_requests_total", method="POST", route=sessions, status="201") == 1
    assert value(found, "liftgate_http_requests_total", method="GET", route="none", status="404") == 1
    assert value(found, "liftgate_http_request_duration_seconds_count", method="POST", route=sessions) == 1
    methods = {dict(labels).get("method") for _, labels in found}
    assert "BREW" not in methods


def test_no_label_is_a_path_a_key_or_a_person(world: World) -> None:
    grant_id = world.granted()
    session = world.post("ada", f"/grants/{grant_id}/sessions").json()
    world.http.get(f"/requests/{grant_id}/x/y/z")
    world.http.get("/static/hunter2")
    text = world.http.get("/metrics").text
    for one in ("lakeside", "ada", "hunter2", grant_id, session["access_key_id"], "127.0.0.1"):
        assert one not in text


def test_a_queue_and_a_database_that_are_away_are_measured_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> int:
        raise QueueUnavailable("SQS did not answer", advice="wait")

    monkeypatch.setattr(world.queue, "length", away)
    monkeypatch.setattr(
        world.store, "read", lambda: (_ for _ in ()).throw(QueueUnavailable("away", advice="wait"))
    )
    found = measures(world.http)
    assert value(found, "liftgate_store_up") == value(found, "liftgate_watch_queue_up") == 0
    assert not any(name == "liftgate_requests_waiting" for name, _ in found)


def test_the_database_is_asked_once_for_many_who_measure(world: World) -> None:
    assert value(measures(world.http), "liftgate_requests_waiting") == 0
    world.pending()
    assert value(measures(world.http), "liftgate_requests_waiting") == 0
    world.clock.pass_by(seconds=6)
    assert value(measures(world.http), "liftgate_requests_waiting") == 1


def test_a_loops_last_round_is_measured(looping: World) -> None:
    looping.clock.pass_by(minutes=4)
    found = measures(looping.http)
    at = (looping.clock() - timedelta(minutes=4)).timestamp()
    assert value(found, "liftgate_loop_last_round_timestamp_seconds", loop="worker") == at
    assert value(found, "liftgate_loop_late", loop="worker") == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "liftgate.attacker.example"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Host": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
    ],
    ids=str,
)
def test_without_a_token_measures_are_for_this_machine(world: World, headers: dict[str, str]) -> None:
    answer = world.http.get("/metrics", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "may_not_measure")


def test_at_an_address_of_others_a_token_is_needed(world: World) -> None:
    http = with_settings(world, public_url="https://liftgate.example.com")
    assert http.get("/metrics").status_code == 403
    assert (
        TestClient(create_probes_app(world.parts, own_machine=False), base_url=ADDRESS)
        .get("/metrics")
        .status_code
        == 403
    )
    assert (
        TestClient(create_probes_app(world.parts, own_machine=True), base_url=ADDRESS)
        .get("/metrics")
        .status_code
        == 200
    )


@pytest.mark.parametrize(
    "sent", [None, "", "Bearer", "Basic " + TOKEN, "Bearer " + TOKEN[:-1], "Bearer é"], ids=str
)
def test_who_has_no_token_reads_nothing(tmp_path: Path, sent: str | None) -> None:
    with open_world(tmp_path, metrics_token=TOKEN) as world:
        headers = {} if sent is None else {"Authorization": sent.encode()}
        assert world.http.get("/metrics", headers=headers).status_code in {401, 403}
        assert value(measures(world.http, Authorization="Bearer " + TOKEN), "liftgate_store_up") == 1


def test_the_port_for_probes_has_nothing_else(world: World) -> None:
    http = TestClient(create_probes_app(world.parts, own_machine=True), base_url=ADDRESS)
    assert [http.get(path).status_code for path in ("/healthz", "/readyz", "/metrics")] == [200, 200, 200]
    headers = {"Authorization": f"Bearer {world.sign_in('rosa')}"}
    for path in ("/", "/sign-in", "/health", "/api/v1/me", "/api/v1/ledger/entries"):
        assert http.get(path, headers=headers).status_code == 404, path


def test_probes_that_are_answered_do_not_fill_the_log(world: World) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        world.http.get(path)
    assert world.log.lines == []
    world.http.get("/metrics", headers={"Host": "attacker.example"})
    assert [one["path"] for one in world.log.lines if one["event"] == "answered"] == ["/metrics"]
