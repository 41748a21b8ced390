"""Records out of files and messages, whatever they are wrapped in and whatever is wrong with them."""

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.watch.watch_examples import record

from liftgate.watch.reading import Read, read

REAL = Path(__file__).parent.parent / "data" / "cloudtrail"


def one(number: int, **changed: Any) -> dict[str, Any]:
    return record(**{"eventID": f"id-{number}", **changed})


def ids(found: Read) -> list[str]:
    return [event.event_id for event in found.events]


def text(value: object) -> bytes:
    return json.dumps(value).encode()


A, B = one(1), one(2)
SHAPES: dict[str, bytes] = {
    "a log file": text({"Records": [A, B]}),
    "a log file with white space": json.dumps({"Records": [A, B]}, indent=2).encode(),
    "a list": text([A, B]),
    "JSON Lines": text(A) + b"\n" + text(B) + b"\r\n\n",
    "JSON Lines of log files": text({"Records": [A]}) + b"\n" + text({"Records": [B]}),
    "EventBridge, a line each": text({"detail-type": "x", "detail": A}) + b"\n" + text({"detail": B}),
    "queue messages, to a function": text({"Records": [{"messageId": "m", "body": json.dumps({"detail": one_})} for one_ in (A, B)]}),
    "queue messages, received": text({"Messages": [{"Body": json.dumps({"detail": one_})} for one_ in (A, B)]}),
    "a notification in a queue": text({"Messages": [{"Body": json.dumps({"Type": "Notification", "Message": json.dumps({"detail": one_})})} for one_ in (A, B)]}),
    "lookup-events": text({"Events": [{"EventId": "x", "CloudTrailEvent": json.dumps(one_)} for one_ in (A, B)]}),
    "records with another field first": text({"x": 1, "Records": [A, B]}),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_whatever_they_are_wrapped_in(shape: str, packed: bool) -> None:
    found = read(gzip.compress(SHAPES[shape]) if packed else SHAPES[shape], "a.json")
    assert (ids(found), list(found.set_aside)) == (["id-1", "id-2"], [])
    assert [json.loads(found.raw(place)) for place in (0, 1)] == [A, B]


@pytest.mark.parametrize("wrapped", [A, {"detail": A}, {"Message": json.dumps(A)}, {"body": json.dumps(A)}])
def test_one_by_itself(wrapped: dict[str, Any]) -> None:
    found = read(text(wrapped), "message")
    assert ids(found) == ["id-1"]
    assert json.loads(found.raw(0)) == A


def test_fields_that_nobody_knows_are_kept() -> None:
    found = read(text({"Records": [one(1, tlsDetails={"tlsVersion": "TLSv1.3"}, new=[1, {"x": None}])]}), "a")
    assert json.loads(found.raw(0))["new"] == [1, {"x": None}]


WRONG: list[tuple[object, str]] = [
    (one(2, eventTime="yesterday"), "Invalid RFC3339"),
    (one(2, eventTime="2026-11-02T12:00:00"), "timezone"),
    (one(2, eventName=None), "eventName"),
    (one(2, sourceIPAddress=5), "sourceIPAddress"),
    (one(2, userIdentity="root"), "userIdentity"),
    (one(2, requestParameters=[1]), "requestParameters"),
    (one(2, identity={"accessKeyId": {}}), "accessKeyId"),
    (one(2, eventID="x" * 200_000), "102400"),
    ({"eventName": "x"}, "eventID"),
    (7, "object"),
    (None, "object"),
    ([A], "object"),
]


@pytest.mark.parametrize(("wrong", "reason"), WRONG)
def test_a_record_that_cannot_be_read_is_set_aside_and_the_rest_goes_on(wrong: object, reason: str) -> None:
    found = read(text({"Records": [A, wrong, one(3)]}), "a.json")
    assert ids(found) == ["id-1", "id-3"]
    [aside] = found.set_aside
    assert reason in aside.reason
    assert aside.where == "a.json, record 2"
    assert len(aside.excerpt) <= 200
    assert json.loads(found.raw(1))["eventID"] == "id-3"


DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
SPOILT = {
    "deep": DEEP,
    "deep lists": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "not UTF-8": text(one(2)).replace(b"reports", b"rep\xff\xfe", 1),
    "half a surrogate": text(one(2)).replace(b"[aws-cli", rb"\ud800[aws-cli", 1),
    "no JSON": b'{"eventID": nonsense}',
    "a control character": text(one(2)).replace(b"reports", b"rep\x01", 1),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_damage_in_one_record_costs_that_record_alone(spoilt: str) -> None:
    whole = b'{"Records":[' + text(A) + b"," + SPOILT[spoilt] + b"," + text(one(3)) + b"]}"
    found = read(whole, "a.json")
    assert ids(found) == ["id-1", "id-3"]
    assert any(aside.where == "a.json, record 2" for aside in found.set_aside)


@pytest.mark.parametrize(
    "line", [DEEP, b"{", b"nonsense", b"7", b'{"detail": 7}', text({"s3ObjectKey": ["x"]})]
)
def test_a_line_that_cannot_be_read(line: bytes) -> None:
    found = read(text(A) + b"\n" + line + b"\n" + text(B), "a.jsonl")
    assert ids(found) == ["id-1", "id-2"]
    assert [aside.where for aside in found.set_aside] == ["a.jsonl, line 2"]


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.999])
def test_a_gzip_that_was_cut_off_gives_the_records_that_came_whole(keep: float) -> None:
    events = [one(number, userAgent=f"{number * 7919 % 1000003:x}" * 9) for number in range(400)]
    packed = gzip.compress(text({"Records": events}))
    found = read(packed[: int(len(packed) * keep)], "a.json.gz")
    assert ids(found) == [f"id-{number}" for number in range(len(found.events))]
    assert 400 * keep - 80 < len(found.events) <= 400
    assert [aside.reason for aside in found.set_aside] == ["the gzip ends before its end"]


