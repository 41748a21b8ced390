import gzip
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.servers.trail_queue import Trail
from tests.servers.trail_queue import trail as trail  # noqa: PLC0414 - a fixture
from tests.watch.queue_examples import Bucket, Kept, Said, is_away

from liftgate.errors import Unavailable
from liftgate.watch.sources.backfill import Backfilled, backfill
from liftgate.watch.sources.errors import TrailUnreachable
from liftgate.watch.sources.trail_bucket import TrailBucket

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ACCOUNT = "111122223333"


def test_each_file_is_taken_and_one_that_breaks_taking_is_named() -> None:
    kept, said = Kept(), Said()

    def take(bodies: Sequence[bytes]) -> Sequence[bool]:
        if bodies == [b"b"]:
            raise ZeroDivisionError
        return kept(bodies)

    done = backfill(_three(), take, since=NOON, until=NOON + timedelta(hours=1), log=said)

    assert done == Backfilled(files=2, left=("b.json.gz",))
    assert kept.calls == [[b"a"], [b"c"]]
    assert ("error", "log file not taken", {"file": "b.json.gz", "error": "ZeroDivisionError"}) in said.lines


def test_where_the_store_is_away_it_is_done_again_later() -> None:
    with pytest.raises(Unavailable):
        backfill(_three(), is_away, since=NOON, until=NOON, log=Said())


def test_an_order_to_stop_ends_it_between_two_files() -> None:
    kept = Kept()

    done = backfill(_three(), kept, since=NOON, until=NOON, log=Said(), stopping=lambda: len(kept.calls) == 1)

    assert done.files == 1


def _three() -> Bucket:
    bucket = Bucket()
    for name in ("a", "b", "c"):
        bucket.deliver(name, NOON)
    return bucket


@pytest.mark.slow
@pytest.mark.xdist_group("trail")
class TestTrailBucket:
    def test_only_files_that_may_hold_events_of_the_span_are_fetched(self, trail: Trail) -> None:
        files = _bucket(
            trail,
            {
                _name("us-east-1", "20261102T1159Z"): b"just before, to the minute",
                _name("us-east-1", "20261102T1130Z"): b"too early",
                _name("us-east-1", "20261102T1205Z"): b"in it",
                _name("eu-west-1", "20261102T1210Z"): b"in another region",
                _name("us-east-1", "20261103T0900Z"): b"late, the day after",
                _name("us-east-1", "20261105T0900Z"): b"too late",
                _name("us-east-1", "20261102T1205Z", organisation="o-example/"): b"of an organisation",
                f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/us-east-1/2026/11/02/digest.json.gz": b"a digest",
            },
        )

        found = dict(files.files(NOON, NOON + timedelta(hours=1)))

        assert sorted(map(gzip.decompress, found.values())) == [
            b"in another region",
            b"in it",
            b"just before, to the minute",
            b"late, the day after",
            b"of an organisation",
        ]

    @pytest.mark.parametrize("prefix", ["logs/all", "CloudTrail"])
    def test_a_trail_with_a_prefix_is_read_under_it(self, trail: Trail, prefix: str) -> None:
        files = _bucket(trail, {f"{prefix}/{_name('us-east-1', '20261102T1205Z')}": b"in it"}, prefix)

        assert len(list(files.files(NOON, NOON + timedelta(hours=1)))) == 1

    def test_what_was_delivered_in_a_span_is_listed_from_there_on(self, trail: Trail) -> None:
        wanted = [
            _name("eu-west-1", "20261102T1205Z"),
            _name("us-east-1", "20261102T1200Z"),
            _name("us-east-1", "20261102T2355Z", organisation="o-example/"),
            _name("us-east-1", "20261103T0005Z"),
        ]
        others = [
            _name("us-east-1", "20261102T1159Z"),
            _name("us-east-1", "20261103T0006Z"),
            _name("us-east-1", "20261101T1300Z"),
            f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/11/02/of-somebody-else.json.gz",
            _name("us-east-1", "20261102T9999Z"),
            f"{_name('us-east-1', '20261102T1300Z')}.tmp",
            _name("us-east-1", "20261102T1300Z").replace("/us-east-1/", "/us-east-1\x1b[31m/"),
            f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/us-east-1/2026/11/02/digest.json.gz",
        ]
        bucket = _bucket(trail, dict.fromkeys([*wanted, *others], b""))

        found = list(bucket.delivered(NOON, NOON + timedelta(hours=12, minutes=5)))

        assert sorted(one.key for one in found) == sorted(wanted)
        assert {one.at for one in found if "eu-west-1" in one.key} == {NOON + timedelta(minutes=5)}
        assert bucket.data_if_there("AWSLogs/gone") is None
        assert bucket.place == f"s3://{bucket.bucket}"

    def test_a_folder_that_was_read_is_not_listed_again(self, trail: Trail) -> None:
        """A day has thousands of names; those before are not asked for."""
        bucket = _bucket(trail, {_name("us-east-1", f"20261102T{hour:02}00Z"): b"" for hour in range(24)})
        listed: list[str] = []

        def note(**parsed: Any) -> None:
            listed.extend(one["Key"] for one in parsed["parsed"].get("Contents", ()))

        trail.s3.meta.events.register("after-call.s3.ListObjectsV2", note)
        try:
            found = [
                one.key for one in bucket.delivered(NOON + timedelta(hours=10), NOON + timedelta(hours=14))
            ]
        finally:
            trail.s3.meta.events.unregister("after-call.s3.ListObjectsV2", note)

        assert len(found) == 2
        assert sorted(listed) == sorted(found)

    def test_a_bucket_that_cannot_be_read_is_said(self, trail: Trail) -> None:
        files = TrailBucket(client=trail.s3, bucket="no-such-bucket")

        with pytest.raises(TrailUnreachable) as caught:
            list(files.files(NOON, NOON))
        assert caught.value.sentence == "there is no bucket `no-such-bucket`"


def _bucket(trail: Trail, objects: dict[str, bytes], prefix: str = "") -> TrailBucket:
    bucket = f"trail-{uuid4()}"
    trail.s3.create_bucket(Bucket=bucket)
    for key, body in objects.items():
        trail.s3.put_object(Bucket=bucket, Key=key, Body=gzip.compress(body))
    return TrailBucket(client=trail.s3, bucket=bucket, prefix=prefix)


def _name(region: str, at: str, organisation: str = "") -> str:
    day = f"{at[:4]}/{at[4:6]}/{at[6:8]}"
    name = f"{ACCOUNT}_CloudTrail_{region}_{at}_{uuid4().hex[:16]}.json.gz"
    return f"AWSLogs/{organisation}{ACCOUNT}/CloudTrail/{region}/{day}/{name}"
