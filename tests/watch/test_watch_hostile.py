"""Records of people who mean harm, and of AWS's less common ways: what each must count as."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.watch.replay_examples import numbered, replayed, written
from tests.watch.watch_examples import (
    ACCOUNT,
    BROKER,
    NOON,
    ROLE,
    ROLE_ID,
    SESSION,
    event,
    grant,
    known,
    record,
    session,
)

from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope, Window
from liftgate.watch.attribution import UnderGrant, attribute
from liftgate.watch.event import Event
from liftgate.watch.known import KnownInMemory, known_in_memory
from liftgate.watch.outputs.plain import finding_json
from liftgate.watch.reading import read
from liftgate.watch.verdict import Judged, Verdict, judge

STS: dict[str, Any] = {"eventSource": "sts.amazonaws.com", "readOnly": True}
KMS_KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def judged(one: Event, of: KnownInMemory) -> Judged:
    return judge(one, attribute(one, of))


def through_s3(invoked_by: str | None, place: str = "arn:aws:s3:::reports/2026/a.csv") -> Event:
    """KMS's record of a key that S3 used in the caller's name."""
    by = {} if invoked_by is None else {"invokedBy": invoked_by}
    return event(
        "GenerateDataKey",
        identity=by,
        eventSource="kms.amazonaws.com",
        awsRegion="eu-central-1",
        readOnly=True,
        sourceIPAddress=invoked_by or "203.0.113.7",
        requestParameters={
            "keyId": KMS_KEY,
            "keySpec": "AES_256",
            "encryptionContext": {"aws:s3:arn": place},
        },
        resources=[{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": KMS_KEY}],
    )


def with_kms_key() -> KnownInMemory:
    places = frozenset({parse_location("s3://reports/2026/")})
    return known(
        grant(scope=Scope(actions=expand_actions(["write"]), locations=places, kms_keys=frozenset({KMS_KEY})))
    )


@pytest.mark.parametrize("invoked_by", ["AWS Internal", "s3.amazonaws.com", "fas.s3.amazonaws.com"])
def test_the_key_that_s3_uses_for_a_granted_object_is_no_finding(invoked_by: str) -> None:
    """Every write under SSE-KMS has such a record; outside scope it takes the grant back."""
    assert judged(through_s3(invoked_by), with_kms_key()).verdict is Verdict.EXPECTED


@pytest.mark.parametrize("invoked_by", [None, "secretsmanager.amazonaws.com", "s3.amazonaws.com.example.com"])
def test_a_key_that_is_used_otherwise_is_outside(invoked_by: str | None) -> None:
    assert judged(through_s3(invoked_by), with_kms_key()).verdict is Verdict.OUTSIDE_SCOPE


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
def test_a_bucket_of_another_partition_is_judged_as_one(partition: str, region: str) -> None:
    place = parse_location(f"arn:{partition}:s3:::reports/2026/*")
    role = ROLE.replace("arn:aws:", f"arn:{partition}:")
    of = known(
        grant(role_arn=role, scope=Scope(actions=expand_actions(["write"]), locations=frozenset({place})))
    )
    caller = {
        "arn": f"arn:{partition}:sts::{ACCOUNT}:assumed-role/liftgate-reports/{SESSION}",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": role}},
    }
    inside = event("PutObject", awsRegion=region, identity=caller)
    assert judged(inside, of).verdict is Verdict.EXPECTED


def test_a_lent_session_that_takes_another_elevated_role_did_so_under_its_grant() -> None:
    other = f"arn:aws:iam::{ACCOUNT}:role/liftgate-payroll"
    of = known_in_memory((grant(),), (session(),), elevated_roles=(other,), brokers=(BROKER,))
    found = judged(event("AssumeRole", requestParameters={"roleArn": other}, **STS), of)
    assert isinstance(found.attribution, UnderGrant)
    assert found.verdict is Verdict.TAMPERING


def test_the_copy_of_a_loan_in_the_account_of_its_role_is_no_role_taken() -> None:
    """A call from another account is recorded in both; that of the role's account names of the caller its account alone."""
    home = "444455556666"
    of = known_in_memory((grant(),), (session(),), brokers=(f"arn:aws:iam::{home}:role/liftgate-broker",))
    told = record("AssumeRole", requestParameters={"roleArn": ROLE, "roleSessionName": SESSION}, **STS)
    told["userIdentity"] = {"type": "AWSAccount", "principalId": "AROABROKER:i-0", "accountId": home}
    copy = msgspec.json.decode(json.dumps(told), type=Event)
    assert judged(copy, of).verdict is Verdict.UNRELATED
    told["userIdentity"]["accountId"] = "999988887777"
    stranger = msgspec.json.decode(json.dumps(told), type=Event)
    assert judged(stranger, of).verdict is Verdict.ROLE_TAKEN


