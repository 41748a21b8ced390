"""Log files in a bucket, by the days that are asked for, on the embedded AWS."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.servers.embedded_aws import embedded_account
from tests.watch.digest_examples import BUCKET, NOON, Trail

from liftgate.demo.sample_account import SampleAccount
from liftgate.watch.sources.trail_bucket import TrailBucket

__all__ = ["embedded_account"]

pytestmark = pytest.mark.slow

OTHERS = (
    "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/10/31/111122223333_CloudTrail_eu-west-1_20261031T2355Z_a.json.gz",
    "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/03/111122223333_CloudTrail_eu-west-1_20261103T0001Z_b.json.gz",
    "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/02/111122223333_CloudTrail_us-east-1_20261102T0001Z_c.json.gz",
    "AWSLogs/o-exampleorg1/444455556666/CloudTrail/eu-west-1/2026/11/02/444455556666_CloudTrail_eu-west-1_x_d.json.gz",
    "AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/11/02/flow.log.gz",
    "AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/11/02/i.json.gz",
    "elsewhere/CloudTrail/eu-west-1/2026/11/02/e.json.gz",
)


@pytest.fixture(scope="module")
def trail() -> Trail:
    made = Trail()
    for _ in range(3):
        made.hour()
    return made


@pytest.fixture(scope="module")
def bucket(embedded_account: SampleAccount, trail: Trail) -> Callable[..., list[str]]:
    client = embedded_account.aws.client("s3", embedded_account.aws.root)
    client.create_bucket(Bucket=BUCKET)
    for key, data in trail.objects.items():
        signature = trail.signatures.get(key)
        client.put_object(
            Bucket=BUCKET, Key=key, Body=data, Metadata={"signature": signature} if signature else {}
        )
    for key in OTHERS:
        client.put_object(Bucket=BUCKET, Key=key, Body=b"")

    def of(
        since: datetime = NOON, until: datetime = NOON + timedelta(hours=3), prefix: str = ""
    ) -> list[str]:
        return list(TrailBucket(client=client, bucket=BUCKET, prefix=prefix).keys("CloudTrail", since, until))

    return of


def names(found: list[str]) -> list[str]:
    return sorted(key[-9:-8] for key in found if key in OTHERS)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["b", "c", "d"]),  # what is delivered a day later may be of the span
        ({"prefix": "AWSLogs/111122223333"}, ["b", "c"]),
        ({"prefix": "AWSLogs/111122223333/CloudTrail/us-east-1/"}, ["c"]),
        ({"prefix": "AWSLogs/111122223333/CloudTrail/"}, ["b", "c"]),
        ({"prefix": "nowhere"}, []),
        ({"since": datetime(2026, 10, 31, 23, tzinfo=UTC), "until": datetime(2026, 10, 31, 23, 30, tzinfo=UTC)}, ["a"]),
    ],
)  # fmt: skip
def test_only_what_may_hold_calls_of_the_span(
    bucket: Callable[..., list[str]], asked: dict[str, Any], expected: list[str]
) -> None:
    assert names(bucket(**asked)) == expected


def test_what_is_read_is_what_was_put_there(
    bucket: Callable[..., list[str]], embedded_account: SampleAccount, trail: Trail
) -> None:
    client = embedded_account.aws.client("s3", embedded_account.aws.root)
    found = TrailBucket(client=client, bucket=BUCKET)
    keys = [key for key in bucket() if key in trail.objects]
    assert len(keys) == 6
    assert [found.data(key) for key in keys] == [trail.objects[key] for key in keys]
    assert found.data_if_there("nowhere") is None
