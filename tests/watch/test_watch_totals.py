"""Totals and findings are functions of the set of events: order, copies and delay change nothing."""

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.watch.watch_examples import GRANT_ID, SESSION, event, grant, known

from liftgate.watch.attribution import attribute
from liftgate.watch.event import Event
from liftgate.watch.finding import Finding
from liftgate.watch.rules.adding import Adding
from liftgate.watch.rules.counted import Counted, counted
from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.rules.totals import MOST_KEPT, NO_CALLS, Totals, totals_of
from liftgate.watch.verdict import judge

SHIPPED = load_rulebook()
KNOWN = known()


def one_event(number: int, seed: int) -> Event:
    """An event of this id: a function of both numbers, so that copies are equal."""
    chance = random.Random(f"{number} {seed}")  # noqa: S311 - examples
    service, operation = chance.choice(
        [
            *[("s3", name) for name in ("PutObject", "GetObject", "DeleteObject", "DeleteObjects")],
            ("s3", "PutBucketPolicy"),
            ("iam", "CreateAccessKey"),
            ("ssm", "SendCommand"),
        ]
    )
    key = chance.choice(["2026/a", "2026/b", "2025/a"])
    changed: dict[str, Any] = {
        "eventID": str(number),
        "eventTime": f"2026-11-02T{chance.randint(11, 13)}:{chance.randint(0, 59):02}:00Z",
        "eventSource": f"{service}.amazonaws.com",
        "requestParameters": {"bucketName": chance.choice(["reports", "other"]), "key": key},
        "sourceIPAddress": f"{chance.choice(['203.0.113', '198.51.100'])}.{chance.randint(1, 9)}",
        "userAgent": chance.choice(["aws-cli/2", "boto3/1", "rclone/1.6"]),
        "readOnly": operation == "GetObject",
        "additionalEventData": {"bytesTransferredOut": chance.randint(0, 4) * 10**9},
    }
    if chance.random() < 0.4:
        changed["errorCode"] = "AccessDenied"
    return event(operation, **changed)


def everything_found(stream: Sequence[Event]) -> frozenset[Finding]:
    """What is found by the end of a stream, as a keeper of events by their ids finds it."""
    kept: dict[str, Counted] = {}
    found: set[Finding] = set()
    for one in stream:
        judged = judge(one, attribute(one, KNOWN))
        found.update(SHIPPED.of_call(judged))
        if judged.grant is not None:
            kept[one.event_id] = counted(judged)
    return frozenset(found) | frozenset(SHIPPED.of_grant(grant(), totals_of(kept.values())))


streams = st.lists(st.integers(0, 60), unique=True, max_size=40).flatmap(
    lambda numbers: st.tuples(
        st.just(numbers), st.permutations(numbers + numbers[::3]), st.integers(0, 1_000_000)
    )
)


@settings(max_examples=150, deadline=None)
@given(streams)
def test_any_order_and_any_copies_give_the_same_findings(
    drawn: tuple[list[int], Sequence[int], int],
) -> None:
    numbers, delivered, seed = drawn
    straight = everything_found([one_event(number, seed) for number in numbers])
    assert everything_found([one_event(number, seed) for number in delivered]) == straight
    assert len({found.id for found in straight}) == len(straight)


calls = st.builds(
    lambda number, seed: counted(judge(one_event(number, seed), attribute(one_event(number, seed), KNOWN))),
    st.integers(0, 1_000_000),
    st.just(7),
)


@settings(deadline=None)
@given(st.lists(calls, unique_by=lambda call: call.event_id, max_size=30), st.data())
def test_totals_of_parts_in_any_grouping_are_the_totals_of_all(
    all_calls: list[Counted], data: st.DataObject
) -> None:
    groups = data.draw(
        st.lists(st.integers(0, 4), min_size=len(all_calls), max_size=len(all_calls)), label="groups"
    )
    parts = [
        totals_of(call for call, group in zip(all_calls, groups, strict=True) if group == number)
        for number in range(5)
    ]
    whole = totals_of(all_calls)
    assert reduce(Totals.__add__, parts, NO_CALLS) == whole
    a, b, *others = parts
    assert reduce(Totals.__add__, others, b + a) == whole
    assert a + (b + (others[0] + (others[1] + others[2]))) == whole


def test_what_is_counted() -> None:
    refused, failed = {"errorCode": "AccessDenied"}, {"errorCode": "NoSuchKey"}
    made: list[tuple[str, dict[str, Any]]] = [
        ("PutObject", {"additionalEventData": {"bytesTransferredIn": 7.0}}),
        ("GetObject", {"additionalEventData": {"bytesTransferredOut": 5}, "readOnly": True}),
        ("DeleteObject", {}),
        ("DeleteObject", {"requestParameters": {"bucketName": "other", "key": "a", "versionId": "v"}}),
        ("DeleteObject", refused),
        ("DeleteObject", failed),
        ("DeleteObjects", {"requestParameters": {"bucketName": "reports"}}),
        ("PutObject", {"eventTime": "2026-11-02T13:00:00Z"}),
    ]
    events = [event(name, **changed, eventID=str(number)) for number, (name, changed) in enumerate(made)]
    totals = totals_of(counted(judge(one, attribute(one, KNOWN))) for one in [*events, *events])
    assert (totals.calls, totals.refused, totals.reads, totals.writes) == (8, 1, 1, 2)
    assert (totals.deletes, totals.objects_deleted, totals.versions_deleted) == (3, 2, 1)
    assert (totals.bulk_deletes, totals.outside_window, totals.outside_scope) == (1, 1, 6)
    assert (totals.bytes_in, totals.bytes_out) == (7, 5)
    assert totals.buckets == {"reports", "other"}
    assert totals.networks == {(SESSION, "203.0.113.0/24")}
    assert totals.user_agents == {(SESSION, "aws-cli")}
    assert totals.first_at is not None
    assert totals.last_at is not None
    assert totals.first_at < totals.last_at


def test_of_more_distinct_things_than_are_kept_the_same_are_kept_however_they_come() -> None:
    base = counted(judge(event(), attribute(event(), KNOWN)))
    many = [
        replace(base, event_id=str(number), bucket=f"b{number:05}", session=f"{GRANT_ID}-{number}")
        for number in range(MOST_KEPT + 300)
    ]
    whole = totals_of(many)
    assert len(whole.buckets) == MOST_KEPT
    assert totals_of(many[700:]) + totals_of(many[:700]) == whole
    assert totals_of(many[::2]) + totals_of(many[1::2]) == whole


@settings(deadline=None)
@given(st.lists(st.integers(0, 1_000_000), unique=True, max_size=30), st.integers(0, 30))
def test_adding_calls_one_by_one_comes_to_the_same(numbers: list[int], cut: int) -> None:
    judged = [judge(one_event(number, 7), attribute(one_event(number, 7), KNOWN)) for number in numbers]
    whole, first, rest = Adding(), Adding(), Adding()
    for number, one in enumerate(judged):
        whole.add(one)
        (first if number < cut else rest).add(one)
        if number == cut:
            rest.totals()  # asking in between changes nothing
    first.merge(rest)
    assert whole.totals() == first.totals() == totals_of(map(counted, judged))
