"""From a client's call to whoever takes events: the embedded AWS, its queue, and consumers in threads."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from threading import Event, Lock
from uuid import uuid4

import pytest
from tests.servers.trail_queue import Trail
from tests.servers.trail_queue import trail as trail  # noqa: PLC0414 - a fixture
from tests.watch.queue_examples import Said

from liftgate.demo.sample_account import REPORTS
from liftgate.watch.sources.queue import Consumer, Patience
from liftgate.watch.sources.sqs import SqsQueue
from liftgate.watch.sources.threads import every, pause_until, start_consumers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("trail")]


def test_each_call_of_a_client_arrives_once_at_one_of_two_consumers(trail: Trail) -> None:
    folder, lock, arrived, stopping = f"e2e-{uuid4()}/", Lock(), Event(), Event()
    events: Counter[str] = Counter()
    keys: set[str] = set()

    def take(bodies: Sequence[bytes]) -> Sequence[bool]:
        with lock:
            for record in (json.loads(body)["detail"] for body in bodies):
                key = (record["requestParameters"] or {}).get("key", "")
                if key.startswith(folder):
                    events[record["eventID"]] += 1
                    keys.add(key)
            if len(keys) == 25:
                arrived.set()
        return [True] * len(bodies)

    broker = trail.account.aws.client("sqs", trail.account.broker)
    consumer = Consumer(
        queue=SqsQueue(broker, trail.account.aws.cloudtrail_queue_url),
        take=take,
        every=every,
        pause=pause_until(stopping),
        chance=lambda: 0.5,
        log=(log := Said()),
        patience=Patience(wait=timedelta(seconds=1)),
    )
    stop = start_consumers(consumer, stopping, threads=2)
    for number in range(25):
        trail.s3.put_object(Bucket=REPORTS, Key=f"{folder}{number}", Body=b"x")
    assert arrived.wait(30)
    stop()

    assert set(events.values()) == {1}
    assert len(events) == 25
    assert log.lines == []
