"""The embedded AWS that writes CloudTrail, and what arrives on its queue."""

import gzip
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest
from botocore.exceptions import ClientError

from liftgate.demo.embedded_aws import Keys, running_embedded_aws
from liftgate.demo.sample_account import REPORTS, SampleAccount, create_sample_account


@dataclass
class Trail:
    """An account, and the queue on which CloudTrail's events of it arrive."""

    account: SampleAccount
    read: dict[str, bytes] = field(default_factory=dict)  # log files, by key

    @cached_property
    def sqs(self) -> Any:
        return self.account.aws.client("sqs", self.account.aws.root)

    @cached_property
    def sts(self) -> Any:
        return self.account.aws.client("sts", self.account.broker)

    @cached_property
    def s3(self) -> Any:
        return self.account.aws.client("s3", self.account.aws.root)

    def until(self, marker: str) -> list[dict[str, Any]]:
        """Every record up to that of an object's key, in the order in which they came."""
        url, found = self.account.aws.cloudtrail_queue_url, []
        while True:
            answer = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=10)
            messages = answer.get("Messages", [])
            assert messages, "the record did not arrive"
            for message in messages:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(json.loads(message["Body"]))
            if any((one["detail"]["requestParameters"] or {}).get("key") == marker for one in found):
                return found

    def delivered(self, marker: str) -> list[dict[str, Any]]:
        """Every record in the log files of the trail's bucket, once that of an object's key is there."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            found = [one for _, data in sorted(self._files()) for one in json.loads(data)["Records"]]
            if any((one["requestParameters"] or {}).get("key") == marker for one in found):
                return found
        raise AssertionError("the log file did not come")

    def _files(self) -> Iterator[tuple[str, bytes]]:
        bucket = self.account.aws.trail_bucket
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for one in page.get("Contents", ()):
                key = one["Key"]
                if key not in self.read:
                    self.read[key] = gzip.decompress(
                        self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
                    )
        yield from self.read.items()

    def of(self, keys: Keys, *, at: str = REPORTS) -> list[dict[str, Any]]:
        """The records so far of whoever holds these keys, the oldest first, without that of asking for them."""
        marker = f"marker-{uuid.uuid4()}"
        with pytest.raises(ClientError):
            self.s3.get_object(Bucket=at, Key=marker)
        details = [one["detail"] for one in self.until(marker)]
        return [
            one
            for one in details
            if one["userIdentity"].get("accessKeyId") == keys.access_key_id
            and (one["requestParameters"] or {}).get("key") != marker
        ]


@pytest.fixture(scope="session")
def trail() -> Iterator[Trail]:
    """An account in an embedded AWS that records. Import it by this name into a test's module or conftest."""
    with running_embedded_aws(cloudtrail=True) as aws:
        yield Trail(create_sample_account(aws))
