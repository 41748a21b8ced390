"""Whether the trail's bucket can be listed and read, and is CloudTrail's: in memory, and on an embedded AWS that enforces."""

import gzip
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from tests.server.embedded_server import ADDRESS, as_broker, settings_on
from tests.server.server_world import World
from tests.servers.new_database import new_database
from tests.servers.trail_queue import Trail
from tests.servers.trail_queue import trail as trail  # noqa: PLC0414 - a fixture
from tests.watch.queue_examples import Bucket
from tests.watch.watch_examples import record

from liftgate.demo.sample_account import REPORTS
from liftgate.server.diagnosis_watch import look_at_arrivals, look_at_sources
from liftgate.server.look import Look
from liftgate.server.parts import Parts, running_parts
from liftgate.server.sources import Sources

FILE = gzip.compress(json.dumps({"Records": [record()]}).encode())


def with_bucket(world: World, minutes: int | None, data: bytes = FILE) -> tuple[Parts, Bucket]:
    """The world's server, told of a bucket to which one file was delivered so long ago."""
    bucket = Bucket()
    if minutes is not None:
        key = bucket.deliver("a", world.clock() - timedelta(minutes=minutes))
        bucket.objects[key] = (bucket.objects[key][0], data)
    return replace(world.parts, sources=replace(world.parts.sources, trail=bucket)), bucket


def of_trail(parts: Parts, *accounts: str) -> Look:
    return next(look for look in look_at_sources(parts, accounts) if look.title == "trail")


def test_a_bucket_to_which_cloudtrail_delivers_is_well(world: World) -> None:
    parts, bucket = with_bucket(world, 7)
    look = of_trail(parts)
    assert (look.state, look.found) == (
        "ok",
        "s3://trail can be listed and read; CloudTrail delivered 7m ago",
    )
    assert bucket.fetched == ["a.json.gz"]


@pytest.mark.parametrize(
    ("minutes", "data", "state", "found", "advice"),
    [
        (None, FILE, "unknown", "holds no log file of the last two days", "watch_trail_prefix"),
        (90, FILE, "unknown", "nothing was delivered for an hour", "get-trail-status"),
        (7, b"hello", "fail", "a.json.gz in s3://trail is no log file of CloudTrail", "who else writes"),
    ],
    ids=["nothing there", "quiet", "somebody else's file"],
)
def test_a_bucket_that_may_be_another_is_not_called_well(
    world: World, minutes: int | None, data: bytes, state: str, found: str, advice: str
) -> None:
    look = of_trail(with_bucket(world, minutes, data)[0])
    assert look.state == state
    assert found in look.found
    assert advice in (look.advice or "")


def test_an_account_of_which_nothing_is_delivered_there_is_named(world: World) -> None:
    parts, bucket = with_bucket(world, None)
    for account in ("111122223333", "444455556666"):
        key = bucket.deliver(f"{account}_CloudTrail_eu-central-1_x", world.clock() - timedelta(minutes=7))
        bucket.objects[key] = (bucket.objects[key][0], FILE)
    assert of_trail(parts, "111122223333", "444455556666").state == "ok"
    look = of_trail(parts, "111122223333", "777788889999", "444455556666")
    assert look.state == "unknown"
    assert "nothing of account 777788889999 was delivered for an hour" in look.found
    assert "multi-Region or organization trail" in (look.advice or "")


def test_a_file_that_may_be_listed_and_not_read_is_a_failure(world: World) -> None:
    parts, bucket = with_bucket(world, 7)
    bucket.refused.add("a.json.gz")
    look = of_trail(parts)
    assert (look.state, look.found) == ("fail", "`a.json.gz` cannot be read")


def test_a_server_that_was_told_of_no_bucket_says_what_that_costs(world: World) -> None:
    look = of_trail(replace(world.parts, sources=Sources()))
    assert look.state == "note"
    assert "what the queue misses is never seen" in look.found
    assert "watch_trail_bucket" in (look.advice or "")


def test_how_far_log_files_were_taken_is_told(world: World) -> None:
    parts, bucket = with_bucket(world, None)

    def told() -> tuple[str, str]:
        [look] = [look for look in look_at_arrivals(parts) if look.title == "log files"]
        return look.state, look.found

    assert told() == ("unknown", "none were ever taken")
    with world.store.write() as transaction:
        transaction.log_reading.read_until(bucket.place, world.clock(), forget_before=world.clock())
    world.clock.pass_by(minutes=20)
    assert told() == ("ok", "taken up to 20m ago")
    world.clock.pass_by(minutes=26)
    assert told() == ("note", "taken up to 46m ago")


def test_the_laptop_is_told_it_too(world: World) -> None:
    state = world.get("rosa", "/watch/state").json()
    assert (state["log_files_taken_until"], state["log_files_late"]) == (None, False)


@pytest.mark.slow
@pytest.mark.xdist_group("trail")
def test_on_an_aws_that_enforces_the_broker_lists_and_reads_its_bucket_and_no_other(
    trail: Trail, tmp_path: Path
) -> None:
    new_database(tmp_path)
    account = trail.account
    with pytest.raises(ClientError):  # a call, and so a log file
        account.aws.client("s3", account.aws.root).get_object(Bucket=REPORTS, Key="for-the-doctor")
    trail.delivered("for-the-doctor")
    with as_broker(account.broker):
        for bucket, state, found in (
            (account.aws.trail_bucket, "ok", "can be listed and read"),
            (REPORTS, "fail", f"the trail's bucket `{REPORTS}` cannot be read"),
        ):
            at = account.aws.endpoint_url
            settings = settings_on(account.aws, tmp_path, aws_s3_endpoint=at, watch_trail_bucket=bucket)
            with running_parts(settings, audience=ADDRESS) as parts:
                look = of_trail(parts)
            assert (look.state, found in look.found) == (state, True), look
            assert state == "ok" or "s3:ListBucket" in (look.advice or "")
