"""Findings in the formats of others, held against what their schemas ask for."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import validate_parameters
from tests.watch.replay_examples import numbered, replayed, written
from tests.watch.watch_examples import known

from liftgate.watch.event import Event
from liftgate.watch.finding import Answer, Finding, Severity
from liftgate.watch.known import NOTHING_KNOWN
from liftgate.watch.look import Hit
from liftgate.watch.outputs.asff import security_finding
from liftgate.watch.outputs.ocsf import api_activity, detection_finding
from liftgate.watch.outputs.plain import finding_json

REAL = Path(__file__).parent.parent / "data" / "cloudtrail"
HOSTILE = "\x1b[2J\u202ereversed\x00=cmd|' /C calc'!A0\x7f" + "x" * 5000

# What must be there, by the schema's own files in https://github.com/ocsf/ocsf-schema: "requirement": "required" in
# includes/classification.json, includes/occurrence.json, events/base_event.json, each class, profile and object.
BASE = ["activity_id", "category_uid", "class_uid", "type_uid", "time", "severity_id", "metadata", "cloud"]
REQUIRED = {
    2004: [*BASE, "finding_info"],
    6003: [*BASE, "actor", "api", "src_endpoint"],
}
OBJECTS = {
    "metadata": ["product", "version"],
    "product": ["name"],
    "cloud": ["provider"],
    "finding_info": ["uid"],
    "analytic": ["type_id"],
    "api": ["operation"],
    "request": ["uid"],
    "observables": ["name", "type_id"],
    "related_events": ["uid"],
}
AT_LEAST_ONE = {
    "actor": ["process", "user", "invoked_by", "session", "app_name", "app_uid"],
    "src_endpoint": ["ip", "uid", "name", "hostname", "svc_name", "instance_uid"],
    "evidences": ["actor", "api", "src_endpoint", "resources", "data"],
}
ACTIVITIES = {2004: {0, 1, 2, 3, 99}, 6003: {0, 1, 2, 3, 4, 99}}


@pytest.fixture(scope="module")
def hits(tmp_path_factory: pytest.TempPathFactory) -> list[Hit]:
    folder = tmp_path_factory.mktemp("logs")
    outside = {"bucketName": "reports", "key": "2025/x"}
    hostile = {"bucketName": "reports", "key": HOSTILE}
    kept: dict[str, Any] = {
        "resources": [
            {"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::reports/2025/x"},
            {"type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::reports", "accountId": "111122223333"},
            {"ARNPrefix": "arn:aws:s3:::reports/"},
        ]
    }
    written(
        folder / "a.json",
        [
            numbered(1, requestParameters=outside, **kept),
            numbered(2, requestParameters=hostile, userAgent=HOSTILE, errorCode="AccessDenied", errorMessage=HOSTILE),
            numbered(3, requestParameters=outside, sourceIPAddress="s3.amazonaws.com", awsRegion=None),
            numbered(4, requestParameters=outside, sourceIPAddress="2001:db8::1", userAgent=None),
            numbered(5, requestParameters=None, sourceIPAddress=None, identity={"sessionContext": None}),
        ],
    )  # fmt: skip
    mine, _ = replayed(folder, known=known())
    real, _ = replayed(REAL, known=NOTHING_KNOWN, by_anyone=True)
    assert len(mine) >= 4
    assert real
    of_grant = Finding(
        id="fi-0123456789abcdef",
        rule="volume",
        title="Much",
        because="",
        severity=Severity.LOW,
        answer=Answer.NOTHING,
        at=datetime(2026, 11, 2, 12, tzinfo=UTC),
        grant_id="gr-0123456789abcdef",
    )
    return [*mine, *real, Hit(finding=of_grant, event=None)]


def ocsf_of(hits: list[Hit]) -> list[dict[str, Any]]:
    findings = [detection_finding(hit.finding, hit.event) for hit in hits]
    return [*findings, *(api_activity(hit.event) for hit in hits if hit.event)]


def test_ocsf_has_what_its_schema_asks_for(hits: list[Hit]) -> None:
    for one in ocsf_of(hits):
        assert set(REQUIRED[one["class_uid"]]) <= set(one)
        assert one["category_uid"] == one["class_uid"] // 1000
        assert one["activity_id"] in ACTIVITIES[one["class_uid"]]
        assert one["type_uid"] == one["class_uid"] * 100 + one["activity_id"]
        assert one["severity_id"] in range(1, 6)
        assert isinstance(one["time"], int)
        assert one["time"] > 10**12  # milliseconds
        assert re.fullmatch(r"1\.\d+\.\d+", one["metadata"]["version"])
        _check_objects(one)


def _check_objects(value: Any, name: str = "") -> None:
    if isinstance(value, list):
        for one in value:
            _check_objects(one, name)
    elif isinstance(value, dict):
        if name == "data":
            return  # the record's own, as it is
        assert set(OBJECTS.get(name, [])) <= set(value), (name, value)
        assert not AT_LEAST_ONE.get(name) or set(AT_LEAST_ONE[name]) & set(value), (name, value)
        for key, one in value.items():
            assert one is not None, key
            _check_objects(one, key)


@pytest.mark.parametrize(
    ("operation", "activity"),
    [("PutObject", 3), ("CreateBucket", 1), ("DeleteObjects", 4), ("GetObject", 2), ("StopLogging", 4), ("Foo", 2)],
)  # fmt: skip
def test_what_kind_of_call_it_was(operation: str, activity: int) -> None:
    event = Event(
        event_id="1",
        event_time=datetime(2026, 11, 2, tzinfo=UTC),
        event_source="s3.amazonaws.com",
        event_name=operation,
        read_only=True,
    )
    assert api_activity(event)["activity_id"] == activity


def test_asff_is_what_security_hub_takes(hits: list[Hit]) -> None:
    """By the model of its API that AWS ships with its SDK, and its User Guide's limits and values."""
    service: Any = botocore.session.get_session().get_service_model("securityhub")
    shape = service.operation_model("BatchImportFindings").input_shape
    found = [security_finding(hit.finding, hit.event) for hit in hits]
    validate_parameters({"Findings": found}, shape)
    finding_shape = service.shape_for("AwsSecurityFinding")
    for one in found:
        assert set(finding_shape.members) >= set(one)
        assert one["SchemaVersion"] == "2018-10-08"
        assert one["Severity"]["Label"] in service.shape_for("SeverityLabel").enum
        assert re.fullmatch(r"\d{12}", one["AwsAccountId"])
        assert re.fullmatch(
            rf"arn:aws:securityhub:[a-z0-9-]+:{one['AwsAccountId']}:product/{one['AwsAccountId']}/default",
            one["ProductArn"],
        )
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["CreatedAt"])
        assert one["Types"][0].split("/")[0] in {"TTPs", "Effects", "Unusual Behaviors"}
        assert 0 < len(one["Title"]) <= 256
        assert 0 < len(one["Description"]) <= 1024
        assert 0 < len(one["Resources"]) <= 32
        assert all(len(value) <= 2048 for value in one["ProductFields"].values())
    assert len({one["Id"] for one in found}) == len(found)


