"""What became of a grant."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any
from weakref import WeakSet

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.watch.watch_examples import GRANT_ID, NOON, event, scope

from liftgate.iam.compilation.grants import companions, scope_policy
from liftgate.iam.contain import contains
from liftgate.iam.evaluate import prepare
from liftgate.watch.settlement import MOST_LINES, Call, Settlement, folder_of, in_order, settle
from liftgate.watch.settlement_words import catalogue_lines, request_line, sentences
from liftgate.watch.verdict import Verdict, calls_in

GRANTED = scope("s3://reports/2026/", actions="delete")
BOTH = scope("s3://reports/2026/")


def call(number: int, key: str | None, operation: str = "PutObject", **changed: Any) -> Call:
    parameters = {"bucketName": "reports", **({} if key is None else {"key": key})}
    requests, _ = calls_in(event(operation, requestParameters=parameters))
    fields: dict[str, Any] = {
        "event_id": f"event-{number}",
        "at": NOON + timedelta(minutes=number % 50),
        "service": "s3",
        "operation": operation,
        "bucket": "reports",
        "key": key,
        "requests": requests,
        "verdict": Verdict.EXPECTED,
        "refused": False,
    }
    return Call(**{**fields, **changed})


def settled(*calls: Call) -> Settlement:
    return settle(GRANT_ID, BOTH, in_order(calls))


def test_what_was_used_of_what_was_granted() -> None:
    found = settled(
        *(call(n, f"2026/11/{n}.csv", bytes_in=1_500) for n in range(8)),
        call(20, "2025/x", refused=True, verdict=Verdict.OUTSIDE_SCOPE),
    )
    assert (found.calls, found.refused, found.bytes_in, found.bytes_out) == (9, 1, 12_000, None)
    assert (found.first_at, found.last_at) == (NOON, NOON + timedelta(minutes=7))
    assert [(line.operation, line.folder, line.calls, line.refused) for line in found.lines] == [
        ("PutObject", "s3://reports/2026/11/", 8, 0),
        ("PutObject", "s3://reports/2025/", 1, 1),
    ]
    assert found.sufficed is not None
    assert contains(scope_policy(found.sufficed), scope_policy(BOTH))
    assert found.could_be_narrower
    assert sentences(found) == (
        "Granted: write under s3://reports/2026/.",
        "Used: 9 calls, 1 of them refused, 12.0 kB sent.",
        "This would have sufficed: write under s3://reports/2026/11/.",
    )


@pytest.mark.parametrize(
    ("calls", "sentence"),
    [((), "Never used."), ((call(1, "2026/a", refused=True),), "Never used: 1 call tried, all refused.")],
)
def test_never_used(calls: tuple[Call, ...], sentence: str) -> None:
    found = settled(*calls)
    assert not found.was_used
    assert found.sufficed is None
    assert sentences(found)[1:] == (sentence,)


def test_all_of_it_was_needed() -> None:
    found = settled(
        call(1, "2026/a"),
        *(call(n + 2, f"2026/{n}/b") for n in range(9)),
        call(30, "2026/c", "AbortMultipartUpload"),
    )
    assert not found.could_be_narrower
    assert sentences(found)[-1] == "All of it was needed."


def test_keys_that_are_not_told_leave_it_open() -> None:
    found = settle(GRANT_ID, GRANTED, [call(1, None, "DeleteObjects", verdict=Verdict.UNCLEAR, requests=())])
    assert found.was_used
    assert found.sufficed is None
    assert "does not tell the keys of 1 call" in sentences(found)[2]


def test_what_to_paste() -> None:
    found = settled(call(1, "2026/it's.csv"))
    assert found.sufficed is not None
    assert request_line(found.sufficed) == (
        """liftgate request 's3://reports/2026/it'"'"'s.csv' --action s3:PutObject --for SPAN --reason "…\""""
    )
    assert catalogue_lines(found.sufficed) == (
        'ceiling:\n  actions: [PutObject]\n  locations:\n    - "s3://reports/2026/it\'s.csv"'
    )


calls = st.builds(
    lambda number, folder, operation, refused: call(
        number, f"2026/{folder}/{number}", operation, refused=refused
    ),
    st.integers(0, 30),
    st.sampled_from(["a", "b", "b/c"]),
    st.sampled_from(["PutObject", "UploadPart", "AbortMultipartUpload"]),
    st.booleans(),
)


@given(st.lists(calls, max_size=12, unique_by=lambda one: one.event_id), st.randoms(use_true_random=False))
def test_order_and_copies_change_nothing(seen: list[Call], random: Any) -> None:
    again = [*seen, *seen[::2]]
    random.shuffle(again)
    assert settled(*again) == settled(*seen)


@given(st.lists(calls, max_size=12, unique_by=lambda one: one.event_id))
def test_what_sufficed_covers_what_was_used_and_lies_inside_what_was_granted(seen: list[Call]) -> None:
    found = settled(*seen)
    if found.sufficed is None:
        assert not found.was_used
        return
    assert contains(scope_policy(found.sufficed), scope_policy(BOTH))
    assert all(line.folder.startswith("s3://reports/2026/") for line in found.lines)


def test_of_many_folders_the_most_used_are_told() -> None:
    found = settled(
        *(call(n, f"2026/{n:05}/x") for n in range(2 * MOST_LINES + 5)), call(10_000, "2026/02000/x")
    )
    assert (found.calls, len(found.lines)) == (2 * MOST_LINES + 6, MOST_LINES)
    assert [(line.folder, line.calls) for line in found.lines[:2]] == [
        ("s3://reports/2026/02000/", 2),
        ("s3://reports/2026/00000/", 1),
    ]
    assert found.lines[-1].folder == f"s3://reports/2026/{MOST_LINES - 2:05}/"


def test_few_calls_are_held_at_once() -> None:
    alive, most = WeakSet[Held](), [0]

    class Told:
        def __iter__(self) -> Iterator[Call]:
            for n in range(3_000):
                made = Held(**fields_of(call(n, f"2026/a/{n:05}")))
                alive.add(made)
                most[0] = max(most[0], len(alive))
                yield made

    assert settle(GRANT_ID, BOTH, Told()).calls == 3_000
    assert most[0] < 10


class Held(Call):
    """A call of which one can tell whether it is held still."""

    __hash__ = object.__hash__  # that of a frozen dataclass is of all fields


def fields_of(one: Call) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}


def test_folders() -> None:
    assert folder_of("b", "a/b/c.csv") == "s3://b/a/b/"
    assert folder_of("b", "c.csv") == "s3://b/"
    assert folder_of("b", None) == "s3://b/"
    assert folder_of(None, None) == ""


def test_what_would_have_sufficed_allows_every_call_that_was_inside_or_says_which_it_does_not() -> None:
    listed, _ = calls_in(event("ListObjects", requestParameters={"bucketName": "reports", "prefix": "2026/"}))
    found = settled(call(1, "2026/11/1.csv"), call(2, None, "ListObjects", requests=listed))
    assert found.sufficed is not None
    policies = prepare(identity=(scope_policy(found.sufficed), companions(found.sufficed)))
    assert all(policies.evaluate(one).allowed for one in listed) or "s3:ListBucket" in " ".join(
        sentences(found)
    )
