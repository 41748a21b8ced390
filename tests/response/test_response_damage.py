"""What was written over or deleted, and what brings it back."""

import json
import shlex
from typing import Any

import pytest
from tests.watch.watch_examples import event, known

from liftgate.response.damage import Harm, damage
from liftgate.watch.activity import Activity, activity_of
from liftgate.watch.attribution import attribute
from liftgate.watch.verdict import judge

VERSIONED = {"x-amz-version-id": "v2"}
AT = {"bucketName": "reports", "key": "2026/it's.csv"}
BACK = """aws s3api delete-object --bucket reports --key '2026/it'"'"'s.csv' --version-id v2"""


def call(operation: str = "PutObject", **changed: Any) -> Activity:
    """What is kept of a call."""
    told = event(operation, **changed)
    return activity_of(judge(told, attribute(told, known())))


@pytest.mark.parametrize(
    ("operation", "asked", "answered", "harm", "can_be_undone", "how"),
    [
        ("PutObject", AT, VERSIONED, Harm.WRITTEN, True, BACK),
        ("CompleteMultipartUpload", AT, VERSIONED, Harm.WRITTEN, True, BACK),
        ("PutObject", AT, None, Harm.WRITTEN, False, "keeps no versions"),
        ("PutObject", AT, {"x-amz-version-id": "null"}, Harm.WRITTEN, False, "keeps no versions"),
        ("DeleteObject", AT, {**VERSIONED, "x-amz-delete-marker": "true"}, Harm.DELETED, True, BACK),
        ("DeleteObject", AT, None, Harm.DELETED, False, "keeps no versions"),
        ("DeleteObject", {**AT, "versionId": "v1"}, VERSIONED, Harm.DESTROYED, False, "gone for good"),
        ("DeleteObjects", {"bucketName": "reports"}, None, Harm.KEYS_UNTOLD, None, "delete markers since 2026-11-02T12:10:00Z"),
    ],
)  # fmt: skip
def test_what_a_call_did(
    operation: str, asked: Any, answered: Any, harm: Harm, can_be_undone: bool | None, how: str
) -> None:
    (found,) = damage([call(operation, requestParameters=asked, responseElements=answered)])
    assert (found.harm, found.can_be_undone) == (harm, can_be_undone)
    assert how in found.how


@pytest.mark.parametrize(
    "key",
    [
        "file:///home/guard/.aws/credentials",
        "fileb:///etc/passwd",
        "https://198.51.100.9/",
        "--endpoint-url=http://198.51.100.9",
        "2026/\u202efdp.exe",
        "2026/a\nrm -rf ~\n",
        "2026/\x1b[2J'$(id)'",
    ],
)
def test_a_command_names_the_key_and_does_nothing_that_the_key_says(key: str) -> None:
    """The AWS CLI sends the content of a file for ``file://…``; a terminal obeys what is not printable."""
    asked = {"bucketName": "reports", "key": key}
    (found,) = damage([call(requestParameters=asked, responseElements=VERSIONED)])
    command = found.how.partition(": ")[2]
    assert command.isascii()
    assert command.isprintable()
    *words, told = shlex.split(command)
    assert words == ["aws", "s3api", "delete-object", "--cli-input-json"]
    assert json.loads(told) == {"Bucket": "reports", "Key": key, "VersionId": "v2"}


def test_what_was_refused_or_only_read_did_nothing() -> None:
    assert damage([call(errorCode="AccessDenied"), call("GetObject"), call("UploadPart")]) == ()
    assert damage([call(eventSource="iam.amazonaws.com")]) == ()


def test_each_call_once_in_the_order_of_time() -> None:
    def at(moment: str, number: int) -> Activity:
        return call(eventTime=moment, eventID=f"event-{number}")

    first, second = at("2026-11-02T12:01:00Z", 2), at("2026-11-02T12:02:00Z", 1)
    assert [one.event_id for one in damage([second, first, second])] == ["event-2", "event-1"]