def test_what_was_touched_is_named_as_security_hub_names_it(hits: list[Hit]) -> None:
    kinds = [
        (one["Type"], one["Id"]) for one in security_finding(hits[0].finding, hits[0].event)["Resources"]
    ]
    assert kinds == [
        ("AwsS3Object", "arn:aws:s3:::reports/2025/x"),
        ("AwsS3Bucket", "arn:aws:s3:::reports"),
        ("AwsIamRole", "arn:aws:iam::111122223333:role/liftgate-reports"),
    ]


@pytest.mark.parametrize("written_as", [finding_json, security_finding, detection_finding])
def test_what_attackers_write_is_only_text(hits: list[Hit], written_as: Any) -> None:
    for hit in hits:
        text = json.dumps(written_as(hit.finding, hit.event))
        assert text.isascii()
        assert text.replace("\x7f", "").isprintable()
        json.loads(text)


def test_our_own_form_tells_the_call(hits: list[Hit]) -> None:
    one = finding_json(hits[0].finding, hits[0].event)
    assert (one["kind"], one["rule"], one["person"]) == ("finding", "outside-scope-done", "ann")
    assert one["call"]["request_parameters"] == {"bucketName": "reports", "key": "2025/x"}
    assert finding_json(hits[-1].finding, None)["call"] is None
