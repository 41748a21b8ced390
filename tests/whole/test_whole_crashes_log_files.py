"""The server is killed at each commit while it reads log files: whoever reads on loses nothing and keeps nothing twice."""

import gzip
import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.watch.watch_examples import record
from tests.whole.crash_world import CrashWorld, Died

from liftgate.demo.sample_account import SampleAccount
from liftgate.demo.trail.log_files import BUCKET

pytestmark = pytest.mark.slow

AFTER_LEASES = 240  # the killed process held one
ROLE = "arn:aws:iam::111122223333:role/LiftgateReportsWriter"
ALL = {
    "activities": "SELECT event_id, verdict FROM activities ORDER BY event_id",
    "findings": "SELECT id, because FROM findings ORDER BY id",
    "responses": "SELECT finding_id, step, outcome FROM responses ORDER BY finding_id, step",
    "set aside": "SELECT id FROM set_aside ORDER BY id",
    "log files": "SELECT key, taken FROM log_files ORDER BY key",
    "queued": "SELECT kind, key FROM outbox WHERE kind <> 'settle' ORDER BY kind, key",
}


@dataclass(frozen=True)
class Stage:
    """A database with a lent session, from which each story begins; log files of what it did are in the bucket."""

    new: Callable[[], CrashWorld]

    def read_undisturbed(self) -> CrashWorld:
        world = self.new()
        world.start(worker=False, trail_bucket=BUCKET)
        wait_until_read(world)
        world.end()
        return world


@pytest.fixture(scope="module")
def stage(
    embedded_account: SampleAccount,
    empty_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Stage:
    def new(database: Path = empty_database) -> CrashWorld:
        folder = tmp_path_factory.mktemp("crash")
        shutil.copy(database, folder / "liftgate.db")
        return CrashWorld(embedded_account, folder)

    world = new()
    world.start(worker=False)
    ask = {
        "actions": ["write"],
        "locations": ["s3://lakeside-reports/2026/q3/"],
        "duration_seconds": 600,
        "justification": "Correct the totals of the third quarter",
    }
    grant = world.call("ada", "POST", "/requests", ask, key="ask").json()["grant"]["id"]
    lent = world.call("ada", "POST", f"/grants/{grant}/sessions", key="lend").json()
    world.end()
    put_log_files(embedded_account, grant, lent["access_key_id"])
    return Stage(lambda: new(world.folder / "liftgate.db"))


def put_log_files(account: SampleAccount, grant: str, access_key_id: str) -> None:
    """Five: calls inside and beyond the scope, an event that two of them hold, and one file that is none."""
    now = datetime.now(UTC)
    name = f"{grant}-1"
    identity = {
        "principalId": f"AROAEXAMPLE:{name}",
        "accessKeyId": access_key_id,
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": ROLE}, "sourceIdentity": "ada"},
    }

    def call(number: int, key: str, **more: Any) -> dict[str, Any]:
        return record(
            eventID=f"00000000-0000-4000-8000-{number:012}",
            eventTime=f"{now:%Y-%m-%dT%H:%M:%SZ}",
            requestParameters={"bucketName": "lakeside-reports", "key": key},
            identity=identity,
            **more,
        )

    inside = [call(number, f"2026/q3/{number}.csv") for number in range(8)]
    beyond = [call(10 + number, "2026/q4/a.csv", errorCode="AccessDenied") for number in range(3)]
    files = [
        [inside[0], beyond[0], inside[1]],
        [inside[2], inside[3], inside[0]],
        [beyond[1]],
        None,
        [*inside[4:], beyond[2]],
    ]
    s3 = account.aws.client("s3", account.aws.root)
    s3.create_bucket(Bucket=BUCKET)
    for number, records in enumerate(files):
        at = now - timedelta(minutes=30 - number)
        text = b"not JSON" if records is None else json.dumps({"Records": records}).encode()
        key = (
            f"AWSLogs/{account.aws.account}/CloudTrail/us-east-1/{at:%Y/%m/%d}/"
            f"{account.aws.account}_CloudTrail_us-east-1_{at:%Y%m%dT%H%MZ}_{number:016}.json.gz"
        )
        s3.put_object(Bucket=BUCKET, Key=key, Body=gzip.compress(text))


def wait_until_read(world: CrashWorld) -> None:
    """Until all was read, and the lease is given up."""
    pause, deadline = threading.Event(), time.monotonic() + 30
    while True:
        if world.rows("SELECT until FROM log_reading") and not world.rows("SELECT name FROM leases"):
            return
        assert time.monotonic() < deadline, "it was not read"
        pause.wait(0.02)


def seen(world: CrashWorld) -> dict[str, Any]:
    return {what: world.rows(query) for what, query in ALL.items()} | {
        "ledger": Counter(world.rows("SELECT kind, grant_id FROM ledger"))
    }


@pytest.fixture(scope="module")
def undisturbed(stage: Stage) -> CrashWorld:
    world = stage.read_undisturbed()
    assert len(world.rows("SELECT event_id FROM activities")) == 11
    assert len(world.rows("SELECT id FROM findings")) >= 3
    assert world.rows("SELECT taken FROM log_files") == [1] * 5
    assert world.rows("SELECT count(*) FROM set_aside") == [1]
    return world


@pytest.mark.parametrize("kind", ["before commit", "after commit"])
@pytest.mark.parametrize("half", [0, 1])
def test_killed_anywhere_nothing_is_lost_and_nothing_doubled(
    kind: str, half: int, stage: Stage, undisturbed: CrashWorld
) -> None:
    moments = [moment for moment in undisturbed.logged("moment") if moment.startswith(kind)]
    assert len(moments) >= 10
    for moment in moments[half::2]:
        world = stage.new()
        with suppress(Died):  # where it died before it served
            world.start(worker=False, die_at=moment, trail_bucket=BUCKET)
        world.collect()
        world.start(worker=False, ahead_seconds=AFTER_LEASES, trail_bucket=BUCKET)
        wait_until_read(world)
        found = seen(world)
        ledger = world.get("grace", "/ledger/verification")
        world.end()
        try:
            assert found == seen(undisturbed)
            assert ledger["intact"]
        except AssertionError as fault:
            fault.add_note(f"killed at: {moment}; see {world.folder}")
            raise
