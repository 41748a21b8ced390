"""Consumers on a real queue: the embedded AWS's SQS."""

from collections.abc import Sequence
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.servers.trail_queue import Trail
from tests.watch.queue_examples import (
    AT_ONCE,
    HandTimer,
    Kept,
    Pauses,
    Said,
    StoreAway,
    breaks,
    consumer,
    is_away,
)
from tests.watch.queue_pair import Pair
from tests.watch.queue_pair import pair as pair  # noqa: PLC0414 - a fixture
from tests.watch.queue_pair import trail as trail  # noqa: PLC0414 - another

from liftgate.watch.sources.errors import QueueForbidden, QueueMissing
from liftgate.watch.sources.ports import Message
from liftgate.watch.sources.queue import Patience, consume, take_batch
from liftgate.watch.sources.sqs import SqsQueue
from liftgate.watch.sources.threads import every, pause_until, start_consumers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("trail")]


def test_what_was_taken_is_deleted_ten_at_a_time(pair: Pair) -> None:
    bodies, kept = pair.fill(12), Kept()

    first, second, third = (take_batch(consumer(pair.queue, kept)) for _ in range(3))

    assert (first, second, third) == (10, 2, 0)
    assert kept.bodies == bodies
    assert pair.counts() == (0, 0)


def test_two_consumers_share_a_queue_and_nothing_is_lost_or_taken_twice(pair: Pair) -> None:
    bodies, kept = pair.fill(60), Kept()
    stopping, done = Event(), Event()

    def take(some: Sequence[bytes]) -> Sequence[bool]:
        answer = kept(some)
        if kept.bodies == bodies:
            done.set()
        return answer

    works = consumer(
        pair.queue,
        take,
        every=every,
        pause=pause_until(stopping),
        patience=Patience(wait=timedelta(seconds=1)),
    )
    stop = start_consumers(works, stopping, threads=2)
    assert done.wait(30)
    stop()

    assert sorted(body for call in kept.calls for body in call) == sorted(bodies)
    assert pair.counts() == (0, 0)


def test_a_consumer_that_dies_between_taking_and_deleting_loses_nothing(pair: Pair) -> None:
    bodies, kept = pair.fill(3), Kept()

    class Killed(BaseException):
        """Stands for the end of the process."""

    class DiesOfDeleting(SqsQueue):
        def delete(self, messages: Sequence[Message]) -> Sequence[Message]:
            raise Killed(len(messages))

    with pytest.raises(Killed):
        take_batch(consumer(DiesOfDeleting(pair.sqs, pair.url), kept, patience=AT_ONCE))
    assert pair.counts() == (3, 0)
    take_batch(consumer(pair.queue, kept))

    assert len(kept.calls) == 2  # taken again, which comes to the same
    assert kept.bodies == bodies
    assert pair.counts() == (0, 0)


def test_only_what_was_taken_is_deleted(pair: Pair) -> None:
    pair.fill(3)

    def take(bodies: Sequence[bytes]) -> Sequence[bool]:
        return [body != b"message 1" for body in bodies]

    assert take_batch(consumer(pair.queue, take, patience=AT_ONCE)) == 2

    (left,) = pair.queue.receive(wait=timedelta(), hold=timedelta())
    assert left.body == b"message 1"
    assert left.receives == 2


def test_one_message_that_breaks_taking_does_not_keep_the_others(pair: Pair) -> None:
    bodies, kept, said = pair.fill(4), Kept(), Said()

    def take(some: Sequence[bytes]) -> Sequence[bool]:
        if b"message 2" in some:
            raise ZeroDivisionError
        return kept(some)

    assert take_batch(consumer(pair.queue, take, patience=AT_ONCE, log=said)) == 3

    assert kept.bodies == bodies - {b"message 2"}
    ((level, event, fields),) = said.lines
    assert (level, event, fields["error"]) == ("error", "message not taken", "ZeroDivisionError")


