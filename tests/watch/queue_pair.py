"""Queues of the embedded AWS, for tests of where events come from."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from tests.servers.trail_queue import Trail
from tests.servers.trail_queue import trail as trail  # noqa: PLC0414 - a fixture

from liftgate.watch.sources.sqs import SqsQueue


@dataclass
class Pair:
    """A queue, and the one for what fails too often."""

    sqs: Any
    url: str
    dead_url: str

    @property
    def queue(self) -> SqsQueue:
        return SqsQueue(self.sqs, self.url)

    @property
    def dead(self) -> SqsQueue:
        return SqsQueue(self.sqs, self.dead_url)

    def fill(self, number: int) -> set[bytes]:
        bodies = {f"message {one}".encode() for one in range(number)}
        for body in sorted(bodies):
            self.queue.send(body)
        return bodies

    def counts(self) -> tuple[int, int]:
        """How many can be received, and how many are held."""
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        return int(answer["ApproximateNumberOfMessages"]), int(
            answer["ApproximateNumberOfMessagesNotVisible"]
        )


@pytest.fixture
def pair(trail: Trail) -> Pair:
    """Two new queues; what was received three times from the first goes to the second."""
    name = uuid4().hex
    dead_url = trail.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    redrive = {"deadLetterTargetArn": f"arn:aws:sqs:us-east-1:111122223333:{name}-dead", "maxReceiveCount": 3}
    url = trail.sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": json.dumps(redrive)})
    return Pair(trail.sqs, url["QueueUrl"], dead_url)