def test_a_gzip_that_was_damaged_gives_what_came_before() -> None:
    events = [one(number, userAgent=f"{number * 7919 % 1000003:x}" * 9) for number in range(2000)]
    packed = bytearray(gzip.compress(text({"Records": events})))
    packed[len(packed) // 2 : len(packed) // 2 + 64] = b"\xff" * 64
    found = read(bytes(packed), "a.json.gz")
    assert 0 < len(found.events) < 2000
    assert ids(found)[:100] == [f"id-{number}" for number in range(100)]
    assert "damaged" in found.set_aside[0].reason


def test_joined_gzips_are_one_text() -> None:
    whole = text({"Records": [A, B]})
    assert ids(read(gzip.compress(whole[:100]) + gzip.compress(whole[100:]), "a")) == ["id-1", "id-2"]
    rubbish = read(gzip.compress(whole) + b"rubbish", "a")
    assert ids(rubbish) == ["id-1", "id-2"]
    assert "follows" in rubbish.set_aside[0].reason


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b'{"Records":[' + b" " * 30_000_000)
    found = read(bomb, "a.json.gz", largest=10_000_000)
    assert ids(found) == []
    assert "more than 9 MB" in found.set_aside[0].reason
    assert "more than 9 MB" in read(b" " * 10_000_001, "a.json", largest=10_000_000).set_aside[0].reason


def test_a_record_of_ten_megabytes() -> None:
    large = one(1, requestParameters={"bucketName": "b", "key": "x" * 10_000_000})
    assert ids(read(text({"Records": [large, B]}), "a")) == ["id-1", "id-2"]


def test_a_key_that_stands_there_twice_counts_as_it_does_for_every_reader_of_json() -> None:
    twice = text(A).replace(b'"eventID": "id-1"', b'"eventID": "id-0", "eventID": "id-1"')
    found = read(b"[" + twice + b"]", "a")
    assert ids(found) == ["id-1"]
    assert json.loads(found.raw(0))["eventID"] == "id-1"


def test_what_is_no_record_is_told_from_what_is_damaged() -> None:
    insight = {"eventID": "i", "eventTime": "2026-11-02T12:00:00Z", "insightDetails": {"state": "Start"}}
    found = read(text({"Records": [insight, A]}), "a")
    assert (ids(found), found.insights, list(found.set_aside)) == (["id-1"], 1, [])
    digest = read(text({"awsAccountId": "1", "digestEndTime": "2026-11-02T12:00:00Z", "logFiles": []}), "d")
    assert (digest.is_digest, list(digest.set_aside)) == (True, [])


@pytest.mark.parametrize("data", [b"", b" \n", b'{"Records":[]}', b"[]"])
def test_nothing_is_nothing(data: bytes) -> None:
    assert read(data, "a") == Read(events=read(data, "a").events)
    assert ids(read(data, "a")) == []


@pytest.mark.parametrize(
    "data", [b"hello", b"\x00\x01", b'"text"', b"{}", b'{"a":1}', b"[", b"\xff\xfe{", b"7"]
)
def test_what_is_something_else_is_said(data: bytes) -> None:
    found = read(data, "a")
    assert ids(found) == []
    assert found.set_aside or data == b"["


def test_wrapped_for_ever() -> None:
    wrapped: dict[str, Any] = A
    for _ in range(20):
        wrapped = {"detail": wrapped}
    assert "wrapped too many times" in read(text(wrapped), "a").set_aside[0].reason


def test_each_real_record_is_read() -> None:
    files = sorted(REAL.glob("*.json"))
    assert len(files) > 30
    for file in files:
        found = read(file.read_bytes(), file.name)
        assert len(found.events) == len(json.loads(file.read_text()))
        assert not found.set_aside
        assert msgspec.json.decode(found.raw(0)) == json.loads(file.read_text())[0]