def test_what_fails_each_time_goes_to_the_dead_letter_queue_and_no_further(pair: Pair) -> None:
    pair.fill(1)

    works = consumer(pair.queue, breaks, patience=AT_ONCE)
    assert [take_batch(works) for _ in range(4)] == [0, 0, 0, 0]

    assert pair.counts() == (0, 0)
    (dead,) = pair.dead.receive(wait=timedelta(), hold=timedelta())
    assert dead.body == b"message 0"


def test_while_the_store_is_away_the_batch_is_kept_and_counts_against_nothing(pair: Pair) -> None:
    bodies, kept, pauses = pair.fill(2), Kept(), Pauses()
    away = iter([True] * 6)

    def take(some: Sequence[bytes]) -> Sequence[bool]:
        if next(away, False):
            raise StoreAway("the store is away", advice="wait")
        return kept(some)

    assert take_batch(consumer(pair.queue, take, pause=pauses, patience=AT_ONCE)) == 2

    assert kept.bodies == bodies
    assert [span.total_seconds() for span in pauses.taken] == [1, 2, 4, 8, 16, 32]
    assert pair.dead.length() == 0


def test_where_the_store_stays_away_the_batch_stays_on_the_queue(pair: Pair) -> None:
    pair.fill(1)

    pauses = Pauses()
    assert take_batch(consumer(pair.queue, is_away, pause=pauses, patience=AT_ONCE)) == 0
    assert sum(pauses.taken, timedelta()) <= timedelta(minutes=15)
    assert pair.counts() == (1, 0)


def test_an_order_to_stop_ends_the_wait_for_the_store(pair: Pair) -> None:
    pair.fill(1)

    pauses = Pauses(most=2)
    assert take_batch(consumer(pair.queue, is_away, pause=pauses, patience=AT_ONCE)) == 0
    assert len(pauses.taken) == 3


def test_a_batch_is_held_for_as_long_as_it_is_worked_on(pair: Pair) -> None:
    pair.fill(1)
    timer, held = HandTimer(), []

    class Noted(SqsQueue):
        def hold(self, messages: Sequence[Message], span: timedelta) -> None:
            super().hold(messages, span)
            held.append((len(messages), span))

    def take(bodies: Sequence[bytes]) -> Sequence[bool]:
        """Works until its message would be somebody else's, if nobody held it."""
        assert pair.queue.receive(wait=timedelta(), hold=timedelta(seconds=30)) == []
        timer.ring()
        assert pair.counts() == (0, 1)
        return [True] * len(bodies)

    patience = Patience(wait=timedelta(), hold=timedelta(seconds=30))
    works = consumer(Noted(pair.sqs, pair.url), take, every=timer.every, patience=patience)
    assert take_batch(works) == 1
    assert timer.span == timedelta(seconds=10)
    assert held == [(1, timedelta(seconds=30))]


def test_work_that_hangs_is_not_held_for_ever(pair: Pair) -> None:
    pair.fill(1)
    timer, held = HandTimer(), []

    class Noted(SqsQueue):
        def hold(self, messages: Sequence[Message], span: timedelta) -> None:
            held.append((len(messages), span))

    def take(bodies: Sequence[bytes]) -> Sequence[bool]:
        for _ in range(100):
            timer.ring()
        return [True] * len(bodies)

    patience = Patience(wait=timedelta(), hold=timedelta(seconds=30), longest_work=timedelta(minutes=2))
    take_batch(consumer(Noted(pair.sqs, pair.url), take, every=timer.every, patience=patience))
    assert len(held) == 12  # two minutes, each ten seconds


def test_a_real_timer_holds_while_the_block_runs_and_not_after() -> None:
    rung = Event()

    with every(timedelta(milliseconds=1), rung.set):
        assert rung.wait(10)
    rung.clear()
    assert not rung.wait(0.02)


