"""Dead letters on the embedded AWS's SQS: looked at, and sent to be taken again."""

import json

import pytest
from tests.watch.queue_examples import AT_ONCE, Kept, breaks, consumer
from tests.watch.queue_pair import Pair
from tests.watch.queue_pair import pair as pair  # noqa: PLC0414 - a fixture
from tests.watch.queue_pair import trail as trail  # noqa: PLC0414 - another
from tests.watch.watch_examples import record

from liftgate.watch.sources.dead_letters import dead_letters, replay
from liftgate.watch.sources.errors import NoSuchDeadLetter
from liftgate.watch.sources.queue import take_batch

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("trail")]

HOSTILE = b'{"detail": "\\u001b[31m", '


def test_what_failed_too_often_is_listed_with_what_it_tells_and_stays(pair: Pair) -> None:
    pair.queue.send(json.dumps({"detail": record("DeleteObject")}).encode())
    works = consumer(pair.queue, breaks, patience=AT_ONCE)
    for _ in range(4):
        take_batch(works)
    pair.dead.send(HOSTILE)

    first, second = dead_letters(pair.dead, limit=10)
    again = dead_letters(pair.dead, limit=10)

    assert (first.event_name, first.event_id) == ("DeleteObject", "11111111-2222-4333-8444-555555555555")
    assert first.reason == "it can be read, and taking it failed each time"
    assert first.receives == 4
    assert first.sent_at < second.sent_at
    assert second.event_id is None
    assert second.reason.startswith("it is no event of CloudTrail in EventBridge's envelope: ")
    assert second.excerpt == HOSTILE.decode()
    assert [one.id for one in again] == [first.id, second.id]


def test_one_is_sent_again_and_the_others_stay(pair: Pair) -> None:
    for body in (b"one", b"two", b"three"):
        pair.dead.send(body)
    two = next(one for one in dead_letters(pair.dead, limit=10) if one.excerpt == "two")

    assert replay(pair.dead, pair.queue, ids=[two.id]) == [two.id]

    kept = Kept()
    assert take_batch(consumer(pair.queue, kept)) == 1
    assert kept.bodies == {b"two"}
    assert {one.excerpt for one in dead_letters(pair.dead, limit=10)} == {"one", "three"}


def test_all_are_sent_again(pair: Pair) -> None:
    bodies = {f"letter {number}".encode() for number in range(23)}
    for body in bodies:
        pair.dead.send(body)

    assert len(replay(pair.dead, pair.queue, ids=None)) == 23

    kept = Kept()
    while take_batch(consumer(pair.queue, kept)):
        pass
    assert kept.bodies == bodies
    assert dead_letters(pair.dead, limit=10) == []


def test_one_that_is_not_there_is_said_and_the_others_are_given_back(pair: Pair) -> None:
    pair.dead.send(b"one")

    with pytest.raises(NoSuchDeadLetter) as caught:
        replay(pair.dead, pair.queue, ids=["none-such"])

    assert caught.value.value == "none-such"
    assert len(dead_letters(pair.dead, limit=10)) == 1
    assert pair.counts() == (0, 0)


def test_no_more_are_looked_at_than_were_asked_for(pair: Pair) -> None:
    for number in range(12):
        pair.dead.send(f"letter {number}".encode())

    assert len(dead_letters(pair.dead, limit=11)) == 11
    assert len(dead_letters(pair.dead, limit=3)) == 3