def in_place_write(key: str = "2026/a.csv") -> Event:
    return event(
        "PutObject",
        requestParameters={"bucketName": "reports", "key": key},
        identity={"principalId": f"{ROLE_ID}:ann", "accessKeyId": "ASIAEXAMPLE000000009"},
    )


def test_in_place_a_grant_that_was_ended_explains_no_call_that_another_does() -> None:
    ended = grant(id="gr-1111111111111111", user_id=f"{ROLE_ID}:ann", ended_at=NOON + timedelta(minutes=5))
    anew = grant(
        id="gr-2222222222222222",
        user_id=f"{ROLE_ID}:ann",
        window=Window(starts_at=NOON + timedelta(minutes=6), ends_at=NOON + timedelta(hours=1)),
    )
    found = judged(in_place_write(), known_in_memory((ended, anew), (), brokers=(BROKER,)))
    assert (found.grant and found.grant.id, found.verdict) == (anew.id, Verdict.EXPECTED)


def test_a_bulk_delete_that_bypasses_retention_needs_that_too() -> None:
    places = frozenset({parse_location("s3://reports/")})
    actions = frozenset({"s3:DeleteObject"})
    asked = {"bucketName": "reports", "x-amz-bypass-governance-retention": "true"}
    one = event("DeleteObjects", requestParameters=asked)
    found = judged(one, known(grant(scope=Scope(actions=actions, locations=places))))
    assert found.verdict is Verdict.OUTSIDE_SCOPE


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_record_of_another_age_is_set_aside_and_keeps_nothing_from_being_told(
    tmp_path: Path, moment: str
) -> None:
    outside: dict[str, Any] = {"requestParameters": {"bucketName": "payroll", "key": "x"}}
    written(tmp_path / "a.json", [numbered(1, eventTime=moment, **outside), numbered(2, **outside)])
    hits, _ = replayed(tmp_path, known=known())
    told = [finding_json(hit.finding, hit.event)["event_ids"] for hit in hits]
    assert told == [["00000000-0000-4000-8000-000000000002"]]


def test_no_tags_that_a_caller_chooses_stop_a_replay(tmp_path: Path) -> None:
    tags = {"bucketName": "payroll", "key": "x", "x-amz-tagging": "a=1&A=2"}
    written(tmp_path / "a.json", [numbered(1, requestParameters=tags)])
    hits, _ = replayed(tmp_path, known=known())
    assert [hit.finding.rule for hit in hits] == ["outside-scope-done"]


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"Records":[' + b'{"a":' * 100_000])
def test_what_is_nested_too_deeply_and_never_closed_is_set_aside(text: bytes) -> None:
    """Else a replay of such a file alone ends with "nothing found" and 0."""
    assert read(text, "a.json").set_aside


@pytest.mark.parametrize("mark", [{"insightDetails": {}}, {"digestEndTime": "2026-11-02T13:00:00Z"}])
def test_records_beside_a_mark_of_something_else_are_read(mark: dict[str, Any]) -> None:
    found = read(json.dumps({**mark, "Records": [record()]}).encode(), "a.json")
    assert len(found.events) + len(found.set_aside) == 1