def test_a_stop_finishes_the_batch_that_was_begun(pair: Pair) -> None:
    pair.fill(1)
    began, go_on, kept, stopping = Event(), Event(), Kept(), Event()

    def take(bodies: Sequence[bytes]) -> Sequence[bool]:
        began.set()
        assert go_on.wait(10)
        return kept(bodies)

    works = consumer(pair.queue, take, pause=pause_until(stopping))
    stop = start_consumers(works, stopping, threads=1)
    assert began.wait(10)
    ends = Thread(target=stop)
    ends.start()
    go_on.set()
    ends.join(10)

    assert not ends.is_alive()
    assert kept.bodies == {b"message 0"}
    assert pair.counts() == (0, 0)


def test_a_queue_that_is_missing_is_said_and_asked_for_again(pair: Pair) -> None:
    missing, said, pauses = SqsQueue(pair.sqs, pair.url + "-none"), Said(), Pauses(most=2)

    with pytest.raises(QueueMissing) as caught:
        missing.length()
    consume(consumer(missing, Kept(), log=said, pause=pauses), stopping=lambda: len(pauses.taken) >= 3)

    assert "watch_queue_url" in caught.value.advice
    assert [fields["code"] for _, _, fields in said.lines] == ["queue_missing"] * 3
    assert [span.total_seconds() for span in pauses.taken] == [1, 2, 4]


def test_a_permission_that_is_missing_is_named(trail: Trail, pair: Pair) -> None:
    ada = trail.account.aws.client("sqs", trail.account.people["ada"])

    with pytest.raises(QueueForbidden) as caught:
        SqsQueue(ada, pair.url).receive(wait=timedelta(), hold=timedelta())

    assert "sqs:ReceiveMessage" in caught.value.sentence
    assert "sqs:DeleteMessage" in caught.value.advice


def test_what_sqs_itself_fails_to_delete_is_tried_again_and_an_old_receipt_is_not(pair: Pair) -> None:
    pair.fill(3)
    asked: list[list[str]] = []

    class Failing:
        """SQS, with a fault of its own at the first try."""

        def __getattr__(self, name: str) -> Any:
            return getattr(pair.sqs, name)

        def delete_message_batch(self, **said: Any) -> Any:
            entries = said["Entries"]
            asked.append([one["Id"] for one in entries])
            if len(asked) > 1:
                return pair.sqs.delete_message_batch(**said)
            return {
                "Successful": [{"Id": "0"}],
                "Failed": [
                    {"Id": "1", "SenderFault": False, "Code": "InternalError"},
                    {"Id": "2", "SenderFault": True, "Code": "ReceiptHandleIsInvalid"},
                ],
            }

    queue = SqsQueue(Failing(), pair.url)
    batch = queue.receive(wait=timedelta(), hold=timedelta(seconds=30))

    left = queue.delete(batch)

    assert asked == [["0", "1", "2"], ["0"]]
    assert [one.id for one in left] == [batch[2].id]


def test_what_sqs_refuses_has_a_stable_code_and_says_what_to_do() -> None:
    class Refusing:
        def __init__(self, code: str, status: int = 400) -> None:
            answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
            self.refusal = ClientError(answer, "ReceiveMessage")  # type: ignore[arg-type]

        def receive_message(self, **_: Any) -> Any:
            raise self.refusal

    def code_for(code: str, status: int = 400) -> str:
        queue = SqsQueue(Refusing(code, status), "https://sqs.eu-west-1.amazonaws.com/111122223333/q")
        with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is what is asked
            queue.receive(wait=timedelta(), hold=timedelta())
        assert caught.value.advice  # type: ignore[attr-defined]
        return str(caught.value.code)  # type: ignore[attr-defined]

    assert code_for("AWS.SimpleQueueService.NonExistentQueue") == "queue_missing"
    assert code_for("AccessDenied", 403) == "queue_forbidden"
    assert code_for("InvalidAddress") == "queue_elsewhere"
    assert code_for("ThrottlingException") == "queue_unavailable"
    assert code_for("ServiceUnavailable", 503) == "queue_unavailable"
    assert code_for("ExpiredToken", 403) == "queue_forbidden"
