"""Which region a queue is in, by its address."""

import pytest

from liftgate.elevation.aws_clients import AwsEndpoints
from liftgate.watch.sources.sqs import region_of, sqs_client


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://sqs.eu-central-1.amazonaws.com/111122223333/q", "eu-central-1"),
        ("https://sqs.us-gov-west-1.amazonaws.com/111122223333/q", "us-gov-west-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/111122223333/q", "cn-north-1"),
        ("https://sqs-fips.us-east-2.amazonaws.com/111122223333/q", "us-east-2"),
        ("https://sqs.ap-southeast-2.api.aws/111122223333/q", "ap-southeast-2"),
        ("https://eu-west-1.queue.amazonaws.com/111122223333/q", "eu-west-1"),
        ("https://queue.amazonaws.com/111122223333/q", None),
        ("http://127.0.0.1:4566/111122223333/q", None),
        ("https://sqs.eu-west-1.attacker.example/111122223333/q", None),
    ],
)
def test_the_region_stands_in_the_address(url: str, region: str | None) -> None:
    assert region_of(url) == region


def test_the_client_is_of_the_region_of_the_queue_and_waits_longer_than_a_receipt() -> None:
    at = AwsEndpoints(region="us-east-1")

    near = sqs_client(at, "https://queue.amazonaws.com/111122223333/q", None)
    far = sqs_client(at, "https://sqs.eu-central-1.amazonaws.com/111122223333/q", None)

    assert (near.meta.region_name, far.meta.region_name) == ("us-east-1", "eu-central-1")
    assert far.meta.endpoint_url == "https://sqs.eu-central-1.amazonaws.com"
    assert far.meta.config.read_timeout > 20
    assert far.meta.config.retries["total_max_attempts"] == 3
