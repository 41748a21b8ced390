"""What is kept of calls that were allowed never changes an answer."""

import random
from dataclasses import replace
from typing import Any

import pytest
from tests.watch.watch_examples import event, grant, known, scope

from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.operations import NEEDS
from liftgate.iam.scope import Scope
from liftgate.watch import scoped as kept
from liftgate.watch.attribution import attribute
from liftgate.watch.scoped import scoped
from liftgate.watch.verdict import Verdict, judge

SCOPES = [
    scope("s3://reports/2026/"),
    scope("s3://reports/2026/", actions="delete"),
    scope("s3://reports/2026/", actions="s3:GetObject"),
    scope("s3://reports/"),
    scope("s3://reports/", actions="s3:PutLifecycleConfiguration"),
    scope("s3://reports/2026/a.csv"),
    scope("s3://other/2026/"),
    scope("s3://reports/2026/", "s3://other/", "s3://reports/2025/a"),
    scope("s3://reports/2026/*/in/*"),
    scope(*(f"s3://reports/{number}/" for number in range(20))),
    replace(scope("s3://reports/2026/"), actions=expand_actions(["write", "s3:GetObject"])),
]
NAMES: dict[str, list[Any]] = {
    "bucketName": ["reports", "other", "arn:aws:s3:eu-west-1:111122223333:accesspoint/reports", ""],
    "key": ["2026/a.csv", "2026/", "2026/x/in/y", "2025/a", "3/x", "", "2026/a.csvx", 7, ["2026/a"]],
    "Key": ["secret/x"],
    "prefix": ["2026/", "2026/x", "2025/", "", "2"],
    "x-amz-copy-source": ["reports/2026/b", "secret/x"],
    "x-amz-acl": ["private", "public-read"],
    "versionId": ["v1"],
    "uploadId": ["u"],
    "partNumber": ["1", 1],
    "tagging": [""],
    "x-amz-tagging": ["a=b"],
}
OPERATIONS = [
    "PutObject", "UploadPart", "UploadPartCopy", "CopyObject", "GetObject", "HeadObject", "DeleteObject", "ListObjects",
    "ListObjectVersions", "PutObjectTagging", "PutBucketLifecycle", "GetBucketLocation", "ListMultipartUploads",
    "DeleteObjects", "AbortMultipartUpload", "RenameObject", "ListBuckets",
]  # fmt: skip

COMMON = ["PutObject", "GetObject", "DeleteObject", "ListObjects", "ListObjects", "CopyObject"] * 3


def judged(operation: str, parameters: dict[str, Any], of: Scope) -> tuple[Verdict, str]:
    one = event(operation, requestParameters=parameters)
    found = judge(one, attribute(one, known(grant(scope=of))))
    return found.verdict, found.because


@pytest.mark.parametrize("seed", range(4))
def test_judging_many_says_of_each_what_judging_it_alone_says(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - no secret
    calls = []
    for _ in range(3000):
        names = draw.choice(
            [draw.sample(list(NAMES), draw.randint(1, 4)), ["key"], ["prefix"], ["key", "x-amz-copy-source"]]
        )
        asked: dict[str, Any] = {name: draw.choice(NAMES[name]) for name in names}
        if draw.random() < 0.9:
            asked["bucketName"] = draw.choice(NAMES["bucketName"][:2])
        calls.append((draw.choice(OPERATIONS + COMMON), asked, draw.choice(SCOPES)))
    kept._allowed.clear()
    together = [judged(*call) for call in calls]
    assert len(kept._allowed) > 20
    for call, said in zip(calls, together, strict=True):
        kept._allowed.clear()
        assert judged(*call) == said, call


def test_a_copy_that_one_scope_allows_is_not_allowed_in_another_that_looks_like_it() -> None:
    everything = expand_actions(["write", "s3:GetObject"])
    here, there = (
        Scope(actions=everything, locations=scope(place).locations)
        for place in ("s3://reports/2026/", "s3://other/2026/")
    )
    kept._allowed.clear()
    source = {"x-amz-copy-source": "reports/2026/b"}
    assert (
        judged("CopyObject", {"bucketName": "reports", "key": "2026/a", **source}, here)[0]
        is Verdict.EXPECTED
    )
    found = judged("CopyObject", {"bucketName": "other", "key": "2026/a", **source}, there)
    assert found == (Verdict.OUTSIDE_SCOPE, "s3:GetObject on arn:aws:s3:::reports/2026/b was not granted")


def test_what_is_left_out_of_a_likeness_decides_nothing() -> None:
    named = {name for needs in NEEDS.values() for need in needs for name in need.when}
    assert named.isdisjoint({"UploadId", "PartNumber"})


def test_keys_that_nobody_asked_for_before_are_found_like_others() -> None:
    of = scoped(scope("s3://reports/2026/"))
    one, other, outside = (
        of.likeness(event(requestParameters={"bucketName": "reports", "key": key}))
        for key in ("2026/a", "2026/b/c", "2025/a")
    )
    elsewhere = scoped(scope("s3://other/x/")).likeness(
        event(requestParameters={"bucketName": "other", "key": "x/y"})
    )
    assert one == other == elsewhere
    assert one != outside
